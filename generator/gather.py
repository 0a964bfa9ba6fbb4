"""From a working folder to the state a note is written from: collected, stored, or a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import NotEnoughData
from generator.flow import Memory
from generator.measure import catalog
from generator.model import DAY, HOUR, History, Series, Snapshot
from generator.settings import Config
from generator.write.plan import Recent

if TYPE_CHECKING:
    from generator.collect import Progress
    from generator.flow import Note
    from generator.judge import RuleBook
    from generator.store import Store

FALLBACK = "source_article"
PAST = 3 * DAY  # how far back earlier snapshots are looked at
LED = "led|"  # marks what led, among the phrase ids of a note


def collected(
    config: Config, store: Store, now_ms: int | None, progress: Progress | None
) -> Snapshot:
    """One snapshot from all sources, kept in the store with the history that came with it."""
    from generator.collect import collect
    from generator.scheduled import load_calendar, with_calendar

    # Read first: a calendar that cannot be read is said before any venue is asked.
    named = "calendar.file" in config.origins
    events = load_calendar(config.calendar_path, wanted=named)
    got = collect(
        config.collect_settings(),
        now_ms=now_ms,
        cache_dir=config.cache_path,
        newest=store.newest,
        progress=progress,
    )
    if any(i.kind in ("spot", "perp_linear") for i in got.snapshot.instruments):
        snapshot = with_calendar(got.snapshot, events)
        store.append_series((*got.series, *sampled(snapshot)))
        store.save(snapshot)
        return snapshot
    return got.snapshot


def sampled(snapshot: Snapshot) -> list[Series]:
    """What venues give no past of - open interest, stablecoin supply: one sample per instrument,
    so that history grows by itself."""
    import numpy as np

    oi, usd = snapshot.column("oi_base"), snapshot.column("oi_usd")
    supply = snapshot.column("supply_usd")
    minted = [
        Series(
            i.venue,
            f"{i.symbol}#supply",
            "index",
            np.array([[float(snapshot.now), supply[n]]]),
            "snapshot",
        )
        for n, i in enumerate(snapshot.instruments)
        if np.isfinite(supply[n])
    ]
    return minted + [
        Series(
            i.venue, i.symbol, "oi", np.array([[float(snapshot.now), oi[n], usd[n]]]), "snapshot"
        )
        for n, i in enumerate(snapshot.instruments)
        if np.isfinite(oi[n])
    ]


def blank(snapshot: Snapshot) -> bool:
    """Whether no venue could be reached at all."""
    return not any(i.kind in ("spot", "perp_linear") for i in snapshot.instruments)


def remembered(store: Store, before: int) -> Memory:
    """Phrases and leads of the notes with an earlier as-of, as a later note must see them."""
    said = store.recall(before)
    places = {phrase: place for place, phrase in enumerate(said, 1)}  # of the last time
    leads = [p.split("|") for p in reversed(said) if p.startswith(LED)]
    recent = Recent(tuple((rule, float(size)) for _, rule, size in leads))
    return Memory(places, recent, store.panel(before - 1, before - PAST))


def looking_back(
    memory: Memory, snapshot: Snapshot, history: History, book: RuleBook, config: Config
) -> Memory:
    """The memory, with metrics of as many past midnights as the book's windows ask for.

    A note measures the last three midnights itself, and stored snapshots stand where there are
    any. A rule that looks back further would wait for months: its past is measured from history
    (`backtest.measured`), and what was measured before is kept.
    """
    if book.memory <= PAST:
        return memory
    from dataclasses import replace

    from generator.backtest.measured import KEPT, Bench, measured
    from generator.panels import align, joined
    from generator.show.progress import counted

    today = snapshot.now // DAY * DAY
    first = (snapshot.now - book.memory) // DAY * DAY
    with counted("measuring past days (once)") as progress:
        rows = measured(
            Bench(history, config.market),
            range(first, today - PAST + 1, DAY),
            cache=config.cache_path / KEPT if snapshot.mode != "scenario" else None,
            progress=progress,
        )
    past = align(rows.rows)
    return replace(memory, past=past if memory.past is None else joined(past, memory.past))


def remember(store: Store, note: Note, slot: str) -> None:
    """Keep what this note said, led with and measured; the same run again replaces it.

    Of a slot's runs the approved one is remembered (`approved`), and the latest in a folder where
    nothing was approved.
    """
    lead = note.story.lead
    led = [f"{LED}{lead.rule}|{lead.strength:.3f}"] if lead else []
    run = "/".join(run_name(note.snapshot))
    store.remember(slot, run, [*note.phrases, *led], as_of=note.snapshot.now)
    subjects = tuple(sorted(note.measured.values))
    at = [note.panel.subjects.index(s) for s in subjects]
    known = catalog()
    store.save_metrics(
        note.snapshot.id,
        note.snapshot.now,
        subjects,
        note.panel.scopes,
        {name: column[-1, at] for name, column in note.panel.columns.items()},
        {name: known[name].unit for name in note.panel.columns},
    )


def stored(store: Store, wanted: str | None, until: int | None) -> tuple[Snapshot, History]:
    """A stored snapshot and the history known at its moment."""
    snapshot = store.snapshot(wanted, until=until)
    if snapshot is None:
        subject = wanted or "history"
        raise NotEnoughData(subject, "there is no such snapshot", "`commentary collect` makes one")
    return snapshot, known_then(store, snapshot)


def known_then(store: Store, snapshot: Snapshot) -> History:
    """The history a snapshot may look at; an hour of grace for stamps of its own collection."""
    return store.history().until(snapshot.now + HOUR // 60)


def slot(now: int) -> str:
    """The default slot of a moment: its date and the half of the day (UTC)."""
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(now / 1000, UTC)
    return f"{at:%Y-%m-%d}/{'morning' if at.hour < 12 else 'evening'}"


def run_name(snapshot: Snapshot) -> tuple[str, str]:
    """(date, run) of a run folder, from the snapshot alone: a repeat lands in the same one."""
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(snapshot.now / 1000, UTC)
    tail = snapshot.scenario if snapshot.mode == "scenario" else snapshot.id.rpartition("-")[2]
    return f"{at:%Y-%m-%d}", f"{at:%H%M}-{tail}"


def folder_of(config: Config, snapshot: Snapshot) -> Path:
    date, run = run_name(snapshot)
    return config.output / date / run
