"""Premia between dollars and USDT: USDT's own price, and Coinbase's dollar price against Binance's.

Legs are of one moment (within 60 s) or of the same UTC day's close, never mixed; ranks are against
the daily closes of the past year. A premium is a difference between two prices and says nothing of
who trades or why.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, observed, recorded
from generator.measure.ranks import at_least, at_most
from generator.measure.registry import metric
from generator.measure.stablecoins import quoted_in_usd
from generator.measure.statistics import mid_rank
from generator.measure.venues import market_name
from generator.model import DAY, HOUR, Floats, Series

NAN = float("nan")
LEGS_APART = 60_000  # ms
YEAR, LEAST = 365, 90
DOLLARS, TETHERS = "coinbase", "binance"


def _row(desk: Desk, venue: str, symbol: str) -> int | None:
    group = desk.book.rows.get((venue, "spot"), {})
    base = group.get(symbol.partition("/")[0])
    if base is not None and desk.book.instrument(base).symbol == symbol:
        return base
    found = (
        n for n, i in enumerate(desk.snapshot.instruments)
        if i.venue == venue and i.symbol == symbol and i.kind == "spot"
    )  # fmt: skip
    return next(found, None)


@draws("market")
def put_usdt(inputs: Inputs, desk: Desk) -> None:
    """USDT in dollars on the first venue that knows its past; else the first that has it."""
    pairs = quoted_in_usd(desk, "USDT")
    with_past = [q for q in pairs if desk.series(q.venue, q.symbol, "bars_1d") is not None]
    for q in [*with_past, *pairs][:1]:
        inputs.scopes["usdt_price"] = market_name(q.venue, "spot")
        price = desk.book.price(q.row, "last")
        inputs.put("usdt_last", price, observed(desk.book, q.row, "last"))
        bars = desk.series(q.venue, q.symbol, "bars_1d")
        if bars is not None:
            inputs.put("usdt_ts", bars.column("ts"), recorded(bars, "ts"))
            inputs.put("usdt_close", bars.column("close"), recorded(bars, "close"))


@draws("asset")
def put_coinbase(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The three legs now, the furthest two stamps apart, and the closes of common days."""
    keys = ((DOLLARS, f"{asset}/USD"), (TETHERS, f"{asset}/USDT"), (DOLLARS, "USDT/USD"))
    rows = [_row(desk, *key) for key in keys]
    legs = [r for r in rows if r is not None]
    if len(legs) < len(keys):
        return
    inputs.scopes["coinbase_premium"] = "Coinbase and Binance spot"
    prices = np.array([desk.book.price(r, "last") for r in legs])
    refs = [observed(desk.book, r, "last") for r in legs]
    inputs.put("premium_legs", prices, *refs)
    ages = [desk.book.age(r, "last") for r in legs]
    inputs.put("premium_legs_apart", max(ages) - min(ages), *refs)
    bars = [desk.series(*key, "bars_1d") for key in keys]
    days = [b for b in bars if b is not None]
    if len(days) == len(keys):
        ts, closes = _common(days)
        past = [recorded(b, "close") for b in days]
        inputs.put("premium_legs_ts", ts, *past)
        inputs.put("premium_legs_close", closes, *past)


def _common(days: list[Series]) -> tuple[Floats, Any]:
    """Stamps of the days that all series know, and their closes, (n x series)."""
    ts = days[0].column("ts")
    for bars in days[1:]:
        ts = np.intersect1d(ts, bars.column("ts"))
    columns = [b.column("close")[np.searchsorted(b.column("ts"), ts)] for b in days]
    return ts, np.stack(columns, axis=-1)


def before(ts: Floats, values: Floats, now: float) -> Floats:
    """Known values of the closes of the year before, without one within the last hour of now."""
    within = (ts + DAY <= now - HOUR) & (ts + DAY >= now - (YEAR + 1) * DAY)
    kept = values[within & np.isfinite(values)]
    return np.asarray(kept[-YEAR:], dtype=np.float64)


def gap_bp(legs: Floats) -> Any:
    """Dollar price over tether price x USDT in dollars, in bp. legs: (..., 3) in that order."""
    return (legs[..., 0] / (legs[..., 1] * legs[..., 2]) - 1) * 1e4


@draws("asset")
def put_quote(inputs: Inputs, desk: Desk, asset: str) -> None:
    """What the price of the story is counted in."""
    row = desk.book.rows.get(desk.story, {}).get(asset) if desk.story is not None else None
    if row is not None:
        in_usdt = float(desk.book.instrument(row).quote == "USDT")
        inputs.put("quote_is_usdt", in_usdt, observed(desk.book, row, "last"))


# ---------------------------------------------------------------- USDT


@metric("flag", venue="price")
def price_in_usdt(quote_is_usdt: float) -> float:
    """1 when the asset's price is counted in USDT, 0 when in dollars or another coin."""
    return quote_is_usdt


@metric("USD", venue="usdt_price", scope="market")
def usdt_price(usdt_last: float) -> float:
    """USDT in US dollars on one named venue."""
    return usdt_last


@metric("bp", venue="usdt_price", scope="market")
def usdt_premium(usdt_last: float) -> float:
    """USDT over one US dollar on one named venue."""
    return (usdt_last - 1) * 1e4


@metric("percentile", venue="usdt_price", scope="market")
def usdt_premium_rank(
    usdt_premium: float, usdt_ts: Floats, usdt_close: Floats, now: float
) -> float:
    """Mid-rank of that among the daily closes of the past year, 90 at least."""
    return mid_rank(usdt_premium, before(usdt_ts, (usdt_close - 1) * 1e4, now), LEAST)


@metric("days", venue="usdt_price", scope="market")
def usdt_premium_days(usdt_ts: Floats, usdt_close: Floats, now: float) -> float:
    """How many closes that rank rests on."""
    return float(len(before(usdt_ts, usdt_close, now)))


@metric("share", venue="usdt_price", scope="market")
def usdt_premium_tail(usdt_premium_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(usdt_premium_rank, 100 - usdt_premium_rank) / 100


@metric("percentile", venue="usdt_price", scope="market")
def usdt_premium_rank_most(usdt_premium_rank: float) -> float:
    """The rank of the premium, rounded up to a whole percent."""
    return at_most(usdt_premium_rank)


@metric("percentile", venue="usdt_price", scope="market")
def usdt_premium_rank_least(usdt_premium_rank: float) -> float:
    """The rank of the premium, rounded down to a whole percent."""
    return at_least(usdt_premium_rank)


# ---------------------------------------------------------------- Coinbase


@metric("bp", venue="coinbase_premium")
def coinbase_premium(premium_legs: Floats, premium_legs_apart: float) -> float:
    """Coinbase in USD over Binance in USDT x USDT/USD of Coinbase; unknown if 60 s apart."""
    return float(gap_bp(premium_legs)) if premium_legs_apart <= LEGS_APART else NAN


@metric("percentile", venue="coinbase_premium")
def coinbase_premium_rank(
    coinbase_premium: float, premium_legs_ts: Floats, premium_legs_close: Floats, now: float
) -> float:
    """Mid-rank of that among the premia at the daily closes of the past year, 90 at least."""
    past = before(premium_legs_ts, gap_bp(premium_legs_close), now)
    return mid_rank(coinbase_premium, past, LEAST)


@metric("days", venue="coinbase_premium")
def coinbase_premium_days(premium_legs_ts: Floats, premium_legs_close: Floats, now: float) -> float:
    """How many closes that rank rests on."""
    return float(len(before(premium_legs_ts, gap_bp(premium_legs_close), now)))


@metric("share", venue="coinbase_premium")
def coinbase_premium_tail(coinbase_premium_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(coinbase_premium_rank, 100 - coinbase_premium_rank) / 100


@metric("percentile", venue="coinbase_premium")
def coinbase_premium_rank_most(coinbase_premium_rank: float) -> float:
    """The rank of the premium, rounded up to a whole percent."""
    return at_most(coinbase_premium_rank)


@metric("percentile", venue="coinbase_premium")
def coinbase_premium_rank_least(coinbase_premium_rank: float) -> float:
    """The rank of the premium, rounded down to a whole percent."""
    return at_least(coinbase_premium_rank)
