"""KuCoin Futures: one call of active contracts has everything.

`nextFundingRateTime` is the time that remains, in ms, not a moment. Open interest is in lots.
"""

from __future__ import annotations

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.tickers import put_funding, put_oi, put_ticker
from generator.collect.venue import contract_size, each, open_exchange

NAME = "kucoinfutures"
HISTORY = History(bars_page=200, funding_page=100, oi="4h", oi_page=200,
                  premium="premium_index", premium_page=1500, volume_in_contracts=True)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("swap",))
    answer = await ctx.ask("api/v1/contracts/active", ex.fetch_tickers)
    for row, ticker in each(ctx, ex, answer.data):
        info = ticker["info"]
        put_ticker(row, answer, ticker)
        span = number(info.get("currentFundingRateGranularity")) or number(
            info.get("fundingRateGranularity")
        )
        left = number(info.get("nextFundingRateTime"))
        put_funding(row, answer, info.get("fundingFeeRate"), span and span / 3_600_000,
                    None if left is None else answer.received + left,
                    source="reported", kind="predicted")  # fmt: skip
        put_oi(row, answer, info.get("openInterest"), contract_size(ex, row), None, "contracts")
