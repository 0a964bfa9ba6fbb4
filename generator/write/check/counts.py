"""Words beside counts, ranks and floors: what is counted went that way, and lies on that side."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from generator.model import NumberTrace, Problem
from generator.write.check.direction import COUNTED, nearest
from generator.write.check.reading import Reading, Sentence, problem
from generator.write.check.search import Bound

GATE = "direction"

FLOOR = "mover_floor"  # the least turnover of what is counted
BESIDE = 3  # characters between `under` and its number: a space, a sign of money


def word_beside(pattern: re.Pattern[str], sentence: Sentence, at: int) -> str | None:
    """The word right before a number."""
    start = at - sentence.start
    words = list(pattern.finditer(sentence.low, max(0, start - 24), start))
    return words[-1][0] if words and start - words[-1].end() <= BESIDE else None


def check_bound(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """`at most` beside what is a floor, `below` beside a rank: words for the other side."""
    what = "a floor" if trace.metric == FLOOR else "so many of its values lie below it"
    if "_rank" not in trace.metric and trace.metric != FLOOR:
        return
    word = word_beside(reading.lexicon.compare.pattern, sentence, trace.start)
    if word is not None and reading.lexicon.compare.of[word] < 0:
        message = f"{word!r} beside {trace.text!r}: {what}"
        yield problem(GATE, message, sentence, (trace.start - len(word) - 1, trace.end))


def check_streak(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """`closed higher on 5 days in a row`: which way the days of a run went."""
    if trace.metric != "streak_days":
        return
    sign, change = reading.value("streak_sign", trace.subject), reading.lexicon.change
    said = nearest(sentence, trace, change.pattern, "sentence")
    if said and math.isfinite(sign) and change.of[said[0]] * sign < 0:
        message = f"{said[0]!r} beside {trace.text!r}: that run went the other way"
        yield problem(GATE, message, sentence, said[1])


def check_counts(reading: Reading, sentence: Sentence, bound: Sequence[Bound]) -> Iterator[Problem]:
    """`59 rose`: a whole number right before a word of change counts what went that way."""
    change = reading.lexicon.change
    aspect = reading.lexicon.aspects.get("median")
    median = aspect.search(sentence.low) if aspect else None
    for b in bound:
        at = b.span[1] - sentence.start
        if b.printed.suffix or any(f.metric in COUNTED or f.unit != "coins" for f in b.facts):
            continue
        word = change.pattern.match(sentence.low, at + 1)  # a space or a measure word between
        listed = median is not None and all(f.metric == "universe_count" for f in b.facts)
        if word and change.of[word[0]] and not listed:  # "the median of 36 gained"
            message = f"{b.printed.word!r} {word[0]!r}: {b.facts[0].metric} counts no such thing"
            yield problem(GATE, message, sentence, (b.span[0], word.end() + sentence.start))
