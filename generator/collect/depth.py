"""Order books of the majors on one spot venue: a sample of depth and spread at every collection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from generator.collect.cleaning import number
from generator.collect.context import Context

WITHIN = 0.01
Side = Sequence[Sequence[Any]]


async def sample_books(ctx: Context, exchange: Any, quote: str, most: int, endpoint: str) -> None:
    """Keeps `#depth_1pct` and `#spread_bp` of every major's pair in `quote`.

    most: levels a side to ask for, the venue's largest.
    """

    async def one(symbol: str) -> None:
        answer = await ctx.ask_aside(endpoint, lambda: exchange.fetch_order_book(symbol, most))
        if answer is not None:
            depth, spread = measure(answer.data)
            ctx.sample(symbol, "depth_1pct", depth, answer.received, endpoint)
            ctx.sample(symbol, "spread_bp", spread, answer.received, endpoint)

    symbols = [f"{base}/{quote}" for base in ctx.settings.majors]
    await asyncio.gather(*(one(s) for s in symbols if s in exchange.markets))


def measure(book: Mapping[str, Side]) -> tuple[float | None, float | None]:
    """(resting size within 1% of the middle, both sides, in quote currency; spread in bp).

    The size is unknown when the levels that were given end before 1% on either side: a sum over
    fewer would be a smaller number of something else. A crossed or empty book gives neither.
    """
    bids, asks = _levels(book.get("bids")), _levels(book.get("asks"))
    if not bids or not asks or bids[0][0] >= asks[0][0]:
        return None, None
    middle = (bids[0][0] + asks[0][0]) / 2
    spread = (asks[0][0] - bids[0][0]) / middle * 1e4
    low, high = middle * (1 - WITHIN), middle * (1 + WITHIN)
    if bids[-1][0] > low or asks[-1][0] < high:
        return None, spread
    near = [p * size for p, size in (*bids, *asks) if low <= p <= high]
    return sum(near), spread


def _levels(side: Side | None) -> list[tuple[float, float]]:
    """(price, size) from the best price outwards; a level that is no number is left out."""
    found = [(number(level[0]), number(level[1])) for level in side or () if len(level) >= 2]
    return [(p, size) for p, size in found if p is not None and size is not None and p > 0]
