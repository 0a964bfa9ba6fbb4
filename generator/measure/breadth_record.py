"""Today's breadth against the same count on past UTC days, each over the universe of that day.

Daily bars are kept of fewer coins than are counted today, so like is compared with like: today's
share and median of the coins that have such bars (`recorded_return`, percent) with those of past
days. One value per past day of up to 365 that ended before the 24-hour window began (no day is its
own normal): `past_share_up`, `past_share_down` (shares), `past_median`, `past_gap` (the median
coin's return less bitcoin's, percent points); `past_days` their opens in ms. Ninety days at least.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.measure.daily_universe import ENOUGH, LATE, Days, daily_universe
from generator.measure.inputs import Desk, Inputs, Thunk, day, draws
from generator.measure.registry import metric
from generator.measure.statistics import median, mid_rank, tail_share
from generator.measure.universe import counted
from generator.model import DAY, Floats, SourceRef

NAN = float("nan")
YEAR, LEAST = 365, 90
PAST = ("past_days", "past_share_up", "past_share_down", "past_median", "past_gap")


@draws("market")
def put_breadth_record(inputs: Inputs, desk: Desk) -> None:
    """Past days' breadth of the venue that today's is counted on; empty where none is known."""
    u = desk.universe
    if u is None:
        return
    kept, today = daily_universe(desk), np.empty(0)
    stop = 0 if kept is None else kept.before(desk.now - DAY + LATE)
    if kept is not None:
        today = u.returns[_recorded(desk, kept)]
    if kept is None or len(today) < ENOUGH:
        for name in ("recorded_return", *PAST):
            inputs.put(name, np.empty(0))
        return
    span = slice(max(0, stop - YEAR), stop)
    known = np.isfinite(kept.share_up[span])
    ref = _ref(desk, kept.days[span][known])
    columns = (kept.days, kept.share_up, kept.share_down, kept.median, kept.median - kept.btc)
    for name, values in zip(PAST, columns, strict=True):
        inputs.put(name, values[span][known], ref)
    inputs.put("recorded_return", today, counted(desk, u, "return_24h"))


def _recorded(desk: Desk, kept: Days) -> NDArray[np.bool_]:
    """Which of today's universe have a bar of the last completed day in the record."""
    last = kept.before(desk.now) - 1
    if last < 0 or kept.days[last] != desk.now // DAY * DAY - DAY:
        return np.zeros(len(desk.universe.bases), dtype=np.bool_)
    known = {b for b, c in zip(kept.bases, kept.close[last], strict=True) if np.isfinite(c)}
    return np.array([b in known for b in desk.universe.bases], dtype=np.bool_)


def _ref(desk: Desk, days: Floats) -> Thunk:
    def ref() -> SourceRef:
        span = f"{len(days)} days, {day(days[0])} to {day(days[-1])}" if len(days) else "no days"
        note = f"{span}; per day the perpetuals with that day's turnover at the floor"
        u = desk.universe
        return SourceRef(u.market[0], u.name, "bars_1d.close", None, desk.now, note)

    return ref


@metric("coins", venue="universe", scope="market")
def recorded_count(recorded_return: Floats) -> float:
    """How many of today's coins have the daily bars that past days are counted from."""
    return float(len(recorded_return))


@metric("days", venue="universe", scope="market")
def breadth_record_days(past_days: Floats, universe_count: float) -> float:
    """How many past days the count is compared with; 365 at most, 0 where there is no record."""
    return float(len(past_days)) + 0 * universe_count


@metric("ms", venue="universe", scope="market")
def breadth_record_start(past_days: Floats) -> float:
    """The first of those days."""
    return float(past_days[0]) if len(past_days) else NAN


def _days_like(share: float, middle: float, shares: Floats, middles: Floats) -> float:
    """Past days whose share and whose median both reached the given ones."""
    known = np.count_nonzero(np.isfinite(shares + middles))
    if known < LEAST or known < len(shares) or not np.isfinite(share + middle):
        return NAN
    return float(np.count_nonzero((shares >= share) & (middles >= middle)))


@metric("days", venue="universe", window="24 h", scope="market")
def broad_rise_days(recorded_return: Floats, past_share_up: Floats, past_median: Floats) -> float:
    """Days of the record (90 at least) at least as broad and with at least as high a median."""
    if not len(recorded_return):
        return NAN
    up = float(np.mean(recorded_return > 0))
    return _days_like(up, float(median(recorded_return)), past_share_up, past_median)


@metric("days", venue="universe", window="24 h", scope="market")
def broad_fall_days(recorded_return: Floats, past_share_down: Floats, past_median: Floats) -> float:
    """Days of the record (90 at least) at least as broad and with at least as low a median."""
    if not len(recorded_return):
        return NAN
    down = float(np.mean(recorded_return < 0))
    return _days_like(down, -float(median(recorded_return)), past_share_down, -past_median)


@metric("share", venue="universe", window="24 h", scope="market")
def broad_rise_tail(broad_rise_days: float, breadth_record_days: float) -> float:
    """(days + 0.5) / (record + 1) of days as broad and as high."""
    return (broad_rise_days + 0.5) / (breadth_record_days + 1)


@metric("share", venue="universe", window="24 h", scope="market")
def broad_fall_tail(broad_fall_days: float, breadth_record_days: float) -> float:
    """(days + 0.5) / (record + 1) of days as broad and as low."""
    return (broad_fall_days + 0.5) / (breadth_record_days + 1)


@metric("percentile", venue="universe", window="24 h", scope="market")
def median_gap_rank(recorded_return: Floats, btc_return: float, past_gap: Floats) -> float:
    """Mid-rank in the record of the recorded coins' median less bitcoin's return."""
    if not len(recorded_return):
        return NAN
    return mid_rank(float(median(recorded_return)) - btc_return, past_gap, LEAST)


@metric("share", venue="universe", window="24 h", scope="market")
def median_gap_tail(recorded_return: Floats, btc_return: float, past_gap: Floats) -> float:
    """Share of the record's days on which that gap was at least as wide, either way."""
    if not len(recorded_return):
        return NAN
    return tail_share(float(median(recorded_return)) - btc_return, past_gap, LEAST)
