"""What is not yet: sentences of watch items, their levels, sides and deadlines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from generator.model import Problem, Watch
from generator.write.check.counts import word_beside
from generator.write.check.direction import EXTREME
from generator.write.check.facts import topic_of
from generator.write.check.known import Known
from generator.write.check.lexicon import Claim, fold
from generator.write.check.moments import DEADLINE
from generator.write.check.place import AGAINST_BTC, Place
from generator.write.check.reading import Reading, Sentence, Span, problem, unverifiable
from generator.write.check.search import Bound

GATE = "direction"


def check_watched(
    reading: Reading, sentence: Sentence, bound: Sequence[Bound]
) -> Iterator[Problem]:
    """A trigger under the price is a low, one above it a high, and a trade lies beyond it.

    Only where all triggers of an item lie on one side; other numbers keep their own words.
    """
    starts = sorted({sentence.part(b.span[0])[0] for b in bound if any(f.watch for f in b.facts)})
    for part in pairwise((sentence.start, *starts[1:], sentence.end)):
        inside = [b for b in bound if part[0] <= b.span[0] < part[1]]
        yield from _check_item(reading, sentence, part, inside)


def _check_item(
    reading: Reading, sentence: Sentence, part: Span, bound: Sequence[Bound]
) -> Iterator[Problem]:
    ways = [{f.watch.direction for f in b.facts if f.watch and f.kind == "USD"} for b in bound]
    all_ways = {way for found in ways for way in found}
    if len(all_ways) != 1:
        return
    (way,) = all_ways
    want, asks = (-1 if way == "below" else 1), sentence.low.rstrip().endswith(("?", "？"))
    others = [f.metric for b, own in zip(bound, ways, strict=True) if not own for f in b.facts]
    told = {-1 if m[1] == "low" else 1 for name in others if (m := EXTREME.search(name))}
    extreme = reading.lexicon.extreme
    start, end = part[0] - sentence.start, part[1] - sentence.start
    for m in extreme.pattern.finditer(sentence.low, start, end):
        sign = extreme.of[m[0]]
        if (sign == -want and sign not in told) or not (sign or told):
            at = sentence.at(m)
            yield problem(GATE, f"{m[0]!r}: what is watched lies {way} the price", sentence, at)
    yield from _check_anaphor(reading, sentence, part, way, asks)
    effects = {f.watch.effect for b in bound for f in b.facts if f.watch and f.kind == "USD"}
    if len(effects) == 1:
        move = want if effects == {"confirm"} else -want
        yield from _check_move(reading, sentence, part, move)


def _check_move(reading: Reading, sentence: Sentence, part: Span, move: int) -> Iterator[Problem]:
    """`the middle of its rise`: a price below it speaks against a rise, and none against a fall."""
    moves, compare = reading.lexicon.moves, reading.lexicon.compare.pattern
    start, end = part[0] - sentence.start, part[1] - sentence.start
    for m in moves.pattern.finditer(sentence.low, start, end):
        leads = compare.match(sentence.low, m.end() + 1)  # "a fall below": what is yet to come
        if moves.of[m[0]] == -move and not leads:
            message = f"{m[0]!r}: what is watched is of a move that went the other way"
            yield problem(GATE, message, sentence, sentence.at(m))


def _check_anaphor(
    reading: Reading, sentence: Sentence, part: Span, way: str, asks: bool
) -> Iterator[Problem]:
    """`a trade above it`: on the side that is watched; does it hold above, the other."""
    lexicon, want = reading.lexicon, -1 if way == "below" else 1
    if asks and lexicon.holds.search(sentence.low):
        want = -want
    start, end = part[0] - sentence.start, part[1] - sentence.start
    for m in lexicon.anaphor.finditer(sentence.low, start, end):
        word = word_beside(lexicon.compare.pattern, sentence, m.start() + sentence.start)
        if word is not None and lexicon.compare.of[word] == -want:
            start = m.start() + sentence.start - len(word) - 1
            at = (start, m.end() + sentence.start)
            yield problem(GATE, f"{word!r}: the watch item is {way} it", sentence, at)


def check_ahead(place: Place, known: Known, fits: Mapping[Span, list[str]]) -> Iterator[Problem]:
    """What a sentence says of what is not yet must be watched: whose, until when, which way."""
    reading, sentence = place.reading, place.sentence
    lexicon, whole = reading.lexicon, (sentence.start, sentence.end)
    named = set(reading.subjects_in(sentence.segment, whole))
    items = [w for f in known.findings for w in f.watch]
    own = [w for w in items if w.subject in named]
    topic = lexicon.topics.get("funding")
    yield from _check_only_sign(reading, sentence, own, fits)
    for part in sorted({sentence.part(c[0]) for c in sentence.clauses}):
        near = set(reading.subjects_in(sentence.segment, part))
        about = {t for t, p in lexicon.topics.items() if p.search(sentence.text(part))}
        alike = [w for w in items if not about or topic_of(w.metric) in about]
        if _due(fits, part) and near and alike and not any(near & _concerning(w) for w in alike):
            message = f"{', '.join(sorted(near))}: what is watched is of {alike[0].subject}"
            yield unverifiable(message, sentence, part)
        elif _due(fits, part) and near and about:
            yield from _check_venue(place, known, part, [w for w in alike if near & {w.subject}])
    for a, b in sentence.clauses:
        low = sentence.text((a, b))
        m = lexicon.zero.pattern.search(low)
        near = set(reading.subjects_in(sentence.segment, (a, b)))
        ways = {w.direction for w in own if "funding" in w.metric and not w.trigger}
        ways = {w.direction for w in own if w.subject in near and not w.trigger} or ways
        if _due(fits, (a, b)) and m is not None and topic is not None and topic.search(low):
            at = (a + m.start(), a + m.end())
            yield from _check_sign(reading, sentence, low, m, at, ways)


def _check_venue(
    place: Place, known: Known, part: Span, items: Sequence[Watch]
) -> Iterator[Problem]:
    """`the next BTC funding on OKX`, where what is watched is that on Binance."""
    scopes = " ".join(known.scopes.get((w.metric, w.subject), "") for w in items)
    right = {m[0] for m in place.reading.lexicon.venue.finditer(fold(scopes))}
    named = place.venues_in(part)
    if right and named and not named & right:
        message = f"{', '.join(sorted(named))}: what is watched is on {', '.join(sorted(right))}"
        yield unverifiable(message, place.sentence, part)


def _due(fits: Mapping[Span, list[str]], span: Span) -> bool:
    """Whether a deadline is told within a span."""
    return any(DEADLINE in names for at, names in fits.items() if span[0] <= at[0] < span[1])


def _concerning(item: Watch) -> set[str]:
    against = {"BTC"} if AGAINST_BTC.search(item.metric) else set()
    return {item.subject, *item.subject.split("/")} | against


def _check_only_sign(
    reading: Reading, sentence: Sentence, own: Sequence[Watch], fits: Mapping[Span, list[str]]
) -> Iterator[Problem]:
    """The one word of sign of a sentence: `the 16:00 settlement: positive, it would turn`."""
    lexicon, low = reading.lexicon, sentence.low
    signs = [
        m
        for m in lexicon.zero.pattern.finditer(low)
        if not any(a <= m.start() < b for c in lexicon.claims for a, b in _spans(c, low))
    ]
    topic = lexicon.topics.get("funding")
    ways = {w.direction for w in own if "funding" in w.metric and not w.trigger}
    if len(signs) != 1 or not ways or topic is None or not topic.search(low):
        return
    if any(DEADLINE in names for names in fits.values()):
        yield from _check_sign(reading, sentence, low, signs[0], sentence.at(signs[0]), ways)


def _spans(claim: Claim, low: str) -> list[Span]:
    return [m.span() for m in claim.words.finditer(low)]


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
