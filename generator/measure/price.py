"""Price: the 24-hour move against the asset's own volatility, the worst hour, records, ranges.

All of an asset's price numbers come from one instrument. Daily series hold completed UTC days,
hourly series completed hours; both ascend in time.
"""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
MAD_TO_SD = 1.4826  # for a normal distribution, sd = 1.4826 x median absolute deviation
BANDS = (0.5, 1.25, 2.5, 4.0)  # cuts on |z|: little, slight, normal, sharp, extreme


def daily_returns(ts: Floats, close: Floats) -> Floats:
    """Percent change from one UTC day's close to the next; NaN across a gap. Shape (n,)."""
    out = np.full(len(close), NAN)
    if len(close) > 1:
        steps = np.diff(ts) == DAY
        out[1:] = np.where(steps, (close[1:] / close[:-1] - 1) * 100, NAN)
    return out


def tail_share(value: float, past: Floats, at_least: int) -> float:
    """Share of |past| at or beyond |value|: (count + 0.5) / (n + 1); NaN when n < at_least."""
    known = np.abs(past[np.isfinite(past)])
    if len(known) < at_least or not np.isfinite(value):
        return NAN
    return float((np.count_nonzero(known >= abs(value)) + 0.5) / (len(known) + 1))


def mid_rank(value: float, past: Floats, at_least: int) -> float:
    """Percentile of value in past, ties counted half, in percent; NaN when n < at_least.

    With <=, a plateau such as the funding baseline would rank at the 100th percentile.
    """
    known = past[np.isfinite(past)]
    if len(known) < at_least or not np.isfinite(value):
        return NAN
    below, same = np.count_nonzero(known < value), np.count_nonzero(known == value)
    return float((below + same / 2 + 0.5) / (len(known) + 1) * 100)


@metric("USD", venue="price")
def price(last: float) -> float:
    """Last price of one coin."""
    return last


@metric("%", venue="price", window="24 h")
def return_24h(last: float, open_24h: float) -> float:
    """Change against the price 24 hours ago on the same instrument."""
    return (last / open_24h - 1) * 100


@metric("USD", venue="price", window="24 h")
def low_price_24h(low_24h: float) -> float:
    """Lowest trade of the rolling 24 hours."""
    return low_24h


@metric("USD", venue="price", window="24 h")
def high_price_24h(high_24h: float) -> float:
    """Highest trade of the rolling 24 hours."""
    return high_24h


@metric("%", venue="price", window="24 h")
def range_24h(high_24h: float, low_24h: float, open_24h: float) -> float:
    """High minus low, over the price 24 hours ago (canon X04)."""
    return (high_24h - low_24h) / open_24h * 100 if high_24h >= low_24h else NAN


@metric("%", venue="price", window="24 h")
def rebound_from_low(last: float, low_24h: float) -> float:
    """How far the last price stands above the window's low."""
    return (last / low_24h - 1) * 100


@metric("%", venue="price", window="24 h")
def pullback_from_high(last: float, high_24h: float) -> float:
    """How far the last price stands below the window's high (negative or zero)."""
    return (last / high_24h - 1) * 100


@metric("share", venue="price", window="24 h")
def position_in_range(last: float, low_24h: float, high_24h: float) -> float:
    """Where the last price sits in the window's range: 0 at the low, 1 at the high (canon P08)."""
    return (last - low_24h) / (high_24h - low_24h)


@metric("% a day", venue="price", window="60 d")
def daily_mad_60d(daily_ts: Floats, daily_close: Floats) -> float:
    """1.4826 x MAD of the last 60 daily returns (at least 45 known).

    The standard deviation of 30 days called most days after a crash "little changed".
    """
    return _mad(daily_returns(daily_ts, daily_close)[-60:])


def _mad(returns: Floats) -> float:
    known = returns[np.isfinite(returns)]
    if len(known) < 45:
        return NAN
    return MAD_TO_SD * float(np.median(np.abs(known - np.median(known))))


@metric("z", venue="price", window="24 h")
def return_24h_z(return_24h: float, daily_mad_60d: float) -> float:
    """The 24-hour change in units of the asset's own robust daily deviation (canon P01)."""
    return return_24h / daily_mad_60d if daily_mad_60d > 0 else NAN


def _past_sizes(ts: Floats, close: Floats) -> Floats:
    """|z| of each of the last 365 days, on the 60-day scale of its own time; NaN where unknown."""
    returns = daily_returns(ts, close)[-425:]
    if len(returns) < 150:
        return np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(returns, 60)[:-1]
    centre = np.nanmedian(windows, axis=1, keepdims=True)
    scale = MAD_TO_SD * np.nanmedian(np.abs(windows - centre), axis=1)
    return np.abs(returns[60:] / scale)[-365:]


@metric("share", venue="price", window="24 h")
def return_24h_tail(return_24h_z: float, daily_ts: Floats, daily_close: Floats) -> float:
    """Share of the past year's days that moved at least as far, each on its own scale of the day.

    Scored on z, not on the raw return, so that a calm asset's large day counts as large.
    """
    return tail_share(return_24h_z, _past_sizes(daily_ts, daily_close), 90)


@metric("days", venue="price", window="365 d")
def days_as_large(return_24h_z: float, daily_ts: Floats, daily_close: Floats) -> float:
    """How many of those days moved at least as far."""
    past = _past_sizes(daily_ts, daily_close)
    if np.count_nonzero(np.isfinite(past)) < 90 or not np.isfinite(return_24h_z):
        return NAN
    return float(np.count_nonzero(past >= abs(return_24h_z)))


@metric("days", venue="price", window="365 d")
def days_compared(daily_ts: Floats, daily_close: Floats) -> float:
    """How many days that count is taken over (90 at least)."""
    known = int(np.count_nonzero(np.isfinite(_past_sizes(daily_ts, daily_close))))
    return float(known) if known >= 90 else NAN


@metric("band", venue="price", window="24 h")
def move_band(return_24h: float, return_24h_z: float) -> float:
    """Size class of the move with its sign: 0 little, 1 slight, 2 normal, 3 sharp, 4 extreme.

    Cuts on |z| at 0.5, 1.25, 2.5, 4; "little" only under 2%, "slight" only under 4%, "extreme"
    only from 8%. Without a z the band is unknown.
    """
    size = abs(return_24h)
    if not np.isfinite(return_24h_z) or not np.isfinite(size):
        return NAN
    band = int(np.searchsorted(BANDS, abs(return_24h_z), side="right"))
    if band == 0 and size >= 2:
        band = 1
    if band == 1 and size >= 4:
        band = 2
    if band == 4 and size < 8:
        band = 3
    return float(band if return_24h >= 0 else -band)


@metric("%", venue="price", window="7 d")
def return_7d(last: float, hourly_ts: Floats, hourly_close: Floats, now: float) -> float:
    """Change against the hourly close seven days ago (within one hour)."""
    return _change_since(last, hourly_ts, hourly_close, now - 7 * DAY)


def _change_since(last: float, ts: Floats, close: Floats, moment: float) -> float:
    if not len(ts):
        return NAN
    i = int(np.searchsorted(ts + HOUR, moment, side="right")) - 1
    if i < 0 or moment - (ts[i] + HOUR) >= HOUR:
        return NAN
    return (last / float(close[i]) - 1) * 100


# ---------------------------------------------------------------- the worst hour (canon P02)


def hour_returns(ts: Floats, open_: Floats, close: Floats) -> Floats:
    """Percent change of each hour; from the previous close where the bar has no open."""
    out = (close / open_ - 1) * 100
    if len(close) > 1:
        joined = np.append(False, np.diff(ts) == HOUR)
        before = np.append(NAN, close[:-1])
        out = np.where(np.isfinite(out), out, np.where(joined, (close / before - 1) * 100, NAN))
    return out


def _worst(ts: Floats, open_: Floats, close: Floats, now: float) -> int:
    """Index of the hour with the largest move that lies whole in the last 24 h; -1 if too few."""
    returns = hour_returns(ts, open_, close)
    inside = np.flatnonzero((ts >= now - DAY) & (ts + HOUR <= now) & np.isfinite(returns))
    if len(inside) < 22:
        return -1
    return int(inside[np.argmax(np.abs(returns[inside]))])


@metric("%", venue="price", window="1 h")
def worst_hour_return(
    hourly_ts: Floats, hourly_open: Floats, hourly_close: Floats, now: float
) -> float:
    """The largest one-hour move, up or down, of the last 24 hours."""
    i = _worst(hourly_ts, hourly_open, hourly_close, now)
    return NAN if i < 0 else float(hour_returns(hourly_ts, hourly_open, hourly_close)[i])


@metric("ms", venue="price", window="1 h")
def worst_hour_start(
    hourly_ts: Floats, hourly_open: Floats, hourly_close: Floats, now: float
) -> float:
    """When that hour began."""
    i = _worst(hourly_ts, hourly_open, hourly_close, now)
    return NAN if i < 0 else float(hourly_ts[i])


@metric("ms", venue="price", window="1 h")
def worst_hour_end(worst_hour_start: float) -> float:
    """When that hour ended."""
    return worst_hour_start + HOUR


@metric("z", venue="price", window="1 h")
def worst_hour_z(
    worst_hour_return: float,
    hourly_ts: Floats,
    hourly_open: Floats,
    hourly_close: Floats,
    now: float,
) -> float:
    """That hour against the standard deviation of the 720 hourly returns before the window."""
    returns = hour_returns(hourly_ts, hourly_open, hourly_close)
    past = returns[hourly_ts + HOUR <= now - DAY][-720:]
    past = past[np.isfinite(past)]
    return worst_hour_return / float(np.std(past, ddof=1)) if len(past) >= 500 else NAN


@metric("share", venue="price", window="24 h")
def worst_hour_share(worst_hour_return: float, return_24h: float) -> float:
    """That hour's move as a share of the 24-hour move; negative when the signs differ."""
    return worst_hour_return / return_24h if return_24h else NAN


@metric("share", venue="price", window="1 h")
def worst_hour_tail(
    worst_hour_return: float,
    hourly_ts: Floats,
    hourly_open: Floats,
    hourly_close: Floats,
    now: float,
) -> float:
    """Share of earlier days (at least 25) whose largest hour was at least as large."""
    returns = np.abs(hour_returns(hourly_ts, hourly_open, hourly_close))
    before = (hourly_ts < now - DAY) & np.isfinite(returns)
    if not before.any():
        return NAN
    age = np.floor((now - DAY - HOUR - hourly_ts[before]) / DAY).astype(int)
    largest = np.full(int(age.max()) + 1, NAN)
    np.fmax.at(largest, age, returns[before])
    return tail_share(worst_hour_return, largest, 25)


# ---------------------------------------------------------------- records (canon P05)


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
    between = (hourly_ts >= joint) & (hourly_ts + HOUR <= window + HOUR - 1)
    if int((window - joint) // HOUR) > np.count_nonzero(np.isfinite(hourly[between])):
        return NAN, NAN
    if np.any(sign * hourly[between] >= sign * extreme):
        return 0.0, NAN
    past, stamps = daily[older], daily_ts[older]
    gaps = np.flatnonzero((np.diff(stamps) != DAY) | ~np.isfinite(past[1:]))
    first = int(gaps[-1]) + 1 if len(gaps) else 0
    if first and not np.isfinite(past[first]):
        first += 1
    past, stamps = past[first:], stamps[first:]
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
    if not len(daily_ts):
        return NAN
    gaps = np.flatnonzero((np.diff(daily_ts) != DAY) | ~np.isfinite(daily_close[1:]))
    return float(daily_ts[int(gaps[-1]) + 1 if len(gaps) else 0])


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
