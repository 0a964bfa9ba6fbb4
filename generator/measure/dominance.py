"""Bitcoin's share of total market value, by one aggregator that is named (canon R04).

Definitions differ between aggregators (stablecoins, which tokens are covered), so a share is
compared with the same vendor's only. Inputs, samples as they were collected: `dominance_ts` (ms),
`dominance_value` (%), `total_ts` (ms), `total_value` (USD). A share rises whenever bitcoin does
better than the total; that needs no purchase, and every coin may be falling.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, recorded
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank, tail_share
from generator.measure.venues import venue_name
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
VENDORS = ("coingecko", "coinmarketcap", "coinpaprika")
FRESH, NEAR = 30 * 60_000, HOUR
YEAR, LEAST = 365, 90


@draws("market")
def put_dominance(inputs: Inputs, desk: Desk) -> None:
    """The first vendor of whose share anything is known."""
    for vendor in VENDORS:
        share = desk.series(vendor, "BTC#dominance", "index")
        if share is None:
            continue
        inputs.scopes["dominance"] = venue_name(vendor)
        inputs.put("dominance_ts", share.column("ts"), recorded(share, "value"))
        inputs.put("dominance_value", share.column("value"), recorded(share, "value"))
        total = desk.series(vendor, "TOTAL#market_cap", "index")
        if total is not None:
            inputs.put("total_ts", total.column("ts"), recorded(total, "value"))
            inputs.put("total_value", total.column("value"), recorded(total, "value"))
        return


def sample(ts: Floats, value: Floats, moments: Floats, within: float) -> Floats:
    """The value nearest to each moment, NaN where none stands within so many ms."""
    if not len(ts):
        return np.full(len(moments), NAN)
    right = np.clip(np.searchsorted(ts, moments), 0, len(ts) - 1)
    left = np.maximum(right - 1, 0)
    near = np.where(np.abs(ts[left] - moments) <= np.abs(ts[right] - moments), left, right)
    return np.where(np.abs(ts[near] - moments) <= within, value[near], NAN)


def _now(ts: Floats, value: Floats, now: float) -> float:
    """The last sample, if it is fresh."""
    return float(value[-1]) if len(ts) and 0 <= now - ts[-1] <= FRESH else NAN


def _then(ts: Floats, value: Floats) -> float:
    """The sample a day before the last one."""
    return float(sample(ts, value, ts[-1:] - DAY, NEAR)[0]) if len(ts) else NAN


@metric("%", venue="dominance", scope="market")
def btc_dominance(dominance_ts: Floats, dominance_value: Floats, now: float) -> float:
    """Bitcoin's share of the vendor's total market value; unknown when older than 30 minutes."""
    return _now(dominance_ts, dominance_value, now)


@metric("% points", venue="dominance", window="24 h", scope="market")
def dominance_change(btc_dominance: float, dominance_ts: Floats, dominance_value: Floats) -> float:
    """That share less the one sampled 24 hours before it, an hour off at most."""
    return btc_dominance - _then(dominance_ts, dominance_value)


@metric("%", venue="dominance", window="24 h", scope="market")
def total_return_24h(total_ts: Floats, total_value: Floats, now: float) -> float:
    """Change of the vendor's total market value."""
    return (_now(total_ts, total_value, now) / _then(total_ts, total_value) - 1) * 100


@metric("%", venue="dominance", window="24 h", scope="market")
def dominance_btc_return(
    btc_dominance: float, dominance_change: float, total_return_24h: float
) -> float:
    """Change of bitcoin's market value that the two imply: share times total, now over then."""
    grown = btc_dominance / (btc_dominance - dominance_change)
    return (grown * (1 + total_return_24h / 100) - 1) * 100


@metric("% points", venue="dominance", window="24 h", scope="market")
def btc_minus_total(dominance_btc_return: float, total_return_24h: float) -> float:
    """Bitcoin's change less the total's: what moved the share."""
    return dominance_btc_return - total_return_24h


def _past_changes(ts: Floats, value: Floats) -> Floats:
    """Daily changes before today's: sampled at this time of day, up to a year back. Shape (n,)."""
    if not len(ts):
        return np.empty(0)
    daily = sample(ts, value, ts[-1] - DAY * np.arange(1, YEAR + 2), NEAR)
    changes = daily[:-1] - daily[1:]
    return np.asarray(changes[np.isfinite(changes)])


@metric("days", venue="dominance", scope="market")
def dominance_record_days(dominance_ts: Floats, dominance_value: Floats) -> float:
    """How many past daily changes today's is compared with; 365 at most."""
    return float(len(_past_changes(dominance_ts, dominance_value)))


@metric("percentile", venue="dominance", window="24 h", scope="market")
def dominance_rank(dominance_change: float, dominance_ts: Floats, dominance_value: Floats) -> float:
    """Mid-rank of the change in its record (90 days at least)."""
    return mid_rank(dominance_change, _past_changes(dominance_ts, dominance_value), LEAST)


@metric("share", venue="dominance", window="24 h", scope="market")
def dominance_tail(dominance_change: float, dominance_ts: Floats, dominance_value: Floats) -> float:
    """Share of those days on which the share moved at least as far, either way."""
    return tail_share(dominance_change, _past_changes(dominance_ts, dominance_value), LEAST)
