"""Gate perpetuals: tickers, and contracts for marks, funding and open interest."""

from __future__ import annotations

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.tickers import FUNDING_FIELDS, put_funding, put_marks, put_oi, put_ticker
from generator.collect.venue import contract_size, each, open_exchange

NAME = "gate"
HISTORY = History(bars_page=1900, funding_page=1000, oi="4h", oi_page=100,
                  premium="mark_index", premium_page=1900, quote_volume="sum",
                  volume_in_contracts=True)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("swap",), {"defaultType": "swap"})
    answer = await ctx.ask("futures/usdt/tickers", ex.fetch_tickers)
    for row, ticker in each(ctx, ex, answer.data):
        # ccxt makes None of the 0% of a flat coin; the venue's own text keeps it
        percent = ticker["info"].get("change_percentage")
        put_ticker(row, answer, {**ticker, "open": None, "percentage": percent})
    contracts = await ctx.ask_optional(
        "futures/usdt/contracts", ex.fetch_funding_rates, (*FUNDING_FIELDS, "oi_base", "oi_usd")
    )
    for row, rate in each(ctx, ex, contracts.data if contracts else {}):
        assert contracts is not None
        info = rate["info"]
        put_marks(row, contracts, rate.get("markPrice"), rate.get("indexPrice"), None)
        seconds = number(info.get("funding_interval"))
        put_funding(row, contracts, rate.get("fundingRate"), seconds and seconds / 3600,
                    rate.get("fundingTimestamp"), source="reported", kind="predicted")  # fmt: skip
        size = contract_size(ex, row)
        put_oi(row, contracts, info.get("position_size"), size, None, "contracts")
