"""Ways in which a market state can lack something: fields, instruments, venues, series, rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.model import History, Series, SeriesKey, Snapshot, Status
from tests.truth.rich import State

Rng = np.random.Generator
T = TypeVar("T")
MAJORS = ("BTC", "ETH", "MARKET", "FNG", "ALT", "TOTAL", "SPX", "NDX", "DXY", "US10Y", "USD")


def field_of_a_venue(state: State, rng: Rng) -> tuple[str, State]:
    """One field of every instrument of a venue."""
    snapshot, history = state
    venue = _pick(rng, sorted({i.venue for i in snapshot.instruments}))
    rows = np.array([i.venue == venue for i in snapshot.instruments])
    known = [f for f in snapshot.fields if np.isfinite(snapshot.column(f)[rows]).any()]
    name = _pick(rng, known or ["last"])
    return f"{name} of {venue}", (_without_cells(snapshot, rows, name), history)


def field_of_an_instrument(state: State, rng: Rng) -> tuple[str, State]:
    snapshot, history = state
    row = _pick(rng, _majors(snapshot))
    name = _pick(rng, [f for f in snapshot.fields if np.isfinite(snapshot.column(f)[row])] or [""])
    inst = snapshot.instruments[row]
    rows = np.arange(len(snapshot.instruments)) == row
    thinner = _without_cells(snapshot, rows, name) if name else snapshot
    return f"{name} of {inst.venue} {inst.symbol}", (thinner, history)


def instrument(state: State, rng: Rng) -> tuple[str, State]:
    snapshot, history = state
    row = _pick(rng, _majors(snapshot))
    inst = snapshot.instruments[row]
    kept = np.arange(len(snapshot.instruments)) != row
    return f"{inst.venue} {inst.symbol}", (_rows(snapshot, kept), history)


def venue(state: State, rng: Rng) -> tuple[str, State]:
    """All of a venue, now and in the past."""
    snapshot, history = state
    gone = _pick(
        rng, sorted({i.venue for i in snapshot.instruments} | {k[0] for k in history.series})
    )
    kept = np.array([i.venue != gone for i in snapshot.instruments])
    left = {k: s for k, s in history.series.items() if k[0] != gone}
    return gone, (_rows(snapshot, kept), History(left))


def venues_days(state: State, rng: Rng) -> tuple[str, State]:
    """Some days of everything that a venue has."""
    snapshot, history = state
    gone = _pick(rng, sorted({k[0] for k in history.series}))
    days, back = int(rng.integers(1, 9)), int(rng.integers(0, 40))
    end = snapshot.now - back * 86_400_000
    series = dict(history.series)
    for key in [k for k in series if k[0] == gone]:
        ts = series[key].data[:, 0]
        _put(series, key, (ts < end - days * 86_400_000) | (ts >= end))
    return f"{days} days of {gone}, {back} days ago", (snapshot, History(series))


def series(state: State, rng: Rng) -> tuple[str, State]:
    snapshot, history = state
    key = _series_of_majors(history, rng)
    left = {k: s for k, s in history.series.items() if k != key}
    return " ".join(key), (snapshot, History(left))


def stretch(state: State, rng: Rng) -> tuple[str, State]:
    snapshot, history = state
    key = _series_of_majors(history, rng)
    many = len(history.series[key].data)
    length = int(rng.integers(1, max(2, min(many, 60))))
    start = max(0, many - length - int(rng.integers(0, 60)))
    kept = np.ones(many, dtype=bool)
    kept[start : start + length] = False
    changed = dict(history.series)
    _put(changed, key, kept)
    return f"{length} rows of {' '.join(key)}", (snapshot, History(changed))


def single_rows(state: State, rng: Rng) -> tuple[str, State]:
    """A few rows, the newest ones more often than older ones."""
    snapshot, history = state
    key = _series_of_majors(history, rng)
    many = len(history.series[key].data)
    kept = np.ones(many, dtype=bool)
    kept[many - 1 - (rng.random(3) ** 3 * min(many, 800)).astype(int)] = False
    changed = dict(history.series)
    _put(changed, key, kept)
    return f"single rows of {' '.join(key)}", (snapshot, History(changed))


WAYS: tuple[Callable[[State, Rng], tuple[str, State]], ...] = (
    *(field_of_a_venue, field_of_an_instrument, instrument, venue, venues_days),
    *(series, stretch, single_rows, single_rows, stretch),
)


def deleted(state: State, seed: int) -> tuple[str, str, State]:
    """(way, what, the state without it). Same seed, same deletion."""
    rng = np.random.default_rng(seed)
    way = WAYS[int(rng.integers(len(WAYS)))]
    what, less = way(state, rng)
    return way.__name__, what, less


def _pick(rng: Rng, of: Sequence[T]) -> T:
    return of[int(rng.integers(len(of)))]


def _majors(snapshot: Snapshot) -> list[int]:
    return [
        n for n, i in enumerate(snapshot.instruments) if i.base in {"BTC", "ETH", "USDT", "USDC"}
    ]


def _series_of_majors(history: History, rng: Rng) -> SeriesKey:
    """Four times of five a series of a major or of the market; else any coin's."""
    keys = sorted(history.series)
    if rng.random() < 0.8:
        keys = [k for k in keys if k[1].startswith(MAJORS) or "_BTC" in k[1] or "_ETH" in k[1]]
    return _pick(rng, keys)


def _put(series: dict[SeriesKey, Series], key: SeriesKey, kept: NDArray[np.bool_]) -> None:
    s = series[key]
    series[key] = Series(s.venue, s.symbol, s.kind, s.data[kept], s.endpoint)


def _without_cells(snapshot: Snapshot, rows: NDArray[np.bool_], name: str) -> Snapshot:
    values, status, col = (
        snapshot.values.copy(),
        snapshot.status.copy(),
        snapshot.fields.index(name),
    )
    values[rows, col], status[rows, col] = np.nan, Status.MISSING
    return replace(snapshot, values=values, status=status)


def _rows(snapshot: Snapshot, kept: NDArray[np.bool_]) -> Snapshot:
    return replace(
        snapshot,
        instruments=tuple(i for i, k in zip(snapshot.instruments, kept, strict=True) if k),
        values=snapshot.values[kept],
        status=snapshot.status[kept],
        as_of=snapshot.as_of[kept],
        received=snapshot.received[kept],
        endpoint=snapshot.endpoint[kept],
    )
