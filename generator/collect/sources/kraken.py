"""Kraken spot: the dollar prices of the majors and of the two large dollar stablecoins.

Its change is counted from 00:00 UTC and its tickers carry no stamp: only the price is taken as it
is. It keeps 720 candles of a size, and takes no end of a page.
"""

from __future__ import annotations

from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.tickers import put_ticker
from generator.collect.venue import each, open_exchange

NAME = "kraken"
STABLE_PAIRS = ("USDT/USD", "USDC/USD")
HISTORY = History(bars_page=720, bars_days=718, hourly=False, until=False, also=STABLE_PAIRS)


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME)
    wanted = [f"{base}/USD" for base in ctx.settings.majors]
    pairs = [p for p in (*wanted, *STABLE_PAIRS) if p in ex.markets]
    answer = await ctx.ask("0/public/Ticker", lambda: ex.fetch_tickers(pairs))
    for row, ticker in each(ctx, ex, answer.data):
        put_ticker(row, answer, ticker, window="utc_day")
