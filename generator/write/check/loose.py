"""Words of change and of extremes that stand beside no number of their own."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from generator.model import MARKET, Problem
from generator.write.check.direction import COUNTED, EXTREME
from generator.write.check.lexicon import Lexicon
from generator.write.check.place import Place
from generator.write.check.reading import Reading, Sentence, Span, problem
from generator.write.check.search import Bound

GATE = "direction"
DAY = 24.0
FLAT = 0.05  # percent; a smaller move, or difference of two, has no direction to speak of


def check_loose(place: Place, sentence: Sentence, bound: Sequence[Bound]) -> Iterator[Problem]:
    """Words of change that no number of their clause bears out: `while BTC traded higher`."""
    lexicon = place.reading.lexicon
    change, lists = lexicon.change, lexicon.lists
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
        counted = [[COUNTED.get(f.metric, 0) for f in b.facts if f.kind == "plain"] for b in inside]
        other = -change.of[m[0]]
        sure = any(set(of) == {other} for of in counted)
        if sure and other and not any(-other in of for of in counted):
            yield _contradicted(sentence, m, "what is counted here went the other way", [])
        if inside or _of_another(lexicon, sentence.text(clause)):
            continue  # bound to a number, which was asked
        moves = _moves(place, clause, at, [n.value for n in changes])
        moves = [v for v in moves if math.isfinite(v) and abs(v) >= FLAT]
        if moves and all(v * change.of[m[0]] < 0 for v in moves):
            yield _contradicted(sentence, m, "in 24 h it was", moves)


def _of_another(lexicon: Lexicon, clause: str) -> bool:
    """Whether a clause speaks of what is no price: funding, a volatility, a share of the market."""
    other = lexicon.aspects.get("no price")
    return bool(lexicon.topic.search(clause) or (other and other.search(clause)))


def _moves(place: Place, clause: Span, at: int, changes: list[float]) -> list[float]:
    """The moves that a loose word may be of: of the assets of its clause, else of the sentence."""
    reading, sentence = place.reading, place.sentence
    words, segment = sentence.text(clause), sentence.segment
    start, end = clause[0] - sentence.start, clause[1] - sentence.start
    if any(x.hours != DAY and start <= x.match.start() < end for x in place.labels):
        return []  # "7 days ago it was lower"
    named = [s for s in reading.subjects_in(segment, clause) if s != MARKET]
    price = reading.lexicon.aspects.get("price")
    if not named and price is not None and price.search(words):
        named = reading.subjects_in(segment, (sentence.start, at))[-1:]
    if not named:  # "up on the day": its own time, which no number here need be of
        return [] if reading.lexicon.dates.label.search(words) else changes
    moves = [reading.value("return_24h", s) for s in named]
    if len(moves) == 2 and len(reading.subjects_in(segment, (clause[0], at))) == 1:
        return [moves[0] - moves[1]]  # "ETH gained on BTC"
    return moves


def check_extreme_words(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
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
