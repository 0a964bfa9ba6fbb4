"""CoinMarketCap listings; only with a key."""

from __future__ import annotations

from generator.collect.aggregates import Quote, put_quote
from generator.collect.context import Context
from generator.collect.faults import Skipped

NAME = "coinmarketcap"
URL = "https://pro-api.coinmarketcap.com/v1/cryptocurrency/listings/latest"


async def fetch(ctx: Context) -> None:
    key = ctx.settings.coinmarketcap_key
    if not key:
        raise Skipped("no key is set")
    headers = {"X-CMC_PRO_API_KEY": key}
    params = {"limit": "500", "convert": "USD"}
    answer = await ctx.ask("listings/latest", lambda: ctx.get_json(URL, params, headers))
    for coin in answer.data.get("data") or []:
        usd = (coin.get("quote") or {}).get("USD") or {}
        put_quote(ctx, answer, Quote(
            coin.get("slug") or coin.get("id"), coin.get("symbol"), coin.get("name"),
            usd.get("price"), usd.get("percent_change_24h"), usd.get("volume_24h"),
            usd.get("market_cap"), usd.get("last_updated") or coin.get("last_updated"),
        ))  # fmt: skip
