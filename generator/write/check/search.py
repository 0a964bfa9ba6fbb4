"""Numbers without a trace: what a run knows prints so, and may stand where it stands.

A numeral has candidates by value, unit, rounding and sign. Then its place is asked: whose asset,
which venue, over which window, about what, and whether a finding that holds says it. A number that
nothing prints as, or that belongs elsewhere, is an error with the right value beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from generator.model import MARKET, Problem
from generator.write.check.facts import LENGTHS, Fact, is_length
from generator.write.check.fitting import fails
from generator.write.check.known import Known
from generator.write.check.moments import inside
from generator.write.check.numbers import numerals
from generator.write.check.place import Label, Place, same_hours
from generator.write.check.printed import Printed, printed
from generator.write.check.reading import Span, problem, unverifiable
from generator.write.check.scope import names_change

GATE = "numbers"


@dataclass(frozen=True, slots=True)
class Bound:
    """A numeral of a text and the facts that it may be.

    astray: they do not fit where it stands, which was said; what they are is known all the same.
    """

    span: Span
    printed: Printed
    facts: tuple[Fact, ...]
    astray: bool = False


def search_numbers(place: Place) -> tuple[list[Problem], list[Bound]]:
    """Problems of a sentence's numbers, and what the others are."""
    reading, sentence, known, here = place.reading, place.sentence, place.known, place.here
    found, bound = list[Problem](), list[Bound]()
    numbers = list(numerals(reading, sentence))
    ranges = _ranges(place, [span for span, _ in numbers])
    for span, word in numbers:
        at = span[0] - sentence.start
        label = next((x for x in place.labels if x.match.start() <= at < x.match.end()), None)
        if inside(at, here):
            continue
        if known is None:
            if label is None:
                message = f"{word!r} is unverifiable: there is no run to check it against"
                found.append(unverifiable(message, sentence, span))
            continue
        number = ranges.get(span) or printed(reading.lexicon, reading.low[sentence.segment], *span)
        if number is None:
            message = f"{word!r} is unverifiable: neither a plain number nor a label"
            found.append(unverifiable(message, sentence, span))
            continue
        problems, facts = _fitting(place, span, number, known, label)
        if label is None:
            found += problems
        if facts:
            bound.append(Bound(span, number, tuple(facts), bool(problems)))
    if known is not None:
        found += _check_labels(place, known, bound)
        found += _check_venues(place, known, bound)
    return found, bound


def _ranges(place: Place, spans: list[Span]) -> dict[Span, Printed]:
    """`2-3%`: both ends of a range stand for whatever lies between them."""
    lexicon, low = place.reading.lexicon, place.reading.low[place.sentence.segment]
    found = dict[Span, Printed]()
    for one, two in pairwise(spans):
        if low[one[1] : two[0]] not in ("-", "–") or not low[one[0]].isdigit():
            continue
        if any(inside(s[0] - place.sentence.start, place.here) for s in (one, two)):
            continue
        a, b = printed(lexicon, low, *one), printed(lexicon, low, *two)
        if a is not None and b is not None and a.value < b.value:
            middle, half = (a.value + b.value) / 2, (b.value - a.value) / 2
            word = low[one[0] : two[1]]
            found[one] = found[two] = Printed(word, middle, half, a.sign, b.scales, b.suffix)
    return found


def _fitting(
    place: Place, span: Span, number: Printed, known: Known, label: Label | None
) -> tuple[list[Problem], list[Fact]]:
    sentence, word = place.sentence, number.word
    candidates = number.candidates(known)
    judged = [(fails(f, place, span), f) for f in candidates]
    good = [f for against, f in judged if not against]
    if label is not None:  # a length of time counts nothing else
        lengths = [(a, f) for a, f in judged if is_length(f) and same_hours(f, label.hours)]
        good = [f for against, f in lengths if not against]
        return [], good or [f for against, f in lengths if against == ["licence"]]
    if good:
        return [], good
    if not judged:
        right = _right(place, span, number, known)
        return [problem(GATE, f"no metric prints as {word!r}{right}", sentence, span)], []
    names = place.names(span)
    against, fact = min(
        judged, key=lambda j: (len(j[0]), "licence" not in j[0], _rank(j[1].subject, names))
    )
    whose = f"{word!r} is {fact.metric} of {fact.subject}"
    if against == ["licence"]:
        message = f"{whose}, which no finding that holds says"
        return [problem("licence", message, sentence, span, "warning")], [fact]
    reasons = {
        "asset": f"the text says {', '.join(sorted(set(place.names(span))))}",
        "venue": f"of {', '.join(sorted(fact.venues))}, not {_named(place, span, fact)}",
        "window": f"over {_hours(fact.hours)}, not {_hours(place.windows)}",
        "topic": f"and this sentence does not speak of {fact.topic or fact.aspect}",
        "market": f"of {' and '.join(sorted(fact.venues))}{fact.market}",
        "share": "which is no share of anything",
        "change": "which is a rank, and no change",
        "latest": "and not the last price",
        "average": "and no average",
        "day": "over the last 24 h, and over no day from midnight to midnight",
        "ratio": "and no ratio to another asset's",
        "length": "and no length of time is told here",
        "watch": "a level to watch, and none that was",
        "licence": "which no finding that holds says",
    }
    right = _right(place, span, number, known) if len(against) > 1 else ""
    message = f"{whose}, {reasons[against[0]]}{right}"
    told = [f for reasons, f in judged if reasons in (["venue"], ["window"])]
    return [problem(GATE, message, sentence, span)], told


def _rank(subject: str, names: Sequence[str]) -> int:
    """Whose number is told first where several print alike: an asset's own, then a pair's."""
    return 0 if subject in names else 2 if subject == MARKET else 1 if "/" not in subject else 3


def _named(place: Place, span: Span, fact: Fact) -> str:
    """The venues that a text gives a number, here or before."""
    return ", ".join(sorted(place.venues(span) or place.carried.get(fact.subject, frozenset())))


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
        interval = label.per and bool(per)
        clause, allowed = sentence.clause(at), per if interval else hours
        if not interval:
            allowed = _hours_in(clause, bound) or allowed
        others = (b.span[0] for b in bound if b.span[0] != at)
        other = place.reading.lexicon.aspects.get("no price")  # a volatility has two windows
        loose = other is not None and other.search(sentence.low) is not None
        if not interval and (loose or not any(clause[0] <= o < clause[1] for o in others)):
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


def _hours_in(clause: Span, bound: Sequence[Bound]) -> frozenset[float]:
    """The windows of the changes that a clause prints: its label is of one of them."""
    inside = [b for b in bound if clause[0] <= b.span[0] < clause[1] and not b.astray]
    changes = [f for b in inside for f in b.facts if f.kind == "%" and names_change(f.metric)]
    return frozenset(h for f in changes for h in f.hours)


def _check_venues(place: Place, known: Known, bound: list[Bound]) -> Iterator[Problem]:
    """Every venue named is one that the sentence's numbers, or else its topics, rest on."""
    sentence = place.sentence
    if not place.venue_spans or not known.venues:
        return
    listed = place.reading.lexicon.furniture.get("coverage")
    stamped = place.here and not (listed and listed.search(sentence.low))  # `06:00 UTC (Binance)`
    lexicon = place.reading.lexicon
    sources = any(p.search(sentence.low) for p in lexicon.coverage.values())
    market = any(p.search(sentence.low) for p in lexicon.markets.values()) and not sources
    if not (bound or place.labels or stamped or market or place.speaks):
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
    if not near:  # in brackets, say, behind what it is of
        topics = place.topics
        near = [f for _, f in facts] + [f for f in place.speakable if f.topic in topics]
    near = near or [f for f in place.speakable if not f.topic and f.subject != MARKET]
    near = near or place.speakable
    return frozenset(v for f in near for v in f.venues)
