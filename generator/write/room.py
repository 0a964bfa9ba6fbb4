"""Room: what a note leaves out when all of it would be too long.

A note is composed once in full; what each rule's sentences took is then known, so what must go is
chosen in one step. Levels go first, then context, then the weakest evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.model import Story
from generator.write.plan import RESERVED, STRIKING

LONGEST = 320  # words outside the furniture
# What a full table of the day holds and a short note does without, the least needed first. What is
# no rule is a part of one: the sentence of background, the second list of coins, a third headline.
PRIMER, LOSERS, HEADLINES, WATCH = "primer", "losers", "headlines", "watch"
SPARE = (
    PRIMER,
    "bucket_level",
    "place_in_range",
    "term_structure",
    "dated_basis",
    "below_peak",
    "day_against_week",
    "oi_level",
    HEADLINES,
    LOSERS,
)
# The frame of every note, which only evidence of a day in a hundred is worth more than.
FRAME = (
    WATCH,
    "eth_btc_level",
    "volume_level",
    "weekend_liquidity",
    "notable_mover",
    "at_baseline",
    "below_baseline",
    "funding_level",
    "negative_print",
)
CLEAR = 1.3  # strength of a day in twenty
# What a day says of funding where no finding does, the most telling first; RANK is a part of one:
# where the mean stands in its record.
RANK = "rank"
FUNDING = ("negative_print", "below_baseline", "at_baseline", "funding_level", RANK)
MOST_FUNDING = 2  # sentences of a quiet note; findings are told in any case


def leave_out(story: Story, words: Mapping[str, int], most: int = LONGEST) -> frozenset[str]:
    """The rules and parts to leave out so that the rest is at most `most` words, as few as can be.

    words: what the sentences of each rule, and each part, took in a full note; "" is what stays.
    """
    over, gone = sum(words.values()) - most, list[str]()
    for name in _order(story):
        if over <= 0:
            break
        if words.get(name):
            gone.append(name)
            over -= words[name]
    for name in reversed(gone[:-1]):  # what went for nothing, the weightiest first
        if over + words[name] <= 0:
            gone.remove(name)
            over += words[name]
    return frozenset(gone)


def spare_funding(story: Story) -> frozenset[str]:
    """What a quiet note leaves out so as not to speak of funding at length."""
    told = {f.rule for f in story.evidence if f.family == "funding"}
    levels = {f.rule for f in story.levels} | {RANK}
    there = [name for name in FUNDING if name in levels]
    return frozenset(there[max(0, MOST_FUNDING - len(told)) :])


def _order(story: Story) -> Iterator[str]:
    """Everything that may go, the least needed first; a rule goes for all its subjects."""
    strength: dict[str, float] = {}
    for finding in story.evidence:
        strength[finding.rule] = max(finding.strength, strength.get(finding.rule, 0.0))
    told = [f.rule for f in reversed(story.evidence)]
    rules = [r for r in dict.fromkeys(told) if r not in story.held]
    context = [r for r in rules if r in story.context]
    # What is alone in speaking of the pair, the list, funding or open contracts goes late.
    best = {f.family: f.rule for f in reversed(story.evidence) if f.rule not in story.context}
    alone = [r for r in rules if r in {best.get(family) for family in RESERVED}]
    news = {f.rule for f in story.evidence if f.family == "news"}
    rest = [r for r in rules if r not in context and r not in alone]
    yield from SPARE
    yield from context
    yield from (r for r in rest if strength[r] < CLEAR and r not in news)
    yield from FRAME
    yield from (r for r in rest if CLEAR <= strength[r] < STRIKING)
    yield from (r for r in alone if strength[r] < STRIKING)
    yield from (r for r in rest if strength[r] < CLEAR and r in news)  # what is said of the cause
    rarest = [r for r in (*rest, *alone) if strength[r] >= STRIKING]
    yield from sorted(rarest, key=lambda r: strength[r])
