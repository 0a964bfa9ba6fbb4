"""Volume: always one named venue and market type, always against its own normal for the day class.

A 24-hour window counts as weekend or weekday only when at least 18 of its hours fall in that class;
between the two, and on bank holidays, nothing is compared: half a weekend has no normal. Holidays
stay in the record of weekdays: one or two among thirty do not move a median.
"""

from __future__ import annotations

import numpy as np

from generator.measure.day_class import UK_DAYS, US_DAYS, holiday_share, is_weekend, window_class
from generator.measure.registry import metric
from generator.measure.statistics import median, tail_share
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
SAME_CLASS_DAYS = 30
# Thirty weekdays span 42 days and thirty weekend days 105; some may be missing.
WEEKDAYS_IN, WEEKENDS_IN = 60 * DAY, 140 * DAY
LEAST_FOR_Z = 20  # canon V03
MAD_TO_SD = 1.4826


def _same_class(ts: Floats, volume: Floats, now: float) -> Floats:
    wanted = window_class(now)
    if not np.isfinite(wanted):
        return np.empty(0)
    ended = (ts + DAY <= now - DAY + HOUR) & (volume > 0)
    ended &= ts >= now - 400 * DAY
    return np.asarray(volume[ended & (is_weekend(ts) == bool(wanted))], dtype=np.float64)


def _recent(ts: Floats, volume: Floats, now: float) -> Floats:
    """The last thirty days of the class; fewer where a gap puts older ones too far back."""
    near = ts >= now - (WEEKENDS_IN if window_class(now) == 1 else WEEKDAYS_IN)
    return _same_class(ts[near], volume[near], now)[-SAME_CLASS_DAYS:]


def _multiple(volume: float, ts: Floats, past: Floats, now: float) -> float:
    same = _recent(ts, past, now)
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


def _scaled(value: Floats, windows: Floats) -> Floats:
    """Distance from the median of each window in robust deviations; NaN where it never varied."""
    centre = median(windows)
    scale = MAD_TO_SD * median(np.abs(windows - centre[..., None]))
    out = np.full(np.shape(centre), NAN)
    np.divide(value - centre, scale, out=out, where=scale > 0)
    return out


def _z(volume: float, ts: Floats, past: Floats, now: float) -> float:
    same = np.log(_recent(ts, past, now))
    if len(same) < LEAST_FOR_Z or not volume > 0:
        return NAN
    return float(_scaled(np.log(np.array([volume])), same[None, :])[0])


def _tail(volume: float, ts: Floats, past: Floats, now: float) -> float:
    same = np.log(_same_class(ts, past, now))
    if len(same) < 2 * SAME_CLASS_DAYS:
        return NAN
    windows = np.lib.stride_tricks.sliding_window_view(same, SAME_CLASS_DAYS)[:-1]
    sizes = _scaled(same[SAME_CLASS_DAYS:], windows)
    return tail_share(_z(volume, ts, past, now), sizes, SAME_CLASS_DAYS)


@metric("robust deviations", venue="spot", window="24 h")
def spot_volume_z(
    spot_volume: float, spot_daily_ts: Floats, spot_daily_volume: Floats, now: float
) -> float:
    """(ln Q - median) / (1.4826 MAD) over the last 30 same-class days, 20 at least (canon V03)."""
    return _z(spot_volume, spot_daily_ts, spot_daily_volume, now)


@metric("robust deviations", venue="perp", window="24 h")
def perp_volume_z(
    perp_volume: float, perp_daily_ts: Floats, perp_daily_volume: Floats, now: float
) -> float:
    """(ln Q - median) / (1.4826 MAD) over the last 30 same-class days, 20 at least (canon V03)."""
    return _z(perp_volume, perp_daily_ts, perp_daily_volume, now)


@metric("share", venue="spot", window="24 h")
def spot_volume_tail(
    spot_volume: float, spot_daily_ts: Floats, spot_daily_volume: Floats, now: float
) -> float:
    """Share of earlier same-class days with a z (canon V03) as far from zero."""
    return _tail(spot_volume, spot_daily_ts, spot_daily_volume, now)


@metric("share", venue="perp", window="24 h")
def perp_volume_tail(
    perp_volume: float, perp_daily_ts: Floats, perp_daily_volume: Floats, now: float
) -> float:
    """Share of earlier same-class days with a z (canon V03) as far from zero."""
    return _tail(perp_volume, perp_daily_ts, perp_daily_volume, now)


@metric("days", venue="spot")
def same_class_days(spot_daily_ts: Floats) -> float:
    """How many days of the same class a volume comparison rests on."""
    return float(SAME_CLASS_DAYS)


@metric("days", venue="perp")
def perp_same_class_days(perp_daily_ts: Floats) -> float:
    """How many days of the same class that of the perpetual rests on."""
    return float(SAME_CLASS_DAYS)


@metric("class", venue="spot", window="24 h")
def weekend_window(now: float) -> float:
    """1 when the 24 hours are a weekend's, 0 when weekdays', NaN when mixed (canon V08)."""
    return window_class(now)


@metric("flag", venue="spot", window="24 h")
def us_holiday_window(now: float) -> float:
    """1 when the 24 hours are a federal holiday of the United States on a weekday (canon V08)."""
    return holiday_share(now, US_DAYS)


@metric("flag", venue="spot", window="24 h")
def uk_holiday_window(now: float) -> float:
    """1 when the 24 hours are a bank holiday of the United Kingdom on a weekday (canon V08)."""
    return holiday_share(now, UK_DAYS)


@metric("times", venue="spot", window="24 h")
def spot_volume_vs_weekdays(
    spot_volume: float, spot_daily_ts: Floats, spot_daily_volume: Floats, now: float
) -> float:
    """Turnover over the median of the last 30 weekdays, whatever today's class (canon V08)."""
    ended = (spot_daily_ts + DAY <= now) & (spot_daily_volume > 0) & ~is_weekend(spot_daily_ts)
    ended &= spot_daily_ts >= now - WEEKDAYS_IN
    same = spot_daily_volume[ended][-SAME_CLASS_DAYS:]
    return spot_volume / float(median(same)) if len(same) == SAME_CLASS_DAYS else NAN
