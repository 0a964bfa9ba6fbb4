"""Binance USDT-margined perpetuals: tickers, premium index, intervals, open interest of 20; dated
futures of the majors out of the same answers; how accounts and top traders were positioned.

`fundingInfo` lists only contracts ever moved off the default; Binance documents 8 h for the
others. Without that list no interval is known at all, and none is written.
"""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from generator.collect.cleaning import number
from generator.collect.context import Context, together
from generator.collect.faults import SourceFault
from generator.collect.offers import LONG, Extra, Fetch, History
from generator.collect.paging import windows
from generator.collect.rows import Answer, Row
from generator.collect.tickers import (
    FUNDING_FIELDS,
    OI_FIELDS,
    put_funding,
    put_marks,
    put_oi,
    put_ticker,
)
from generator.collect.venue import dated_rows, each, open_exchange
from generator.model import DAY, HOUR, Floats

NAME = "binanceusdm"
DOCUMENTED_INTERVAL_H = 8.0
MOST_OPEN_INTEREST = 20
OI_ENDPOINT = "fapi/v1/openInterest"
RATIO_PAGE = 500


def _ratio(path: str) -> Fetch:
    """Hourly ratios of long to short, (ts, ratio); the venue keeps 30 days of them."""

    async def fetch(ctx: Context, row: Row, since: int, now: int) -> Floats:
        call = getattr(ctx.exchange, f"fapiDataGet{path[0].upper()}{path[1:]}")

        async def page(start: int, end: int, limit: int) -> list[list[float]]:
            asked = {"symbol": row.instrument.raw, "period": "1h", "limit": limit,
                     "startTime": start, "endTime": end - 1}  # fmt: skip
            answer = await ctx.ask(f"futures/data/{path}", lambda: call(asked))
            pairs = [(number(x.get("timestamp")), number(x.get("longShortRatio")))
                     for x in answer.data]  # fmt: skip
            return [[t, r] for t, r in pairs if t is not None and r is not None and r > 0]

        # a window that begins 30 days ago or earlier is refused
        first = max(since, (now - 30 * DAY) // HOUR * HOUR + 2 * HOUR)
        found = await windows(page, first, now + 1, HOUR, RATIO_PAGE)
        return np.array(found, dtype=np.float64).reshape(-1, 2)

    return fetch


# The venue gives 1500 candles at most, ccxt asks for 1000 whatever it is told.
HISTORY = History(
    bars_page=1000, bars_days=LONG, funding_page=1000, oi="4h", oi_page=500,
    premium="premium_index", premium_page=1000, quote_volume=7, taker_quote=10,
    extras=(Extra(("long_short_accounts",), _ratio("globalLongShortAccountRatio")),
            Extra(("top_trader_positions",), _ratio("topLongShortPositionRatio"))),
)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("linear",))
    answer, rates, intervals = await together(
        ctx.ask("fapi/v1/ticker/24hr", ex.fetch_tickers),
        ctx.ask_optional("fapi/v1/premiumIndex", ex.fetch_funding_rates,
                         (*FUNDING_FIELDS, "mark", "index")),
        ctx.ask_optional("fapi/v1/fundingInfo", ex.fetch_funding_intervals,
                         ("funding_interval_h", "funding_8h", "funding_cap", "funding_floor")),
    )  # fmt: skip
    for row, ticker in each(ctx, ex, answer.data):
        put_ticker(row, answer, ticker)
    dated = dated_rows(ctx, ex)
    for row in dated:
        put_ticker(row, answer, answer.data.get(row.instrument.symbol) or {})
    _funding(ctx, ex, rates, intervals, dated)
    await _open_interest(ctx, ex)


def _funding(ctx: Context, ex: Any, rates: Answer[Any] | None, intervals: Answer[Any] | None,
             dated: list[Row]) -> None:  # fmt: skip
    if rates is None:
        return
    kind = "settled" if ctx.clock.replay else "predicted"  # recordings hold settlements only
    for row, rate in each(ctx, ex, rates.data):
        when = rate.get("timestamp")
        put_marks(row, rates, rate.get("markPrice"), rate.get("indexPrice"), when)
        interval, source = _interval(row, intervals)
        put_funding(row, rates, rate.get("fundingRate"), interval, rate.get("fundingTimestamp"),
                    source=source, kind=kind, when=when)  # fmt: skip
    for row in dated:
        rate = rates.data.get(row.instrument.symbol) or {}
        row.put(rates, "mark", rate.get("markPrice"), rate.get("timestamp"))
        row.put(rates, "index", rate.get("indexPrice"), rate.get("timestamp"))


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
    perps = [r for r in ctx.rows.values() if r.instrument.kind == "perp_linear"]
    crypto = [r for r in perps if r.instrument.asset_class == "crypto"]
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
