"""Deribit: its volatility index, and dated futures on BTC and ETH.

The futures are settled in coins but priced in USD, one dollar a contract unit, so that open
interest counts dollars; the label `settled_in` says so. Liquidations are left out: the public
trades hold a sample of them, and a sample is no total.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import numpy as np

from generator.collect.cleaning import number
from generator.collect.context import Context, together
from generator.collect.paging import Rows, windows
from generator.collect.rows import Answer
from generator.collect.venue import open_exchange
from generator.model import DAY, HOUR, Instrument, Series

NAME = "deribit"
OFFERED = ("BTC", "ETH")  # what both the index and the futures exist for
DVOL_DAYS = 365
DVOL_PAGE = 1000
DVOL_ENDPOINT = "public/get_volatility_index_data"
SUMMARY = "public/get_book_summary_by_currency"


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, listed=False)
    coins = [c for c in OFFERED if c in ctx.settings.majors]
    await together(*(_futures(ctx, ex, c) for c in coins))


async def _futures(ctx: Context, ex: Any, coin: str) -> None:
    wanted = {"currency": coin, "kind": "future"}
    summary, listed = await together(
        ctx.ask(SUMMARY, lambda: ex.publicGetGetBookSummaryByCurrency(wanted)),
        ctx.ask_optional(
            "public/get_instruments",
            lambda: ex.publicGetGetInstruments({**wanted, "expired": "false"}),
        ),
    )
    found = listed.data["result"] if listed is not None else ()
    contracts = {c["instrument_name"]: c for c in found}
    for item in summary.data["result"]:
        contract = contracts.get(item.get("instrument_name"))
        if contract is not None:
            _row(ctx, ex, summary, item, contract)


def _row(ctx: Context, ex: Any, answer: Answer[Any], item: Mapping[str, Any],
         contract: Mapping[str, Any]) -> None:  # fmt: skip
    expiry, coin = number(contract.get("expiration_timestamp")), str(contract["base_currency"])
    if contract.get("settlement_period") == "perpetual" or contract.get("quote_currency") != "USD":
        return
    if expiry is None or expiry <= ctx.clock.now() or str(contract.get("is_active")) == "False":
        return
    symbol, raw = f"{coin}/USD:{coin}-{ex.yymmdd(int(expiry))}", str(item["instrument_name"])
    labels = (("expiry", str(int(expiry))), ("settled_in", coin))
    row = ctx.row(Instrument(NAME, symbol, raw, "future", coin, "USD", labels=labels))
    when = item.get("creation_timestamp")
    row.put(answer, "last", item.get("last"), when)
    row.put(answer, "mark", item.get("mark_price"), when)
    # the estimate of the delivery price is the index, save in a contract's last half hour
    if expiry - ctx.clock.now() > HOUR:
        row.put(answer, "index", item.get("estimated_delivery_price"), when)
    row.put(answer, "oi_usd", item.get("open_interest"), when)
    row.put(answer, "quote_volume_24h", item.get("volume_usd"), when)


async def backfill(ctx: Context) -> None:
    """Hourly closes of the volatility index (vol points), each known at the end of its hour."""
    ctx.exchange.enableRateLimit = True
    await asyncio.gather(*(_dvol(ctx, c) for c in OFFERED if c in ctx.settings.majors))


async def _dvol(ctx: Context, coin: str) -> None:
    now, symbol = ctx.clock.start, f"{coin}-DVOL"
    newest = ctx.newest((NAME, symbol, "index"))
    since = (now - DVOL_DAYS * DAY) // HOUR * HOUR if newest is None else newest
    if now - since < HOUR:
        return

    async def page(start: int, end: int, limit: int) -> Rows:
        asked = {"currency": coin, "start_timestamp": start, "end_timestamp": end - 1,
                 "resolution": "3600"}  # fmt: skip
        answer = await ctx.ask(
            DVOL_ENDPOINT, lambda: ctx.exchange.publicGetGetVolatilityIndexData(asked)
        )
        return [[float(r[0]), float(r[4])] for r in answer.data["result"]["data"]]

    rows = np.array(await windows(page, since, now, HOUR, DVOL_PAGE), dtype=np.float64)
    rows = rows.reshape(-1, 2)
    # A candle's stamp is taken for its start: were it the end, the value would be an hour older.
    rows[:, 0] += HOUR
    kept = rows[(rows[:, 0] <= now) & (rows[:, 0] > (newest or 0)) & (rows[:, 1] > 0)]
    if len(kept):
        ctx.series.append(Series(NAME, symbol, "index", kept, DVOL_ENDPOINT))
