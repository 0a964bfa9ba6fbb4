"""Positioning as one venue publishes it: ratios of accounts, and of its own top traders.

Canon L01 and L02. Open longs always equal open shorts, so a ratio is read against its own last 30
days and never against one.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, recorded
from generator.measure.ranks import at_least, at_most
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.measure.venues import venue_name
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
RECORD = 30 * DAY  # what venues keep
LEAST_DAYS = 25
MAX_AGE = 2 * HOUR
NAMES = {"accounts": "long_short_accounts", "top_traders": "top_trader_positions"}


@draws("asset")
def draw_positioning(inputs: Inputs, desk: Desk, asset: str) -> None:
    """Each ratio from the first venue that has a value of the last two hours."""
    for prefix, name in NAMES.items():
        for venue in desk.market.perp_venues:
            row = desk.book.rows.get((venue, "perp_linear"), {}).get(asset)
            symbols = [desk.book.instrument(row).symbol] if row is not None else []
            symbols += [f"{asset}/USDT:USDT"]
            found = [s for n in symbols if (s := desk.series(venue, f"{n}#{name}", "index"))]
            if found and desk.now - found[0].data[-1, 0] <= MAX_AGE:
                inputs.scopes[prefix] = venue_name(venue)
                inputs.put(f"{prefix}_ts", found[0].column("ts"), recorded(found[0], "ts"))
                values = found[0].column("value")
                inputs.put(f"{prefix}_ratios", values, recorded(found[0], "value"))
                break


def recent(ts: Floats, values: Floats, now: float) -> Floats:
    """Values of the 30 days before today's: (now - 30 d, now - 24 h]; empty if under 25 days."""
    inside = (ts > now - RECORD) & (ts <= now - DAY) & np.isfinite(values)
    return values[inside] if len(np.unique(ts[inside] // DAY)) >= LEAST_DAYS else np.empty(0)


def record_days(ts: Floats, now: float) -> float:
    """Days from the first sample of the last 30 to now."""
    inside = ts[ts > now - RECORD]
    return float((now - inside[0]) // DAY) if len(inside) else NAN


def two_sided(rank: float, days: float) -> float:
    """Tail share of a rank; never rarer than one day of the record and this one.

    Hourly ratios hardly differ from one hour to the next: a month shows no odds of 1 in 100.
    """
    return max(2 * min(rank, 100 - rank) / 100, 1 / (days + 1))


@metric("ratio", venue="accounts")
def account_ratio(accounts_ratios: Floats) -> float:
    """Accounts net long over accounts net short on one venue: a count, not a size (canon L01)."""
    return float(accounts_ratios[-1])


@metric("percentile", venue="accounts")
def account_ratio_rank(
    account_ratio: float, accounts_ts: Floats, accounts_ratios: Floats, now: float
) -> float:
    """Mid-rank in its own last 30 days (at least 25)."""
    return mid_rank(account_ratio, recent(accounts_ts, accounts_ratios, now), LEAST_DAYS)


@metric("days", venue="accounts")
def account_ratio_days(accounts_ts: Floats, now: float) -> float:
    """Length of the record that the rank rests on."""
    return record_days(accounts_ts, now)


@metric("share", venue="accounts")
def account_ratio_tail(account_ratio_rank: float, account_ratio_days: float) -> float:
    """Two-sided tail share of the rank."""
    return two_sided(account_ratio_rank, account_ratio_days)


@metric("percentile", venue="accounts")
def account_ratio_rank_most(account_ratio_rank: float) -> float:
    """The rank, rounded up to a whole percent."""
    return at_most(account_ratio_rank)


@metric("percentile", venue="accounts")
def account_ratio_rank_least(account_ratio_rank: float) -> float:
    """The rank, rounded down to a whole percent."""
    return at_least(account_ratio_rank)


@metric("ratio", venue="top_traders")
def top_trader_ratio(top_traders_ratios: Floats) -> float:
    """Long over short position size of the venue's own top-trader group (canon L02).

    The venue does not publish who belongs to the group in detail.
    """
    return float(top_traders_ratios[-1])


@metric("percentile", venue="top_traders")
def top_trader_ratio_rank(
    top_trader_ratio: float, top_traders_ts: Floats, top_traders_ratios: Floats, now: float
) -> float:
    """Mid-rank in its own last 30 days (at least 25)."""
    return mid_rank(top_trader_ratio, recent(top_traders_ts, top_traders_ratios, now), LEAST_DAYS)


@metric("days", venue="top_traders")
def top_trader_ratio_days(top_traders_ts: Floats, now: float) -> float:
    """Length of the record that the rank rests on."""
    return record_days(top_traders_ts, now)


@metric("share", venue="top_traders")
def top_trader_ratio_tail(top_trader_ratio_rank: float, top_trader_ratio_days: float) -> float:
    """Two-sided tail share of the rank."""
    return two_sided(top_trader_ratio_rank, top_trader_ratio_days)


@metric("percentile", venue="top_traders")
def top_trader_ratio_rank_most(top_trader_ratio_rank: float) -> float:
    """The rank, rounded up to a whole percent."""
    return at_most(top_trader_ratio_rank)


@metric("percentile", venue="top_traders")
def top_trader_ratio_rank_least(top_trader_ratio_rank: float) -> float:
    """The rank, rounded down to a whole percent."""
    return at_least(top_trader_ratio_rank)
