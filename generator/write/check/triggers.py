"""Words beside the level of a watch item: on which side of it the trade would be that counts."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import NumberTrace, Problem, Watch
from generator.write.check.counts import word_beside, word_of
from generator.write.check.direction import COUNTED, PREMIUM, nearest
from generator.write.check.facts import Fact
from generator.write.check.lexicon import Lexicon
from generator.write.check.reading import Reading, Sentence, problem
from generator.write.check.search import Bound

GATE = "direction"
IN_BRACKETS = 8  # characters from a number to the side told behind it: `个基点（低于其指数）`


def meant(reading: Reading, sentence: Sentence, b: Bound, ahead: bool) -> tuple[Fact, ...]:
    """Beside `under` or `above` of what is not yet a trigger is meant where there is one."""
    compare = reading.lexicon.compare.pattern
    governs = word_of if any(f.kind == "USD" for f in b.facts) else word_beside
    beside = ahead and governs(compare, sentence, b.span[0]) is not None
    chosen = tuple(f for f in b.facts if (f.watch is not None) is beside)
    return chosen or b.facts


def check_trigger(
    reading: Reading, sentence: Sentence, trace: NumberTrace, fact: Fact, item: Watch
) -> Iterator[Problem]:
    """The word that governs a trigger, and what is said to lie beyond it."""
    lexicon, want = reading.lexicon, -1 if item.direction == "below" else 1
    asks = sentence.low.rstrip().endswith(("?", "？"))
    if asks and lexicon.holds.search(sentence.low):
        want = -want  # "does it hold above?" asks whether it falls under
    premium = PREMIUM.search(fact.metric) is not None
    glued = not premium or _glued(lexicon, sentence, trace)
    if premium:
        yield from _check_premium(lexicon, sentence, trace, fact, not glued)
    if glued:
        governs = word_of if fact.kind == "USD" else word_beside
        beside = governs(lexicon.compare.pattern, sentence, trace.start)
        if beside is not None and lexicon.compare.of[beside] != want:
            message = f"{beside!r} beside {trace.text!r}: the watch item is {item.direction} it"
            yield problem(GATE, message, sentence, (trace.start - len(beside) - 1, trace.end))
    if fact.metric in COUNTED:
        way = nearest(sentence, trace, lexicon.change.pattern, "after")
        if way and lexicon.change.of[way[0]] != COUNTED[fact.metric]:
            message = f"{way[0]!r} beside {trace.text!r}: what is watched is {fact.metric}"
            yield problem(GATE, message, sentence, way[1])
    if asks:
        return
    yield from _check_turned(lexicon, sentence, trace)
    seen = nearest(sentence, trace, lexicon.extreme.pattern, "clause")
    if seen and seen[1][0] >= trace.end and lexicon.extreme.of[seen[0]] != want:
        message = f"{seen[0]!r} beside {trace.text!r}: the watch item is {item.direction} it"
        yield problem(GATE, message, sentence, seen[1])


def _glued(lexicon: Lexicon, sentence: Sentence, trace: NumberTrace) -> bool:
    """Whether a word of comparison stands right at a number, and not before `its index`."""
    word = word_beside(lexicon.compare.pattern, sentence, trace.start)
    before = sentence.low[: trace.start - sentence.start].rstrip()
    return word is not None and before.endswith(word)


def _check_premium(
    lexicon: Lexicon, sentence: Sentence, trace: NumberTrace, fact: Fact, before: bool
) -> Iterator[Problem]:
    """`4.7 basis points under its index`: the side of the index is the sign of the number.

    before: whether it may also be told before the number.
    """
    side = nearest(sentence, trace, lexicon.side.pattern, "after")
    behind = lexicon.side.pattern.search(sentence.low, trace.end - sentence.start)
    if behind and behind.start() + sentence.start - trace.end <= IN_BRACKETS:
        side = behind[0], sentence.at(behind)
    if side and not before and side[1][0] < trace.end:
        return
    if side and lexicon.side.of[side[0]] * fact.value < 0:
        message = f"{side[0]!r} beside {trace.text!r}: {fact.metric} is on the other side"
        yield problem(GATE, message, sentence, side[1])


def _check_turned(lexicon: Lexicon, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """`a higher low`: no trade beyond a price makes one."""
    for m in lexicon.extreme.pattern.finditer(sentence.low) if trace.unit == "USD" else ():
        if not lexicon.extreme.of[m[0]]:
            at = sentence.at(m)
            yield problem(GATE, f"{m[0]!r}: a trade beyond {trace.text!r} makes none", sentence, at)
