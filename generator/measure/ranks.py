"""Ranks as whole percents that are true as said: "in the bottom 1%", "above 95%".

A mid-rank over n values is no finer than 1/n, so the bottom is rounded up and the top down.
"""

from __future__ import annotations

import math

from generator.measure.registry import metric

NAN = float("nan")


def at_most(rank: float) -> float:
    """The smallest whole percent that the rank does not exceed, 1 at least."""
    return float(max(1, math.ceil(rank))) if math.isfinite(rank) else NAN


def at_least(rank: float) -> float:
    """The largest whole percent that the rank reaches, 99 at most."""
    return float(min(99, math.floor(rank))) if math.isfinite(rank) else NAN


@metric("percentile", venue="funding", window="24 h")
def funding_rank_most(funding_rank: float) -> float:
    """The rank of the 24-hour mean, rounded up to a whole percent."""
    return at_most(funding_rank)


@metric("percentile", venue="funding", window="24 h")
def funding_rank_least(funding_rank: float) -> float:
    """The rank of the 24-hour mean, rounded down to a whole percent."""
    return at_least(funding_rank)


@metric("percentile", venue="oi", window="24 h")
def oi_change_rank_most(oi_change_rank: float) -> float:
    """The rank of the change in contracts, rounded up to a whole percent."""
    return at_most(oi_change_rank)


@metric("percentile", venue="oi", window="24 h")
def oi_change_rank_least(oi_change_rank: float) -> float:
    """The rank of the change in contracts, rounded down to a whole percent."""
    return at_least(oi_change_rank)


@metric("percentile", venue="pair", window="24 h", scope="pair")
def pair_return_rank_most(pair_return_rank: float) -> float:
    """The rank of the pair's change, rounded up to a whole percent."""
    return at_most(pair_return_rank)


@metric("percentile", venue="pair", window="24 h", scope="pair")
def pair_return_rank_least(pair_return_rank: float) -> float:
    """The rank of the pair's change, rounded down to a whole percent."""
    return at_least(pair_return_rank)


@metric("percentile", venue="pair", scope="pair")
def pair_level_rank_most(pair_level_rank: float) -> float:
    """The rank of the pair's level, rounded up to a whole percent."""
    return at_most(pair_level_rank)


@metric("percentile", venue="pair", scope="pair")
def pair_level_rank_least(pair_level_rank: float) -> float:
    """The rank of the pair's level, rounded down to a whole percent."""
    return at_least(pair_level_rank)


@metric("percentile", venue="fear_greed", scope="market")
def fear_greed_rank_most(fear_greed_rank: float) -> float:
    """The rank of the index's value, rounded up to a whole percent."""
    return at_most(fear_greed_rank)


@metric("percentile", venue="fear_greed", scope="market")
def fear_greed_rank_least(fear_greed_rank: float) -> float:
    """The rank of the index's value, rounded down to a whole percent."""
    return at_least(fear_greed_rank)


@metric("percentile", venue="funding_gap", window="settled", scope="pair")
def funding_gap_rank_most(funding_gap_rank: float) -> float:
    """The rank of the gap, rounded up to a whole percent."""
    return at_most(funding_gap_rank)


@metric("percentile", venue="funding_gap", window="settled", scope="pair")
def funding_gap_rank_least(funding_gap_rank: float) -> float:
    """The rank of the gap, rounded down to a whole percent."""
    return at_least(funding_gap_rank)


@metric("percentile", venue="funding_spread", window="settled")
def funding_spread_rank_least(funding_spread_rank: float) -> float:
    """The rank of the spread, rounded down to a whole percent."""
    return at_least(funding_spread_rank)


@metric("percentile", venue="premium", window="8 h")
def premium_rank_most(premium_rank: float) -> float:
    """The rank of the mean premium, rounded up to a whole percent."""
    return at_most(premium_rank)


@metric("percentile", venue="premium", window="8 h")
def premium_rank_least(premium_rank: float) -> float:
    """The rank of the mean premium, rounded down to a whole percent."""
    return at_least(premium_rank)
