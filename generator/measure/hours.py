"""The worst hour: the largest one-hour move of the last 24 (canon P02), one instrument's."""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import tail_share
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
ENOUGH = 22  # hours of a day that must be known before its largest is


def hour_returns(ts: Floats, open_: Floats, close: Floats) -> Floats:
    """Percent change of each hour; from the previous close where the bar has no open."""
    out = (close / open_ - 1) * 100
    if len(close) > 1:
        joined = np.append(False, np.diff(ts) == HOUR)
        before = np.append(NAN, close[:-1])
        out = np.where(np.isfinite(out), out, np.where(joined, (close / before - 1) * 100, NAN))
    return out


def _worst(ts: Floats, open_: Floats, close: Floats, now: float) -> int:
    """Index of the hour with the largest move that lies whole in the last 24 h; -1 if one lacks.

    Without one hour the largest of the others is not the largest of the day.
    """
    returns = hour_returns(ts, open_, close)
    inside = np.flatnonzero((ts >= now - DAY) & (ts + HOUR <= now) & np.isfinite(returns))
    if len(inside) < now // HOUR - np.ceil((now - DAY) / HOUR):
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
    """Share of earlier days (25, each of 22 hours at least) whose largest was as large."""
    returns = np.abs(hour_returns(hourly_ts, hourly_open, hourly_close))
    # An hour that began before the window and ended in it belongs to neither side.
    before = (hourly_ts + HOUR <= now - DAY) & np.isfinite(returns)
    if not before.any():
        return NAN
    age = ((now - DAY - HOUR - hourly_ts[before]) // DAY).astype(int)
    largest = np.full(int(age.max()) + 1, NAN)
    np.fmax.at(largest, age, returns[before])
    # as for the day itself: of fewer hours the largest is not known
    largest[np.bincount(age) < ENOUGH] = NAN
    return tail_share(worst_hour_return, largest, 25)
