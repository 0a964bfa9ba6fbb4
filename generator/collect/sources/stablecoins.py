"""Stablecoin supply from DefiLlama: dollar pegs, in nominal USD, today and a week ago."""

from __future__ import annotations

from typing import Any

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.model import Instrument

NAME = "defillama"
URL = "https://stablecoins.llama.fi/stablecoins"
PEG = "peggedUSD"


async def fetch(ctx: Context) -> None:
    answer = await ctx.ask("stablecoins", lambda: ctx.get_json(URL, {"includePrices": "true"}))
    coins = [c for c in answer.data["peggedAssets"] if c.get("pegType") == PEG and _supply(c)]
    # Symbols repeat; the largest supply under a symbol is the coin people mean by it.
    for coin in sorted(coins, key=lambda c: (-(_supply(c) or 0.0), str(c.get("id")))):
        symbol = str(coin.get("symbol") or "").upper()
        if not symbol or (NAME, symbol) in ctx.rows:
            continue
        row = ctx.row(Instrument(NAME, symbol, str(coin.get("id")), "stablecoin", symbol, "USD",
                                 asset_class="stable",
                                 labels=(("name", str(coin.get("name") or "")),)))  # fmt: skip
        row.put(answer, "supply_usd", _supply(coin))
        week = (coin.get("circulatingPrevWeek") or {}).get(PEG)
        row.put(answer, "supply_prev_week_usd", week)
        row.put(answer, "last", coin.get("price"))


def _supply(coin: dict[str, Any]) -> float | None:
    return number((coin.get("circulating") or {}).get(PEG))
