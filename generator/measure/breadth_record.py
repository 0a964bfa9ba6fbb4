"""Today's breadth against the same count on past UTC days, each over the universe of that day.

Inputs, one value per past day of up to 365 that ended before the 24-hour window began (so that no
day is its own normal): `past_share_up`, `past_share_down` (shares), `past_median`, `past_gap` (the
median coin's return less bitcoin's, percent points); `past_days` their opens in ms. Thresholds are
a record's own p5 and p95 from ninety days on (canon M01, M02 as corrected).
"""

from __future__ import annotations

import numpy as np

from generator.measure.daily_universe import LATE, Days, daily_universe
from generator.measure.inputs import Desk, Inputs, Thunk, day, draws
from generator.measure.ranks import at_least
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank, tail_share
from generator.model import DAY, Floats, SourceRef

NAN = float("nan")
YEAR, LEAST = 365, 90


@draws("market")
def put_breadth_record(inputs: Inputs, desk: Desk) -> None:
    """Past days' breadth of the venue that today's is counted on."""
    kept = daily_universe(desk)
    if kept is None:
        return
    stop = kept.before(desk.now - DAY + LATE)
    span = slice(max(0, stop - YEAR), stop)
    known = np.isfinite(kept.share_up[span])
    ref = _ref(desk, kept, kept.days[span][known])
    for name, values in (
        ("past_days", kept.days),
        ("past_share_up", kept.share_up),
        ("past_share_down", kept.share_down),
        ("past_median", kept.median),
        ("past_gap", kept.median - kept.btc),
    ):
        inputs.put(name, values[span][known], ref)


def _ref(desk: Desk, kept: Days, days: Floats) -> Thunk:
    def ref() -> SourceRef:
        span = f"{len(days)} days, {day(days[0])} to {day(days[-1])}" if len(days) else "no days"
        note = f"{span}; per day the perpetuals with that day's turnover at the floor"
        u = desk.universe
        return SourceRef(u.market[0], u.name, "bars_1d.close", None, desk.now, note)

    return ref


@metric("days", venue="universe", scope="market")
def breadth_record_days(past_days: Floats, universe_count: float) -> float:
    """How many past days the count is compared with; 365 at most."""
    return float(len(past_days)) + 0 * universe_count


@metric("ms", venue="universe", scope="market")
def breadth_record_start(past_days: Floats) -> float:
    """The first of those days."""
    return float(past_days[0]) if len(past_days) else NAN


@metric("percentile", venue="universe", window="24 h", scope="market")
def advancers_rank(advancers_share: float, past_share_up: Floats) -> float:
    """Mid-rank of the advancers' share in the record (90 days at least)."""
    return mid_rank(advancers_share, past_share_up, LEAST)


@metric("percentile", venue="universe", window="24 h", scope="market")
def decliners_rank(decliners_share: float, past_share_down: Floats) -> float:
    """Mid-rank of the decliners' share in the record (90 days at least)."""
    return mid_rank(decliners_share, past_share_down, LEAST)


@metric("share", venue="universe", window="24 h", scope="market")
def broad_rise_tail(
    advancers_share: float, median_return_24h: float, past_share_up: Floats, past_median: Floats
) -> float:
    """Share of the record's days at least as broad and with at least as high a median."""
    return _joint(advancers_share, median_return_24h, past_share_up, past_median)


@metric("share", venue="universe", window="24 h", scope="market")
def broad_fall_tail(
    decliners_share: float, median_return_24h: float, past_share_down: Floats, past_median: Floats
) -> float:
    """Share of the record's days at least as broad and with at least as low a median."""
    return _joint(decliners_share, -median_return_24h, past_share_down, -past_median)


@metric("percentile", venue="universe", window="24 h", scope="market")
def advancers_rank_least(advancers_rank: float) -> float:
    """That rank, rounded down to a whole percent."""
    return at_least(advancers_rank)


@metric("percentile", venue="universe", window="24 h", scope="market")
def decliners_rank_least(decliners_rank: float) -> float:
    """That rank, rounded down to a whole percent."""
    return at_least(decliners_rank)


def _joint(share: float, middle: float, shares: Floats, middles: Floats) -> float:
    if len(shares) < LEAST or not np.isfinite(share + middle):
        return NAN
    return float((np.count_nonzero((shares >= share) & (middles >= middle)) + 0.5)
                 / (len(shares) + 1))  # fmt: skip


@metric("share", venue="universe", window="24 h", scope="market")
def median_gap_tail(median_minus_btc: float, past_gap: Floats) -> float:
    """Share of the record's days on which the median coin was as far from bitcoin, either way."""
    return tail_share(median_minus_btc, past_gap, LEAST)


@metric("percentile", venue="universe", window="24 h", scope="market")
def median_gap_rank(median_minus_btc: float, past_gap: Floats) -> float:
    """Mid-rank of the gap in the record (90 days at least)."""
    return mid_rank(median_minus_btc, past_gap, LEAST)
