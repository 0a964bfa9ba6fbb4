"""Volume: always one named venue and market type, always against its own normal for the day class.

A 24-hour window counts as weekend or weekday only when at least 18 of its hours fall in that class;
between the two nothing is compared, because half a weekend has no normal.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.measure.registry import metric
from generator.measure.statistics import median, tail_share
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
SAME_CLASS_DAYS = 30


def is_weekend(ts: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Whether a UTC day (its first ms) is a Saturday or Sunday. 1970-01-01 was a Thursday."""
    return np.asarray((ts // DAY + 3) % 7 >= 5)


def window_class(now: float) -> float:
    """1 for a weekend window, 0 for a weekday window, NaN when the 24 hours are mixed."""
    hours = now - DAY + (np.arange(24) + 0.5) * HOUR
    weekend = int(np.count_nonzero(is_weekend(hours // DAY * DAY)))
    return 1.0 if weekend >= 18 else 0.0 if weekend <= 6 else NAN


def _same_class(ts: Floats, volume: Floats, now: float) -> Floats:
    wanted = window_class(now)
    if not np.isfinite(wanted):
        return np.empty(0)
    ended = (ts + DAY <= now - DAY + HOUR) & (volume > 0)
    ended &= ts >= now - 400 * DAY
    return np.asarray(volume[ended & (is_weekend(ts) == bool(wanted))], dtype=np.float64)


def _multiple(volume: float, ts: Floats, past: Floats, now: float) -> float:
    same = _same_class(ts, past, now)[-SAME_CLASS_DAYS:]
    return volume / float(median(same)) if len(same) >= SAME_CLASS_DAYS else NAN


@metric("USD", venue="spot", window="24 h")
def spot_volume_24h(spot_volume: float) -> float:
    """Turnover of the asset's spot pair on one named venue, in quote currency (canon V01)."""
    return spot_volume


@metric("USD", venue="perp", window="24 h")
def perp_volume_24h(perp_volume: float) -> float:
    """Turnover of the asset's perpetual on one named venue, in quote currency (canon V01)."""
    return perp_volume


@metric("times", venue="spot", window="24 h")
def spot_volume_multiple(
    spot_volume: float, spot_daily_ts: Floats, spot_daily_volume: Floats, now: float
) -> float:
    """Turnover over the median of the last 30 days of the same class (canon V02)."""
    return _multiple(spot_volume, spot_daily_ts, spot_daily_volume, now)


@metric("times", venue="perp", window="24 h")
def perp_volume_multiple(
    perp_volume: float, perp_daily_ts: Floats, perp_daily_volume: Floats, now: float
) -> float:
    """Turnover over the median of the last 30 days of the same class (canon V02)."""
    return _multiple(perp_volume, perp_daily_ts, perp_daily_volume, now)


def _tail(volume: float, ts: Floats, past: Floats, now: float) -> float:
    same = np.log(_same_class(ts, past, now))
    if len(same) < 2 * SAME_CLASS_DAYS:
        return NAN
    windows = np.lib.stride_tricks.sliding_window_view(same, SAME_CLASS_DAYS)
    distance = same[SAME_CLASS_DAYS:] - median(windows[:-1])
    return tail_share(float(np.log(volume) - median(same[-SAME_CLASS_DAYS:])), distance, 30)


@metric("share", venue="spot", window="24 h")
def spot_volume_tail(
    spot_volume: float, spot_daily_ts: Floats, spot_daily_volume: Floats, now: float
) -> float:
    """Share of earlier same-class days that stood as far from normal (log scale)."""
    return _tail(spot_volume, spot_daily_ts, spot_daily_volume, now)


@metric("share", venue="perp", window="24 h")
def perp_volume_tail(
    perp_volume: float, perp_daily_ts: Floats, perp_daily_volume: Floats, now: float
) -> float:
    """Share of earlier same-class days that stood as far from normal (log scale)."""
    return _tail(perp_volume, perp_daily_ts, perp_daily_volume, now)


@metric("days", venue="spot")
def same_class_days(spot_daily_ts: Floats) -> float:
    """How many days of the same class a volume comparison rests on."""
    return float(SAME_CLASS_DAYS)


@metric("class", venue="spot", window="24 h")
def weekend_window(now: float) -> float:
    """1 when the 24 hours are a weekend's, 0 when weekdays', NaN when mixed (canon V08)."""
    return window_class(now)


@metric("times", venue="spot", window="24 h")
def spot_volume_vs_weekdays(
    spot_volume: float, spot_daily_ts: Floats, spot_daily_volume: Floats, now: float
) -> float:
    """Turnover over the median of the last 30 weekdays, whatever today's class (canon V08)."""
    ended = (spot_daily_ts + DAY <= now) & (spot_daily_volume > 0) & ~is_weekend(spot_daily_ts)
    same = spot_daily_volume[ended][-SAME_CLASS_DAYS:]
    return spot_volume / float(median(same)) if len(same) == SAME_CLASS_DAYS else NAN
