"""Markets made by hand: a few instruments with their past, for what compares across them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.model import (
    COLUMNS,
    DAY,
    FIELDS,
    Floats,
    History,
    Instrument,
    InstrumentKind,
    Series,
    SeriesKey,
    SeriesKind,
    Snapshot,
    Status,
)
from tests.conftest import NOW

MIDNIGHT = NOW - NOW % DAY
SPOT: InstrumentKind = "spot"
Row = tuple[str, InstrumentKind, str, Mapping[str, float]]


def snapshot(rows: Sequence[Row], now: int = NOW, age: Mapping[int, int] | None = None) -> Snapshot:
    """One snapshot of (venue, kind, symbol, values by field). age: row -> ms before now."""
    names = tuple(FIELDS)
    values = np.full((len(rows), len(names)), np.nan)
    stamps = np.full(values.shape, float(now))
    instruments = []
    for n, (venue, kind, symbol, given) in enumerate(rows):
        base, _, quote = symbol.partition("/")
        quote = quote.partition(":")[0] or "USD"
        instruments.append(Instrument(venue, symbol, symbol, kind, base, quote))
        stamps[n] -= (age or {}).get(n, 0)
        for name, value in given.items():
            values[n, names.index(name)] = value
    known = np.isfinite(values)
    return Snapshot(
        id="by-hand",
        now=now,
        mode="replay",
        instruments=tuple(instruments),
        fields=names,
        values=values,
        status=np.where(known, Status.OK, Status.MISSING).astype(np.uint8),
        as_of=np.where(known, stamps, np.nan),
        received=np.full(values.shape, float(now)),
        endpoint=np.zeros(values.shape, dtype=np.int16),
        endpoints=("by hand",),
        sources=(),
    )


def days(n: int, last: float = MIDNIGHT) -> Floats:
    """The first ms of the n whole UTC days that ended by `last`."""
    return last - DAY * np.arange(n, 0, -1.0)


def bars(venue: str, symbol: str, ts: Floats, close: Floats, turnover: Floats | None = None,
         kind: SeriesKind = "bars_1d") -> Series:  # fmt: skip
    """Bars that open, stay and close at `close`."""
    data = np.full((len(ts), len(COLUMNS[kind])), np.nan)
    data[:, 0] = ts
    data[:, 1:5] = close[:, None]
    if turnover is not None:
        data[:, 5], data[:, 6] = turnover / close, turnover
    return Series(venue, symbol, kind, data)


def index(venue: str, symbol: str, ts: Floats, values: Any) -> Series:
    return Series(venue, symbol, "index", np.stack([ts, values], axis=-1))


def history(*series: Series) -> History:
    known: dict[SeriesKey, Series] = {(s.venue, s.symbol, s.kind): s for s in series}
    return History(known)
