"""Words of direction and order in a text without a trace, against the facts its numbers are."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Sequence

from generator.model import NumberTrace, Problem
from generator.write.check.counts import (
    check_bound,
    check_counts,
    check_streak,
    word_of,
)
from generator.write.check.direction import (
    check_verbs,
    check_word,
)
from generator.write.check.facts import Fact, is_length
from generator.write.check.loose import check_extreme_words, check_loose
from generator.write.check.place import Place
from generator.write.check.reading import Reading, Sentence, problem, unverifiable
from generator.write.check.search import Bound
from generator.write.check.triggers import check_trigger, meant
from generator.write.check.watched import check_watched
from generator.write.check.windows import defined_hours, parse_hours

GATE = "direction"
OF_NOW = ("funding_above_baseline", "worst_hour_share")  # a sentence of what would be may differ
PARTS = {"universe_count": ("advancers", "decliners"), "oi_venues": ("oi_venues_same_way",)}


def check_signs(place: Place, bound: Sequence[Bound]) -> tuple[list[Problem], Sentence]:
    """Problems of direction; and the sentence with its numbers traced to what they are."""
    reading, sentence, ahead = place.reading, place.sentence, place.ahead
    found, traces, said = list[Problem](), list[NumberTrace](), list[Bound]()
    for b in (b for b in bound if not b.astray):
        against: list[Problem] = []
        for fact in meant(reading, sentence, b, ahead):
            trace = _trace(reading, sentence, b, fact)
            wrong = list(_wrong(place, trace, fact))
            if not wrong:
                traces.append(trace)
                said.append(dataclasses.replace(b, facts=(fact, *_others(b, fact))))
                break
            against = against or wrong
        else:
            found += against
            traces.append(_trace(reading, sentence, b, b.facts[0]))
    numbered = dataclasses.replace(sentence, numbers=tuple(traces))
    found += check_verbs(reading, numbered)
    found += check_counts(reading, sentence, bound)
    found += check_claims(reading, numbered, ahead)
    found += check_parts(place, bound)
    if ahead:
        found += check_watched(reading, sentence, bound)
    else:
        found += _check_twice(place, said)
        found += check_loose(place, numbered, bound)
        found += check_extreme_words(reading, numbered)
        found += check_funding_sign(reading, numbered)
    return found, numbered


def _check_twice(place: Place, said: Sequence[Bound]) -> Iterator[Problem]:
    """`42 fell and 42 fell`: one number told twice where another must be meant.

    said: of each number first the fact that it is, then what else it might be.
    """
    reading, sentence, seen = place.reading, place.sentence, dict[tuple[str, str], Bound]()
    for b in said:
        key = b.facts[0].metric, b.facts[0].subject
        first = seen.setdefault(key, b)
        if first is b or is_length(b.facts[0]) or b.facts[0].unit == "USD":
            continue
        if all(
            any(_wrong(place, _trace(reading, sentence, n, f), f))
            for n in (first, b)
            for f in n.facts[1:]
        ):
            message = f"{b.printed.word!r}: {key[0]} of {key[1]} is told twice here"
            yield problem("numbers", message, sentence, b.span)


def check_parts(place: Place, bound: Sequence[Bound]) -> Iterator[Problem]:
    """`102 of 102 rose`: where a part and its whole are one number, one of the two is the part."""
    for whole, parts in PARTS.items():
        of = [b for b in bound if any(f.metric == whole for f in b.facts)]
        if len(of) < 2 or place.ahead:
            continue
        found = list[Problem]()
        for b in of:
            facts = [f for f in b.facts if f.metric in parts]
            wrong = [
                list(_wrong(place, _trace(place.reading, place.sentence, b, f), f)) for f in facts
            ]
            if not all(wrong) or not facts:
                break
            found += wrong[0]
        else:
            yield from found[:1]


def _others(b: Bound, fact: Fact) -> tuple[Fact, ...]:
    key = fact.metric, fact.subject
    return tuple(f for f in b.facts if (f.metric, f.subject) != key)


def _trace(reading: Reading, sentence: Sentence, b: Bound, fact: Fact) -> NumberTrace:
    text = reading.draft.segments[sentence.segment]
    start = b.span[0] - (1 if b.printed.sign else 0)
    name = f"trigger:{fact.metric}" if fact.watch else fact.metric
    return NumberTrace(
        segment=sentence.segment,
        start=b.span[0],
        end=b.span[1],
        text=text[start : b.span[1]],
        metric=name,
        subject=fact.subject,
        value=fact.value,
        unit=fact.unit,
        scale=1.0,
        decimals=0,
        rule="",
    )


def _wrong(place: Place, trace: NumberTrace, fact: Fact) -> Iterator[Problem]:
    reading, sentence, ahead = place.reading, place.sentence, place.ahead
    if fact.watch is None:
        yield from check_word(reading, sentence, trace)
        if fact.metric == "funding_baseline" and not ahead:
            yield from _check_baseline(reading, sentence, trace)
        if fact.metric == "round_level":
            yield from _check_crossed(reading, sentence, trace)
        yield from check_bound(reading, sentence, trace)
        yield from check_streak(reading, sentence, trace)
    else:
        yield from check_trigger(reading, sentence, trace, fact, fact.watch)


def _check_baseline(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """`below the 0.0100% baseline`: which side of it the rate is."""
    above = reading.value("funding_above_baseline", trace.subject)
    start = trace.start - sentence.start
    words = list(reading.lexicon.side.pattern.finditer(sentence.low, max(0, start - 32), start))
    words = [m for m in words if m[0] not in reading.lexicon.zero.of]  # "positive, but below"
    if words and math.isfinite(above) and above * reading.lexicon.side.of[words[-1][0]] < 0:
        m = words[-1]
        message = f"{m[0]!r} beside {trace.text!r}: the rate is {above:+.4f}% from its baseline"
        at = sentence.at(m)
        yield problem(GATE, message, sentence, at)


def _check_crossed(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """`moved above $2,000`, `the last close at or above it`: the side on which the price is now."""
    lexicon = reading.lexicon
    way = reading.value("price", trace.subject) - trace.value
    last = list(lexicon.change.pattern.finditer(sentence.low, 0, trace.start - sentence.start))
    beside = last[-1:] if word_of(lexicon.change.pattern, sentence, trace.start) else []
    told = [(m, lexicon.compare) for m in lexicon.compare.pattern.finditer(sentence.low)]
    for m, signs in [*told, *((m, lexicon.change) for m in beside)]:
        if signs.of[m[0]] * way < 0:
            message = f"{m[0]!r} beside {trace.text!r}: the price went to the other side of it"
            yield problem(GATE, message, sentence, sentence.at(m))


def check_claims(reading: Reading, sentence: Sentence, ahead: bool) -> Iterator[Problem]:
    """Words that say how large a metric of the asset named is: `most of its move`.

    ahead: the sentence speaks of what would be, so that some words claim nothing of what is.
    """
    for claim in reading.lexicon.claims:
        would_be = ahead and claim.metric in OF_NOW
        for m in claim.words.finditer(sentence.low) if not would_be else ():
            yield from _check_claimed_window(reading, sentence, m, claim.metric)
            if math.isinf(claim.least) and math.isinf(claim.most):
                continue  # it says a window alone
            at = sentence.at(m)
            clause = sentence.clause(at[0])
            near = reading.subjects_in(sentence.segment, clause)
            before = reading.subjects_in(sentence.segment, (sentence.start, at[0]))[-1:]
            before = before or reading.subjects_in(sentence.segment, (at[1], sentence.end))
            for subject in [claim.of] if claim.of else near or before:
                value = reading.value(claim.metric, subject)
                if not math.isfinite(value):
                    message = f"{m[0]!r} is unverifiable: {claim.metric} of {subject} is unknown"
                    yield unverifiable(message, sentence, at)
                elif not claim.least <= value <= claim.most:
                    message = f"{m[0]!r}: {claim.metric} of {subject} is {value:.3g}"
                    yield problem(GATE, message, sentence, at)


def _check_claimed_window(
    reading: Reading, sentence: Sentence, m: re.Match[str], metric: str
) -> Iterator[Problem]:
    """`most of its move in 7 d`: the window told with a claim is that of its metric."""
    have = defined_hours(reading.windows.get(metric, ""))
    for label in reading.lexicon.dates.window.finditer(sentence.low, m.start(), m.end() + 16):
        hours = parse_hours(reading.lexicon, label[0])
        if have and hours and not hours & have:
            at = (label.start() + sentence.start, label.end() + sentence.start)
            message = f"{label[0]!r}: {metric} is over {reading.windows[metric]}"
            yield problem("window", message, sentence, at)


def check_funding_sign(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    """Funding called negative or positive, without a number in the sentence: the last sign."""
    lexicon = reading.lexicon
    topic = lexicon.topics.get("funding")
    if topic is None or not topic.search(sentence.low):
        return
    both = lexicon.both.search(sentence.low)
    numbered = any("funding" in n.metric or "perps_" in n.metric for n in sentence.numbers)
    if numbered and not both:
        return
    named = reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
    rates = [reading.value("funding_settled", s) for s in named]
    rates = [r for r in rates if math.isfinite(r) and r]
    for m in lexicon.zero.pattern.finditer(sentence.low):
        against = [r * lexicon.zero.of[m[0]] < 0 for r in rates]
        if rates and (any(against) if both else all(against)):
            at = sentence.at(m)
            message = f"{m[0]!r} funding: it last settled at {rates[0]:+.4f}%"
            yield problem(GATE, message, sentence, at)
