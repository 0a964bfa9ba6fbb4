"""The words of one language as the gates use them, compiled once from a YAML file (`compiling`).

The file says which words exist, what licenses them, and by which examples each pattern is tested.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from generator.write.check.alternation import Alternation, words

Severity = Literal["error", "warning"]

# Signs that are printed for others, and the one letter of two when it is made small.
_SAME = {"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " "} | {
    "‑": "-",
    "\u0130": "i",
}


def fold(text: str) -> str:
    """Lower case, plain quotes, spaces and hyphens; every code point keeps its place."""
    if not text.isascii():
        for sign, plain in _SAME.items():
            text = text.replace(sign, plain)
    return text.lower()


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern that never stands, with the reason and the examples that test it."""

    category: str
    pattern: str
    why: str
    severity: Severity
    flag: tuple[str, ...]
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """Words that stand only where a rule, or a rule of a family, fired."""

    words: str
    rules: tuple[str, ...]
    families: tuple[str, ...]
    gate: str
    numbered: bool  # a level licenses them beside a number only
    of_asset: bool  # where the sentence names no asset, of the one named last
    of_topic: bool  # of the topic that the sentence speaks of, where it speaks of one
    flag: tuple[str, ...]
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that say a metric of the asset named is at least or at most so much."""

    words: re.Pattern[str]
    metric: str
    least: float
    most: float
    of: str  # whose metric it is, where that is no asset named
    flag: tuple[str, ...]
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb for a move: sign -1 down, +1 up; size 0 little to 4 extreme."""

    sign: int
    size: int


@dataclass(frozen=True, slots=True)
class Signs:
    """Words that say which way: the pattern that finds one, and word -> sign."""

    pattern: re.Pattern[str]
    of: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Numerals:
    """How a language prints numbers: its marks, its words, what stands before and after."""

    decimal: str
    group: str
    words: Mapping[str, float]
    fractions: Mapping[str, float]  # about so much: half, a third
    multiples: Mapping[str, float]  # about so many times: doubled
    word: re.Pattern[str]
    begins: Alternation  # of the words, to ask whether one may stand in a text at all
    exempt: re.Pattern[str]
    suffix: re.Pattern[str]
    suffixes: Mapping[str, float]  # > 1: so much; 1 times; -1 %; -2 bp; -3 percentage points
    money: re.Pattern[str]  # ends right before the digits
    money_after: re.Pattern[str]
    share_before: re.Pattern[str]  # ends right before a number that is a share or a rank
    share_after: re.Pattern[str]  # stands right behind one

    def grouped(self, word: str) -> bool:
        """Whether the marks between thousands, if any, stand where they must."""
        parts = word.partition(self.decimal)[0].split(self.group)
        return len(parts) == 1 or (len(parts[0]) <= 3 and all(len(p) == 3 for p in parts[1:]))

    def show(self, value: float, decimals: int) -> str:
        """A magnitude as this language prints it."""
        printed = f"{value:,.{decimals}f}"
        if self.decimal == "." and self.group == ",":
            return printed
        return printed.translate({ord(","): self.group, ord("."): self.decimal})

    def read(self, word: str) -> tuple[float, int]:
        """(magnitude, decimals printed) of digits; NaN where they are no number of this form."""
        whole, _, rest = word.partition(self.decimal)
        if self.group in rest or (not rest.isdigit() and self.decimal in word):
            return math.nan, 0
        parts = whole.split(self.group)
        grouped = len(parts) > 1 and (
            any(len(p) != 3 for p in parts[1:]) or not 1 <= len(parts[0]) <= 3 or parts[0] == "0"
        )
        if grouped and len(parts) == 2 and not rest:  # the other mark, as many write it
            rest, whole = parts[1], parts[0]
        else:
            whole = "".join(parts)
        if not whole.isdigit() or not (rest.isdigit() or not rest):
            return math.nan, 0
        return float(f"{whole}.{rest or 0}"), len(rest)


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates, clocks and windows of a language. Patterns of dates name day, month, year."""

    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    year: re.Pattern[str]
    window: re.Pattern[str]  # 1 how many, 2 of what
    hours: Mapping[str, float]
    label: re.Pattern[str]
    per: re.Pattern[str]  # ends right before the interval of a rate
    lengths: frozenset[str]  # units in which a length of time that is a number is told
    length: re.Pattern[str]  # a word or sign of any unit of time
    counted: re.Pattern[str]  # ends right before a length of time that is a number, no window
    counted_after: re.Pattern[str]  # stands right behind one
    as_of: re.Pattern[str]
    stamp: re.Pattern[str]  # words of an as-of, ending right before its clock or date


@dataclass(frozen=True, slots=True)
class Order:
    """Words of before and after; all but the last seven end right before a clock or date.

    passed, begun and since stand right behind one, in languages that put them there. then and
    after_then stand for one that was told: `by then`, `after then`.
    """

    before: re.Pattern[str]
    after: re.Pattern[str]
    opens: re.Pattern[str]  # `between`, `from`: a stretch of time begins
    joins: re.Pattern[str]  # the whole text between its two clocks
    event_first: re.Pattern[str]
    move_first: re.Pattern[str]
    passed: re.Pattern[str]  # what is before it
    begun: re.Pattern[str]  # what is after it
    since: re.Pattern[str]  # a word of extremes follows at once
    then: re.Pattern[str]
    after_then: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """A language's words, compiled. Texts are given to it folded (`fold`).

    The numbers that `banned` and `needed` yield are indices into `entries` and `needs`.
    """

    language: str
    entries: tuple[Entry, ...]
    needs: tuple[Need, ...]
    verbs: Mapping[str, tuple[Verb, ...]]
    words: Mapping[str, Any]
    banned: Alternation
    needed: Alternation
    verb: re.Pattern[str]
    slow: re.Pattern[str]
    change: Signs  # of a change
    side: Signs  # of a level against another
    zero: Signs  # of a level against zero
    extreme: Signs  # of a low, a high
    compare: Signs  # of a trigger, a limit
    position: Signs  # short, long
    relative: Signs  # of one asset against another; 0 where it says that, and not which way
    moves: Signs  # names of a move that was: the rise, the fall
    lists: Signs  # of a list of moves: the largest falls, the largest gains
    or_less: re.Pattern[str]  # right behind a floor, which it makes a ceiling
    holds: re.Pattern[str]
    would: re.Pattern[str]  # a sentence of what is not yet
    anaphor: re.Pattern[str]  # stands for the level told before: `above it`
    numerals: Numerals
    dates: Dates
    order: Order
    clause: re.Pattern[str]
    between: re.Pattern[str]  # all that stands between two names that must differ
    topics: Mapping[str, re.Pattern[str]]
    topic: re.Pattern[str]
    aspects: Mapping[str, re.Pattern[str]]
    markets: Mapping[str, re.Pattern[str]]  # `Binance spot`, the venue as a group of that name
    venue: re.Pattern[str]
    scope: re.Pattern[str]
    latest: re.Pattern[str]  # ends before a price that is the last
    average: re.Pattern[str]  # ends before a price that is a mean
    both: re.Pattern[str]  # what is said holds of every asset named
    hour: re.Pattern[str]  # a window of one hour, in words
    calendar_day: re.Pattern[str]  # a day from midnight to midnight
    ratio_to: re.Pattern[str]  # right behind a multiple that is of another asset's number
    sizes: Signs  # of two moves: more than, less than
    funding_interval: re.Pattern[str]
    funding_kind: re.Pattern[str]
    coherence: Mapping[str, re.Pattern[str]]
    coherent: re.Pattern[str]  # any of them, asked first
    claims: tuple[Claim, ...]
    differences: re.Pattern[str]
    coverage: Mapping[str, re.Pattern[str]]  # which sources a line goes on to name
    aliases: Mapping[str, str]  # folded name -> ticker
    capitals: frozenset[str]  # words in capitals that are no ticker
    neutral_tags: frozenset[str]
    joiners: re.Pattern[str]
    furniture: Mapping[str, re.Pattern[str]]

    def met(self, text: str) -> frozenset[str]:
        """The beginnings of a text's words, for `banned` and `needed` to look among."""
        return frozenset(self._words.findall(text))

    @cached_property
    def _words(self) -> re.Pattern[str]:
        digits = (*self.banned.with_digits(), *self.needed.with_digits())
        return words(digits, cjk=self.banned.cjk)
