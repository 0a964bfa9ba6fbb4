"""Bybit linear perpetuals: price, mark, index, funding and open interest in one tickers call."""

from __future__ import annotations

from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.tickers import hours, put_funding, put_oi, put_ticker
from generator.collect.venue import each, open_exchange

NAME = "bybit"
HISTORY = History(bars_page=1000, funding_page=200, oi="1h", oi_page=200,
                  premium="premium_index", premium_page=1000, quote_volume=6)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("linear",), {"defaultType": "swap"})
    # The funding call reads the same tickers and, unlike the ticker call, keeps the answer's time.
    answer = await ctx.ask("v5/market/tickers", ex.fetch_funding_rates)
    for row, rate in each(ctx, ex, answer.data):
        info, when = rate["info"], rate.get("timestamp")
        ticker = ex.parse_ticker(info, ex.market(row.instrument.symbol))
        put_ticker(row, answer, {**ticker, "timestamp": when})
        put_funding(row, answer, rate.get("fundingRate"), hours(rate.get("interval")),
                    rate.get("fundingTimestamp"), source="reported",
                    kind="settled" if ctx.clock.replay else "predicted", when=when)  # fmt: skip
        put_oi(row, answer, info.get("openInterest"), 1.0, when, "ticker")
