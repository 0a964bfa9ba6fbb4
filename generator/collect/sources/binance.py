"""Binance spot: every USDT, USDC and USD pair in one call, and the order books of the majors."""

from __future__ import annotations

from generator.collect.context import Context
from generator.collect.depth import sample_books
from generator.collect.offers import LONG, History
from generator.collect.tickers import put_ticker
from generator.collect.venue import each, open_exchange

NAME = "binance"
MOST_LEVELS = 5000
HISTORY = History(bars_page=1000, bars_days=LONG, quote_volume=7, taker_quote=10)


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("spot",), {"defaultType": "spot"})
    answer = await ctx.ask("api/v3/ticker/24hr", ex.fetch_tickers)
    for row, ticker in each(ctx, ex, answer.data):
        put_ticker(row, answer, ticker)
    await sample_books(ctx, ex, "USDT", MOST_LEVELS, "api/v3/depth")
