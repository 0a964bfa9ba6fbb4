"""The gap between two assets' settled funding on one venue (canon F10).

`gap_left`, `gap_right`: percent per 8 h at the settlements both share; `gap_ts` ms.
"""

from __future__ import annotations

import numpy as np

from generator.measure.funding import (
    days_on_record,
    hours_rank,
    recent,
    record_is_whole,
    rolling_mean_24h,
)
from generator.measure.registry import metric
from generator.model import Floats

NAN = float("nan")


def _gaps(left: Floats, right: Floats) -> Floats:
    # Rounded, so that two baselines tie at zero instead of ranking by noise in the last digit.
    return np.round((left - right) * 100, 8)


@metric("bp per 8 h", venue="funding_gap", window="settled", scope="pair")
def funding_gap(gap_left: Floats, gap_right: Floats) -> float:
    """Left less right at the last settlement both share, each per 8 h."""
    return float(_gaps(gap_left, gap_right)[-1]) if len(gap_left) else NAN


@metric("% per 8 h", venue="funding_gap", window="settled", scope="pair")
def funding_gap_left(gap_left: Floats) -> float:
    """The left asset's rate at that settlement."""
    return float(gap_left[-1]) if len(gap_left) else NAN


@metric("% per 8 h", venue="funding_gap", window="settled", scope="pair")
def funding_gap_right(gap_right: Floats) -> float:
    """The right asset's rate at that settlement."""
    return float(gap_right[-1]) if len(gap_right) else NAN


@metric("ms", venue="funding_gap", window="settled", scope="pair")
def funding_gap_at(gap_ts: Floats) -> float:
    """When both settled."""
    return float(gap_ts[-1]) if len(gap_ts) else NAN


@metric("bp per 8 h", venue="funding_gap", window="24 h", scope="pair")
def funding_gap_mean_24h(
    gap_ts: Floats, gap_left: Floats, gap_right: Floats, gap_interval: Floats
) -> float:
    """Mean gap of the last 24 hours (three settlements of 8 h); unknown where one is missing."""
    # The mean takes decimals per interval and gives percent per 8 h; here bp go in and come out.
    gaps = _gaps(gap_left, gap_right) / 800 * gap_interval
    means = rolling_mean_24h(gap_ts[-30:], gaps[-30:], gap_interval[-30:])
    return float(means[-1]) if len(means) else NAN


@metric("percentile", venue="funding_gap", window="settled", scope="pair")
def funding_gap_rank(
    gap_ts: Floats, gap_left: Floats, gap_right: Floats, gap_interval: Floats
) -> float:
    """Mid-rank of the gap in the pair's own record of up to 365 days (90 at least)."""
    year = recent(gap_ts)
    ts, interval = gap_ts[year], gap_interval[year]
    if not record_is_whole(ts, interval):
        return NAN
    gaps = _gaps(gap_left, gap_right)[year]
    return hours_rank(float(gaps[-1]), gaps[:-1], interval[:-1])


@metric("share", venue="funding_gap", window="settled", scope="pair")
def funding_gap_tail(funding_gap_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(funding_gap_rank, 100 - funding_gap_rank) / 100


@metric("ms", venue="funding_gap", scope="pair")
def funding_gap_record_start(gap_ts: Floats) -> float:
    """First shared settlement of that record."""
    return float(gap_ts[recent(gap_ts)][0]) if len(gap_ts) else NAN


@metric("days", venue="funding_gap", scope="pair")
def funding_gap_record_days(gap_ts: Floats, gap_interval: Floats) -> float:
    """Days of shared settlements in that record, 365 at most."""
    return days_on_record(gap_ts, gap_interval)
