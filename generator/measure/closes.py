"""What a UTC day, week or month came to when it ended: closes, their records, runs of days.

Weeks end on Mondays at 00:00 UTC, months on their first midnight. Everything here is about whole
periods and stays the same until the next one ends; `hours_since_close` says how old it is.
"""

from __future__ import annotations

import numpy as np

from generator.measure.calendar_days import unbroken
from generator.measure.price import MAD_TO_SD
from generator.measure.registry import metric
from generator.measure.statistics import known_median
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
LEAST = 90


@metric("h", venue="price")
def hours_since_close(days_end: float, now: float) -> float:
    """Hours since the last UTC day ended."""
    return (now - days_end) / HOUR


def beaten_by(values: Floats, value: float, sign: float) -> tuple[float, int]:
    """(how many of the newest values in a row fall short of `value`, place of the one that does
    not or -1). values: newest first, cut at the first unknown one."""
    holes = np.flatnonzero(~np.isfinite(values))
    known = values[: int(holes[0])] if len(holes) else values
    if not np.isfinite(value) or not sign:
        return NAN, -1
    hit = np.flatnonzero(sign * known >= sign * value)
    return (float(hit[0]), int(hit[0])) if len(hit) else (float(len(known)), -1)


# ---------------------------------------------------------------- the day's close (canon P05)


@metric("USD", venue="price")
def closing_price(days_close: Floats) -> float:
    """The close of the last whole UTC day."""
    return float(days_close[-1])


@metric("ms", venue="price")
def closing_day(days_end: float) -> float:
    """That day."""
    return days_end - DAY


def last_seen(close: Floats, end: float, sign: float) -> tuple[float, float]:
    beaten, place = beaten_by(close[-2::-1], float(close[-1]), sign)
    return beaten, end - DAY * (place + 2) if place >= 0 else NAN


@metric("days", venue="price")
def low_close_beats_days(days_close: Floats, days_end: float) -> float:
    """How many days in a row before it closed higher."""
    return last_seen(days_close, days_end, -1)[0]


@metric("ms", venue="price")
def low_close_last_seen(days_close: Floats, days_end: float) -> float:
    """The day that last closed at or under it; NaN when none on record did."""
    return last_seen(days_close, days_end, -1)[1]


@metric("days", venue="price")
def high_close_beats_days(days_close: Floats, days_end: float) -> float:
    """How many days in a row before it closed lower."""
    return last_seen(days_close, days_end, 1)[0]


@metric("ms", venue="price")
def high_close_last_seen(days_close: Floats, days_end: float) -> float:
    """The day that last closed at or over it; NaN when none on record did."""
    return last_seen(days_close, days_end, 1)[1]


# ---------------------------------------------------------------- the day's return


def day_returns(close: Floats) -> Floats:
    return np.asarray((close[1:] / close[:-1] - 1) * 100)


@metric("%", venue="price", window="1 d")
def day_return(days_close: Floats) -> float:
    """Change over the last whole UTC day, close to close."""
    return float(day_returns(days_close[-2:])[-1])


@metric("z", venue="price", window="1 d")
def day_return_z(day_return: float, days_close: Floats) -> float:
    """That change in robust deviations of the 60 days before (at least 45 known)."""
    past = day_returns(days_close[-62:-1])
    past = past[np.isfinite(past)]
    if len(past) < 45:
        return NAN
    scale = MAD_TO_SD * float(known_median(np.abs(past - known_median(past))))
    return day_return / scale if scale > 0 else NAN


@metric("days", venue="price")
def day_beats_days(day_return: float, days_close: Floats) -> float:
    """How many days in a row before it went less far in the same direction."""
    return beaten_by(day_returns(days_close)[-2::-1], day_return, np.sign(day_return))[0]


@metric("ms", venue="price")
def day_last_seen(day_return: float, days_close: Floats, days_end: float) -> float:
    """The day that last went as far in the same direction; NaN when none on record did."""
    place = beaten_by(day_returns(days_close)[-2::-1], day_return, np.sign(day_return))[1]
    return days_end - DAY * (place + 2) if place >= 0 else NAN


# ---------------------------------------------------------------- runs of days


def _runs(close: Floats, sign: float) -> Floats:
    """Per day of the unbroken record but its first: how many days in a row closed that way."""
    steps = np.sign(np.diff(unbroken(close))) == sign
    place = np.arange(1, len(steps) + 1)
    return np.asarray(place - np.maximum.accumulate(np.where(steps, 0, place)), dtype=np.float64)


@metric("sign", venue="price")
def streak_sign(days_close: Floats) -> float:
    """Whether the last whole UTC day closed higher (1), lower (-1) or unchanged (0)."""
    return float(np.sign(days_close[-1] - days_close[-2]))


@metric("days", venue="price")
def streak_days(streak_sign: float, days_close: Floats) -> float:
    """How many UTC days in a row closed that way; unknown where that reaches a missing day."""
    runs = _runs(days_close, streak_sign)
    if not len(runs) or not streak_sign:
        return NAN if not len(runs) else 0.0
    return float(runs[-1]) if runs[-1] < len(runs) else NAN


@metric("%", venue="price")
def streak_return(streak_days: float, days_close: Floats) -> float:
    """Change over those days together, close to close."""
    n = int(streak_days) if np.isfinite(streak_days) else 0
    return float((days_close[-1] / days_close[-1 - n] - 1) * 100) if n else NAN


@metric("share", venue="price")
def streak_tail(streak_sign: float, streak_days: float, days_close: Floats) -> float:
    """Share of the record's days (at least 90) that stood in a run as long the same way."""
    runs = _runs(days_close, streak_sign)
    if len(runs) < LEAST or not streak_days > 0:
        return NAN
    return float((np.count_nonzero(runs >= streak_days) + 0.5) / (len(runs) + 1))


@metric("ms", venue="price")
def streak_last_seen(
    streak_sign: float, streak_days: float, days_close: Floats, days_end: float
) -> float:
    """The last day of the newest earlier run as long the same way; NaN when none is on record."""
    runs = _runs(days_close, streak_sign)
    if not streak_days > 0:
        return NAN
    earlier = np.flatnonzero(runs[: len(runs) - int(streak_days)] >= streak_days)
    return days_end - DAY * float(len(runs) - earlier[-1]) if len(earlier) else NAN


# ---------------------------------------------------------------- weeks and months


def _week_ended(end: float) -> int:
    """Days from the last Monday 00:00 UTC to `end`. 1970-01-01 was a Thursday."""
    return int((end // DAY + 3) % 7)


def _weekly(close: Floats, end: float) -> Floats:
    """Changes (%) of whole weeks, newest first."""
    closes = close[::-1][_week_ended(end) :: 7]
    return np.asarray((closes[:-1] / closes[1:] - 1) * 100)


def _month_ends(end: float) -> Floats:
    """The first midnights (ms) of the last 37 months, newest first."""
    month = np.datetime64(int(end), "ms").astype("datetime64[M]")
    firsts = (month - np.arange(37)).astype("datetime64[ms]")
    return np.asarray(firsts.astype(np.int64), dtype=np.float64)


def _monthly(close: Floats, end: float) -> Floats:
    """Changes (%) of whole months, newest first; NaN where a close at either end is unknown."""
    place = len(close) - 1 - np.rint((end - _month_ends(end)) / DAY).astype(np.int64)
    closes = np.where(place >= 0, close[np.maximum(place, 0)], NAN)
    return np.asarray((closes[:-1] / closes[1:] - 1) * 100)


@metric("h", venue="price")
def hours_since_week(days_end: float, now: float) -> float:
    """Hours since the last week ended."""
    return (now - days_end) / HOUR + 24.0 * _week_ended(days_end)


@metric("ms", venue="price")
def week_last_day(days_end: float) -> float:
    """The Sunday that ended it."""
    return days_end - DAY * (_week_ended(days_end) + 1)


@metric("USD", venue="price")
def week_close_price(days_close: Floats, days_end: float) -> float:
    """The close of that Sunday."""
    return float(days_close[-1 - _week_ended(days_end)])


@metric("%", venue="price", window="7 d")
def week_close_return(days_close: Floats, days_end: float) -> float:
    """Change over that week, close to close."""
    return float(_weekly(days_close, days_end)[0])


@metric("weeks", venue="price")
def week_beats_weeks(week_close_return: float, days_close: Floats, days_end: float) -> float:
    """How many weeks in a row before it went less far in the same direction."""
    past = _weekly(days_close, days_end)[1:]
    return beaten_by(past, week_close_return, np.sign(week_close_return))[0]


@metric("ms", venue="price")
def week_last_seen(
    week_close_return: float, week_last_day: float, days_close: Floats, days_end: float
) -> float:
    """The Sunday of the week that last went as far that way; NaN when none on record did."""
    past = _weekly(days_close, days_end)[1:]
    place = beaten_by(past, week_close_return, np.sign(week_close_return))[1]
    return week_last_day - 7 * DAY * (place + 1) if place >= 0 else NAN


@metric("h", venue="price")
def hours_since_month(days_end: float, now: float) -> float:
    """Hours since the last month ended."""
    return float(now - _month_ends(days_end)[0]) / HOUR


@metric("ms", venue="price")
def month_last_day(days_end: float) -> float:
    """The day that ended it."""
    return float(_month_ends(days_end)[0]) - DAY


@metric("USD", venue="price")
def month_close_price(days_close: Floats, days_end: float, month_last_day: float) -> float:
    """The close of that day."""
    place = len(days_close) - round((days_end - month_last_day) / DAY)
    return float(days_close[place]) if place >= 0 else NAN


@metric("%", venue="price")
def month_close_return(days_close: Floats, days_end: float) -> float:
    """Change over that month, close to close."""
    return float(_monthly(days_close, days_end)[0])


@metric("months", venue="price")
def month_beats_months(month_close_return: float, days_close: Floats, days_end: float) -> float:
    """How many months in a row before it went less far in the same direction."""
    past = _monthly(days_close, days_end)[1:]
    return beaten_by(past, month_close_return, np.sign(month_close_return))[0]


@metric("ms", venue="price")
def month_last_seen(month_close_return: float, days_close: Floats, days_end: float) -> float:
    """The last day of the month that last went as far that way; NaN when none on record did."""
    past = _monthly(days_close, days_end)[1:]
    place = beaten_by(past, month_close_return, np.sign(month_close_return))[1]
    return float(_month_ends(days_end)[place + 1]) - DAY if place >= 0 else NAN
