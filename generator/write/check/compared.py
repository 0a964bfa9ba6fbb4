"""Two assets held against each other: which did better, and that they are two."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from generator.model import Problem
from generator.write.check.lexicon import Signs
from generator.write.check.loose import DAY, FLAT
from generator.write.check.place import Place
from generator.write.check.reading import SEMICOLONS, Reading, Sentence, problem

REACH = 12  # characters between a word of comparison and whom it is with
BESIDE = 2
OWN = re.compile("'s|’s")  # `against BTC's median`: of it, and not with it


def check_repeated(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    """One asset named on both sides of `and`, or of a comparison: `ETH gave ground to ETH`."""
    names, low = reading.names_in(sentence), reading.low[sentence.segment]
    for (begin, end, one), (start, stop, two) in pairwise(names):
        if one != two or OWN.match(low, stop):
            continue
        between = low[end:start]
        joined = len(between) <= 24 and reading.lexicon.between.fullmatch(between.strip())
        if joined or _held_against(reading, sentence, begin, end, start):
            yield problem("numbers", f"{two} is named twice", sentence, (start, stop))


def _held_against(reading: Reading, sentence: Sentence, begin: int, end: int, start: int) -> bool:
    """Whether the second of two names is what the first is compared with, or `Against X, X`."""
    pattern, low = reading.lexicon.relative.pattern, reading.low[sentence.segment]
    before = [m for m in pattern.finditer(low, sentence.start, begin) if begin - m.end() <= BESIDE]
    if before:
        opens = not low[sentence.start : before[-1].start()].strip()
        return opens and start - end <= 2 * REACH and "," in low[end:start]
    if any(mark in low[end:start] for mark in SEMICOLONS):
        return False
    return any(start - m.end() <= BESIDE for m in pattern.finditer(low, end, start))


def check_better(place: Place) -> Iterator[Problem]:
    """`ETH came out behind BTC`: the one whose return of the day is the lower; and `ETH fell less
    than BTC`: of the two moves the one named first is the smaller."""
    reading, sentence = place.reading, place.sentence
    if place.ahead or (place.windows and DAY not in place.windows):
        return
    change = reading.lexicon.change.pattern
    for m in reading.lexicon.sizes.pattern.finditer(sentence.low):
        start = sentence.clause(sentence.at(m)[0])[0] - sentence.start
        if change.search(sentence.low, start, m.start()):
            yield from _check_apart(reading, sentence, m, reading.lexicon.sizes, BESIDE + 1, abs)
    for m in reading.lexicon.relative.pattern.finditer(sentence.low):
        at = sentence.at(m)[0]
        if not sentence.in_quotes(at) and not place.topics_in(sentence.text(sentence.clause(at))):
            yield from _check_apart(reading, sentence, m, reading.lexicon.relative, REACH, float)


def _check_apart(
    reading: Reading,
    sentence: Sentence,
    m: re.Match[str],
    signs: Signs,
    reach: int,
    size: Callable[[float], float],
) -> Iterator[Problem]:
    """A word that puts the asset before it over, or under, the one within reach behind it.

    size: what of their returns of the day is compared.
    """
    at, sign = sentence.at(m), signs.of[m[0]]
    clause, names = sentence.clause(at[0]), reading.names_in(sentence)
    left = [s for a, b, s in names if clause[0] <= a and b <= at[0]][-1:]
    right = [s for a, _, s in names if at[1] <= a < min(clause[1], at[1] + reach)][:1]
    if not left or not right or left == right:
        return
    moves = [reading.value("return_24h", s) for s in (*left, *right)]
    apart = size(moves[0]) - size(moves[1])
    if math.isfinite(apart) and abs(apart) >= FLAT and apart * sign < 0:
        told = f"{left[0]} {moves[0]:+.1f}%, {right[0]} {moves[1]:+.1f}%"
        yield problem("direction", f"{m[0]!r}: in 24 h it was {told}", sentence, at)
