"""Coinbase spot. Pairs in USDC that only mirror the dollar book are left out."""

from __future__ import annotations

from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.tickers import put_ticker
from generator.collect.venue import each, open_exchange

NAME = "coinbase"
HISTORY = History(bars_page=300)


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME)
    answer = await ctx.ask("brokerage/market/products", ex.fetch_tickers)
    for symbol, ticker in answer.data.items():
        if ex.markets.get(symbol, {}).get("spot") and not ticker["info"].get("alias"):
            for row, item in each(ctx, ex, {symbol: ticker}):
                put_ticker(row, answer, item)
