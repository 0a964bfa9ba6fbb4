"""Rows of aggregators: one coin, one price over all venues, a market value."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from generator.collect.cleaning import asset_class
from generator.collect.context import Context
from generator.collect.rows import Answer
from generator.model import Instrument


class Quote(NamedTuple):
    """An aggregator's coin as it came: USD price, % of 24 h, USD volume, USD value, ISO time."""

    id: Any
    ticker: Any
    name: Any
    price: Any
    pct_24h: Any
    volume: Any
    market_cap: Any
    updated: Any


def iso_ms(text: Any) -> int | None:
    """ISO 8601 to ms; None for anything else, and for a time without a zone."""
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return None if moment.tzinfo is None else int(moment.timestamp() * 1000)


def put_quote(ctx: Context, answer: Answer[Any], quote: Quote) -> None:
    if not quote.id or not quote.ticker:
        return
    base = str(quote.ticker).upper()
    row = ctx.row(
        Instrument(ctx.name, str(quote.id), str(quote.id), "aggregate", base, "USD",
                   asset_class=asset_class(base), labels=(("name", str(quote.name or "")),))
    )  # fmt: skip
    when = iso_ms(quote.updated)
    row.labels |= {"pct_window": "rolling24h", "volume_scope": "all venues the aggregator counts"}
    row.put(answer, "last", quote.price, when)
    row.put(answer, "pct_24h", quote.pct_24h, when)
    row.put(answer, "quote_volume_24h", quote.volume, when)
    row.put(answer, "market_cap_usd", quote.market_cap, when)
