"""A small market of BTC perpetuals on several venues, for tests of what is drawn from it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from generator.model import (
    FIELDS,
    HOUR,
    Floats,
    Instrument,
    Series,
    SeriesKind,
    Snapshot,
    Status,
)
from tests.conftest import NOW

PERPS = dict.fromkeys(("binanceusdm", "bybit", "okx"), "BTC/USDT:USDT")
FIELD_OF = tuple(FIELDS)


def hourly(venue: str, symbol: str, kind: SeriesKind, *columns: Floats, last: int = NOW) -> Series:
    """A series of hourly rows that ends at `last`; open interest without dollars has NaN there."""
    n = len(columns[0])
    ts = last - HOUR * np.arange(n - 1, -1, -1.0)
    data = np.column_stack([ts, *columns])
    if kind == "oi" and data.shape[1] == 2:
        data = np.column_stack([data, np.full(n, np.nan)])
    return Series(venue, symbol, kind, data)


def snapshot(
    fields: Mapping[str, Mapping[str, float]],
    symbols: Mapping[str, str] | None = None,
    now: int = NOW,
) -> Snapshot:
    """BTC perpetuals by venue, with the given fields (name -> venue -> value); every price is 60,000."""
    venues = sorted({v for given in fields.values() for v in given})
    rows = tuple(
        Instrument(v, s := (symbols or {}).get(v, "BTC/USDT:USDT"), s, "perp_linear", "BTC", "USDT")
        for v in venues
    )
    values = np.full((len(rows), len(FIELD_OF)), np.nan)
    values[:, [FIELD_OF.index(n) for n in ("last", "mark")]] = 60_000.0
    for name, given in fields.items():
        for venue, value in given.items():
            values[venues.index(venue), FIELD_OF.index(name)] = value
    known = np.isfinite(values)
    stamps = np.where(known, float(now), np.nan)
    return Snapshot(
        id="positions",
        now=now,
        mode="scenario",
        instruments=rows,
        fields=FIELD_OF,
        values=values,
        status=np.where(known, Status.OK, Status.MISSING).astype(np.uint8),
        as_of=stamps,
        received=stamps,
        endpoint=np.zeros(values.shape, dtype=np.int16),
        endpoints=("made for a test",),
        sources=(),
    )
