"""Kraken Futures linear perpetuals: one tickers call.

Funding arrives in quote currency per contract and hour; divided by the mark price it is a rate.
ccxt clips that quotient at 25%, a number nobody quoted, so it is computed here.
"""

from __future__ import annotations

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.offers import LONG, History
from generator.collect.tickers import put_funding, put_oi, put_ticker
from generator.collect.venue import each, open_exchange

NAME = "krakenfutures"
HISTORY = History(
    bars_page=2000, bars_days=LONG, funding_page=0, premium="mark_index", premium_page=2000
)


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME)
    answer = await ctx.ask("derivatives/api/v3/tickers", ex.fetch_tickers)
    for row, ticker in each(ctx, ex, answer.data):
        info, when = ticker["info"], ticker.get("timestamp")
        if str(info.get("suspended")).lower() == "true":
            ctx.rows.pop((row.instrument.venue, row.instrument.symbol), None)
            continue
        put_ticker(row, answer, ticker)
        row.put(answer, "high_24h", info.get("high24h"), when)
        row.put(answer, "low_24h", info.get("low24h"), when)
        row.put(answer, "quote_volume_24h", info.get("volumeQuote"), when)
        paid, mark = number(info.get("fundingRate")), row.get("mark")
        rate = None if paid is None or mark is None else paid / mark
        put_funding(row, answer, rate, 1.0, None, source="fixed", kind="settled", when=when)
        put_oi(row, answer, info.get("openInterest"), 1.0, when, "ticker")
