"""What is not yet: sentences of watch items, their levels, sides and deadlines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from generator.model import Problem, Watch
from generator.write.check.counts import word_beside
from generator.write.check.direction import EXTREME
from generator.write.check.facts import topic_of
from generator.write.check.known import Known
from generator.write.check.moments import DEADLINE
from generator.write.check.place import AGAINST_BTC
from generator.write.check.reading import Reading, Sentence, Span, problem, unverifiable
from generator.write.check.search import Bound

GATE = "direction"


def check_watched(
    reading: Reading, sentence: Sentence, bound: Sequence[Bound]
) -> Iterator[Problem]:
    """A trigger under the price is a low, one above it a high, and a trade lies beyond it.

    Only where all triggers of the sentence lie on one side; other numbers keep their own words.
    """
    ways = [{f.watch.direction for f in b.facts if f.watch and f.kind == "USD"} for b in bound]
    all_ways = {way for found in ways for way in found}
    if len(all_ways) != 1:
        return
    (way,) = all_ways
    want, asks = (-1 if way == "below" else 1), sentence.low.rstrip().endswith(("?", "？"))
    others = [f.metric for b, own in zip(bound, ways, strict=True) if not own for f in b.facts]
    told = {-1 if m[1] == "low" else 1 for name in others if (m := EXTREME.search(name))}
    extreme = reading.lexicon.extreme
    for m in extreme.pattern.finditer(sentence.low):
        sign = extreme.of[m[0]]
        if (sign == -want and sign not in told) or not (sign or asks or told):
            at = sentence.at(m)
            yield problem(GATE, f"{m[0]!r}: what is watched lies {way} the price", sentence, at)
    yield from _check_anaphor(reading, sentence, way, asks)


def _check_anaphor(reading: Reading, sentence: Sentence, way: str, asks: bool) -> Iterator[Problem]:
    """`a trade above it`: on the side that is watched; does it hold above, the other."""
    lexicon, want = reading.lexicon, -1 if way == "below" else 1
    if asks and lexicon.holds.search(sentence.low):
        want = -want
    for m in lexicon.anaphor.finditer(sentence.low):
        word = word_beside(lexicon.compare.pattern, sentence, m.start() + sentence.start)
        if word is not None and lexicon.compare.of[word] == -want:
            start = m.start() + sentence.start - len(word) - 1
            at = (start, m.end() + sentence.start)
            yield problem(GATE, f"{word!r}: the watch item is {way} it", sentence, at)


def check_ahead(
    reading: Reading, sentence: Sentence, known: Known, fits: Mapping[Span, list[str]]
) -> Iterator[Problem]:
    """What a sentence says of what is not yet must be watched: whose, until when, which way."""
    lexicon, whole = reading.lexicon, (sentence.start, sentence.end)
    named = set(reading.subjects_in(sentence.segment, whole))
    items = [w for f in known.findings for w in f.watch]
    own = [w for w in items if w.subject in named]
    topic = lexicon.topics.get("funding")
    yield from _check_only_sign(reading, sentence, own, fits)
    for a, b in sentence.clauses:
        low = sentence.text((a, b))
        m = lexicon.zero.pattern.search(low)
        near = set(reading.subjects_in(sentence.segment, (a, b)))
        due = any(DEADLINE in n for at, n in fits.items() if a <= at[0] < b)
        about = {t for t, p in lexicon.topics.items() if p.search(low)}
        alike = [w for w in items if not about or topic_of(w.metric) in about]
        if due and near and alike and not any(near & _concerning(w) for w in alike):
            message = f"{', '.join(sorted(near))}: what is watched is of {alike[0].subject}"
            yield unverifiable(message, sentence, (a, b))
            continue
        ways = {w.direction for w in own if "funding" in w.metric and not w.trigger}
        ways = {w.direction for w in own if w.subject in near and not w.trigger} or ways
        if due and m is not None and topic is not None and topic.search(low):
            at = (a + m.start(), a + m.end())
            yield from _check_sign(reading, sentence, low, m, at, ways)


def _concerning(item: Watch) -> set[str]:
    against = {"BTC"} if AGAINST_BTC.search(item.metric) else set()
    return {item.subject, *item.subject.split("/")} | against


def _check_only_sign(
    reading: Reading, sentence: Sentence, own: Sequence[Watch], fits: Mapping[Span, list[str]]
) -> Iterator[Problem]:
    """The one word of sign of a sentence: `the 16:00 settlement: positive, it would turn`."""
    lexicon, low = reading.lexicon, sentence.low
    signs = list(lexicon.zero.pattern.finditer(low))
    topic = lexicon.topics.get("funding")
    ways = {w.direction for w in own if "funding" in w.metric and not w.trigger}
    if len(signs) != 1 or not ways or topic is None or not topic.search(low):
        return
    if any(DEADLINE in names for names in fits.values()):
        yield from _check_sign(reading, sentence, low, signs[0], sentence.at(signs[0]), ways)


def _check_sign(
    reading: Reading,
    sentence: Sentence,
    low: str,
    m: re.Match[str],
    at: Span,
    ways: Collection[str],
) -> Iterator[Problem]:
    """A word of sign on a side that is not watched; `the negative run`, which ends, is no such."""
    lexicon = reading.lexicon
    if not ways or any(c.words.match(low, m.start()) for c in lexicon.claims):
        return
    if ("above" if lexicon.zero.of[m[0]] > 0 else "below") not in ways:
        message = f"{m[0]!r}: what is watched is a rate {' or '.join(sorted(ways))} zero"
        yield problem(GATE, message, sentence, at)
