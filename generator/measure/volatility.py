"""Volatility: how far an asset usually goes, and what options of it are priced for.

Realised: the sample standard deviation of daily log returns x sqrt(365), in percent a year; 365
because the market trades every day. Ranges stand against the asset's own average true range.
Implied: Deribit's DVOL, the volatility that options of the next 30 days are priced at.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generator.measure.calendar_days import rolling
from generator.measure.inputs import Desk, Inputs, draws, recorded
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
YEAR, LEAST = 365, 90
TRUE_RANGE_DAYS = 14
OLDEST_DVOL = 25 * HOUR  # a daily value, and an hour for it to arrive


# ---------------------------------------------------------------- realised (canon X01, X02)


def _log_returns(close: Floats) -> Floats:
    return np.diff(np.log(close[-(YEAR + 40) :]))


def _realised(close: Floats, days: int) -> Floats:
    """% a year over each stretch of `days` whole days, oldest first; NaN where a day is missing."""
    return _windows(close[-(YEAR + 40) :].tobytes(), days)


@lru_cache(maxsize=8)
def _windows(close: bytes, days: int) -> Floats:
    """Remembered by the closes themselves: a dozen metrics of a moment share them."""
    windows = rolling(_log_returns(np.frombuffer(close)), days)
    out = np.asarray(windows.std(axis=-1, ddof=1) * np.sqrt(365) * 100)
    out.flags.writeable = False
    return out


def _now_and_before(values: Floats) -> tuple[float, Floats]:
    return (float(values[-1]), values[-(YEAR + 1) : -1]) if len(values) else (NAN, values)


@metric("% a year", venue="price", window="30 d")
def realised_30d(days_close: Floats) -> float:
    """Realised volatility of the last 30 whole days."""
    return _now_and_before(_realised(days_close, 30))[0]


@metric("% a year", venue="price", window="7 d")
def realised_7d(days_close: Floats) -> float:
    """Realised volatility of the last seven whole days."""
    return _now_and_before(_realised(days_close, 7))[0]


@metric("percentile", venue="price", window="365 d")
def realised_30d_rank(days_close: Floats) -> float:
    """Mid-rank of the 30-day value among those of the 365 days before (at least 90)."""
    now, past = _now_and_before(_realised(days_close, 30))
    return mid_rank(now, past, LEAST)


@metric("percentile", venue="price", window="365 d")
def realised_30d_rank_before(days_close: Floats) -> float:
    """The same a day earlier."""
    now, past = _now_and_before(_realised(days_close, 30)[:-1])
    return mid_rank(now, past, LEAST)


@metric("days", venue="price", window="365 d")
def realised_lower_days(days_close: Floats) -> float:
    """On how many of the days that it is ranked among the 30-day value stood lower."""
    now, past = _now_and_before(_realised(days_close, 30))
    known = np.count_nonzero(np.isfinite(past))
    return float(np.count_nonzero(past < now)) if known >= LEAST and np.isfinite(now) else NAN


@metric("days", venue="price", window="365 d")
def realised_record_days(days_close: Floats) -> float:
    """How many days those ranks are taken over (90 at least)."""
    known = int(np.count_nonzero(np.isfinite(_now_and_before(_realised(days_close, 30))[1])))
    return float(known) if known >= LEAST else NAN


@metric("share", venue="price", window="30 d")
def realised_largest_day(days_close: Floats) -> float:
    """The largest single day's share of the squared returns of the last 30 days."""
    squares = _log_returns(days_close)[-30:] ** 2
    return float(squares.max() / squares.sum()) if len(squares) == 30 else NAN


def _ratio(close: Floats, days: int) -> Floats:
    short, long = _realised(close, days), _realised(close, 30)
    return short[-len(long) :] / long if len(long) else long


@metric("times", venue="price", window="7 d")
def realised_multiple(days_close: Floats) -> float:
    """Realised volatility of seven days over that of 30 (canon X02)."""
    return _now_and_before(_ratio(days_close, 7))[0]


@metric("times", venue="price", window="6 d")
def realised_multiple_6d(days_close: Floats) -> float:
    """Of six days over that of 30: without the day that is about to leave the seven."""
    return _now_and_before(_ratio(days_close, 6))[0]


@metric("times", venue="price", window="8 d")
def realised_multiple_8d(days_close: Floats) -> float:
    """Of eight days over that of 30: with the day that has just left the seven."""
    return _now_and_before(_ratio(days_close, 8))[0]


@metric("percentile", venue="price", window="365 d")
def realised_multiple_rank(days_close: Floats) -> float:
    """Mid-rank of the seven-day multiple among those of the 365 days before (at least 90)."""
    now, past = _now_and_before(_ratio(days_close, 7))
    return mid_rank(now, past, LEAST)


# ---------------------------------------------------------------- ranges (canon X04, P08)


def _true_ranges(high: Floats, low: Floats, close: Floats) -> Floats:
    """Of each day but the first, in % of the close before: with any step from that close."""
    before = close[:-1]
    top, bottom = np.maximum(high[1:], before), np.minimum(low[1:], before)
    return np.asarray((top - bottom) / before * 100)


def _usual(high: Floats, low: Floats, close: Floats) -> Floats:
    """The mean true range of the 14 days before each day from the 16th on, one day more at last."""
    return np.asarray(rolling(_true_ranges(high, low, close), TRUE_RANGE_DAYS).mean(axis=-1))


@metric("%", venue="price", window="14 d")
def true_range_14d(days_high: Floats, days_low: Floats, days_close: Floats) -> float:
    """Mean true range of the 14 UTC days that ended before the last midnight (ATR, in %).

    The day that ended at that midnight lies, whole or in part, in the 24 hours it is held against.
    """
    usual = _usual(*(d[-(TRUE_RANGE_DAYS + 2) : -1] for d in (days_high, days_low, days_close)))
    return float(usual[-1])


@metric("times", venue="price", window="24 h")
def range_multiple(range_24h: float, true_range_14d: float) -> float:
    """The 24-hour range over the mean true range of the 14 days before."""
    return range_24h / true_range_14d if true_range_14d > 0 else NAN


@metric("percentile", venue="price", window="365 d")
def range_multiple_rank(
    range_multiple: float,
    days_open: Floats,
    days_high: Floats,
    days_low: Floats,
    days_close: Floats,
) -> float:
    """Mid-rank of that multiple among those of 365 UTC days before the last midnight."""
    kept = slice(-(YEAR + TRUE_RANGE_DAYS + 2), -1)
    open_, high, low, close = (d[kept] for d in (days_open, days_high, days_low, days_close))
    usual = _usual(high, low, close)[:-1]
    ranges = ((high - low) / open_ * 100)[-len(usual) :]
    return mid_rank(range_multiple, ranges / usual, LEAST)


@metric("percentile", venue="price", window="365 d")
def range_rank(range_24h: float, days_open: Floats, days_high: Floats, days_low: Floats) -> float:
    """Mid-rank of the 24-hour range among the ranges of 365 UTC days before the last midnight."""
    open_, high, low = (d[-(YEAR + 1) : -1] for d in (days_open, days_high, days_low))
    return mid_rank(range_24h, (high - low) / open_ * 100, LEAST)


# ---------------------------------------------------------------- implied (canon X03, DVOL shocks)


@draws("asset")
def put_dvol(inputs: Inputs, desk: Desk, asset: str) -> None:
    found = desk.series("deribit", f"{asset}-DVOL", "index")
    if found is not None and len(found.data):
        inputs.scopes["dvol"] = "Deribit"
        inputs.put("dvol_ts", found.column("ts"), recorded(found, "ts"))
        inputs.put("dvol_value", found.column("value"), recorded(found, "value"))


def at_moments(ts: Floats, values: Floats, moments: Floats) -> Floats:
    """The newest value at each moment, if it is less than an hour old; NaN else."""
    place = np.searchsorted(ts, moments, side="right") - 1
    near = (place >= 0) & (moments - ts[np.maximum(place, 0)] < HOUR)
    return np.where(near, values[np.maximum(place, 0)], NAN)


def _midnights(ts: Floats, values: Floats, now: float) -> Floats:
    """At the last 367 midnights, oldest first."""
    return at_moments(ts, values, now // DAY * DAY - DAY * np.arange(YEAR + 1, -1, -1.0))


@metric("ms", venue="dvol")
def dvol_at(dvol_ts: Floats, now: float) -> float:
    """The moment of the newest DVOL; unknown when that is over 25 hours ago."""
    return float(dvol_ts[-1]) if now - dvol_ts[-1] <= OLDEST_DVOL else NAN


@metric("% a year", venue="dvol", window="30 d")
def dvol(dvol_at: float, dvol_value: Floats) -> float:
    """DVOL: annualised volatility that options of the next 30 days are priced at."""
    return float(dvol_value[-1]) if np.isfinite(dvol_at) else NAN


@metric("% points", venue="dvol", window="24 h")
def dvol_change_24h(dvol_at: float, dvol: float, dvol_ts: Floats, dvol_value: Floats) -> float:
    """DVOL against its value 24 hours earlier (at most an hour off)."""
    before = at_moments(dvol_ts, dvol_value, np.array([dvol_at - DAY]))
    return dvol - float(before[0])


@metric("percentile", venue="dvol", window="365 d")
def dvol_change_rank(
    dvol_change_24h: float, dvol_ts: Floats, dvol_value: Floats, now: float
) -> float:
    """Mid-rank of that change among 365 days' changes between midnights (at least 90)."""
    past = np.diff(_midnights(dvol_ts, dvol_value, now))[:-1]
    return mid_rank(dvol_change_24h, past, LEAST)


@metric("days", venue="dvol", window="365 d")
def dvol_record_days(dvol_ts: Floats, dvol_value: Floats, now: float) -> float:
    """How many days' changes that rank is taken over (90 at least)."""
    known = int(np.isfinite(np.diff(_midnights(dvol_ts, dvol_value, now))[:-1]).sum())
    return float(known) if known >= LEAST else NAN


@metric("days", venue="dvol", window="365 d")
def dvol_changes_as_large(
    dvol_change_24h: float, dvol_ts: Floats, dvol_value: Floats, now: float
) -> float:
    """How many of those days changed as far in the same direction."""
    past = np.diff(_midnights(dvol_ts, dvol_value, now))[:-1]
    sign = np.sign(dvol_change_24h)
    enough = np.isfinite(past).sum() >= LEAST and np.isfinite(dvol_change_24h)
    return float(np.count_nonzero(sign * past >= sign * dvol_change_24h)) if enough else NAN


@metric("% points", venue="dvol", window="30 d")
def implied_gap(dvol: float, realised_30d: float) -> float:
    """DVOL less realised volatility of the last 30 whole days (canon X03)."""
    return dvol - realised_30d


def _gaps(ts: Floats, values: Floats, close: Floats, now: float) -> Floats:
    """The same at the midnights before the last one, oldest first."""
    implied, realised = _midnights(ts, values, now), _realised(close, 30)
    shared = min(len(implied), len(realised))
    return (implied[-shared:] - realised[-shared:])[:-1] if shared else np.empty(0)


@metric("percentile", venue="dvol", window="365 d")
def implied_gap_rank(
    implied_gap: float, dvol_ts: Floats, dvol_value: Floats, days_close: Floats, now: float
) -> float:
    """Mid-rank of the gap among those of the midnights of a year (at least 90)."""
    return mid_rank(implied_gap, _gaps(dvol_ts, dvol_value, days_close, now)[-YEAR:], LEAST)


@metric("days", venue="dvol", window="365 d")
def implied_gap_lower_days(
    implied_gap: float, dvol_ts: Floats, dvol_value: Floats, days_close: Floats, now: float
) -> float:
    """At how many of those midnights the gap stood lower."""
    past = _gaps(dvol_ts, dvol_value, days_close, now)[-YEAR:]
    enough = np.isfinite(past).sum() >= LEAST and np.isfinite(implied_gap)
    return float(np.count_nonzero(past < implied_gap)) if enough else NAN


@metric("days", venue="dvol", window="365 d")
def implied_gap_days(dvol_ts: Floats, dvol_value: Floats, days_close: Floats, now: float) -> float:
    """How many days that rank is taken over (90 at least)."""
    known = int(np.isfinite(_gaps(dvol_ts, dvol_value, days_close, now)[-YEAR:]).sum())
    return float(known) if known >= LEAST else NAN
