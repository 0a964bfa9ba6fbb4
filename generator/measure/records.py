"""Records: how long since a price or a day's move went as far (canon P05), one instrument's."""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import daily_returns
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
LATE = 5 * 60_000  # a window that begins so shortly after midnight is still that UTC day's


def _unbroken(stamps: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The newest stretch of days without a hole: (values, stamps)."""
    holes = np.flatnonzero(~np.isfinite(values))
    first = int(holes[-1]) + 1 if len(holes) else 0
    jumps = np.flatnonzero(np.diff(stamps[first:]) != DAY)
    first += int(jumps[-1]) + 1 if len(jumps) else 0
    return values[first:], stamps[first:]


def _days_beaten(
    extreme: float,
    sign: int,
    daily_ts: Floats,
    daily: Floats,
    hourly_ts: Floats,
    hourly: Floats,
    now: float,
) -> tuple[float, float]:
    """(days since a value at or beyond `extreme`, its time in ms or NaN when none is on record).

    sign -1 for lows, +1 for highs. Days are whole UTC days that ended before the 24 h window; the
    stretch between the last such day and the window is read from hourly bars. Where those lack, the
    day that overlaps the window must be left out of neither side, so nothing is claimed.
    """
    window = now - DAY
    older = daily_ts + DAY <= window
    if not older.any() or not np.isfinite(extreme):
        return NAN, NAN
    joint = float(daily_ts[older][-1] + DAY)
    if window - joint >= DAY:
        return NAN, NAN  # the daily record stops too early to speak about the days between
    # Every hour that began between, the one in which the window began among them: counting bars
    # instead would let that one stand in for a missing one.
    between = (hourly_ts >= joint) & (hourly_ts < window)
    if np.any(sign * hourly[between] >= sign * extreme):
        return 0.0, NAN
    needed = np.ceil((window - joint - LATE) / HOUR)
    whole = between & (hourly_ts < joint + needed * HOUR) & np.isfinite(hourly)
    if needed > np.count_nonzero(whole):
        return NAN, NAN
    past, stamps = daily[older], daily_ts[older]
    past, stamps = _unbroken(stamps, past)
    if not len(past):
        return NAN, NAN
    hit = np.flatnonzero(sign * past >= sign * extreme)
    if len(hit):
        return float(len(past) - 1 - hit[-1]), float(stamps[hit[-1]])
    return float(len(past)), NAN


@metric("days", venue="price")
def low_beats_days(
    low_24h: float,
    daily_ts: Floats,
    daily_low: Floats,
    hourly_ts: Floats,
    hourly_low: Floats,
    now: float,
) -> float:
    """How many whole UTC days before the window had no low at or under the window's low."""
    return _days_beaten(low_24h, -1, daily_ts, daily_low, hourly_ts, hourly_low, now)[0]


@metric("ms", venue="price")
def low_last_seen(
    low_24h: float,
    daily_ts: Floats,
    daily_low: Floats,
    hourly_ts: Floats,
    hourly_low: Floats,
    now: float,
) -> float:
    """The day whose low was last at or under the window's low; NaN when none is on record."""
    return _days_beaten(low_24h, -1, daily_ts, daily_low, hourly_ts, hourly_low, now)[1]


@metric("days", venue="price")
def high_beats_days(
    high_24h: float,
    daily_ts: Floats,
    daily_high: Floats,
    hourly_ts: Floats,
    hourly_high: Floats,
    now: float,
) -> float:
    """How many whole UTC days before the window had no high at or over the window's high."""
    return _days_beaten(high_24h, 1, daily_ts, daily_high, hourly_ts, hourly_high, now)[0]


@metric("ms", venue="price")
def high_last_seen(
    high_24h: float,
    daily_ts: Floats,
    daily_high: Floats,
    hourly_ts: Floats,
    hourly_high: Floats,
    now: float,
) -> float:
    """The day whose high was last at or over the window's high; NaN when none is on record."""
    return _days_beaten(high_24h, 1, daily_ts, daily_high, hourly_ts, hourly_high, now)[1]


@metric("ms", venue="price")
def record_start(daily_ts: Floats, daily_close: Floats) -> float:
    """First day of the unbroken daily record that comparisons rest on."""
    stamps = _unbroken(daily_ts, daily_close)[1]
    return float(stamps[0]) if len(stamps) else NAN


@metric("days", venue="price")
def return_beats_days(
    return_24h: float, daily_ts: Floats, daily_close: Floats, now: float
) -> float:
    """Whole UTC days since one with a return at least as far in the same direction.

    Known only at the end of a UTC day, when the 24-hour window is itself such a day.
    """
    if now % DAY > 5 * 60_000 or not len(daily_ts):
        return NAN
    returns = daily_returns(daily_ts, daily_close)[daily_ts + DAY <= now - DAY + 5 * 60_000]
    if not len(returns) or not np.isfinite(return_24h):
        return NAN
    broken = np.flatnonzero(~np.isfinite(returns))
    returns = returns[int(broken[-1]) + 1 if len(broken) else 0 :]
    if not len(returns):
        return NAN
    sign = np.sign(return_24h)
    hit = np.flatnonzero(sign * returns >= sign * return_24h)
    return float(len(returns) - 1 - hit[-1]) if len(hit) else float(len(returns))


@metric("ms", venue="price")
def return_last_seen(
    return_beats_days: float, daily_ts: Floats, daily_close: Floats, now: float
) -> float:
    """The day that last moved at least as far in the same direction; NaN when none on record."""
    days = daily_ts[daily_ts + DAY <= now - DAY + 5 * 60_000]
    i = len(days) - 1 - int(return_beats_days) if np.isfinite(return_beats_days) else -1
    if i <= 0 or i >= len(days) or not np.isfinite(daily_returns(daily_ts, daily_close)[i]):
        return NAN
    return float(days[i])
