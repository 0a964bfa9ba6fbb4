"""Referring again: what a text has named once it need not name in every sentence.

The market that prices come from, the window of two changes in one sentence, a deadline told a line
earlier, the day of the note: at first mention in full, later left out or taken up by a short word
(`by then`). Only what is surely the same is shortened; numbers and their traces stay as they are.

Which words may go is data: `referring` in words.yaml of the language.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from generator.errors import TemplateError
from generator.write import marks
from generator.write.quantity import Quantity

Edit = tuple[int, int, str]  # from, to, what stands there instead
Printed = Callable[[int], Quantity]  # what stands behind the number marked with an index

NUMBER = re.compile("\ue000([0-9]+)\ue001[^\ue002]*\ue002")
ENDED = re.compile("[.?!。？！](?=[\\s\ue002]|$)|[。？！\n\ue004\ue008]")  # where a sentence ends
OPENED = re.compile("(?:^|\ue001|[.?!:]\\s|\n)$")  # what stands before its first word
FIELD = re.compile(r"\{[^}]*\}")
PLACES = {
    "scope": ("{scope}",),
    "first": ("{scope}",),
    "window": ("{window}",),
    "moment": ("{clock}", "{day}"),
    "hour": ("{clock}",),
    "then": ("{moment}",),
}
SHORT = 12  # characters that an end of sentence may lie before a word
WINDOW = "window:"
DEADLINE = "deadline"
AS_OF = "as_of"


@dataclass(frozen=True)
class Words:
    """How a language refers again. Every list is tried in its order.

    scope, window: phrases that go, each with `{scope}` or `{window}` in it. first: the same where
    they open a sentence, whose next word then has the capital. moment: how `{clock}` and `{day}`
    are printed together; hour: the same without the day. then: phrases with `{moment}`, and what
    stands for each of them.
    """

    scope: Sequence[str] = ()
    first: Sequence[str] = ()
    window: Sequence[str] = ()
    moment: str = ""
    hour: str = ""
    then: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Mapping[str, Any], lang: str) -> Words:
        """From the words of a language. Raises TemplateError where a phrase lacks its place."""
        told, place = words.get("referring", {}), f"{lang}/words.yaml, referring"
        known = {f.name for f in fields(cls)}
        if not isinstance(told, Mapping) or set(told) - known:
            raise TemplateError(place, "is not what it should be", f"it takes {sorted(known)}")
        for key, places in PLACES.items():
            value = told.get(key, ())
            for phrase in [value] if isinstance(value, str) else value:
                if not isinstance(phrase, str) or sorted(FIELD.findall(phrase)) != list(places):
                    wanted = " and ".join(places)
                    raise TemplateError(f"{place}.{key}", f"{phrase!r}", f"write {wanted} into it")
        return cls(**told)

    @cached_property
    def moments(self) -> re.Pattern[str]:
        """Clock and day as printed together, their marks' indices as groups."""
        marked = {n: f"\ue000(?P<{n}>[0-9]+)\ue001[^\ue002]*\ue002" for n in ("clock", "day")}
        pattern = re.escape(self.moment).replace(r"\{", "{").replace(r"\}", "}")
        return re.compile(pattern.format(**marked) if self.moment else "(?!)")


def shorter(
    texts: Sequence[str], words: Words, printed: Printed, scoped: Callable[[str], bool]
) -> list[str]:
    """Marked texts that follow one another, as a reader gets them; without marks of scopes.

    scoped: whether a sentence must name its venue itself (turnover, funding, open interest).
    What is shortened already stays as it is.
    """
    text = marks.BREAK.join(texts)
    text = _edited(text, _scopes(text, words, scoped))
    for edits in (_windows, _then, _days):
        text = _edited(text, edits(text, words, printed))
    return marks.unscoped(text).split(marks.BREAK)


def _scopes(text: str, words: Words, scoped: Callable[[str], bool]) -> Iterator[Edit]:
    """The one market of all prices after its first mention, but where a sentence names another
    venue too or speaks of what each venue counts for itself."""
    found = list(marks.SCOPE.finditer(text))
    prices = [m for m in found if m[1] == marks.PRICES]
    if len({m[2] for m in prices}) != 1:
        return  # of several markets, each number says which
    told, regions = prices[0][2], _Regions(text)
    for m in prices[1:]:
        start, end = regions.around(m.start())
        others = any(o[2] != told for o in found if start <= o.start() < end)
        if others or scoped(marks.plain(text[start:end])):
            continue
        if edit := _dropped(text, m, words.scope, "{scope}") or _dropped_first(text, m, words):
            yield edit


def _dropped(
    text: str, m: re.Match[str], phrases: Sequence[str], what: str, instead: str = ""
) -> Edit | None:
    for phrase in phrases:
        before, _, after = phrase.partition(what)
        start = m.start() - len(before)
        if start >= 0 and text.startswith(before, start) and text.startswith(after, m.end()):
            return start, m.end() + len(after), instead
    return None


def _dropped_first(text: str, m: re.Match[str], words: Words) -> Edit | None:
    edit = _dropped(text, m, words.first, "{scope}")
    if edit is None or not OPENED.search(text[max(0, edit[0] - SHORT) : edit[0]]):
        return None
    start, end, _ = edit
    return start, end + 1, text[end : end + 1].upper()


def _windows(text: str, words: Words, printed: Printed) -> Iterator[Edit]:
    """A window told again in its sentence, no other one between."""
    told: tuple[float, str] | None = None
    at = 0
    for m in NUMBER.finditer(text):
        if not (q := printed(int(m[1]))).metric.startswith(WINDOW):
            continue
        same = told == (q.value, q.unit) and not ENDED.search(text, at, m.start())
        if same and (edit := _dropped(text, m, words.window, "{window}")):
            yield edit
        told, at = (q.value, q.unit), m.end()


def _then(text: str, words: Words, printed: Printed) -> Iterator[Edit]:
    """A deadline told again when no other moment was told since."""
    last = 0.0
    for m in words.moments.finditer(text):
        q = printed(int(m["clock"]))
        if q.metric == DEADLINE and q.value == last:
            for phrase, instead in words.then.items():
                if edit := _dropped(text, m, (phrase,), "{moment}", instead):
                    yield edit
                    break
        last = q.value


def _days(text: str, words: Words, printed: Printed) -> Iterator[Edit]:
    """The day of a moment on the note's own day, once that day was told in the same form: with
    its year it stays."""
    today: tuple[object, str] | None = None
    for m in words.moments.finditer(text):
        q = printed(int(m["clock"]))
        if q.metric == DEADLINE:
            continue
        clock, day = (_number(text, m.start(name)) for name in ("clock", "day"))
        told = _day(q), marks.plain(day)
        if told == today:
            yield m.start(), m.end(), words.hour.replace("{clock}", clock)
        elif q.metric == AS_OF and today is None:
            today = told


def _number(text: str, index_at: int) -> str:
    """The marked number whose index begins at a place."""
    found = NUMBER.match(text, index_at - 1)
    assert found is not None
    return found[0]


def _day(q: Quantity) -> object:
    return datetime.fromtimestamp(q.value / 1000, UTC).date()


class _Regions:
    """Where the licensed stretches of a marked text lie."""

    def __init__(self, text: str) -> None:
        spans, stack = [], list[tuple[str, int]]()
        for token in marks.TOKEN.finditer(text):
            if token[0] != marks.CLOSE:
                stack.append((token[0][0], token.start()))
            elif stack:
                kind, start = stack.pop()
                if kind == marks.REGION:
                    spans.append((start, token.end()))
        self._spans = sorted(spans)
        self._starts = [a for a, _ in self._spans]
        self._whole = (0, len(text))

    def around(self, at: int) -> tuple[int, int]:
        i = bisect_right(self._starts, at) - 1
        inside = i >= 0 and at < self._spans[i][1]
        return self._spans[i] if inside else self._whole


def _edited(text: str, edits: Iterator[Edit]) -> str:
    out, at = [], 0
    for start, end, instead in edits:
        out += [text[at:start], instead]
        at = end
    return "".join((*out, text[at:])) if out else text
