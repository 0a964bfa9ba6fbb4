"""OKX: linear swaps (tickers, funding, open interest, marks, index), spot and dated futures; how
accounts and top traders were positioned.

Swap tickers count volume in contracts and carry no quote volume; `volCcy24h` is in coins. Valued
at the last price it serves to sort contracts by size; what is told is summed from hourly bars.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from generator.collect.cleaning import number
from generator.collect.context import Context, together
from generator.collect.offers import Extra, Fetch, History
from generator.collect.paging import Rows, windows
from generator.collect.rows import Answer, Row
from generator.collect.tickers import (
    FUNDING_FIELDS,
    OI_FIELDS,
    hours,
    put_funding,
    put_oi,
    put_ticker,
)
from generator.collect.venue import dated_rows, each, open_exchange
from generator.model import HOUR, Floats

NAME = "okx"
RATIO_PAGE = 100


def _ratio(path: str) -> Fetch:
    """Hourly ratios of long to short, (ts, ratio); both ends of a window are exclusive here."""
    place = f"rubik/stat/contracts/{path}"
    method = "publicGet" + "".join(w.title() for w in place.replace("/", "-").split("-"))

    async def fetch(ctx: Context, row: Row, since: int, now: int) -> Floats:
        async def page(start: int, end: int, limit: int) -> Rows:
            asked = {"instId": row.instrument.raw, "period": "1H", "begin": start - 1, "end": end,
                     "limit": limit}  # fmt: skip
            answer = await ctx.ask(place, lambda: getattr(ctx.exchange, method)(asked))
            pairs = [(number(t), number(r)) for t, r, *_ in answer.data.get("data") or []]
            return [[t, r] for t, r in pairs if t is not None and r is not None and r > 0]

        found = await windows(page, since, now + 1, HOUR, RATIO_PAGE)
        return np.array(found, dtype=np.float64).reshape(-1, 2)

    return fetch


HISTORY = History(
    bars_page=300, funding_page=100, funding_days=95, funding_until="after", oi="1h", oi_page=100,
    premium="mark_index", premium_page=100, quote_volume=7,
    extras=(
        Extra(("long_short_accounts",), _ratio("long-short-account-ratio-contract")),
        Extra(("top_trader_positions",), _ratio("long-short-position-ratio-contract-top-trader")),
    ),
)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("swap", "spot", "future"), {"defaultType": "swap"})
    await together(_swaps(ctx, ex), _spot(ctx, ex), _dated(ctx, ex))


async def _spot(ctx: Context, ex: Any) -> None:
    if any(m.get("spot") for m in ex.markets.values()):
        answer = await ctx.ask_optional(
            "api/v5/market/tickers?instType=SPOT", lambda: ex.fetch_tickers(None, {"type": "spot"})
        )
        for row, ticker in each(ctx, ex, answer.data if answer else {}):
            put_ticker(row, answer, ticker)  # type: ignore[arg-type]  # rows only with an answer


async def _dated(ctx: Context, ex: Any) -> None:
    """Last and mark prices of dated futures; `_marks` gives them their index."""
    rows = {r.instrument.raw: r for r in dated_rows(ctx, ex)}
    if not rows:
        return
    for endpoint, call, places in (
        ("api/v5/market/tickers?instType=FUTURES", ex.publicGetMarketTickers, {"last": "last"}),
        ("api/v5/public/mark-price?instType=FUTURES", ex.publicGetPublicMarkPrice,
         {"mark": "markPx"}),
    ):  # fmt: skip
        answer = await ctx.ask_aside(endpoint, lambda: call({"instType": "FUTURES"}))  # noqa: B023
        for item in (answer.data.get("data") or []) if answer is not None else []:
            if (row := rows.get(item.get("instId"))) is not None:
                for name, place in places.items():
                    row.put(answer, name, item.get(place), item.get("ts"))  # type: ignore[arg-type]


async def _swaps(ctx: Context, ex: Any) -> None:
    """All answers first, then the rows in one order: an open interest is valued at its mark."""
    if not any(m.get("swap") for m in ex.markets.values()):
        return
    answer, marks, index, rates, interest = await together(
        ctx.ask("api/v5/market/tickers?instType=SWAP",
                lambda: ex.fetch_tickers(None, {"type": "swap"})),
        ctx.ask_optional("api/v5/public/mark-price",
                         lambda: ex.publicGetPublicMarkPrice({"instType": "SWAP"}), ("mark",)),
        ctx.ask_optional("api/v5/market/index-tickers",
                         lambda: ex.publicGetMarketIndexTickers({"quoteCcy": "USDT"}), ("index",)),
        ctx.ask_optional("api/v5/public/funding-rate", ex.fetch_funding_rates, FUNDING_FIELDS),
        ctx.ask_optional("api/v5/public/open-interest", ex.fetch_open_interests, OI_FIELDS),
    )  # fmt: skip
    for row, ticker in each(ctx, ex, answer.data):
        put_ticker(row, answer, ticker, volume_in="none")
        _volumes(row, answer, ticker)
    _marks(ctx, marks, index)
    for row, rate in each(ctx, ex, rates.data if rates else {}):
        _funding(ctx, row, rates, rate)
    for row, oi in each(ctx, ex, interest.data if interest else {}):
        # openInterestAmount counts contracts; `oiCcy` counts coins
        put_oi(row, interest, oi["info"].get("oiCcy"), 1.0, oi.get("timestamp"), "reported")


def _volumes(row: Row, answer: Answer[Any], ticker: Mapping[str, Any]) -> None:
    coins, last = number(ticker["info"].get("volCcy24h")), row.get("last")
    when = ticker.get("timestamp")
    if coins is not None:
        row.put(answer, "base_volume_24h", coins * row.instrument.multiplier, when)
        if last is not None and "base_volume_24h" in row.cells:
            row.derive("quote_volume_24h", coins * last, "base_volume_24h", "last")
            row.labels["turnover_at"] = "last"


def _funding(ctx: Context, row: Row, answer: Answer[Any], rate: Mapping[str, Any]) -> None:
    info, when = rate["info"], rate["info"].get("ts")
    settled = ctx.clock.replay
    put_funding(row, answer, rate.get("fundingRate"), hours(rate.get("interval")),
                rate.get("fundingTimestamp"), source="derived",
                kind="settled" if settled else "predicted", when=when)  # fmt: skip
    row.put(answer, "funding_cap", info.get("maxFundingRate"), when)
    row.put(answer, "funding_floor", info.get("minFundingRate"), when)


def _marks(ctx: Context, marks: Answer[Any] | None, index: Answer[Any] | None) -> None:
    """Marks of swaps; index prices of swaps and of the dated futures on the same pair."""
    swaps = {r.instrument.raw: r for r in ctx.rows.values() if r.instrument.kind == "perp_linear"}
    dated = [r for r in ctx.rows.values() if r.instrument.kind == "future"]
    if marks is not None:
        for item in marks.data.get("data") or []:
            if (row := swaps.get(item.get("instId"))) is not None:
                row.put(marks, "mark", item.get("markPx"), item.get("ts"))
    if index is not None:
        for item in index.data.get("data") or []:
            # an index is named BTC-USDT, the swap on it BTC-USDT-SWAP
            pair = str(item.get("instId"))
            on = [r for r in dated if f"{r.instrument.base}-{r.instrument.quote}" == pair]
            for row in (*on, *filter(None, [swaps.get(f"{pair}-SWAP")])):
                row.put(index, "index", item.get("idxPx"), item.get("ts"))
