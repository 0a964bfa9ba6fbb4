"""Beyond the day: the hour and the week beside it, the way down from the peak, round levels.

All prices are one instrument's. A week is compared with the 365 weeks that ended at the midnights
before the last one, so that a rolling week never meets itself.
"""

from __future__ import annotations

import numpy as np

from generator.measure.calendar_days import unbroken
from generator.measure.hours import hour_returns
from generator.measure.price import MAD_TO_SD
from generator.measure.registry import metric
from generator.measure.statistics import known_median, mid_rank, tail_share
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
YEAR = 365
LEAST = 90
# Round numbers (canon P07): these times a power of ten, and half of each, which adds 1.25.
ROUND = np.array([1.0, 1.25, 2.0, 2.5, 5.0])


# ---------------------------------------------------------------- seven days (canon P03)


@metric("%", venue="price", window="7 d")
def return_7d(last: float, price_7d_ago: float) -> float:
    """Change against the price seven days ago, at most an hour off."""
    return (last / price_7d_ago - 1) * 100


def _weeks(close: Floats) -> Floats:
    """The 7-day changes (%) at the 365 midnights before the last one; NaN where unknown."""
    close = close[-(YEAR + 8) :]
    return np.asarray((close[7:] / close[:-7] - 1) * 100)[:-1]


@metric("percentile", venue="price", window="365 d")
def return_7d_rank(return_7d: float, days_close: Floats) -> float:
    """Mid-rank of the 7-day change among those of the past 365 days (at least 90 known)."""
    return mid_rank(return_7d, _weeks(days_close), LEAST)


@metric("z", venue="price", window="7 d")
def return_7d_z(return_7d: float, days_close: Floats) -> float:
    """The 7-day change in robust deviations (1.4826 x MAD) of the past year's 7-day changes."""
    past = _weeks(days_close)
    past = past[np.isfinite(past)]
    if len(past) < LEAST:
        return NAN
    scale = MAD_TO_SD * float(known_median(np.abs(past - known_median(past))))
    return return_7d / scale if scale > 0 else NAN


@metric("days", venue="price", window="365 d")
def weeks_as_large(return_7d: float, days_close: Floats) -> float:
    """On how many of those days the 7-day change went as far in the same direction."""
    past, sign = _weeks(days_close), np.sign(return_7d)
    if np.count_nonzero(np.isfinite(past)) < LEAST or not np.isfinite(return_7d):
        return NAN
    return float(np.count_nonzero(sign * past >= sign * return_7d))


@metric("days", venue="price", window="365 d")
def weeks_compared(days_close: Floats) -> float:
    """How many days that count is taken over (90 at least)."""
    known = int(np.count_nonzero(np.isfinite(_weeks(days_close))))
    return float(known) if known >= LEAST else NAN


@metric("share", venue="price", window="7 d")
def week_largest_day(return_7d: float, last: float, days_close: Floats) -> float:
    """The part of the 7-day change that its largest UTC day, finished or not, makes up (in logs).

    Counts the day in which the seven days began as a whole, so that it can only come out larger.
    """
    if not return_7d:
        return NAN
    steps = np.diff(np.log(np.append(days_close[-8:], last)))
    if not np.isfinite(steps).all():
        return NAN
    return float(np.max(steps * np.sign(return_7d)) / abs(np.log1p(return_7d / 100)))


# ---------------------------------------------------------------- the last whole hour (canon P04)


@metric("%", venue="price", window="1 h")
def last_hour_return(
    hourly_ts: Floats, hourly_open: Floats, hourly_close: Floats, now: float
) -> float:
    """Change over the newest hour that has ended; unknown when that is over an hour ago."""
    if not len(hourly_ts) or now - (hourly_ts[-1] + HOUR) >= HOUR:
        return NAN
    return float(hour_returns(hourly_ts[-2:], hourly_open[-2:], hourly_close[-2:])[-1])


@metric("ms", venue="price", window="1 h")
def last_hour_end(last_hour_return: float, hourly_ts: Floats) -> float:
    """When that hour ended."""
    return float(hourly_ts[-1] + HOUR) if np.isfinite(last_hour_return) else NAN


def _hours_before(ts: Floats, open_: Floats, close: Floats) -> Floats:
    return hour_returns(ts[-721:], open_[-721:], close[-721:])[:-1]


@metric("z", venue="price", window="1 h")
def last_hour_z(
    last_hour_return: float, hourly_ts: Floats, hourly_open: Floats, hourly_close: Floats
) -> float:
    """That hour against the standard deviation of the 720 hours before it (at least 500)."""
    past = _hours_before(hourly_ts, hourly_open, hourly_close)
    past = past[np.isfinite(past)]
    return last_hour_return / float(np.std(past, ddof=1)) if len(past) >= 500 else NAN


@metric("share", venue="price", window="1 h")
def last_hour_tail(
    last_hour_return: float, hourly_ts: Floats, hourly_open: Floats, hourly_close: Floats
) -> float:
    """Share of those 720 hours (at least 500) that moved as far."""
    return tail_share(last_hour_return, _hours_before(hourly_ts, hourly_open, hourly_close), 500)


# ---------------------------------------------------------------- from the peak (canon P06)


@metric("USD", venue="price")
def peak_close(days_close: Floats) -> float:
    """The highest daily close of the unbroken record (at least 90 days)."""
    known = unbroken(days_close)
    return float(known.max()) if len(known) >= LEAST else NAN


@metric("ms", venue="price")
def peak_day(days_close: Floats, days_end: float) -> float:
    """The UTC day of that close."""
    known = unbroken(days_close)
    if len(known) < LEAST:
        return NAN
    return days_end - DAY * float(len(known) - int(known.argmax()))


@metric("ms", venue="price")
def closes_start(days_close: Floats, days_end: float) -> float:
    """The first UTC day of the unbroken record of closes."""
    known = unbroken(days_close)
    return days_end - DAY * float(len(known)) if len(known) else NAN


@metric("%", venue="price")
def drawdown(last: float, peak_close: float) -> float:
    """The last price against that close; zero where it stands at or above it."""
    return min(0.0, (last / peak_close - 1) * 100)


# ---------------------------------------------------------------- round levels (canon P07)


def _crossed(last: float, before: float) -> Floats:
    """Round levels between two prices, ascending: reached by the second, not by the first."""
    low, high = min(last, before), max(last, before)
    if not low > 0:
        return np.empty(0)
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.floor(np.log10(high)) + 1)
    grid = (powers[:, None] * ROUND).ravel()
    beyond = grid <= last if last > before else grid >= last
    short = grid > before if last > before else grid < before
    return np.asarray(grid[beyond & short])


@metric("levels", venue="price", window="24 h")
def round_levels_crossed(last: float, open_24h: float) -> float:
    """How many round levels lie between the price 24 hours ago and the last."""
    return float(len(_crossed(last, open_24h)))


@metric("USD", venue="price", window="24 h")
def round_level(last: float, open_24h: float) -> float:
    """The one of them that is nearest to the last price."""
    found = _crossed(last, open_24h)
    return float(found[np.argmin(np.abs(found - last))]) if len(found) else NAN


@metric("days", venue="price")
def round_level_days(round_level: float, last: float, days_close: Floats) -> float:
    """UTC days that ended before the window, unbroken, without a close at or beyond the level."""
    known, sign = unbroken(days_close[:-1]), 1 if last >= round_level else -1
    if not np.isfinite(round_level) or not len(known):
        return NAN
    hit = np.flatnonzero(sign * known >= sign * round_level)
    return float(len(known) - 1 - hit[-1]) if len(hit) else float(len(known))


@metric("ms", venue="price")
def round_level_last_seen(
    round_level_days: float, round_level: float, days_close: Floats, days_end: float
) -> float:
    """The UTC day that last closed at or beyond it; NaN when none on record did."""
    if not round_level_days < len(unbroken(days_close[:-1])):
        return NAN
    return days_end - DAY * (round_level_days + 2)
