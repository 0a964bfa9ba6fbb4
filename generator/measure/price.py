"""Price: the 24-hour move against the asset's own volatility, and its range.

All of an asset's price numbers come from one instrument. Daily series hold completed UTC days,
hourly series completed hours; both ascend in time.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import daily_returns_on_grid, known_median, median, tail_share
from generator.model import DAY, Floats

NAN = float("nan")
MAD_TO_SD = 1.4826  # for a normal distribution, sd = 1.4826 x median absolute deviation
YEAR, LEAST = 365, 90  # days that a size is compared with
SCALE_DAYS, LEAST_SCALE = 60, 45  # days that a size is measured by
LATE = 5 * 60_000  # a window that begins so shortly after midnight is still that UTC day's
BANDS = (0.5, 1.25, 2.5, 4.0)  # cuts on |z|: little, slight, normal, sharp, extreme


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


@metric("%", venue="price", window="24 h")
def fall_to_low(low_24h: float, open_24h: float) -> float:
    """How far the window's low lay from the price 24 hours ago (negative or zero)."""
    return (low_24h / open_24h - 1) * 100 if low_24h <= open_24h else NAN


@metric("%", venue="price", window="24 h")
def rise_to_high(high_24h: float, open_24h: float) -> float:
    """How far the window's high lay from the price 24 hours ago (positive or zero)."""
    return (high_24h / open_24h - 1) * 100 if high_24h >= open_24h else NAN


@metric("share", venue="price", window="24 h")
def fall_regained(last: float, low_24h: float, open_24h: float) -> float:
    """The part of the fall from the price 24 hours ago to the low that the last price is back up.

    Measured from where the window began, not from its high, which may have come after the low.
    """
    return (last - low_24h) / (open_24h - low_24h) if low_24h < open_24h else NAN


@metric("share", venue="price", window="24 h")
def rise_given_back(last: float, high_24h: float, open_24h: float) -> float:
    """The part of the rise from the price 24 hours ago to the high that the last price is back."""
    return (high_24h - last) / (high_24h - open_24h) if high_24h > open_24h else NAN


def _returns_before(ts: Floats, close: Floats, now: float) -> Floats:
    """Daily returns of the 425 UTC days that ended before the 24 h window; NaN where one is gone.

    A day that lies in the window, even in part, is no part of its own normal. On an even grid, so
    that a gap shortens a window instead of letting it reach farther back.
    """
    last = np.floor((now - DAY + LATE) / DAY) * DAY  # the newest midnight before the window
    return daily_returns_on_grid(ts, close, last, YEAR + SCALE_DAYS)


@metric("% a day", venue="price", window="60 d")
def daily_mad_60d(daily_ts: Floats, daily_close: Floats, now: float) -> float:
    """1.4826 x MAD of the 60 daily returns before the window (at least 45 known).

    The standard deviation of 30 days called most days after a crash "little changed".
    """
    return _mad(_returns_before(daily_ts, daily_close, now)[-SCALE_DAYS:])


def _mad(returns: Floats) -> float:
    known = returns[np.isfinite(returns)]
    if len(known) < LEAST_SCALE:
        return NAN
    return MAD_TO_SD * float(median(np.abs(known - median(known))))


@metric("z", venue="price", window="24 h")
def return_24h_z(return_24h: float, daily_mad_60d: float) -> float:
    """The 24-hour change in units of the asset's own robust daily deviation (canon P01)."""
    return return_24h / daily_mad_60d if daily_mad_60d > 0 else NAN


def _past_sizes(ts: Floats, close: Floats, now: float) -> Floats:
    """|z| of each of those 365 days, on the 60-day scale of its own time; NaN where unknown."""
    returns = _returns_before(ts, close, now)
    return _sizes(returns.tobytes())


@lru_cache(maxsize=16)
def _sizes(returns: bytes) -> Floats:
    """Remembered by the returns themselves: three metrics of a moment share them."""
    values = np.frombuffer(returns)
    windows = np.lib.stride_tricks.sliding_window_view(values, SCALE_DAYS)[:-1]
    centre = known_median(windows)[:, None]
    scale = MAD_TO_SD * known_median(np.abs(windows - centre))
    scale[np.count_nonzero(np.isfinite(windows), axis=1) < LEAST_SCALE] = NAN
    out = np.full(len(scale), NAN)
    np.divide(np.abs(values[SCALE_DAYS:]), scale, out=out, where=scale > 0)
    out.flags.writeable = False
    return out


@metric("share", venue="price", window="24 h")
def return_24h_tail(
    return_24h_z: float, daily_ts: Floats, daily_close: Floats, now: float
) -> float:
    """Share of the year's days before that moved at least as far, each on its own scale of the day.

    Scored on z, not on the raw return, so that a calm asset's large day counts as large.
    """
    return tail_share(return_24h_z, _past_sizes(daily_ts, daily_close, now), LEAST)


@metric("days", venue="price", window="365 d")
def days_as_large(return_24h_z: float, daily_ts: Floats, daily_close: Floats, now: float) -> float:
    """How many of those days moved at least as far."""
    past = _past_sizes(daily_ts, daily_close, now)
    if np.count_nonzero(np.isfinite(past)) < LEAST or not np.isfinite(return_24h_z):
        return NAN
    return float(np.count_nonzero(past >= abs(return_24h_z)))


@metric("days", venue="price", window="365 d")
def days_compared(daily_ts: Floats, daily_close: Floats, now: float) -> float:
    """How many days that count is taken over (90 at least)."""
    known = int(np.count_nonzero(np.isfinite(_past_sizes(daily_ts, daily_close, now))))
    return float(known) if known >= LEAST else NAN


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
