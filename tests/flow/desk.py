"""The shipped rules and templates, and notes of generated market states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from generator.errors import NotEnoughData
from generator.flow import Note, note
from generator.folders import shipped_rules, shipped_templates
from generator.judge import RuleBook, load_rules
from generator.measure import catalog
from generator.model import COLUMNS, Floats, History, Series, Snapshot
from generator.settings import Config
from generator.write.templates import Templates
from tests.states import random_state

SLOT = "2026-02-28/morning"
MISSING = (0.0, 0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True)
class Shop:
    config: Config
    book: RuleBook
    templates: Templates


@cache
def shop() -> Shop:
    """Read once: a book and a set of templates serve every note."""
    return Shop(
        Config(Path(".")),
        load_rules((shipped_rules(),), catalog()),
        templates("en"),
    )


@cache
def templates(lang: str) -> Templates:
    """The shipped templates of a language: what one test has compiled serves the others."""
    return Templates((shipped_templates(),), lang)


def state(seed: int) -> tuple[Snapshot, History]:
    """A generated state; of every five, one with nothing missing and one with two fifths gone."""
    return random_state(seed, MISSING[seed % len(MISSING)])


def written(snapshot: Snapshot, history: History) -> Note | NotEnoughData:
    """The note, or why there is none."""
    kit = shop()
    try:
        return note(snapshot, history, kit.config, kit.book, kit.templates, seed=SLOT)
    except NotEnoughData as reason:
        return reason


def shuffled(snapshot: Snapshot, history: History, seed: int) -> tuple[Snapshot, History]:
    """The same market with instruments, sources, headlines and series in another order."""
    rng = np.random.Generator(np.random.PCG64(seed))
    order = rng.permutation(len(snapshot.instruments))
    keys = sorted(history.series)
    other = replace(
        snapshot,
        instruments=tuple(snapshot.instruments[i] for i in order),
        headlines=tuple(
            snapshot.headlines[i] for i in rng.permutation(len(snapshot.headlines)).tolist()
        ),
        sources=tuple(snapshot.sources[i] for i in rng.permutation(len(snapshot.sources)).tolist()),
        **{
            name: getattr(snapshot, name)[order]
            for name in ("values", "status", "as_of", "received", "endpoint")
        },
    )
    return other, History({keys[i]: history.series[keys[i]] for i in rng.permutation(len(keys))})


PRICES = ("last", "open_24h", "high_24h", "low_24h", "mark", "index")
AMOUNTS = ("base_volume_24h", "oi_base")


def scaled(snapshot: Snapshot, history: History, factor: float) -> tuple[Snapshot, History]:
    """The same market in a currency worth 1/factor: prices times factor, coins split likewise.

    factor should be a power of two, so that no digit of any ratio moves. Stablecoins keep their
    price: one of them worth two dollars is another market.
    """
    coins = np.array([i.asset_class == "crypto" for i in snapshot.instruments])
    values = snapshot.values.copy()
    for names, by in ((PRICES, factor), (AMOUNTS, 1 / factor)):
        for name in names:
            values[coins, snapshot.fields.index(name)] *= by
    series = {k: _scaled(s, factor) for k, s in history.series.items()}
    return replace(snapshot, values=values), History(series)


def _scaled(series: Series, factor: float) -> Series:
    data = series.data.copy()
    for i, name in enumerate(COLUMNS[series.kind]):
        if name in ("open", "high", "low", "close"):
            data[:, i] *= factor
        elif name in ("base_volume", "oi_base"):
            data[:, i] /= factor
    return Series(series.venue, series.symbol, series.kind, data, series.endpoint)


def without(snapshot: Snapshot, history: History, seed: int) -> tuple[Snapshot, History, str]:
    """The market with one input gone: some cells, a series, a headline or a source; and which."""
    rng = np.random.Generator(np.random.PCG64(seed))
    what = ("cells", "series", "headline", "source")[seed % 4]
    if what == "cells":
        values = snapshot.values.copy()
        values[rng.random(values.shape) < 0.02] = np.nan
        snapshot = replace(snapshot, values=values)
    elif what == "series":
        keys = sorted(k for k in history.series if k[1].startswith(("BTC", "ETH", "FNG")))
        gone = keys[int(rng.integers(len(keys)))] if keys else None
        history = History({k: s for k, s in history.series.items() if k != gone})
    elif what == "headline":
        snapshot = replace(snapshot, headlines=snapshot.headlines[1:])
    else:
        snapshot = _silent(snapshot, rng)
    return snapshot, history, what


def _silent(snapshot: Snapshot, rng: np.random.Generator) -> Snapshot:
    """One venue that answered does not."""
    venues = sorted({i.venue for i in snapshot.instruments})
    gone = venues[int(rng.integers(len(venues)))]
    kept = np.array([i.venue != gone for i in snapshot.instruments])
    sources = tuple(
        replace(s, state="failed", reason="timed out", rows=0) if s.name == gone else s
        for s in snapshot.sources
    )
    arrays: dict[str, Floats] = {
        name: getattr(snapshot, name)[kept]
        for name in ("values", "status", "as_of", "received", "endpoint")
    }
    instruments = tuple(i for i in snapshot.instruments if i.venue != gone)
    return replace(snapshot, instruments=instruments, sources=sources, **arrays)  # type: ignore[arg-type]
