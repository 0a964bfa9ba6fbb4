"""Sentiment: one vendor's index, quoted with its date; half of it is bitcoin's own volatility."""

from __future__ import annotations

from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.model import DAY, HOUR, Floats

NAN = float("nan")


@metric("points", venue="fear_greed", scope="market")
def fear_greed(fng_ts: Floats, fng_value: Floats, now: float) -> float:
    """The Fear & Greed value of the day, unknown when older than 36 hours (canon S01)."""
    return float(fng_value[-1]) if len(fng_ts) and now - fng_ts[-1] <= 36 * HOUR else NAN


@metric("points", venue="fear_greed", scope="market")
def fear_greed_yesterday(fng_ts: Floats, fng_value: Floats) -> float:
    """The value of the day before; unknown when that day is missing."""
    if len(fng_ts) < 2 or fng_ts[-1] - fng_ts[-2] > 1.5 * DAY:
        return NAN
    return float(fng_value[-2])


@metric("percentile", venue="fear_greed", scope="market")
def fear_greed_rank(fear_greed: float, fng_value: Floats) -> float:
    """Mid-rank of the value in the index's record of up to five years (a year at least)."""
    return mid_rank(fear_greed, fng_value[-1826:-1], 365)


@metric("percentile", venue="fear_greed", scope="market")
def fear_greed_rank_yesterday(fear_greed_yesterday: float, fng_value: Floats) -> float:
    """The day before's mid-rank, to tell a first crossing from a stay."""
    return mid_rank(fear_greed_yesterday, fng_value[-1827:-2], 365)


@metric("ms", venue="fear_greed", scope="market")
def fear_greed_at(fng_ts: Floats) -> float:
    """When the vendor published it."""
    return float(fng_ts[-1]) if len(fng_ts) else NAN
