"""One kind of history each: raw pages into float64 rows in the order of model.COLUMNS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.offers import History
from generator.collect.paging import Rows, windows
from generator.collect.rows import Row
from generator.collect.venue import contract_size
from generator.model import COLUMNS, DAY, HOUR, Floats, Series

INTERVALS = (1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 24.0)  # hours between settlements that exist
OI_STEPS = {"1h": HOUR, "4h": 4 * HOUR}


def keep_quote_volume(exchange: Any, history: History) -> None:
    """Add a raw candle's quote volume as a seventh column, and what buyers initiated of it as an
    eighth where the venue says so; ccxt keeps only six."""
    place, parse, bought = history.quote_volume, exchange.parse_ohlcv, history.taker_quote

    def parse_ohlcv(raw: Any, market: Any = None) -> list[Any]:
        quote = None
        if isinstance(place, int) and isinstance(raw, list) and len(raw) > place:
            quote = raw[place]
        elif isinstance(place, str) and isinstance(raw, Mapping):
            quote = raw.get(place)
        kept = [*parse(raw, market), number(quote)]
        there = bought is not None and len(raw) > bought
        return [*kept, number(raw[bought])] if there else kept

    exchange.parse_ohlcv = parse_ohlcv


async def bars(ctx: Context, history: History, row: Row, since: int, now: int) -> Floats:
    return await _bars(ctx, history, row, since, now, "1d", DAY)


async def hourly_bars(ctx: Context, history: History, row: Row, since: int, now: int) -> Floats:
    return await _bars(ctx, history, row, since, now, "1h", HOUR)


async def _bars(ctx: Context, history: History, row: Row, since: int, now: int,
                frame: str, step: int) -> Floats:  # fmt: skip
    until = {} if history.until else {"until": None}
    raw = await _candles(ctx, row, since, now, frame, step, history.bars_page, until)
    if frame == "1d" and companion(ctx, history, row):
        _taker_share(ctx, history, row, raw, now)
    size = (contract_size(ctx.exchange, row) or np.nan) if history.volume_in_contracts else 1.0
    data = _table(raw, COLUMNS["bars_1d"])
    for column in range(1, 5):
        data[~(data[:, column] > 0), column] = np.nan
    data[:, 5] *= size * row.instrument.multiplier
    data[~(data[:, 5] >= 0), 5] = np.nan
    data[~(data[:, 6] >= 0), 6] = np.nan
    return data[np.isfinite(data[:, 4])]  # a bar without a close is no bar


def companion(ctx: Context, history: History, row: Row) -> str:
    """The symbol of the index series that daily candles also give; "" where they give none."""
    wanted = history.taker_quote is not None and row.instrument.base in ctx.settings.majors
    return f"{row.instrument.symbol}#taker_buy_share" if wanted else ""


def _taker_share(ctx: Context, history: History, row: Row, raw: Rows, now: int) -> None:
    """The share of each ended UTC day's turnover that buyers initiated, known at the day's end.

    From the same candles. A share of 0 or 1 of a major's whole day is a field left empty.
    """
    symbol = companion(ctx, history, row)
    table = np.array([[r[0] + DAY, _quotient(r[7], r[6])] for r in raw if len(r) > 7])
    if not len(table):
        return
    newest = ctx.newest((ctx.name, symbol, "index")) or 0
    share = table[:, 1]
    kept = table[(share > 0) & (share < 1) & (table[:, 0] <= now) & (table[:, 0] > newest)]
    if len(kept):
        ctx.series.append(Series(ctx.name, symbol, "index", kept, "candles 1d"))


def _quotient(part: float | None, whole: float | None) -> float:
    return part / whole if part is not None and whole else float("nan")


async def _candles(ctx: Context, row: Row, since: int, now: int, frame: str, step: int,
                   most: int, extra: Mapping[str, Any]) -> Rows:  # fmt: skip
    exchange, symbol = ctx.exchange, row.instrument.symbol

    async def page(start: int, end: int, limit: int) -> Rows:
        params = {k: v for k, v in {"until": end - 1, **extra}.items() if v is not None}
        answer = await ctx.ask(
            f"candles {frame}",
            lambda: exchange.fetch_ohlcv(symbol, frame, start, limit, params),
        )
        return [r for r in answer.data if r and r[0] is not None]

    return await windows(page, since, now, step, most)


async def funding(ctx: Context, history: History, row: Row, since: int, now: int) -> Floats:
    """(ts, rate, interval_h): the interval is the time since the settlement before."""
    exchange, symbol = ctx.exchange, row.instrument.symbol

    async def page(start: int, end: int, limit: int) -> Rows:
        params = {history.funding_until: end} if history.funding_until != "pageNo" else {}
        answer = await ctx.ask(
            "funding history",
            lambda: exchange.fetch_funding_rate_history(symbol, start, limit or None, params),
        )
        return _rates(answer.data)

    if history.funding_until == "pageNo":
        raw = await _numbered(ctx, row, since, history.funding_page or 100)
    elif not history.funding_page:
        raw = [r for r in await page(since, now + 1, 0) if r[0] >= since]
    else:
        step = history.funding_step_h * HOUR
        raw = await windows(page, since, now + 1, step, history.funding_page)
    return with_intervals(_table(raw, COLUMNS["funding"]))


def _rates(items: Any) -> Rows:
    rows = ((x.get("timestamp"), number(x.get("fundingRate"))) for x in items)
    return [[float(t), r] for t, r in rows if t and r is not None]


async def _numbered(ctx: Context, row: Row, since: int, most: int) -> Rows:
    """Pages by number, newest first, until one begins before `since`."""
    exchange, symbol, found = ctx.exchange, row.instrument.symbol, {}
    for number_ in range(1, 60):
        params = {"pageNo": str(number_)}
        answer = await ctx.ask(
            "funding history",
            lambda: exchange.fetch_funding_rate_history(symbol, None, most, params),  # noqa: B023
        )
        rows = _rates(answer.data)
        found.update({r[0]: r for r in rows if r[0] >= since})
        if len(rows) < most or min(r[0] for r in rows) < since:
            break
    return [found[k] for k in sorted(found)]


def with_intervals(data: Floats) -> Floats:
    """Fill interval_h from the stamps: hours since the settlement before, NaN where unsure.

    A gap of twice the neighbours' spacing is a settlement that is missing, not a longer interval.
    """
    if not len(data):
        return data
    spans = np.round(np.diff(data[:, 0]) / HOUR)
    out = np.full(len(data), np.nan)
    out[1:] = np.where(np.isin(spans, INTERVALS), spans, np.nan)
    for i in range(1, len(spans) - 1):
        if spans[i - 1] == spans[i + 1] and spans[i] > spans[i - 1]:
            out[i + 1] = np.nan
    if len(spans):
        out[0] = out[1]
    data[:, 2] = out
    return data


async def open_interest(ctx: Context, history: History, row: Row, since: int, now: int) -> Floats:
    """(ts, coins, USD). Units differ by venue: the unified amount is coins on Binance and Bybit,
    contracts on OKX (coins in `baseVolume`), Gate and KuCoin."""
    exchange, symbol, frame = ctx.exchange, row.instrument.symbol, history.oi or "1h"
    size = contract_size(exchange, row) or np.nan

    async def page(start: int, end: int, limit: int) -> Rows:
        answer = await ctx.ask(
            "open interest history",
            lambda: exchange.fetch_open_interest_history(
                symbol, frame, start, limit, {} if ctx.name == "gate" else {"until": end - 1}
            ),
        )
        return [_interest(x, size, row.instrument.multiplier) for x in answer.data
                if x.get("timestamp")]  # fmt: skip

    step = OI_STEPS[frame]
    # Binance refuses windows that begin 30 days ago or earlier
    since = max(since, now - 30 * DAY + step)
    raw = await windows(page, since, now + 1, step, history.oi_page)
    data = _table(raw, COLUMNS["oi"])
    data[~(data[:, 1] > 0), 1] = np.nan
    data[~(data[:, 2] > 0), 2] = np.nan
    return data[np.isfinite(data[:, 1]) | np.isfinite(data[:, 2])]


def _interest(item: Mapping[str, Any], size: float, multiplier: float) -> list[float]:
    nan = float("nan")
    coins = number(item.get("baseVolume"))
    if coins is None:
        contracts = number(item.get("openInterestAmount"))
        coins = nan if contracts is None else contracts * size
    dollars = number(item.get("openInterestValue"))
    return [float(item["timestamp"]), coins * multiplier, nan if dollars is None else dollars]


async def premium(ctx: Context, history: History, row: Row, since: int, now: int) -> Floats:
    """(ts, bp): the venue's premium index, else mark over index at the same hours' closes."""
    most = history.premium_page
    if history.premium == "premium_index":
        raw = await _candles(ctx, row, since, now, "1h", HOUR, most, {"price": "premiumIndex"})
        return _table([[r[0], _times(r[4], 1e4)] for r in raw], COLUMNS["premium_1h"])
    marks = await _candles(ctx, row, since, now, "1h", HOUR, most, {"price": "mark"})
    index = await _candles(ctx, row, since, now, "1h", HOUR, most, {"price": "index"})
    refs = {r[0]: r[4] for r in index if r[4]}
    both = [[r[0], (r[4] / refs[r[0]] - 1) * 1e4] for r in marks if r[4] and r[0] in refs]
    return _table(both, COLUMNS["premium_1h"])


def _times(value: float | None, by: float) -> float:
    return float("nan") if value is None else value * by


def _table(raw: Rows, columns: tuple[str, ...]) -> Floats:
    """Rows as a float64 table, short ones padded with NaN, ascending and unique by ts."""
    data = np.full((len(raw), len(columns)), np.nan)
    for y, item in enumerate(raw):
        values = [float("nan") if v is None else float(v) for v in item[: len(columns)]]
        data[y, : len(values)] = values
    order = np.argsort(data[:, 0], kind="stable")
    data = data[order]
    keep = np.ones(len(data), dtype=bool)
    keep[1:] = np.diff(data[:, 0]) > 0
    return data[keep]
