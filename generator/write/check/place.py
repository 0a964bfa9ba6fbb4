"""Where a number of a text stands: which assets, venues, windows and topics its sentence names.

A fact that prints as the number does may still be of another asset, another venue or another day.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise

from generator.model import MARKET
from generator.write.check.dates import Told
from generator.write.check.facts import Fact
from generator.write.check.known import Known
from generator.write.check.lexicon import Lexicon
from generator.write.check.moments import inside
from generator.write.check.reading import Reading, Sentence, Span

AGAINST_BTC = re.compile(r"btc_|_btc|_excess_7d$|_beat_share$")  # of the market, held against BTC
BETWEEN = re.compile(r" ?(?:[a-z]{2} )?[-+−]?")  # a word and its number: `un`, `by`, a sign
WORDS = re.compile(r"[^\d,.;:()，；：。（）、?？%]{0,24}")
COUNTS_IN = re.compile(r"\d\s\Z")
Named = Sequence[str]


@dataclass(frozen=True, slots=True)
class Label:
    """`24 h` as printed. per: the interval of a rate (`per 8 h`); counted: so long is a number
    that a finding may say (`for 32 hours`), and no window."""

    match: re.Match[str]
    hours: float
    per: bool
    counted: bool


@dataclass(frozen=True)
class Place:
    """What a sentence says about the numbers in it: assets, venues, windows, topics."""

    reading: Reading
    sentence: Sentence
    known: Known | None = None
    here: Sequence[Told] = ()
    carried: Mapping[str, frozenset[str]] = field(default_factory=dict)  # venues of its prices
    before: frozenset[str] = frozenset()  # topics told before

    @cached_property
    def labels(self) -> list[Label]:
        """Window labels, each with its hours and what it is: a window, an interval, a count."""
        lexicon, low = self.reading.lexicon, self.sentence.low
        found = []
        for m in lexicon.dates.window.finditer(low):
            if inside(m.start(), self.here):
                continue
            size = lexicon.numerals.words.get(m[1]) or float(m[1] if m[1].isdigit() else "nan")
            dates, before = lexicon.dates, low[max(0, m.start() - 16) : m.start()]
            hours = size * dates.hours[m[2]]
            per = dates.per.search(before) is not None
            said = dates.counted.search(before) or dates.counted_after.match(low, m.end())
            told = m[2] in dates.lengths and said
            counts = bool(told) and self._counts(hours) and not self._of_a_change(m)
            counted = counts or self._of_beta(m, hours)
            found.append(Label(m, hours, per, counted))
        return found

    @cached_property
    def windows(self) -> frozenset[float]:
        """Hours of the windows told, stretches between two clocks among them; counts are none."""
        told = {label.hours for label in self.labels if not label.per and not label.counted}
        if self.reading.lexicon.hour.search(self.sentence.low):
            told.add(1.0)
        return frozenset(told | stretches(self.reading.lexicon, self.sentence.low, self.here))

    def windows_of(self, span: Span, change: bool) -> tuple[frozenset[float], frozenset[float]]:
        """(windows told of a number, those and what may be a length of time as well), in hours.

        A change is over the window that its own clause tells; what is watched, over one that its
        item between semicolons tells; all else over any of the sentence.
        """
        if change and (near := self._told_in(self.sentence.clause(span[0]))):
            return near, near
        if self.ahead:
            part = self.sentence.part(span[0])
            return self._told_in(part), self._told_in(part) | self._told_in(part, counted=True)
        return self.windows, self.all_windows

    def _told_in(self, span: Span, counted: bool = False) -> frozenset[float]:
        start, end = span[0] - self.sentence.start, span[1] - self.sentence.start
        here = [x for x in self.labels if start <= x.match.start() < end and not x.per]
        return frozenset(x.hours for x in here if x.counted is counted)

    @cached_property
    def all_windows(self) -> frozenset[float]:
        """With what may be a length of time as well: `a beta of 90 days`."""
        return self.windows | {label.hours for label in self.labels if not label.per}

    def _counts(self, hours: float) -> bool:
        """Whether so many hours are a number that a finding may say of the assets named."""
        lengths = self.known.lengths if self.known else {}
        return any(
            same_hours(f, hours) and self._speaks_of(f)
            for s, facts in lengths.items()
            if self._concerns(s)
            for f in facts
        )

    def _speaks_of(self, fact: Fact) -> bool:
        """Whether the sentence may mean a length, by its words."""
        if fact.aspect:
            return fact.aspect in self.aspects
        return not fact.topic or fact.topic in self.topics | self.before or self.traded(fact)

    def traded(self, fact: Fact) -> bool:
        """Whether a number is of the volume that a sentence names by `traded` alone."""
        return fact.topic == "volume" and "traded" in self.aspects

    def _of_a_change(self, m: re.Match[str]) -> bool:
        """`rose 0.4% in the past 30 days`: a window, even where some count is 30 days."""
        lexicon = self.reading.lexicon
        clause = self.sentence.text(self.sentence.clause(m.start() + self.sentence.start))
        if "%" not in clause or lexicon.numerals.share_after.search(clause):
            return False
        return lexicon.change.pattern.search(clause) is not None

    def _of_beta(self, m: re.Match[str], hours: float) -> bool:
        """`its 90 d beta`: the window of a number that need not be told."""
        near = (
            self.sentence.low[m.end() : m.end() + 6]
            + self.sentence.low[max(0, m.start() - 9) : m.start()]
        )
        return "beta" in near and any(
            hours in f.hours for f in self.speakable if f.metric == "pair_beta"
        )

    def _concerns(self, subject: str) -> bool:
        """Whether a subject is one of those named, a pair of one, or the market; any, of none."""
        named = self.named
        own = subject == MARKET or subject in named
        return not named or own or any(part in named for part in subject.split("/"))

    @cached_property
    def speaks(self) -> bool:
        """Whether the sentence says something of the market at all."""
        moves = self.reading.lexicon.change.pattern.search(self.sentence.low) is not None
        return moves or bool(self.topics)

    @cached_property
    def named(self) -> list[str]:
        return self.reading.subjects_in(
            self.sentence.segment, (self.sentence.start, self.sentence.end)
        )

    def names(self, span: Span) -> Named:
        """Assets of the number's clause, else the last before it, else the first behind it.

        Items of what is watched, between semicolons, each name their own.
        """
        clause = self.sentence.clause(span[0])
        close = self.reading.subjects_in(self.sentence.segment, clause)
        if len(set(close)) > 1:
            close = self._owners(clause) or close
        part = self.sentence.part(span[0]) if self.ahead and not close else clause
        for start, end in (part, (self.sentence.start, self.sentence.end)):
            close = close or self._nearest((start, span[0]), (span[1], end))
        return close

    def _nearest(self, before: Span, behind: Span) -> list[str]:
        subjects_in, segment = self.reading.subjects_in, self.sentence.segment
        return subjects_in(segment, before)[-1:] or subjects_in(segment, behind)[:1]

    def _owners(self, clause: Span) -> list[str]:
        """Assets named, but for those that only say what a number counts: `81,500 BTC`."""
        segment = self.sentence.segment
        low = self.reading.low[segment]
        named = [n for n in self.reading.named[segment] if clause[0] <= n[0] < clause[1]]
        return [s for a, _, s in named if not COUNTS_IN.search(low, max(0, a - 2), a)]

    def venues(self, span: Span) -> frozenset[str]:
        """Venues of the number's clause, else of the sentence, or of the item that is watched."""
        near = self.venues_in(self.sentence.clause(span[0]))
        whole = (self.sentence.start, self.sentence.end)
        return near or self.venues_in(self.sentence.part(span[0]) if self.ahead else whole)

    def venues_in(self, span: Span) -> frozenset[str]:
        a, b = span[0] - self.sentence.start, span[1] - self.sentence.start
        return frozenset(v for start, v in self.venue_spans if a <= start < b)

    @cached_property
    def venue_spans(self) -> list[tuple[int, str]]:
        pattern = self.reading.lexicon.venue
        return [
            (m.start(), m[0])
            for m in pattern.finditer(self.sentence.low)
            if not self.sentence.in_quotes(at := m.start() + self.sentence.start)
            and not self.reading.is_name(self.sentence.segment, at)  # DYDX is a coin as well
        ]

    def other_market(self, fact: Fact, span: Span) -> bool:
        """Whether the clause of a number says `Binance perpetuals` of what is of its spot."""
        clause, low = self.sentence.clause(span[0]), self.sentence.low
        a, b = clause[0] - self.sentence.start, clause[1] - self.sentence.start
        told = {
            kind
            for kind, pattern in self.reading.lexicon.markets.items()
            for m in pattern.finditer(low, a, b)
            if m["venue"] in fact.venues
        }
        return bool(told) and fact.market.strip() not in told

    @cached_property
    def topics(self) -> frozenset[str]:
        return self.topics_in(self.sentence.low)

    def topics_in(self, low: str) -> frozenset[str]:
        lexicon = self.reading.lexicon
        if not lexicon.topic.search(low):
            return frozenset()
        return frozenset(name for name, p in lexicon.topics.items() if p.search(low))

    @cached_property
    def aspects(self) -> frozenset[str]:
        """What is named of what a number may be besides its topic: a median."""
        lexicon, low = self.reading.lexicon, self.sentence.low
        found = {n for n, p in lexicon.aspects.items() if p.search(low)}
        signs = {lexicon.extreme.of[m[0]] for m in lexicon.extreme.pattern.finditer(low)}
        return frozenset(found | {"low" if s < 0 else "high" for s in signs if s})

    def of_a_whole(self, span: Span) -> bool:
        """Whether a number stands where only a share or a rank can: `9% of its settlements`."""
        numerals, low = self.reading.lexicon.numerals, self.sentence.low
        start, end = span[0] - self.sentence.start, span[1] - self.sentence.start
        before = numerals.share_before.search(low, max(0, start - 24), start)
        return before is not None or numerals.share_after.match(low, end) is not None

    def moved(self, span: Span) -> bool:
        """Whether a word of change stands right before a number: `fell 3.0%`."""
        at, low = span[0] - self.sentence.start, self.sentence.low
        words = list(self.reading.lexicon.change.pattern.finditer(low, max(0, at - 24), at))
        return bool(words) and BETWEEN.fullmatch(low, words[-1].end(), at) is not None

    def told_as(self, pattern: re.Pattern[str], span: Span) -> bool:
        """Whether words of a kind govern a number: with words alone between the two."""
        at = span[0] - self.sentence.start
        start = max(0, self.sentence.clause(span[0])[0] - self.sentence.start)
        words = list(pattern.finditer(self.sentence.low, start, at))
        return bool(words) and WORDS.fullmatch(self.sentence.low, words[-1].end(), at) is not None

    def times_another(self, span: Span) -> bool:
        """Whether a multiple is one of another asset's number: `1.5 times that of ETH`."""
        segment = self.sentence.segment
        m = self.reading.lexicon.ratio_to.match(self.reading.low[segment], span[1])
        return m is not None and self.reading.is_name(segment, m.end())

    def of_time(self, span: Span) -> bool:
        """Whether the clause of a number speaks of hours, days or the like."""
        clause = self.sentence.text(self.sentence.clause(span[0]))
        return self.reading.lexicon.dates.length.search(clause) is not None

    @cached_property
    def ahead(self) -> bool:
        """Whether the sentence speaks of what is not yet: a question, or what would be."""
        low, lexicon = self.sentence.low, self.reading.lexicon
        if low.rstrip().endswith(("?", "？")) or lexicon.would.search(low):
            return True
        if lexicon.order.then.search(low):
            return True
        due = self.known.deadlines if self.known else ()
        whole = [t for t in self.here if {"hour", "day"} <= dict(t.parts).keys()]
        return any(t.fits(datetime.fromtimestamp(d / 1000, UTC)) for t in whole for d in due)

    @cached_property
    def speakable(self) -> list[Fact]:
        """What findings may say of the assets named and the market; of any where none is."""
        by = self.known.by_subject if self.known else {}
        return [f for subject, facts in by.items() if self._concerns(subject) for f in facts]


def same_hours(fact: Fact, hours: float) -> bool:
    """Whether a fact is itself so many hours."""
    scale = {"h": 1.0, "days": 24.0, "plain": 24.0, "min": 1 / 60}.get(fact.kind, math.nan)
    return abs(fact.value * scale - hours) < 1e-6


def stretches(lexicon: Lexicon, low: str, here: Sequence[Told]) -> set[float]:
    """Hours of every stretch told by two clocks: `between 13:00 and 14:00`."""
    clocks = sorted((t for t in here if "hour" in dict(t.parts)), key=lambda t: t.start)
    return {
        minutes_between(one, two) / 60
        for one, two in pairwise(clocks)
        if lexicon.order.joins.fullmatch(low[one.end : two.start])
    }


def minutes_between(one: Told, two: Told) -> int:
    """From one clock to the next, over midnight where it must be."""
    a, b = dict(one.parts), dict(two.parts)
    return (b["hour"] * 60 + b["minute"] - a["hour"] * 60 - a["minute"]) % (24 * 60)
