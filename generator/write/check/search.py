"""Numbers without a trace: what a run knows prints so, and may stand where it stands.

A numeral has candidates by value, unit, rounding and sign. Then its place is asked: whose asset,
which venue, over which window, about what, and whether a finding that holds says it. A number that
nothing prints as, or that belongs elsewhere, is an error with the right value beside it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from generator.model import MARKET, Problem
from generator.write.check.dates import Told
from generator.write.check.known import LENGTHS, Fact, Known
from generator.write.check.lexicon import Lexicon
from generator.write.check.moments import inside
from generator.write.check.numbers import numerals
from generator.write.check.printed import Printed, printed
from generator.write.check.reading import Reading, Sentence, Span, problem, unverifiable

GATE = "numbers"
AGAINST_BTC = re.compile(r"btc_|_btc|_excess_7d$|_beat_share$")  # of the market, held against BTC
Named = Sequence[str]


@dataclass(frozen=True, slots=True)
class Bound:
    """A numeral of a text and the facts that it may be.

    astray: they do not fit where it stands, which was said; what they are is known all the same.
    """

    span: Span
    printed: Printed
    facts: tuple[Fact, ...]
    astray: bool = False


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

    @cached_property
    def labels(self) -> list[Label]:
        """Window labels, each with its hours and what it is: a window, an interval, a count."""
        lexicon, low = self.reading.lexicon, self.sentence.low
        found = []
        for m in lexicon.dates.window.finditer(low):
            if inside(m.start(), self.here):
                continue
            size = lexicon.numerals.words.get(m[1]) or float(m[1] if m[1].isdigit() else "nan")
            before, hours = (
                low[max(0, m.start() - 16) : m.start()],
                size * lexicon.dates.hours[m[2]],
            )
            per = lexicon.dates.per.search(before) is not None
            told = m[2] in lexicon.dates.lengths and lexicon.dates.counted.search(before)
            counted = (bool(told) and self._counts(hours)) or self._of_beta(m, hours)
            found.append(Label(m, hours, per, counted))
        return found

    @cached_property
    def windows(self) -> frozenset[float]:
        """Hours of the windows told, stretches between two clocks among them; counts are none."""
        told = {label.hours for label in self.labels if not label.per and not label.counted}
        return frozenset(told | stretches(self.reading.lexicon, self.sentence.low, self.here))

    @cached_property
    def all_windows(self) -> frozenset[float]:
        """With what may be a length of time as well: `a beta of 90 days`."""
        return self.windows | {label.hours for label in self.labels if not label.per}

    def _counts(self, hours: float) -> bool:
        """Whether so many hours are a number that a finding may say of the assets named."""
        lengths = self.known.lengths if self.known else {}
        return any(
            _same(f, hours) for s, facts in lengths.items() if self._concerns(s) for f in facts
        )

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
        """Assets of the number's clause, else the last before it, else any of the sentence."""
        close = self.reading.subjects_in(self.sentence.segment, self.sentence.clause(span[0]))
        before = (self.sentence.start, span[0])
        return close or self.reading.subjects_in(self.sentence.segment, before)[-1:] or self.named

    def venues(self, span: Span) -> frozenset[str]:
        """Venues of the number's clause, else of the sentence."""
        near = self.venues_in(self.sentence.clause(span[0]))
        return near or self.venues_in((self.sentence.start, self.sentence.end))

    def venues_in(self, span: Span) -> frozenset[str]:
        a, b = span[0] - self.sentence.start, span[1] - self.sentence.start
        return frozenset(v for start, v in self.venue_spans if a <= start < b)

    @cached_property
    def venue_spans(self) -> list[tuple[int, str]]:
        pattern = self.reading.lexicon.venue
        return [
            (m.start(), m[0])
            for m in pattern.finditer(self.sentence.low)
            if not self.sentence.in_quotes(m.start() + self.sentence.start)
        ]

    @cached_property
    def topics(self) -> frozenset[str]:
        return self.topics_in(self.sentence.low)

    def topics_in(self, low: str) -> frozenset[str]:
        lexicon = self.reading.lexicon
        if not lexicon.topic.search(low):
            return frozenset()
        return frozenset(name for name, p in lexicon.topics.items() if p.search(low))

    @cached_property
    def speakable(self) -> list[Fact]:
        """What findings may say of the assets named and the market; of any where none is."""
        by = self.known.by_subject if self.known else {}
        return [f for subject, facts in by.items() if self._concerns(subject) for f in facts]


def fails(fact: Fact, place: Place, span: Span) -> list[str]:
    """What speaks against a fact at a place: asset, venue, window, topic, licence; the worst
    first."""
    found = []
    if _elsewhere(fact, place, span):
        found.append("asset")
    venues = place.venues_in(place.sentence.clause(span[0]))
    if not venues and (fact.topic or not place.topics):
        venues = place.venues(span)  # a price beside another venue's funding names none
    if fact.venues and venues and not fact.venues & venues:
        found.append("venue")
    timed = fact.hours and fact.kind not in LENGTHS
    if timed and place.windows and not fact.hours & place.all_windows:
        found.append("window")
    if fact.topic and fact.topic not in place.topics:
        found.append("topic")
    if not fact.licensed:
        found.append("licence")
    return found


def _elsewhere(fact: Fact, place: Place, span: Span) -> bool:
    """Whether the assets named at a number are others than it is of; a pair needs both."""
    named = place.names(span)
    if not named:
        return False
    if fact.subject == MARKET:
        against = AGAINST_BTC.search(fact.metric)
        return against is not None and "BTC" not in named and "BTC" not in place.named
    if fact.metric.startswith("beyond_beta"):  # of the left side, against what the right implies
        before = place.reading.subjects_in(
            place.sentence.segment, (place.sentence.clause(span[0])[0], span[0])
        )
        if before and before[-1] not in (fact.subject, fact.subject.partition("/")[0]):
            return True
    if "/" in fact.subject and fact.subject not in place.named:
        sides = fact.metric.startswith(("left_", "right_"))
        parts = set(fact.subject.split("/"))
        return (not parts <= set(place.named) and not sides) or not parts & set(named)
    return not {fact.subject, *fact.subject.split("/")} & set(named)


def search_numbers(
    reading: Reading, sentence: Sentence, known: Known | None, here: Sequence[Told]
) -> tuple[list[Problem], list[Bound]]:
    """Problems of a sentence's numbers, and what the others are."""
    place, found, bound = Place(reading, sentence, known, here), list[Problem](), list[Bound]()
    for span, word in numerals(reading, sentence):
        at = span[0] - sentence.start
        label = next((x for x in place.labels if x.match.start() <= at < x.match.end()), None)
        if inside(at, here):
            continue
        if known is None:
            if label is None:
                message = f"{word!r} is unverifiable: there is no run to check it against"
                found.append(unverifiable(message, sentence, span))
            continue
        number = printed(reading.lexicon, reading.low[sentence.segment], *span)
        if number is None:
            message = f"{word!r} is unverifiable: neither a plain number nor a label"
            found.append(unverifiable(message, sentence, span))
            continue
        problems, facts = _fitting(place, span, number, known, label is not None)
        if label is None:
            found += problems
        if facts:
            bound.append(Bound(span, number, tuple(facts), bool(problems)))
    if known is not None:
        found += _check_labels(place, known, bound)
        found += _check_venues(place, known, bound)
    return found, bound


def _fitting(
    place: Place, span: Span, number: Printed, known: Known, label: bool
) -> tuple[list[Problem], list[Fact]]:
    sentence, word = place.sentence, number.word
    candidates = number.candidates(known)
    judged = [(fails(f, place, span), f) for f in candidates]
    if not number.value:  # what prints as zero does so over any window
        judged = [([a for a in against if a != "window"], f) for against, f in judged]
    good = [f for against, f in judged if not against]
    if label and not good:
        good = [f for against, f in judged if against == ["licence"] and f.kind in LENGTHS]
    if good or label:
        return [], good
    if not judged:
        right = _right(place, span, number, known)
        return [problem(GATE, f"no metric prints as {word!r}{right}", sentence, span)], []
    against, fact = min(judged, key=lambda j: (len(j[0]), "licence" not in j[0]))
    whose = f"{word!r} is {fact.metric} of {fact.subject}"
    if against == ["licence"]:
        message = f"{whose}, which no finding that holds says"
        return [problem("licence", message, sentence, span, "warning")], [fact]
    reasons = {
        "asset": f"the text says {', '.join(sorted(set(place.names(span))))}",
        "venue": f"of {', '.join(sorted(fact.venues))}, not {', '.join(place.venues(span))}",
        "window": f"over {_hours(fact.hours)}, not {_hours(place.windows)}",
        "topic": f"and this sentence does not speak of {fact.topic}",
        "licence": "which no finding that holds says",
    }
    right = _right(place, span, number, known) if len(against) > 1 else ""
    message = f"{whose}, {reasons[against[0]]}{right}"
    told = [f for reasons, f in judged if reasons in (["venue"], ["window"])]
    return [problem(GATE, message, sentence, span)], told


def _hours(hours: frozenset[float]) -> str:
    return ", ".join(f"{h:g} h" for h in sorted(hours))


def _right(place: Place, span: Span, number: Printed, known: Known) -> str:
    """The nearest fact that may stand there, as it would be printed: `; return_24h ... is 2.7`."""
    best: tuple[float, Fact] | None = None
    for name in dict.fromkeys((*place.names(span), MARKET)):
        for fact in known.by_subject.get(name, ()):
            if fact.kind not in number.scales or not fact.value:
                continue
            if any(reason != "venue" for reason in fails(fact, place, span)):
                continue
            magnitude = abs(fact.value) / number.scales[fact.kind]
            far = abs(math.log(magnitude / number.value)) if number.value else math.inf
            if best is None or far < best[0]:
                best = far, fact
    if best is None or best[0] > math.log(12):
        return ""
    return f"; {best[1].metric} of {best[1].subject} is {number.reads(best[1])}"


def _check_labels(place: Place, known: Known, bound: list[Bound]) -> Iterator[Problem]:
    """A label is a window of what the sentence's numbers are, or itself a count of hours or days.

    Without a number, it must be a window of something that a finding says of the assets named.
    """
    sentence = place.sentence
    if not place.labels:
        return
    facts = [f for b in bound for f in b.facts if not b.astray]
    if not any(f.hours for f in facts):
        facts += place.speakable
    hours = frozenset(h for f in facts for h in f.hours if f.kind not in LENGTHS)
    per = frozenset(h for f in facts for h in f.per)
    spoken = frozenset(h for f in place.speakable for h in f.hours)
    for label in place.labels:
        m, at = label.match, label.match.start() + sentence.start
        if sentence.in_quotes(at) or label.counted:
            continue
        clause, allowed = sentence.clause(at), per if label.per and per else hours
        if not any(clause[0] <= b.span[0] < clause[1] and b.span[0] != at for b in bound):
            allowed = allowed | spoken
        if label.hours in allowed:
            continue
        span = (at, m.end() + sentence.start)
        if allowed and (bound or place.speaks):
            message = f"{m[0]!r} is no window of this sentence's numbers ({_hours(allowed)})"
            yield problem("window", message, sentence, span)
        else:
            message = f"{m[0]!r} is unverifiable: no number here has a window"
            yield unverifiable(message, sentence, span)


def _same(fact: Fact, hours: float) -> bool:
    """Whether a fact is itself so many hours."""
    scale = {"h": 1.0, "days": 24.0, "plain": 24.0, "min": 1 / 60}.get(fact.kind, math.nan)
    return abs(fact.value * scale - hours) < 1e-6


def _check_venues(place: Place, known: Known, bound: list[Bound]) -> Iterator[Problem]:
    """Every venue named is one that the sentence's numbers, or else its topics, rest on."""
    sentence = place.sentence
    if not place.venue_spans or not known.venues:
        return
    if not bound and not place.labels and not place.speaks:
        return  # a venue as the subject of news, of which nothing is counted
    for start, venue in place.venue_spans:
        at = start + sentence.start
        right = _right_venues(place, sentence.clause(at), bound)
        if venue in right:
            continue
        span = (at, at + len(venue))
        what = f"what this sentence says is of {', '.join(sorted(right))}" if right else ""
        message = f"{venue!r}: {what or 'no number of this run is from there'}"
        if right or venue not in known.venues:
            yield problem("venue", message, sentence, span)


def _right_venues(place: Place, clause: Span, bound: list[Bound]) -> frozenset[str]:
    """Where the numbers of a clause are from; else what its topics, else its sentence rests on."""
    facts = [(b.span[0], f) for b in bound for f in b.facts if f.venues and not b.astray]
    near = [f for at, f in facts if clause[0] <= at < clause[1]]
    if not near:
        topics = place.topics_in(place.sentence.text(clause))
        near = [f for f in place.speakable if f.topic in topics] if topics else []
    near = near or [f for _, f in facts] or place.speakable
    return frozenset(v for f in near for v in f.venues)


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
