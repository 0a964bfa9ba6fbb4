"""Open interest: changes in native contracts on one named venue; dollars only as a level.

If price falls 5.5% and no contract closes, open interest in dollars falls 5.5%: a change is only
read in contracts (canon B.2; coin-margined series are not used).
"""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.model import DAY, HOUR, Floats

NAN = float("nan")


@metric("coins", venue="oi")
def oi_coins(oi_now: float) -> float:
    """Open contracts in coins, one side, on one venue (canon O01)."""
    return oi_now


@metric("USD", venue="oi")
def oi_dollars(oi_now: float, oi_price: float) -> float:
    """The same in dollars at the venue's mark, or its last price where no mark is given."""
    return oi_now * oi_price


def past_coins(ts: Floats, coins: Floats, moment: float) -> float:
    """The sample nearest to a moment, within an hour; NaN when there is none."""
    if not len(ts):
        return NAN
    i = int(np.argmin(np.abs(ts - moment)))
    return float(coins[i]) if abs(ts[i] - moment) <= HOUR else NAN


@metric("%", venue="oi", window="24 h")
def oi_change_24h(oi_now: float, oi_ts: Floats, oi_past: Floats, now: float) -> float:
    """Change of open contracts against 24 hours ago on the same venue (canon O02)."""
    return (oi_now / past_coins(oi_ts, oi_past, now - DAY) - 1) * 100


def daily_changes(ts: Floats, coins: Floats, now: float) -> Floats:
    """The 24-hour changes (percent) at every sample of the record that has a pair."""
    older = ts <= now - DAY / 2
    stamps, values = ts[older], coins[older]
    i = np.searchsorted(stamps, stamps - DAY - HOUR)
    paired = (i < len(stamps)) & (
        np.abs(stamps[np.minimum(i, len(stamps) - 1)] - (stamps - DAY)) <= HOUR
    )
    return (values[paired] / values[i[paired]] - 1) * 100


@metric("percentile", venue="oi", window="24 h")
def oi_change_rank(oi_change_24h: float, oi_ts: Floats, oi_past: Floats, now: float) -> float:
    """Mid-rank of the change in the venue's own record (at least 7 days of samples)."""
    if len(oi_ts) < 8 or oi_ts[-1] - oi_ts[0] < 7 * DAY:
        return NAN
    return mid_rank(oi_change_24h, daily_changes(oi_ts, oi_past, now), 7)


@metric("share", venue="oi", window="24 h")
def oi_tail(oi_change_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(oi_change_rank, 100 - oi_change_rank) / 100


@metric("days", venue="oi")
def oi_record_days(oi_ts: Floats) -> float:
    """Length of the record that the rank rests on."""
    return float((oi_ts[-1] - oi_ts[0]) // DAY) if len(oi_ts) else NAN


@metric("share", venue="oi", window="24 h")
def oi_change_of_volume(
    oi_now: float, oi_ts: Floats, oi_past: Floats, perp_coins: float, now: float
) -> float:
    """|Change in coins| over coins traded in the same 24 h: above 1 is impossible (canon O08)."""
    return (
        abs(oi_now - past_coins(oi_ts, oi_past, now - DAY)) / perp_coins if perp_coins > 0 else NAN
    )
