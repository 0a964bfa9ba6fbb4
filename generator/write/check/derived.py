"""Ratios and differences that a text works out of numbers it has told, worked out again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

from generator.model import Problem
from generator.write.check.facts import Fact, topic_of
from generator.write.check.printed import Printed
from generator.write.check.reading import Reading, Sentence, Span, problem

GATE = "numbers"
NEAR = 32  # characters around a number in which a word says what it is


def check_derived(
    reading: Reading, sentence: Sentence, span: Span, number: Printed, told: Sequence[Fact]
) -> tuple[bool, list[Problem]]:
    """(whether a number is accounted for, what is wrong with it) as a ratio or a difference.

    told: what the text has told so far, in its order. Ratios and differences are those of one
    metric's numbers for two assets.
    """
    lexicon, low = reading.lexicon, reading.low[sentence.segment]
    around = low[max(sentence.start, span[0] - NEAR) : min(sentence.end, span[1] + NEAR)]
    difference = lexicon.differences.search(around)
    as_ratio = "times" in number.scales and number.suffix != ""
    if not as_ratio and difference is None:
        return False, []
    spoken = {name for name, p in lexicon.topics.items() if p.search(sentence.low)}
    pairs = [p for p in _pairs(told) if not spoken or _is_of(p[0], spoken)]
    for one, two in reversed(pairs):
        ratio, gap = _ratio(one, two), abs(one.value - two.value)
        if as_ratio and abs(ratio - number.value) <= number.half:
            if difference is None:
                return True, []
            message = (
                f"{number.word!r} is a ratio ({_of(one, two)}), no {difference[0]}: "
                f"the {difference[0]} is {_gap(one, gap)}"
            )
            return True, [problem(GATE, message, sentence, span)]
        if not as_ratio and abs(gap - number.value) <= number.half and one.kind in number.scales:
            return True, []
    if not pairs or not as_ratio or not number.value:
        return False, []
    one, two = min(pairs, key=lambda p: abs(math.log(_ratio(*p) / number.value)))
    decimals = max(0, round(-math.log10(2 * number.half)))
    what = "ratio" if difference is None else f"ratio, and no {difference[0]}"
    message = (
        f"{number.word!r} is no {what} of numbers told here: "
        f"{_of(one, two)} is {_ratio(one, two):.{decimals}f}"
    )
    return True, [problem(GATE, message, sentence, span)]


def _is_of(fact: Fact, topics: set[str]) -> bool:
    """Whether a number is of what a sentence speaks of, or known from the text alone."""
    return not fact.venues or topic_of(fact.metric) in topics


def _pairs(told: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """Two assets' numbers of one metric, both told."""
    chosen = {(f.metric, f.subject): f for f in told if f.value and not f.watch}
    return [
        (a, b)
        for a, b in combinations(chosen.values(), 2)
        if a.metric == b.metric and a.subject != b.subject
    ]


def _ratio(one: Fact, two: Fact) -> float:
    a, b = abs(one.value), abs(two.value)
    return max(a, b) / min(a, b)


def _of(one: Fact, two: Fact) -> str:
    large, small = (one, two) if abs(one.value) >= abs(two.value) else (two, one)
    return f"{large.metric} of {large.subject} to that of {small.subject}"


def _gap(one: Fact, gap: float) -> str:
    return f"{gap:,.2f}{' percentage points' if one.kind == '%' else f' {one.unit}'}"
