"""Many patterns tried together: by the first letters each can begin with, worked out beforehand.

Python tries the alternatives of a pattern one by one, and compiles all of them first. Sorted by
the letters a match begins with, only the few that could match at a word are compiled and tried
there; a text without a banned word needs next to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

DIGITS = frozenset("0123456789")
LETTERS = 6  # of a beginning; more would tell hardly any more patterns apart
REMEMBERED = 10_000  # beginnings of words
# Where a word may begin. Where words have no spaces between them, that is every character that is
# no letter of ASCII. One that begins with a digit is looked at where a pattern for it matches.
WORD, LETTER = r"\b", r"[^\W\d]"
CHARACTER, SIGN = r"(?:(?<![a-z0-9])|(?=[^\x00-\x7f]))", r"[^\s\d]"
CAPTURING = re.compile(r"(?<!\\)(?:\\\\)*\((?!\?[:=!<])")
QUANTIFIED = ("?", "*", "{0")


@dataclass(frozen=True)
class Alternation:
    """Patterns tried together at word starts; of those that match at one place the first wins.

    starts maps beginnings, of at most LETTERS characters, to the numbers of the patterns that a
    match with this beginning may be of.
    """

    patterns: tuple[str, ...]
    starts: Mapping[str, tuple[int, ...]]
    cjk: bool = False
    # What the beginnings of words met so far may begin: words come again.
    _begun: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)
    _idle: set[str] = field(default_factory=set, compare=False, repr=False)  # nothing

    def finditer(
        self, text: str, met: frozenset[str] | None = None
    ) -> Iterator[tuple[int, re.Match[str]]]:
        """(number of the pattern, its match), from left to right, none overlapping.

        met: the beginnings of the text's words, where another alternation has asked for them.
        """
        here, free = self._beginning((self.met(text) if met is None else met) - self._idle), 0
        for at in sorted({m for beginning in here for m in _places(text, beginning)}):
            if at < free or (word := self.words.match(text, at)) is None:
                continue
            for i in here.get(word[1], ()):
                match = _compiled(self.patterns[i], self.cjk).match(text, at)
                if match is not None:
                    yield i, match
                    free = max(at + 1, match.end())
                    break

    def begun(self, met: frozenset[str]) -> bool:
        """Whether a match may begin where one of these beginnings of words stands."""
        return bool(self._beginning(met - self._idle))

    def met(self, text: str) -> frozenset[str]:
        """The beginnings of a text's words."""
        return frozenset(self.words.findall(text))

    @cached_property
    def words(self) -> re.Pattern[str]:
        return words(self.with_digits(), cjk=self.cjk)

    def with_digits(self) -> list[str]:
        """The patterns that may begin with a digit: few, and numbers are many."""
        found = {i for text, of in self.starts.items() if text[0] in DIGITS for i in of}
        return [self.patterns[i] for i in sorted(found)]

    def _beginning(self, met: frozenset[str]) -> dict[str, tuple[int, ...]]:
        """Of the beginnings of words met, those with which a match may begin, and of which."""
        out = {}
        for beginning in met:
            found = self._begun.get(beginning)
            if found is None:
                found = self._candidates(beginning)
            if found:
                out[beginning] = found
        return out

    def _candidates(self, beginning: str) -> tuple[int, ...]:
        """The patterns that could match where a word begins so, kept for the next time."""
        if len(self._begun) + len(self._idle) > REMEMBERED:
            self._begun.clear()
            self._idle.clear()
        parts = {beginning[:n] for n in range(1, LETTERS + 1)}
        found = tuple(sorted({i for part in parts for i in self.starts.get(part, ())}))
        if found:
            self._begun[beginning] = found
        else:
            self._idle.add(beginning)
        return found


def alternation(
    patterns: Iterable[str],
    starts: Mapping[str, Iterable[int]] | None = None,
    *,
    cjk: bool = False,
) -> Alternation:
    """Patterns to try together; ValueError where one captures or has no readable beginning.

    starts: what was worked out for the very same patterns before.
    """
    listed = tuple(patterns)
    if starts is not None:
        return Alternation(listed, {k: tuple(v) for k, v in starts.items()}, cjk)
    found: dict[str, tuple[int, ...]] = {}
    for i, p in enumerate(listed):
        if CAPTURING.search(p):
            raise ValueError(f"a capturing group in {p!r}; write (?:...)")
        for beginning in beginnings(p):
            found[beginning] = (*found.get(beginning, ()), i)
    return Alternation(listed, dict(sorted(found.items())), cjk)


def words(with_digits: Iterable[str], *, cjk: bool) -> re.Pattern[str]:
    """The places of a text at which a match may begin, each with the beginning that stands there.

    with_digits: the patterns that may begin with a digit.
    """
    edge, letter = (CHARACTER, SIGN) if cjk else (WORD, LETTER)
    whole = "|".join((rf"{letter}.{{0,{LETTERS - 1}}}", *with_digits))
    return re.compile(f"{edge}(?=({whole}))", re.DOTALL | (re.ASCII if cjk else 0))


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, cjk: bool) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII) if cjk else re.compile(rf"\b(?:{pattern})")


def beginnings(pattern: str) -> frozenset[str]:
    """Strings of at most LETTERS characters; every match of the pattern begins with one of them."""
    found = {text[:LETTERS] for text, _ in _beginnings(pattern)}
    if "" in found:
        raise ValueError(f"a pattern cannot begin with {pattern[:8]!r}; begin with a letter")
    return frozenset(found)


# Beginnings, each with whether more may be appended: all of what stands so far was literal.
Open = set[tuple[str, bool]]


def _beginnings(pattern: str) -> Open:
    return {b for alternative in _alternatives(pattern) for b in _beginning(alternative)}


def _beginning(rest: str) -> Open:
    found: Open = {("", True)}
    while rest and any(more and len(text) < LETTERS for text, more in found):
        if rest.startswith(("(?<", "(?!", "(?=")):
            rest = rest[_closing(rest) + 1 :]  # looks, takes nothing
            continue
        step, rest = _step(rest)
        optional = rest.startswith(QUANTIFIED)
        single = not rest or rest[0] not in "?*+{" or rest[0] == "?"
        longer = {(a + b, m and single) for a, more in found if more for b, m in step}
        shut = {(a, more) for a, more in found if optional or not more}
        found = longer | shut
        rest = re.sub(r"^(?:[?*+]|\{[^}]*\})[?+]?", "", rest)
    return found


def _step(rest: str) -> tuple[Open, str]:
    """What the first atom of a pattern can match, and the pattern after it."""
    if rest.startswith("(?:"):
        end = _closing(rest)
        return _beginnings(rest[3:end]), rest[end + 1 :]
    if rest.startswith(r"\d"):
        return {(d, True) for d in DIGITS}, rest[2:]
    if rest[0].isalnum() or rest[0] in " '-":
        return {(rest[0], True)}, rest[1:]
    return {("", False)}, ""  # a class, a boundary: nothing that can be spelled


def _closing(text: str) -> int:
    """Where the group that opens at 0 closes."""
    depth, i, in_class = 0, 0, False
    while i < len(text):
        char = text[i]
        if char == "\\":
            i += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return i
        i += 1
    raise ValueError(f"unbalanced parentheses in {text!r}")


def _alternatives(pattern: str) -> list[str]:
    """Split at the bars that stand in no group."""
    parts, start, i = [], 0, 0
    while i < len(pattern):
        if pattern[i] == "\\":
            i += 1
        elif pattern[i] == "(":
            i += _closing(pattern[i:])
        elif pattern[i] == "|":
            parts.append(pattern[start:i])
            start = i + 1
        i += 1
    return [*parts, pattern[start:]]
