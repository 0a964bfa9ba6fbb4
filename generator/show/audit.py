"""The snapshot and the history of a run as JSON, and back: a run folder can be replayed.

One instrument, or one series, per line: quick to write, and a diff shows what changed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from generator.errors import StoreError
from generator.model import (
    COLUMNS,
    Event,
    Floats,
    Headline,
    History,
    Instrument,
    Series,
    SeriesKey,
    Snapshot,
    Source,
    Status,
)

FORMAT = 1
TODO = "use a snapshot.json or history.json written by this program"


def lines(head: Mapping[str, Any], name: str, rows: Iterable[Any]) -> str:
    """A JSON object: the head's keys sorted, one per line, then `name` with one row per line."""
    out = [f'  "{k}": {compact(v)},' for k, v in sorted(head.items())]
    body = ",\n".join("    " + compact(row) for row in rows)
    listed = f"[\n{body}\n  ]" if body else "[]"
    return "\n".join(["{", *out, f'  "{name}": {listed}', "}"]) + "\n"


def compact(value: Any) -> str:
    """JSON on one line; a NaN that slipped through is an error, never `NaN`."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def pretty(value: Any) -> str:
    """JSON sorted and indented, ending in a newline."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=2) + "\n"


def plain(value: float | int | None) -> float | int | None:
    """A number for JSON: None where it is unknown, a whole float as it is."""
    return None if value is None or not math.isfinite(value) else value


# ---------------------------------------------------------------- the snapshot


def snapshot_json(snapshot: Snapshot) -> str:
    """Everything in a snapshot. A cell is [value, status, as_of, received, endpoint]; cells that
    are plainly missing are left out and come back from the row's `received` and `endpoint`."""
    s = snapshot
    head = {
        "format": FORMAT,
        "id": s.id,
        "now": s.now,
        "mode": s.mode,
        "scenario": s.scenario,
        "fields": list(s.fields),
        "endpoints": list(s.endpoints),
        "sources": [[x.name, x.state, x.reason, plain(x.seconds), x.rows] for x in s.sources],
        "headlines": [
            [h.source, h.title, h.url, h.published_at, h.received_at, h.summary, h.event_at]
            for h in s.headlines
        ],
    }
    if s.events:
        head["events"] = [asdict(e) for e in s.events]
    tables = (s.values, s.status, s.as_of, s.received, s.endpoint)
    rows = zip(s.instruments, *(t.tolist() for t in tables), strict=True)
    return lines(head, "instruments", (_row(s.fields, *row) for row in rows))


def _row(
    fields: tuple[str, ...],
    inst: Instrument,
    values: list[float],
    status: list[int],
    as_of: list[float],
    received: list[float],
    endpoint: list[int],
) -> dict[str, Any]:
    common, place = max(received, default=0.0), endpoint[0] if endpoint else 0
    cells = {}
    for name, v, st, at, got, ep in zip(
        fields, values, status, as_of, received, endpoint, strict=True
    ):
        bare = v != v and st == 0 and at != at and got == common and ep == place
        if not bare:
            cells[name] = [plain(v), Status(st).name.lower(), _ms(at), _ms(got), ep]
    return {
        "venue": inst.venue,
        "symbol": inst.symbol,
        "raw": inst.raw,
        "kind": inst.kind,
        "base": inst.base,
        "quote": inst.quote,
        "multiplier": inst.multiplier,
        "asset_class": inst.asset_class,
        "labels": [list(x) for x in inst.labels],
        "received": _ms(common),
        "endpoint": place,
        "cells": cells,
    }


def _ms(stamp: float) -> float | int | None:
    if stamp != stamp:
        return None
    return int(stamp) if stamp == int(stamp) else stamp


def load_snapshot_json(text: str, name: str = "snapshot.json") -> Snapshot:
    """The inverse of `snapshot_json`, exact. Raises StoreError when the text is anything else."""
    try:
        return _snapshot(json.loads(text, parse_constant=_refuse))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        what = f"not a readable snapshot ({type(error).__name__})"
        raise StoreError(name, what, TODO) from None


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a number")


def _snapshot(raw: dict[str, Any]) -> Snapshot:
    fields, rows = tuple(str(f) for f in raw["fields"]), raw["instruments"]
    if raw["format"] != FORMAT or raw["mode"] not in ("live", "replay", "scenario"):
        raise ValueError("unknown format")
    shape = (len(rows), len(fields))
    values, as_of = np.full(shape, np.nan), np.full(shape, np.nan)
    status, received = np.zeros(shape, np.uint8), np.full(shape, np.nan)
    endpoint = np.zeros(shape, np.int16)
    column = {name: i for i, name in enumerate(fields)}
    for r, row in enumerate(rows):
        received[r], endpoint[r] = _float(row["received"]), row["endpoint"]
        for name, (v, st, at, got, ep) in row["cells"].items():
            c = column[name]
            values[r, c], status[r, c] = _float(v), Status[st.upper()]
            as_of[r, c], received[r, c], endpoint[r, c] = _float(at), _float(got), ep
    return Snapshot(
        id=str(raw["id"]),
        now=int(raw["now"]),
        mode=raw["mode"],
        instruments=tuple(_instrument(row) for row in rows),
        fields=fields,
        values=values,
        status=status,
        as_of=as_of,
        received=received,
        endpoint=endpoint,
        endpoints=tuple(str(e) for e in raw["endpoints"]),
        sources=tuple(Source(*x) for x in raw["sources"]),
        headlines=tuple(Headline(*x) for x in raw["headlines"]),
        scenario=str(raw["scenario"]),
        events=tuple(Event(**x) for x in raw.get("events", ())),
    )


def _instrument(row: dict[str, Any]) -> Instrument:
    names = ("venue", "symbol", "raw", "kind", "base", "quote", "multiplier", "asset_class")
    labels = tuple((str(k), str(v)) for k, v in row["labels"])
    return Instrument(**{n: row[n] for n in names}, labels=labels)


def _float(value: float | None) -> float:
    number = math.nan if value is None else float(value)
    if math.isinf(number):
        raise ValueError("an infinite number")
    return number


# ---------------------------------------------------------------- the history


def history_excerpt_json(
    history: History, keys: Iterable[SeriesKey] | None = None, newest: int | None = None
) -> str:
    """The named series (default all), their `newest` samples (default all), one series a line."""
    chosen = sorted(history.series if keys is None else (k for k in keys if k in history.series))
    head = {"format": FORMAT, "columns": {k: list(v) for k, v in COLUMNS.items()}}
    return lines(head, "series", (_series(history.series[k], newest) for k in chosen))


def _series(series: Series, newest: int | None) -> dict[str, Any]:
    data = series.data if newest is None else series.data[max(0, len(series.data) - newest) :]
    return {
        "venue": series.venue,
        "symbol": series.symbol,
        "kind": series.kind,
        "endpoint": series.endpoint,
        "of": len(series.data),
        "data": [[plain(x) for x in row] for row in data.tolist()],
    }


def load_history_json(text: str, name: str = "history.json") -> History:
    """The inverse of `history_excerpt_json`. Raises StoreError when the text is anything else."""
    try:
        raw = json.loads(text, parse_constant=_refuse)
        if raw["format"] != FORMAT:
            raise ValueError("unknown format")
        found = [
            Series(s["venue"], s["symbol"], s["kind"], _data(s), s["endpoint"])
            for s in raw["series"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        what = f"not a readable history ({type(error).__name__})"
        raise StoreError(name, what, TODO) from None
    return History({(s.venue, s.symbol, s.kind): s for s in found})


def _data(raw: dict[str, Any]) -> Floats:
    data = np.array(raw["data"], dtype=np.float64).reshape(-1, len(COLUMNS[raw["kind"]]))
    if not (np.diff(data[:, 0]) > 0).all():
        raise ValueError("stamps do not ascend")
    return data
