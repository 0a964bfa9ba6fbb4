"""Basis: the perpetual against its index, from a venue's own premium series."""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import known_median, mid_rank
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
CLAMP = 0.05  # percent: the dead-band of the funding formula (canon B.1)


def means_8h(ts: Floats, premium: Floats) -> Floats:
    """Mean premium (bp) of every eight hours that end with a sample; NaN where one is missing."""
    if len(ts) < 8:
        return np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(premium, 8)
    whole = ts[7:] - ts[:-7] == 7 * HOUR
    return np.where(whole, windows.mean(axis=1), NAN)


@metric("bp", venue="premium", window="8 h")
def premium_mean_8h(premium_ts: Floats, premium: Floats, now: float) -> float:
    """Mean of the perpetual's premium over its index in the last eight whole hours (canon B01)."""
    means = means_8h(premium_ts, premium)
    fresh = len(premium_ts) > 0 and now - (premium_ts[-1] + HOUR) < 2 * HOUR
    return float(means[-1]) if len(means) and fresh else NAN


def _own(ts: Floats, premium: Floats) -> Floats:
    means = means_8h(ts, premium)[:-8]
    return means if len(ts) and ts[-1] - ts[0] >= 30 * DAY else np.empty(0)


@metric("percentile", venue="premium", window="8 h")
def premium_rank(premium_mean_8h: float, premium_ts: Floats, premium: Floats) -> float:
    """Mid-rank of that mean in the venue's own record (30 days at least)."""
    return mid_rank(premium_mean_8h, _own(premium_ts, premium), 200)


@metric("bp", venue="premium")
def premium_median(premium_ts: Floats, premium: Floats) -> float:
    """Median of the venue's own eight-hour means: what is usual there."""
    own = _own(premium_ts, premium)
    return float(known_median(own)) if np.count_nonzero(np.isfinite(own)) >= 200 else NAN


@metric("share", venue="premium", window="8 h")
def premium_tail(premium_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(premium_rank, 100 - premium_rank) / 100


@metric("days", venue="premium")
def premium_record_days(premium_ts: Floats) -> float:
    """Length of the record that the rank rests on."""
    return float((premium_ts[-1] - premium_ts[0]) // DAY) if len(premium_ts) else NAN


@metric("% per 8 h", venue="premium", window="8 h")
def funding_implied(
    premium_ts: Floats, premium: Floats, funding_ts: Floats, interest_8h: float
) -> float:
    """Rate the premium implies at the last settlement: P + clamp(I - P, -0.05%, +0.05%) (B04)."""
    if not len(funding_ts) or not len(premium_ts):
        return NAN
    inside = (premium_ts >= funding_ts[-1] - 8 * HOUR) & (premium_ts < funding_ts[-1])
    if np.count_nonzero(inside) < 8:
        return NAN
    mean = float(np.mean(premium[inside])) / 100
    return mean + min(max(interest_8h - mean, -CLAMP), CLAMP)


@metric("flag", venue="premium", window="8 h")
def funding_incoherent(funding_implied: float, funding_settled: float) -> float:
    """1 when premium and settled rate disagree in sign, unless both rates are under half a bp."""
    if not (np.isfinite(funding_implied) and np.isfinite(funding_settled)):
        return NAN
    if abs(funding_implied) < 0.005 and abs(funding_settled) < 0.005:
        return 0.0
    return float(np.sign(funding_implied) != np.sign(funding_settled))
