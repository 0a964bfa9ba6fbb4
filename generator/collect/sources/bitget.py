"""Bitget USDT perpetuals: tickers, and current funding for intervals, caps and next times."""

from __future__ import annotations

from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.tickers import FUNDING_FIELDS, hours, put_funding, put_oi, put_ticker
from generator.collect.venue import each, open_exchange

NAME = "bitget"
PRODUCT = {"productType": "USDT-FUTURES"}
HISTORY = History(bars_page=200, funding_page=100, funding_until="pageNo",
                  premium="mark_index", premium_page=200, quote_volume=6)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("swap",), {"defaultType": "swap"})
    answer = await ctx.ask("mix/market/tickers", lambda: ex.fetch_tickers(None, PRODUCT))
    for row, ticker in each(ctx, ex, answer.data):
        put_ticker(row, answer, ticker)
        # holdingAmount is in coins already
        put_oi(row, answer, ticker["info"].get("holdingAmount"), 1.0, ticker.get("timestamp"),
               "ticker")  # fmt: skip
    rates = await ctx.ask_optional(
        "mix/market/current-fund-rate", lambda: ex.fetch_funding_intervals(None, PRODUCT),
        (*FUNDING_FIELDS, "funding_cap", "funding_floor"),
    )  # fmt: skip
    for row, rate in each(ctx, ex, rates.data if rates else {}):
        assert rates is not None
        put_funding(row, rates, rate.get("fundingRate"), hours(rate.get("interval")),
                    rate.get("fundingTimestamp"), source="reported", kind="predicted")  # fmt: skip
        row.put(rates, "funding_cap", rate["info"].get("maxFundingRate"))
        row.put(rates, "funding_floor", rate["info"].get("minFundingRate"))
