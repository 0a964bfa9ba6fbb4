"""Sentiment: one vendor's index, quoted with its date; half of it is bitcoin's own volatility."""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
# The vendor's names change at these values; a value this far past one has left its old name
# for good. So near a cut it does not matter on which side the vendor counts the cut itself.
CUTS = np.array([25.0, 45.0, 55.0, 75.0])
PAST_THE_CUT = 3.0


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


@metric("ms", venue="fear_greed", scope="market")
def fear_greed_start(fng_ts: Floats, fng_value: Floats) -> float:
    """When the record that the value is ranked in begins: five years ago at most."""
    known = fng_ts[-1826:-1][np.isfinite(fng_value[-1826:-1])]
    return float(known[0]) if len(known) else NAN


def labels(ts: Floats, value: Floats) -> Floats:
    """The vendor's names as numbers (0 Extreme Fear to 4 Extreme Greed), with hysteresis.

    A name changes only 3 points past its cut (canon S02). Shape (n,); NaN before the first value
    that is clear of every cut, and after a missing day until the next such value.
    """
    least = np.searchsorted(CUTS + PAST_THE_CUT, value, side="right")  # cuts passed upwards
    most = np.searchsorted(CUTS - PAST_THE_CUT, value, side="left")  # cuts not passed downwards
    out = np.full(len(value), NAN)
    before = NAN
    for i in range(len(value)):
        if i and ts[i] - ts[i - 1] > 1.5 * DAY:
            before = NAN
        if not np.isfinite(value[i]):
            before = NAN
        elif least[i] == most[i]:
            before = float(least[i])
        else:  # NaN stays NaN
            before = float(np.clip(before, least[i], most[i]))
        out[i] = before
    return out


@metric("label", venue="fear_greed", scope="market")
def fear_greed_label(fear_greed: float, fng_ts: Floats, fng_value: Floats) -> float:
    """Which of the vendor's names holds, 0 Extreme Fear to 4 Extreme Greed, with hysteresis."""
    return float(labels(fng_ts[-40:], fng_value[-40:])[-1]) if np.isfinite(fear_greed) else NAN


@metric("label", venue="fear_greed", scope="market")
def fear_greed_label_yesterday(
    fear_greed_yesterday: float, fng_ts: Floats, fng_value: Floats
) -> float:
    """Which held the day before; unknown when that day is missing."""
    if not np.isfinite(fear_greed_yesterday):
        return NAN
    return float(labels(fng_ts[-40:], fng_value[-40:])[-2])
