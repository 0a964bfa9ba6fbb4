"""Dates and clocks in a text without a trace, held against every moment that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from generator.model import MARKET, Problem
from generator.write.check.dates import Told
from generator.write.check.known import Known
from generator.write.check.reading import Reading, Sentence, Span, problem, unverifiable

GATE = "numbers"
MINUTE, AS_OF_MINUTES = 60_000, 5
DEADLINE, HEADLINE, AS_OF = "a deadline", "a headline", "the as-of"
PAST = ("_last_seen", "record_start", "closes_start")  # moments since which something holds
WATCHED = 60  # characters in which a deadline is told after its trigger


def check_moments(
    reading: Reading,
    sentence: Sentence,
    here: Sequence[Told],
    known: Known,
    quotes: Mapping[Span, float],
    watched: set[float],
    fits: dict[Span, list[str]],
) -> Iterator[Problem]:
    """A date that nothing known falls on is unverifiable; one beside what is known is wrong.

    quotes: span of a quoted headline -> its stamp. watched: deadlines of the watch items whose
    triggers the sentence prints. fits: is told what each moment is, by its span.
    """
    if not here:
        return
    named = reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
    metrics = candidates(known, named)
    quoted = [v for s, v in quotes.items() if sentence.start <= s[0] < sentence.end]
    others = [(AS_OF, v) for v in _as_of(reading.now)]
    others += [(DEADLINE, d) for d in sorted(known.deadlines)]
    stamps = [float(h.published_at) for h in known.headlines or () if h.published_at is not None]
    others += [(HEADLINE, v) for v in (quoted or stamps)]
    for t in here:
        span = (t.start + sentence.start, t.end + sentence.start)
        text = sentence.low[t.start : t.end]
        stamp = reading.lexicon.dates.stamp.search(sentence.low[: t.start])
        must = _as_of(reading.now) if stamp else quoted
        if must and not any(_is(t, v) for v in must):
            yield problem(GATE, f"{text!r} should be {_utc(must[0])}", sentence, span)
            continue
        names = [w for w, v in (*metrics, *others) if _is(t, v)]
        if names:
            fits[span] = names
            yield from _check_side(reading, sentence, t, names, span)
            continue
        near = [(w, v) for w, v in metrics if named and t.nearly(_at(v))]
        near = near or [("its deadline", d) for d in sorted(watched) if len(t.parts) > 1]
        if near:
            who, at = min(near, key=lambda n: _apart(t, _at(n[1])))
            yield problem(GATE, f"{text!r}: {who} is {_utc(at)}", sentence, span)
        else:
            message = f"{text!r} is unverifiable: nothing known falls on it"
            yield unverifiable(message, sentence, span)


def _check_side(
    reading: Reading, sentence: Sentence, t: Told, names: list[str], span: Span
) -> Iterator[Problem]:
    """A deadline is told with a word of before; what a record goes back to with one of since."""
    before, order = sentence.low[: t.start], reading.lexicon.order
    after = order.after.search(before) or order.begun.match(sentence.low, t.end)
    if after and all(n in (DEADLINE, AS_OF) for n in names):
        ends = "the watch item ends then, it does not begin"
        message = f"{after[0]!r}: {ends if DEADLINE in names else 'nothing is known from then on'}"
        yield problem("order", message, sentence, _with(sentence, span, after))
    until = order.before.search(before) or order.passed.match(sentence.low, t.end)
    if until and all(n.split(" of ")[0].endswith(PAST) for n in names):
        message = f"{until[0]!r}: {names[0]} is a moment since which it holds"
        yield problem("order", message, sentence, _with(sentence, span, until))


def _with(sentence: Sentence, span: Span, word: re.Match[str]) -> Span:
    """A moment together with the word of order before or behind it."""
    start, end = word.start() + sentence.start, word.end() + sentence.start
    return min(start, span[0]), max(end, span[1])


def candidates(known: Known, named: Sequence[str]) -> list[tuple[str, float]]:
    """(whose, ms) of the subjects named and of the market; of all where none is named."""
    subjects = {MARKET, *named, *(p for s in named for p in s.split("/"))}
    chosen = subjects if named else set(known.moments)
    return [
        (f"{metric} of {s}", v)
        for s in sorted(chosen & set(known.moments))
        for metric, v in known.moments[s]
    ]


def _apart(t: Told, at: datetime) -> int:
    """How far a date as printed is from a moment: the sum of its parts' differences."""
    return sum(abs(int(getattr(at, name)) - value) for name, value in t.parts)


def deadlines_of(
    here: Sequence[Told], start: int, known: Known, fits: Mapping[Span, list[str]]
) -> frozenset[float]:
    """The deadlines among the moments of a sentence that begins at `start`.

    fits: span -> what each moment is.
    """
    due = []
    for t in here:
        names = fits.get((t.start + start, t.end + start), ())
        if DEADLINE in names and AS_OF not in names:
            due.append(t)
    return frozenset(d for d in known.deadlines if any(_is(t, d) for t in due))


def _as_of(now: int) -> list[float]:
    """Now, or a few minutes before: prices are at most so old when they are collected."""
    return [float(now - k * MINUTE) for k in range(AS_OF_MINUTES + 1)]


def inside(at: int, here: Sequence[Told]) -> bool:
    """Whether a position of a sentence lies in a date or clock."""
    return any(t.start <= at < t.end for t in here)


def _at(ms: float) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _utc(ms: float) -> str:
    return _at(ms).strftime("%Y-%m-%d %H:%M UTC")


def _is(t: Told, ms: float) -> bool:
    """Midnight may also be told with the day that it ends."""
    at = _at(ms)
    ends = at.hour == at.minute == 0 and dict(t.parts).get("hour") == 0
    return t.fits(at) or (ends and _split(t, at))


def _split(t: Told, at: datetime) -> bool:
    before = at - timedelta(days=1)
    return all(getattr(before if n in ("day", "month", "year") else at, n) == v for n, v in t.parts)


def span_of(text: str, title: str) -> Iterator[Span]:
    """Where a title stands in quotation marks."""
    at = text.find(title)
    while title and at >= 0:
        if text[max(0, at - 1) : at] in ("“", '"', "„", "«", "「", "《"):
            yield at, at + len(title)
        at = text.find(title, at + len(title))
