"""Words beside counts, ranks and floors: what is counted went that way, and lies on that side."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from generator.model import NumberTrace, Problem
from generator.write.check.dates import told
from generator.write.check.direction import COUNTED, nearest
from generator.write.check.lexicon import Lexicon
from generator.write.check.reading import Reading, Sentence, problem
from generator.write.check.search import Bound

GATE = "direction"

FLOOR = "mover_floor"  # the least turnover of what is counted
WORDS = re.compile(r"[^\d,.;:()，；：。（）、?？]*")
BESIDE = 3  # characters between `under` and its number: a space, a sign of money


def word_beside(pattern: re.Pattern[str], sentence: Sentence, at: int) -> str | None:
    """The word right before a number."""
    start = at - sentence.start
    words = list(pattern.finditer(sentence.low, max(0, start - 24), start))
    return words[-1][0] if words and start - words[-1].end() <= BESIDE else None


def word_of(pattern: re.Pattern[str], sentence: Sentence, at: int) -> str | None:
    """The word that governs a level: the last before it, with words alone between the two."""
    start = at - sentence.start
    words = list(pattern.finditer(sentence.low, max(0, start - 40), start))
    plain = bool(words) and WORDS.fullmatch(sentence.low, words[-1].end(), start)
    return words[-1][0] if plain else None


def check_bound(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """`at most` beside what is a floor, `below` beside a rank: words for the other side."""
    what = "a floor" if trace.metric == FLOOR else "so many of its values lie below it"
    if "_rank" not in trace.metric and trace.metric != FLOOR:
        return
    lexicon, end = reading.lexicon, trace.end - sentence.start
    if trace.metric == FLOOR and (less := lexicon.or_less.match(sentence.low, end)):
        message = f"{less[0].strip()!r} beside {trace.text!r}: {what}"
        yield problem(GATE, message, sentence, (trace.start, sentence.at(less)[1]))
    word = word_beside(lexicon.compare.pattern, sentence, trace.start)
    word = word or _before_since(lexicon, sentence, trace.start)
    if word is not None and reading.lexicon.compare.of[word] < 0:
        message = f"{word!r} beside {trace.text!r}: {what}"
        yield problem(GATE, message, sentence, (trace.start - len(word) - 1, trace.end))


def _before_since(lexicon: Lexicon, sentence: Sentence, at: int) -> str | None:
    """`above, since 31 October 2025, 97% of its values`: the word before a record's beginning."""
    dates = [t for t in told(lexicon, sentence.low) if 0 <= at - sentence.start - t.end <= BESIDE]
    start = dates[-1].start + sentence.start if dates else None
    return None if start is None else word_beside(lexicon.compare.pattern, sentence, start)


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
