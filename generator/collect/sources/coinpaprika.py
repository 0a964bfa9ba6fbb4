"""CoinPaprika: about 2,000 coins in one call, micro-caps included."""

from __future__ import annotations

from generator.collect.aggregates import Quote, put_quote
from generator.collect.context import Context

NAME = "coinpaprika"
URL = "https://api.coinpaprika.com/v1/tickers"


async def fetch(ctx: Context) -> None:
    answer = await ctx.ask("v1/tickers", lambda: ctx.get_json(URL))
    for coin in answer.data:
        usd = (coin.get("quotes") or {}).get("USD") or {}
        put_quote(ctx, answer, Quote(
            coin.get("id"), coin.get("symbol"), coin.get("name"), usd.get("price"),
            usd.get("percent_change_24h"), usd.get("volume_24h"), usd.get("market_cap"),
            coin.get("last_updated"),
        ))  # fmt: skip
