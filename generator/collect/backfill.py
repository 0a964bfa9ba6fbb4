"""History for the first run, and what is missing of it on every later one.

Majors: daily and hourly bars, funding, open interest, premium, on every venue that has them, and
index series (positions, liquidations) where a venue publishes them.
Universe: daily bars of the most traded perpetuals on the first perpetual venue that answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import numpy as np

from generator.collect import histories
from generator.collect.cleaning import QUOTES
from generator.collect.context import Context
from generator.collect.faults import SourceFault
from generator.collect.offers import Extra, History
from generator.collect.redenomination import after_last_split, drop_split, jump
from generator.collect.rows import Row
from generator.model import DAY, HOUR, LENGTH, Floats, Series, SeriesKind

UNIVERSE_DAYS = 180
BARS_1H_DAYS = 45
OI_DAYS = 30
PREMIUM_DAYS = 90
AT_ONCE = 4
NEEDED = ("bars_1d", "bars_1h", "funding", "oi")  # without the others a note is whole
MOVERS = 10  # a side
MOVER_TURNOVER = 1e6
MOVER_HOURS_DAYS = 8  # as long for pairs beyond the majors


Tick = Callable[[], None]
Fetch = Callable[[Context, History, Row, int, int], Awaitable[Floats]]


def majors_of(ctx: Context) -> list[Row]:
    """Per major and kind, the one instrument of this venue: USDT before USDC before USD."""
    best: dict[tuple[str, str], Row] = {}
    for row in ctx.rows.values():
        i = row.instrument
        if (
            i.base in ctx.settings.majors
            and i.multiplier == 1
            and i.kind in ("spot", "perp_linear")
        ):
            key = (i.base, i.kind)
            if key not in best or QUOTES.index(i.quote) < QUOTES.index(best[key].instrument.quote):
                best[key] = row
    return [best[k] for k in sorted(best)]


def universe_of(ctx: Context) -> list[Row]:
    """The most traded crypto perpetuals of one venue, by quote turnover of 24 h."""
    rows = [r for r in ctx.rows.values()
            if r.instrument.kind == "perp_linear" and r.instrument.asset_class == "crypto"
            and r.get("quote_volume_24h")]  # fmt: skip
    rows.sort(key=lambda r: (-(r.get("quote_volume_24h") or 0.0), r.instrument.symbol))
    return rows[: ctx.settings.universe_size]


def movers_of(ctx: Context) -> list[Row]:
    """The largest rises and falls among traded crypto perpetuals: a list of movers is only true
    when their age and their hours are known, however little they trade otherwise."""
    rows = [r for r in ctx.rows.values()
            if r.instrument.kind == "perp_linear" and r.instrument.asset_class == "crypto"
            and (r.get("quote_volume_24h") or 0.0) >= MOVER_TURNOVER
            and r.get("pct_24h") is not None]  # fmt: skip
    rows.sort(key=lambda r: (r.get("pct_24h") or 0.0, r.instrument.symbol))
    return [*rows[:MOVERS], *rows[::-1][:MOVERS]]


@dataclass(frozen=True, slots=True)
class Job:
    """One series to bring up to date: `fetch` gives rows of [since, now).

    names: of index series that belong to the instrument, one per column after ts; one request
    may give several. every: ms between two rows, where that is more than the kind's own length.
    """

    row: Row
    kind: SeriesKind
    days: int
    fetch: Fetch
    names: tuple[str, ...] = ()
    every: int = 0

    @property
    def label(self) -> str:
        return self.names[0] if self.names else self.kind

    @property
    def symbols(self) -> tuple[str, ...]:
        symbol = self.row.instrument.symbol
        return tuple(f"{symbol}#{n}" for n in self.names) or (symbol,)


def jobs_of(ctx: Context, history: History, universe: bool) -> list[Job]:
    """What is worth asking here, the most needed first: a deadline cuts off the end."""
    majors = majors_of(ctx)
    perps = [r for r in majors if r.instrument.kind == "perp_linear"]
    jobs = [Job(r, "bars_1d", history.bars_days, histories.bars) for r in majors]
    also = [r for r in ctx.rows.values() if r.instrument.symbol in history.also and r not in majors]
    jobs += [Job(r, "bars_1d", history.bars_days, histories.bars) for r in also]
    jobs += [Job(r, "bars_1h", MOVER_HOURS_DAYS, histories.hourly_bars) for r in also]
    if history.hourly:
        jobs += [Job(r, "bars_1h", BARS_1H_DAYS, histories.hourly_bars) for r in majors]
    if history.funding_page is not None:
        jobs += [Job(r, "funding", history.funding_days, histories.funding) for r in perps]
    if history.oi:
        jobs += [Job(r, "oi", OI_DAYS, histories.open_interest) for r in perps]
    if history.premium:
        jobs += [Job(r, "premium_1h", PREMIUM_DAYS, histories.premium) for r in perps]
    for extra in history.extras:
        jobs += [Job(r, "index", extra.days, _extra(extra), extra.names, extra.every)
                 for r in perps]  # fmt: skip
    if universe:
        known, moved = {r.instrument.symbol for r in majors}, movers_of(ctx)
        wanted = {r.instrument.symbol: r for r in (*moved, *universe_of(ctx))}
        jobs += [Job(r, "bars_1d", UNIVERSE_DAYS, histories.bars) for r in wanted.values()
                 if r.instrument.symbol not in known]  # fmt: skip
        jobs += [Job(r, "bars_1h", MOVER_HOURS_DAYS, histories.hourly_bars) for r in moved
                 if r.instrument.symbol not in known]  # fmt: skip
    return jobs


def _extra(extra: Extra) -> Fetch:
    async def fetch(ctx: Context, _: History, row: Row, since: int, now: int) -> Floats:
        return await extra.fetch(ctx, row, since, now)

    return fetch


async def run(ctx: Context, history: History, jobs: Iterable[Job], tick: Tick) -> None:
    """Every job, some at once, until the venue's deadline; what was fetched stays."""
    ctx.exchange.enableRateLimit = True  # many calls now: the venue's own limits hold
    histories.keep_quote_volume(ctx.exchange, history)
    gate, broken = asyncio.Semaphore(AT_ONCE), _Broken()

    async def one(job: Job) -> None:
        async with gate:
            if not broken.off(job.label):
                await _job(ctx, history, job, broken)
            tick()

    try:
        async with asyncio.timeout(ctx.settings.backfill_deadline_s):
            await asyncio.gather(*(one(j) for j in jobs))
    except TimeoutError:
        ctx.note(f"history: stopped at its deadline of {ctx.settings.backfill_deadline_s:g} s")
    broken.tell(ctx)


class _Broken:
    """Faults per kind of series. Two in a row and that kind is not asked again in this run."""

    def __init__(self) -> None:
        self.count: dict[str, int] = {}
        self.reason: dict[str, str] = {}

    def off(self, kind: str) -> bool:
        return self.count.get(kind, 0) >= 2

    def add(self, kind: str, reason: str) -> None:
        self.count[kind] = self.count.get(kind, 0) + 1
        self.reason.setdefault(kind, reason)

    def tell(self, ctx: Context) -> None:
        for kind, reason in sorted(self.reason.items()):
            tell = ctx.note if kind in NEEDED else ctx.aside
            tell(f"history of {kind}: {reason}")


async def _job(ctx: Context, history: History, job: Job, broken: _Broken) -> None:
    i, now, length = job.row.instrument, ctx.clock.start, LENGTH.get(job.kind, 0)
    newest = _newest(ctx, i.venue, job.symbols, job.kind)
    step = DAY if job.kind == "bars_1d" else HOUR
    since = (now - job.days * DAY) // step * step
    if newest is not None:
        if newest + length + max(length, job.every) > now:
            return  # the bar after the newest one is still in progress
        whole = job.kind == "bars_1d" and _lacks(ctx, history, job.row)
        # inclusive: the overlap shows a re-split and an interval
        since = since if whole else max(since, newest)
    try:
        data = await job.fetch(ctx, history, job.row, since, now)
    except SourceFault as fault:
        broken.add(job.label, fault.fault.reason)
        return
    broken.count[job.label] = 0
    if len(data) and job.kind in ("bars_1d", "bars_1h"):
        data = _without_splits(ctx, job, data)
    for symbol, rows in _apart(job, data):
        known = rows[:, 0] + length <= now
        if (latest := ctx.newest((i.venue, symbol, job.kind))) is not None:
            known &= rows[:, 0] > latest
        if known.any():
            series = Series(i.venue, symbol, job.kind, rows[known], f"{job.label} history")
            ctx.series.append(series)


def _newest(ctx: Context, venue: str, symbols: tuple[str, ...], kind: SeriesKind) -> int | None:
    """The newest ts that all of some series have reached; None when one is not kept at all."""
    found = [ctx.newest((venue, s, kind)) for s in symbols]
    known = [t for t in found if t is not None]
    return min(known) if len(known) == len(found) else None


def _lacks(ctx: Context, history: History, row: Row) -> bool:
    """Whether the past that daily candles also give was never kept, though their bars were."""
    symbol = histories.companion(ctx, history, row)
    return bool(symbol) and ctx.newest((row.instrument.venue, symbol, "index")) is None


def _apart(job: Job, data: Floats) -> list[tuple[str, Floats]]:
    """The table of each series of a job: all columns, or ts and its own where it has a value."""
    if not job.names:
        return [(job.symbols[0], data)]
    tables = [(s, data[:, [0, n]]) for n, s in enumerate(job.symbols, start=1)]
    return [(s, t[np.isfinite(t[:, 1])]) for s, t in tables]


def _without_splits(ctx: Context, job: Job, data: Floats) -> Floats:
    """Bars of one denomination only; and the snapshot's price held against the last bar."""
    data, cut = after_last_split(data)
    if cut:
        ctx.note(f"{job.row.instrument.symbol}: re-split; {cut} bars before it were dropped")
    last, volume = job.row.get("last"), job.row.get("base_volume_24h")
    if job.kind == "bars_1d" and last is not None and volume is not None:
        closed = data[data[:, 0] + DAY <= ctx.clock.start]
        coins = closed[-1, 5] if len(closed) else np.nan
        if len(closed) and jump(closed[-1, 4], last, coins, volume):
            reason = "price jumped by a power of ten against its last daily bar"
            ctx.note(drop_split(job.row, reason))
    return data
