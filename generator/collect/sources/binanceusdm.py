"""Binance USDT-margined perpetuals: tickers, premium index, intervals, open interest of 20.

`fundingInfo` lists only contracts ever moved off the default; Binance documents 8 h for the
others. Without that list no interval is known at all, and none is written.
"""

from __future__ import annotations

import asyncio
from typing import Any

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.faults import SourceFault
from generator.collect.offers import History
from generator.collect.rows import Answer, Row
from generator.collect.tickers import (
    FUNDING_FIELDS,
    OI_FIELDS,
    put_funding,
    put_marks,
    put_oi,
    put_ticker,
)
from generator.collect.venue import each, open_exchange

NAME = "binanceusdm"
DOCUMENTED_INTERVAL_H = 8.0
MOST_OPEN_INTEREST = 20
OI_ENDPOINT = "fapi/v1/openInterest"
HISTORY = History(bars_page=1500, funding_page=1000, oi="4h", oi_page=500,
                  premium="premium_index", premium_page=1500, quote_volume=7)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("linear",))
    answer = await ctx.ask("fapi/v1/ticker/24hr", ex.fetch_tickers)
    for row, ticker in each(ctx, ex, answer.data):
        put_ticker(row, answer, ticker)
    await _funding(ctx, ex)
    await _open_interest(ctx, ex)


async def _funding(ctx: Context, ex: Any) -> None:
    rates, intervals = await asyncio.gather(
        ctx.ask_optional("fapi/v1/premiumIndex", ex.fetch_funding_rates,
                         (*FUNDING_FIELDS, "mark", "index")),
        ctx.ask_optional("fapi/v1/fundingInfo", ex.fetch_funding_intervals,
                         ("funding_interval_h", "funding_8h", "funding_cap", "funding_floor")),
    )  # fmt: skip
    if rates is None:
        return
    kind = "settled" if ctx.clock.replay else "predicted"  # recordings hold settlements only
    for row, rate in each(ctx, ex, rates.data):
        when = rate.get("timestamp")
        put_marks(row, rates, rate.get("markPrice"), rate.get("indexPrice"), when)
        interval, source = _interval(row, intervals)
        put_funding(row, rates, rate.get("fundingRate"), interval, rate.get("fundingTimestamp"),
                    source=source, kind=kind, when=when)  # fmt: skip


def _interval(row: Row, intervals: Answer[Any] | None) -> tuple[float | None, str]:
    if intervals is None:
        return None, ""
    entry = intervals.data.get(row.instrument.symbol)
    if entry is None:
        return DOCUMENTED_INTERVAL_H, "documented"
    info = entry["info"]
    row.put(intervals, "funding_cap", info.get("adjustedFundingRateCap"))
    row.put(intervals, "funding_floor", info.get("adjustedFundingRateFloor"))
    return number(info.get("fundingIntervalHours")), "reported"


async def _open_interest(ctx: Context, ex: Any) -> None:
    """One request per contract: only the most traded, and the majors always."""
    crypto = [r for r in ctx.rows.values() if r.instrument.asset_class == "crypto"]
    crypto.sort(key=lambda r: (
        r.instrument.base not in ctx.settings.majors,
        -(r.get("quote_volume_24h") or 0.0), r.instrument.symbol,
    ))  # fmt: skip
    gate = asyncio.Semaphore(5)

    faults: list[str] = []

    async def one(row: Row) -> None:
        symbol = row.instrument.symbol
        try:
            async with gate:
                answer = await ctx.ask(OI_ENDPOINT, lambda: ex.fetch_open_interest(symbol))
        except SourceFault as fault:
            faults.append(fault.fault.reason)
            return
        oi = answer.data
        put_oi(row, answer, oi.get("openInterestAmount"), 1.0, oi.get("timestamp"), "reported")

    asked = crypto[:MOST_OPEN_INTEREST]
    await asyncio.gather(*(one(r) for r in asked))
    if faults:
        ctx.note(f"{OI_ENDPOINT}: {faults[0]} ({len(faults)} of {len(asked)} contracts)")
    if asked and len(faults) == len(asked):
        ctx.failed.update(OI_FIELDS)
