"""One collection: every source side by side, then history, then one snapshot of it all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from generator.collect import backfill, discover
from generator.collect.clock import Clock
from generator.collect.context import Context, Newest
from generator.collect.faults import Fault, Skipped, SourceFault, classify
from generator.collect.network import NO_NETWORK, reachable
from generator.collect.redenomination import against_itself, against_other_venues, drop_split
from generator.collect.rows import Row, assemble, refusals
from generator.collect.settings import CollectSettings
from generator.collect.tickers import put_premium
from generator.model import Series, Snapshot, Source, SourceState

# Where a venue's spot book goes by another name than its perpetuals.
SPOT_OF = {"binanceusdm": "binance"}
CLOSING_S = 5.0


class Progress(Protocol):
    """Told about the collection as it goes. `state` is `asking`, then a SourceState."""

    def source(self, name: str, state: str, detail: str) -> None: ...

    def backfill(self, done: int, total: int) -> None: ...


@dataclass(frozen=True)
class Collected:
    """A snapshot, and the history rows that are not stored yet."""

    snapshot: Snapshot
    series: tuple[Series, ...]


class _Silent:
    def source(self, name: str, state: str, detail: str) -> None: ...

    def backfill(self, done: int, total: int) -> None: ...


@dataclass
class _Run:
    """One source in one run, and what became of it."""

    module: Any
    ctx: Context
    fault: Fault | None = None
    skipped: str = ""
    seconds: float = 0.0
    limit: asyncio.Timeout | None = None

    def result(self) -> Source:
        ctx = self.ctx
        told = [*sorted(ctx.notes), *refusals(ctx.rows.values(), ctx.settings.majors)]
        name, notes = ctx.name, "; ".join(told)
        rows = sum(bool(r.cells) for r in ctx.rows.values()) + len(ctx.headlines)
        state: SourceState = "ok" if not notes else "partial"
        asides = "without " + "; ".join(sorted(ctx.asides)) if ctx.asides else ""
        if self.skipped:
            state, notes = "skipped", self.skipped
        elif self.fault is not None and not rows:
            state, notes = self.fault.state, self.fault.reason
        elif self.fault is not None:
            state, notes = "partial", "; ".join([self.fault.reason, *told])
        elif not rows and name != "headlines":
            state, notes = "failed", notes or "it answered with nothing in it"
        if state in ("ok", "partial"):
            notes = "; ".join(n for n in (notes, asides) if n)
        return Source(name, state, notes[:500], round(self.seconds, 3), rows)


def collect(settings: CollectSettings, *, now_ms: int | None, cache_dir: Path, newest: Newest,
            progress: Progress | None = None) -> Collected:  # fmt: skip
    """Ask every source once. Never raises for a source's sake; UsageError for an unknown name.

    now_ms (UTC ms) replays a moment: all clocks start there and the snapshot's mode is `replay`.
    newest(key) is the newest stored ts of a series, None when there is none.
    """
    modules = discover.chosen(settings)
    clock = Clock(now_ms)
    runs = [_Run(m, Context(m.NAME, settings, clock, cache_dir, newest)) for m in modules]
    return asyncio.run(_collect(settings, clock, runs, progress or _Silent()))


async def _collect(settings: CollectSettings, clock: Clock, runs: list[_Run],
                   progress: Progress) -> Collected:  # fmt: skip
    try:
        if reachable(settings):  # nothing else is under way yet: blocking is no loss
            watch = asyncio.create_task(_give_up_together(runs, settings.silence_s))
            await asyncio.gather(*(_fetch(r, progress) for r in runs))
            watch.cancel()
        else:
            for run in runs:
                run.fault = NO_NETWORK
                progress.source(run.ctx.name, NO_NETWORK.state, NO_NETWORK.reason)
        asked = clock.now()
        _check(runs)
        if settings.backfill:
            await _backfill(settings, runs, progress)
    finally:
        await asyncio.gather(*(_close(r.ctx) for r in runs))
    now = clock.start if clock.replay else asked
    snapshot = assemble(
        [r for run in runs for r in run.ctx.rows.values() if r.cells],
        [run.result() for run in runs],
        [h for run in runs for h in run.ctx.headlines],
        now, "replay" if clock.replay else "live", _failed(runs),
    )  # fmt: skip
    series = [s for run in runs for s in run.ctx.series]
    series.sort(key=lambda s: (s.venue, s.symbol, s.kind))
    return Collected(snapshot, tuple(series))


def _late(run: _Run, began: float) -> Fault:
    limit = run.ctx.settings.deadline_s
    if time.monotonic() - began < limit - 0.5:
        return Fault("failed", "given up: no source at all had answered")
    return Fault("failed", f"stopped at its deadline of {limit:g} s")


async def _give_up_together(runs: list[_Run], silence_s: float) -> None:
    """When nothing at all has answered for a while, nothing will: all deadlines become now."""
    await asyncio.sleep(silence_s)
    if not any(run.ctx.rows or run.ctx.headlines for run in runs):
        now = asyncio.get_running_loop().time()
        for run in runs:
            if run.limit is not None and not run.limit.expired():
                run.limit.reschedule(now)


def _failed(runs: list[_Run]) -> Mapping[str, frozenset[str]]:
    return {run.ctx.name: frozenset(run.ctx.failed) for run in runs}


async def _fetch(run: _Run, progress: Progress) -> None:
    """One source under its deadline. Whatever it raises is its own affair."""
    ctx, began = run.ctx, time.monotonic()
    progress.source(ctx.name, "asking", "")
    try:
        async with asyncio.timeout(ctx.settings.deadline_s) as limit:
            run.limit = limit
            await run.module.fetch(ctx)
    except Skipped as reason:
        run.skipped = str(reason)
    except SourceFault as error:
        run.fault = error.fault
    except Exception as error:
        late = run.limit is not None and run.limit.expired()
        run.fault = _late(run, began) if late else classify(error, ctx.settings.request_s)
    run.seconds = time.monotonic() - began
    result = run.result()
    progress.source(ctx.name, result.state, result.reason)


def _check(runs: list[_Run]) -> None:
    """Doubts that need more than one row: premiums over spot, and re-split contracts."""
    by_name = {run.ctx.name: run.ctx for run in runs}
    everything = [row for run in runs for row in run.ctx.rows.values()]
    for row, why in (*against_other_venues(everything), *against_itself(everything)):
        by_name[row.instrument.venue].note(drop_split(row, why))
    spots = {(r.instrument.venue, r.instrument.base, r.instrument.quote): r
             for r in everything if r.instrument.kind == "spot"}  # fmt: skip
    for row in everything:
        if row.instrument.kind == "perp_linear":
            put_premium(row, _spot_of(row, spots))


def _spot_of(row: Row, spots: Mapping[tuple[str, str, str], Row]) -> Row | None:
    i = row.instrument
    return spots.get((SPOT_OF.get(i.venue, i.venue), i.base, i.quote))


async def _backfill(settings: CollectSettings, runs: list[_Run], progress: Progress) -> None:
    """History of every venue that answered; a fault here never costs a snapshot row."""
    plans: list[tuple[_Run, list[backfill.Job]]] = []
    free = True  # the first perpetual venue that answered carries the universe
    for run in runs:
        history = getattr(run.module, "HISTORY", None)
        if history is None or run.ctx.exchange is None or not run.ctx.rows:
            continue
        universe = free and bool(backfill.universe_of(run.ctx))
        free = free and not universe
        plans.append((run, backfill.jobs_of(run.ctx, history, universe)))
    own = [r for r in runs if hasattr(r.module, "backfill") and r.ctx.rows]
    total, done = sum(len(j) for _, j in plans) + len(own), 0

    def tick() -> None:
        nonlocal done
        done += 1
        progress.backfill(done, total)

    async def apart(run: _Run) -> None:
        try:
            async with asyncio.timeout(settings.deadline_s):
                await run.module.backfill(run.ctx)
        except Exception as error:
            run.ctx.note(f"history: {classify(error, settings.request_s).reason}")
        tick()

    async def venue(run: _Run, jobs: list[backfill.Job]) -> None:
        try:
            await backfill.run(run.ctx, run.module.HISTORY, jobs, tick)
        except Exception as error:
            run.ctx.note(f"history: {classify(error, settings.request_s).reason}")

    await asyncio.gather(*(venue(r, j) for r, j in plans), *(apart(r) for r in own))


async def _close(ctx: Context) -> None:
    try:
        async with asyncio.timeout(CLOSING_S):
            await ctx.stack.aclose()
    except Exception:
        return
