"""CoinGecko: market values of the 500 largest coins. Keyed by id, because tickers repeat."""

from __future__ import annotations

from generator.collect.aggregates import Quote, put_quote
from generator.collect.context import Context
from generator.collect.faults import SourceFault

NAME = "coingecko"
URL = "https://api.coingecko.com/api/v3/coins/markets"
PAGES = 2


async def fetch(ctx: Context) -> None:
    for page in range(1, PAGES + 1):
        params = {"vs_currency": "usd", "order": "market_cap_desc", "per_page": "250",
                  "page": str(page)}  # fmt: skip
        try:
            answer = await ctx.ask("coins/markets", lambda: ctx.get_json(URL, params))  # noqa: B023
        except SourceFault as fault:
            if page == 1:
                raise
            ctx.note(f"page {page}: {fault.fault.reason}")
            return
        for coin in answer.data:
            put_quote(ctx, answer, Quote(
                coin.get("id"), coin.get("symbol"), coin.get("name"), coin.get("current_price"),
                coin.get("price_change_percentage_24h"), coin.get("total_volume"),
                coin.get("market_cap"), coin.get("last_updated"),
            ))  # fmt: skip
        if len(answer.data) < 250:
            return
