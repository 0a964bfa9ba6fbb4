"""The Fear & Greed index of alternative.me: one whole number a day, every value a string."""

from __future__ import annotations

from typing import Any

import numpy as np

from generator.collect.cleaning import number, stamp
from generator.collect.context import Context
from generator.model import Instrument, Series

NAME = "alternative.me"
URL = "https://api.alternative.me/fng/"
SYMBOL = "FNG"


async def fetch(ctx: Context) -> None:
    answer = await ctx.ask("fng", lambda: ctx.get_json(URL, {"limit": "2"}))
    newest = answer.data["data"][0]
    row = ctx.row(Instrument(NAME, SYMBOL, SYMBOL, "index", "MARKET", ""))
    row.put(answer, "index_value", newest.get("value"), (number(newest["timestamp"]) or 0) * 1000)
    if classification := newest.get("value_classification"):
        row.labels["name"] = str(classification)


async def backfill(ctx: Context) -> None:
    """Every daily value not yet stored; ts is the start of the value's day, in ms."""
    known = ctx.newest((NAME, SYMBOL, "index"))
    answer = await ctx.ask("fng", lambda: ctx.get_json(URL, {"limit": "0"}))
    rows = [_point(x, answer.received) for x in answer.data["data"]]
    points = {t: v for t, v in (r for r in rows if r) if known is None or t > known}
    if points:
        data = np.array(sorted(points.items()), dtype=np.float64)
        ctx.series.append(Series(NAME, SYMBOL, "index", data, answer.endpoint))


def _point(item: dict[str, Any], now: int) -> tuple[int, float] | None:
    when = stamp((number(item.get("timestamp")) or 0) * 1000, now)
    value = number(item.get("value"))
    return None if when is None or value is None or not 0 <= value <= 100 else (when, value)
