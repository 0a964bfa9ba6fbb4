"""CoinGecko: market values of the 500 largest coins, keyed by id, because tickers repeat; and the
whole market's value with BTC's share of it.

Samples are kept of the whole and of the majors at each collection, of the others once a UTC day."""

from __future__ import annotations

from generator.collect.aggregates import Quote, put_quote
from generator.collect.cleaning import number, stamp
from generator.collect.context import Context, together
from generator.collect.faults import SourceFault
from generator.collect.rows import Row
from generator.model import DAY

NAME = "coingecko"
URL = "https://api.coingecko.com/api/v3/coins/markets"
GLOBAL = "https://api.coingecko.com/api/v3/global"
PAGES = 2


async def fetch(ctx: Context) -> None:
    await together(_coins(ctx), _whole(ctx))


async def _whole(ctx: Context) -> None:
    """The market's value in USD and BTC's share in percent, as old as the answer says."""
    answer = await ctx.ask_aside("global", lambda: ctx.get_json(GLOBAL))
    data = answer.data.get("data") if answer is not None and isinstance(answer.data, dict) else None
    if answer is None or not isinstance(data, dict):
        return
    when = stamp((number(data.get("updated_at")) or 0) * 1000, answer.received)
    total = number((data.get("total_market_cap") or {}).get("usd"))
    share = number((data.get("market_cap_percentage") or {}).get("btc"))
    if when is not None and total is not None and total > 0:
        ctx.sample("TOTAL", "market_cap", total, when, answer.endpoint)
    if when is not None and share is not None and 0 < share < 100:
        ctx.sample("BTC", "dominance", share, when, answer.endpoint)


async def _coins(ctx: Context) -> None:
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
        if page == 1:
            _sample(ctx)
        if len(answer.data) < 250:
            return


def _sample(ctx: Context) -> None:
    """`<BASE>#market_cap` of the coins so far; of a ticker that repeats, the largest coin's."""
    largest: dict[str, Row] = {}
    for row in ctx.rows.values():
        base, value = row.instrument.base, row.get("market_cap_usd")
        if value is not None and value > (largest[base].get("market_cap_usd") or 0.0
                                          if base in largest else 0.0):  # fmt: skip
            largest[base] = row
    for base, row in sorted(largest.items()):
        cell = row.cells["market_cap_usd"]
        when = cell.as_of or cell.received
        newest = ctx.newest((NAME, f"{base}#market_cap", "index")) or 0
        if base in ctx.settings.majors or newest // DAY < when // DAY:
            ctx.sample(base, "market_cap", cell.value, when, cell.endpoint)
