"""Words of direction and order in a text without a trace, against the facts its numbers are."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Sequence

from generator.model import MARKET, NumberTrace, Problem
from generator.write.check.counts import check_bound, check_counts, check_streak, word_beside
from generator.write.check.direction import (
    COUNTED,
    EXTREME,
    PREMIUM,
    check_verbs,
    check_word,
    nearest,
)
from generator.write.check.facts import Fact
from generator.write.check.lexicon import Lexicon
from generator.write.check.place import Place
from generator.write.check.reading import Reading, Sentence, problem, unverifiable
from generator.write.check.search import Bound
from generator.write.check.watched import check_watched
from generator.write.check.windows import defined_hours, parse_hours

GATE = "direction"
FLAT = 0.05  # percent; a smaller move has no direction to speak of


def check_signs(place: Place, bound: Sequence[Bound]) -> tuple[list[Problem], Sentence]:
    """Problems of direction; and the sentence with its numbers traced to what they are."""
    reading, sentence, ahead = place.reading, place.sentence, place.ahead
    found, traces = list[Problem](), list[NumberTrace]()
    for b in (b for b in bound if not b.astray):
        against: list[Problem] = []
        for fact in _meant(reading, sentence, b, ahead):
            trace = _trace(reading, sentence, b, fact)
            wrong = list(_wrong(reading, sentence, trace, fact))
            if not wrong:
                traces.append(trace)
                break
            against = against or wrong
        else:
            found += against
            traces.append(_trace(reading, sentence, b, b.facts[0]))
    numbered = dataclasses.replace(sentence, numbers=tuple(traces))
    found += check_verbs(reading, numbered)
    found += check_counts(reading, sentence, bound)
    found += check_claims(reading, numbered)
    if ahead:
        found += check_watched(reading, sentence, bound)
    else:
        found += _check_loose(reading, numbered, bound)
        found += _check_extreme_words(reading, numbered)
        found += check_funding_sign(reading, numbered)
    return found, numbered


def _meant(reading: Reading, sentence: Sentence, b: Bound, ahead: bool) -> tuple[Fact, ...]:
    """Beside `under` or `above` of what is not yet a trigger is meant where there is one."""
    beside = ahead and word_beside(reading.lexicon.compare.pattern, sentence, b.span[0]) is not None
    chosen = tuple(f for f in b.facts if (f.watch is not None) is beside)
    return chosen or b.facts


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


def _wrong(
    reading: Reading, sentence: Sentence, trace: NumberTrace, fact: Fact
) -> Iterator[Problem]:
    if fact.watch is None:
        yield from check_word(reading, sentence, trace)
        if fact.metric == "funding_baseline":
            yield from _check_baseline(reading, sentence, trace)
        yield from check_bound(reading, sentence, trace)
        yield from check_streak(reading, sentence, trace)
        return
    lexicon, item = reading.lexicon, fact.watch
    want = -1 if item.direction == "below" else 1
    asks = sentence.low.rstrip().endswith(("?", "？"))
    if asks and lexicon.holds.search(sentence.low):
        want = -want  # "does it hold above?" asks whether it falls under
    beside = word_beside(lexicon.compare.pattern, sentence, trace.start)
    if beside is not None and lexicon.compare.of[beside] != want:
        message = f"{beside!r} beside {trace.text!r}: the watch item is {item.direction} it"
        yield problem(GATE, message, sentence, (trace.start - len(beside) - 1, trace.end))
    if fact.metric in COUNTED:
        way = nearest(sentence, trace, lexicon.change.pattern, "after")
        if way and lexicon.change.of[way[0]] != COUNTED[fact.metric]:
            message = f"{way[0]!r} beside {trace.text!r}: what is watched is {fact.metric}"
            yield problem(GATE, message, sentence, way[1])
    if PREMIUM.search(fact.metric) and fact.value:
        side = nearest(sentence, trace, lexicon.side.pattern, "after")
        if side and side[1][0] >= trace.end and lexicon.side.of[side[0]] * fact.value < 0:
            message = f"{side[0]!r} beside {trace.text!r}: {fact.metric} is on the other side"
            yield problem(GATE, message, sentence, side[1])
    if not asks:
        yield from _check_turned(lexicon, sentence, trace)
    seen = nearest(sentence, trace, lexicon.extreme.pattern, "clause")
    if seen and not asks and seen[1][0] >= trace.end and lexicon.extreme.of[seen[0]] != want:
        message = f"{seen[0]!r} beside {trace.text!r}: the watch item is {item.direction} it"
        yield problem(GATE, message, sentence, seen[1])


def _check_turned(lexicon: Lexicon, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """`a higher low`: no trade beyond a price makes one."""
    for m in lexicon.extreme.pattern.finditer(sentence.low) if trace.unit == "USD" else ():
        if not lexicon.extreme.of[m[0]]:
            at = sentence.at(m)
            yield problem(GATE, f"{m[0]!r}: a trade beyond {trace.text!r} makes none", sentence, at)


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


def _check_loose(reading: Reading, sentence: Sentence, bound: Sequence[Bound]) -> Iterator[Problem]:
    """Words of change that no number of their clause bears out: `while BTC traded higher`."""
    change, lists = reading.lexicon.change, reading.lexicon.lists
    changes = [n for n in sentence.numbers if "return" in n.metric and n.unit.startswith("%")]
    listed = list(lists.pattern.finditer(sentence.low))
    for m in listed:
        after = [n.value for n in changes if n.start > m.start() + sentence.start]
        if after and all(v * lists.of[m[0]] < 0 for v in after):
            yield _contradicted(sentence, m, "the moves listed are", after)
    for m in change.pattern.finditer(sentence.low):
        at = m.start() + sentence.start
        clause = sentence.clause(at)
        if sentence.in_quotes(at) or any(x.start() <= m.start() < x.end() for x in listed):
            continue
        inside = [b for b in bound if clause[0] <= b.span[0] < clause[1]]
        counts = {
            COUNTED[f.metric]
            for b in inside
            for f in b.facts
            if f.metric in COUNTED and f.kind == "plain"
        }
        if counts == {-change.of[m[0]]}:
            yield _contradicted(sentence, m, "what is counted here went the other way", [])
        if inside or reading.lexicon.topic.search(sentence.text(clause)):
            continue  # bound to a number, which was asked
        named = [s for s in reading.subjects_in(sentence.segment, clause) if s != MARKET]
        moves = [reading.value("return_24h", s) for s in named]
        ahead = reading.subjects_in(sentence.segment, (clause[0], at))
        if len(moves) == 2 and len(ahead) == 1:  # "ETH gained on BTC"
            moves = [moves[0] - moves[1]]
        moves = moves or [n.value for n in changes]
        moves = [v for v in moves if math.isfinite(v) and abs(v) >= FLAT]
        if moves and all(v * change.of[m[0]] < 0 for v in moves):
            yield _contradicted(sentence, m, "in 24 h it was", moves)


def _check_extreme_words(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    """Where all extremes of a sentence are lows, no word of it speaks of a high."""
    extreme = reading.lexicon.extreme
    seen = [(m, n) for n in sentence.numbers if (m := EXTREME.search(n.metric))]
    signs = {-1 if m[1] == "low" else 1 for m, _ in seen}
    if len(signs) != 1:
        return
    (want,) = signs
    clauses = {sentence.clause(n.start) for _, n in seen}
    for m in extreme.pattern.finditer(sentence.low):
        at = sentence.at(m)
        if extreme.of[m[0]] == -want and sentence.clause(at[0]) not in clauses:
            message = f"{m[0]!r}: the number of this sentence is {seen[0][1].metric}"
            yield problem(GATE, message, sentence, at)


def _contradicted(
    sentence: Sentence, m: re.Match[str], what: str, moves: Sequence[float]
) -> Problem:
    told = " ".join(f"{v:+.1f}%" for v in moves)
    at = sentence.at(m)
    return problem(GATE, f"{m[0]!r}: {what} {told}".rstrip(), sentence, at)


def check_claims(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    """Words that say how large a metric of the asset named is: `most of its move`."""
    for claim in reading.lexicon.claims:
        for m in claim.words.finditer(sentence.low):
            at = sentence.at(m)
            clause = sentence.clause(at[0])
            near = reading.subjects_in(sentence.segment, clause)
            before = reading.subjects_in(sentence.segment, (sentence.start, at[0]))
            for subject in [claim.of] if claim.of else near or before[-1:]:
                value = reading.value(claim.metric, subject)
                if not math.isfinite(value):
                    message = f"{m[0]!r} is unverifiable: {claim.metric} of {subject} is unknown"
                    yield unverifiable(message, sentence, at)
                elif not claim.least <= value <= claim.most:
                    message = f"{m[0]!r}: {claim.metric} of {subject} is {value:.3g}"
                    yield problem(GATE, message, sentence, at)
            yield from _check_claimed_window(reading, sentence, m, claim.metric)


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
    if any("funding" in n.metric or "perps_" in n.metric for n in sentence.numbers):
        return
    named = reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
    rates = [reading.value("funding_settled", s) for s in named]
    rates = [r for r in rates if math.isfinite(r) and r]
    for m in lexicon.zero.pattern.finditer(sentence.low):
        if rates and all(r * lexicon.zero.of[m[0]] < 0 for r in rates):
            at = sentence.at(m)
            message = f"{m[0]!r} funding: it last settled at {rates[0]:+.4f}%"
            yield problem(GATE, message, sentence, at)
