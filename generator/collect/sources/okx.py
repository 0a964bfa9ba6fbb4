"""OKX: linear swaps (tickers, funding, open interest, marks, index) and spot.

Swap tickers count volume in contracts and carry no quote volume; `volCcy24h` is in coins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.rows import Answer, Row
from generator.collect.tickers import (
    FUNDING_FIELDS,
    OI_FIELDS,
    hours,
    put_funding,
    put_oi,
    put_ticker,
)
from generator.collect.venue import each, open_exchange

NAME = "okx"
HISTORY = History(bars_page=300, funding_page=100, funding_days=95, funding_until="after",
                  oi="1h", oi_page=100, premium="mark_index", premium_page=100,
                  quote_volume=7)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("swap", "spot"), {"defaultType": "swap"})
    if any(m.get("swap") for m in ex.markets.values()):
        await _swap(ctx, ex)
    if any(m.get("spot") for m in ex.markets.values()):
        answer = await ctx.ask_optional(
            "api/v5/market/tickers?instType=SPOT", lambda: ex.fetch_tickers(None, {"type": "spot"})
        )
        for row, ticker in each(ctx, ex, answer.data if answer else {}):
            put_ticker(row, answer, ticker)  # type: ignore[arg-type]  # rows only with an answer


async def _swap(ctx: Context, ex: Any) -> None:
    answer = await ctx.ask(
        "api/v5/market/tickers?instType=SWAP", lambda: ex.fetch_tickers(None, {"type": "swap"})
    )
    for row, ticker in each(ctx, ex, answer.data):
        put_ticker(row, answer, ticker, volume_in="none")
        _volumes(row, answer, ticker)
    await _marks(ctx, ex)
    rates = await ctx.ask_optional(
        "api/v5/public/funding-rate", ex.fetch_funding_rates, FUNDING_FIELDS
    )
    for row, rate in each(ctx, ex, rates.data if rates else {}):
        assert rates is not None
        _funding(ctx, row, rates, rate)
    interest = await ctx.ask_optional(
        "api/v5/public/open-interest", ex.fetch_open_interests, OI_FIELDS
    )
    for row, oi in each(ctx, ex, interest.data if interest else {}):
        assert interest is not None
        # openInterestAmount counts contracts; `oiCcy` counts coins
        put_oi(row, interest, oi["info"].get("oiCcy"), 1.0, oi.get("timestamp"), "reported")


def _volumes(row: Row, answer: Answer[Any], ticker: Mapping[str, Any]) -> None:
    coins, last = number(ticker["info"].get("volCcy24h")), row.get("last")
    when = ticker.get("timestamp")
    if coins is not None:
        row.put(answer, "base_volume_24h", coins * row.instrument.multiplier, when)
        if last is not None and "base_volume_24h" in row.cells:
            row.derive("quote_volume_24h", coins * last, "base_volume_24h", "last")


def _funding(ctx: Context, row: Row, answer: Answer[Any], rate: Mapping[str, Any]) -> None:
    info, when = rate["info"], rate["info"].get("ts")
    settled = ctx.clock.replay
    put_funding(row, answer, rate.get("fundingRate"), hours(rate.get("interval")),
                rate.get("fundingTimestamp"), source="derived",
                kind="settled" if settled else "predicted", when=when)  # fmt: skip
    row.put(answer, "funding_cap", info.get("maxFundingRate"), when)
    row.put(answer, "funding_floor", info.get("minFundingRate"), when)


async def _marks(ctx: Context, ex: Any) -> None:
    by_id = {r.instrument.raw: r for r in ctx.rows.values() if r.instrument.kind == "perp_linear"}
    marks = await ctx.ask_optional(
        "api/v5/public/mark-price", lambda: ex.publicGetPublicMarkPrice({"instType": "SWAP"}),
        ("mark",),
    )  # fmt: skip
    for item in (marks.data.get("data") or []) if marks else []:
        if (row := by_id.get(item.get("instId"))) is not None and marks is not None:
            row.put(marks, "mark", item.get("markPx"), item.get("ts"))
    index = await ctx.ask_optional(
        "api/v5/market/index-tickers",
        lambda: ex.publicGetMarketIndexTickers({"quoteCcy": "USDT"}), ("index",),
    )  # fmt: skip
    for item in (index.data.get("data") or []) if index else []:
        # an index is named BTC-USDT, the swap on it BTC-USDT-SWAP
        if (row := by_id.get(f"{item.get('instId')}-SWAP")) is not None and index is not None:
            row.put(index, "index", item.get("idxPx"), item.get("ts"))
