"""Hyperliquid perpetuals: one call has funding, marks, open interest, volume, previous price.

There is no last trade in it: `last` is the mid price, and the label `last_kind` says so.
"""

from __future__ import annotations

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.offers import LONG, History
from generator.collect.tickers import put_change, put_funding, put_marks, put_oi
from generator.collect.venue import each, open_exchange

NAME = "hyperliquid"
HISTORY = History(bars_page=5000, bars_days=LONG, funding_page=500, funding_step_h=1)


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("swap",))
    answer = await ctx.ask("info metaAndAssetCtxs", ex.fetch_funding_rates)
    for row, rate in each(ctx, ex, answer.data):
        info, kind = rate["info"], "settled" if ctx.clock.replay else "predicted"
        row.put(answer, "last", info.get("midPx"))
        row.labels |= {"last_kind": "mid", "pct_window": "rolling24h"}
        put_change(row, answer, info.get("prevDayPx"), None, None)
        row.put(answer, "quote_volume_24h", info.get("dayNtlVlm"))
        coins = number(info.get("dayBaseVlm"))
        if coins is not None:
            row.put(answer, "base_volume_24h", coins * row.instrument.multiplier)
        put_marks(row, answer, info.get("markPx"), info.get("oraclePx"), None)
        put_funding(row, answer, info.get("funding"), 1.0, rate.get("fundingTimestamp"),
                    source="fixed", kind=kind)  # fmt: skip
        put_oi(row, answer, info.get("openInterest"), 1.0, None, "ticker")
