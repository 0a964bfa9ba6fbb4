"""Coinbase spot. Pairs in USDC that only mirror the dollar book are left out, and those
in USDT beside a dollar book: the dollar is where this venue trades."""

from __future__ import annotations

from collections.abc import Collection

from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.tickers import put_ticker
from generator.collect.venue import each, open_exchange

NAME = "coinbase"
HISTORY = History(bars_page=300, also=("USDT/USD",))


def beside_dollars(symbol: str, listed: Collection[str]) -> bool:
    """Whether a pair in USDT stands beside one in dollars."""
    base, _, quote = symbol.partition("/")
    return quote == "USDT" and f"{base}/USD" in listed


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME)
    answer = await ctx.ask("brokerage/market/products", ex.fetch_tickers)
    for symbol, ticker in answer.data.items():
        if beside_dollars(symbol, answer.data):
            continue
        if ex.markets.get(symbol, {}).get("spot") and not ticker["info"].get("alias"):
            for row, item in each(ctx, ex, {symbol: ticker}):
                put_ticker(row, answer, item)
