"""Stablecoin supply from DefiLlama: dollar pegs, in nominal USD, today and a week ago; of the two
largest also every day of their past."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.model import DAY, Instrument, Series

NAME = "defillama"
URL = "https://stablecoins.llama.fi/stablecoins"
CHART = "https://stablecoins.llama.fi/stablecoincharts/all"
PEG = "peggedUSD"
KEPT = ("USDT", "USDC")


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


async def backfill(ctx: Context) -> None:
    """Daily supply of the two largest, each day's value known at the day's end."""
    await asyncio.gather(*(_past(ctx, s) for s in KEPT if (NAME, s) in ctx.rows))


async def _past(ctx: Context, symbol: str) -> None:
    key, now = (NAME, f"{symbol}#supply", "index"), ctx.clock.start
    newest = ctx.newest(key)
    if newest is not None and newest + DAY > now:
        return
    coin = {"stablecoin": ctx.rows[NAME, symbol].instrument.raw}
    answer = await ctx.ask("stablecoincharts", lambda: ctx.get_json(CHART, coin))
    days = ((number(x.get("date")), number((x.get("totalCirculating") or {}).get(PEG)))
            for x in answer.data)  # fmt: skip
    known = {t * 1000 + DAY: v for t, v in days if t and v and v > 0}
    points = {t: v for t, v in known.items() if (newest or 0) < t <= now}
    if points:
        data = np.array(sorted(points.items()), dtype=np.float64)
        ctx.series.append(Series(NAME, key[1], "index", data, answer.endpoint))
