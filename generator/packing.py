"""Snapshots, series and metrics as the bytes that the history file keeps, and back.

Numbers are little-endian float64, so what comes out is bit for bit what went in, NaN included.
Names are kept beside the numbers and the way back goes by name: columns that were added, renamed
or put in another order since cannot end up under a wrong heading.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.model import COLUMNS, Event, Floats, Headline, Instrument, Series, Snapshot, Source
from generator.moments import EARLIEST_MS, LATEST_MS

# (attribute of Snapshot, type on disk), in the order in which they lie in the blob
_PLANES = (
    ("values", "<f8"),
    ("as_of", "<f8"),
    ("received", "<f8"),
    ("endpoint", "<i2"),
    ("status", "u1"),
)


class Damaged(ValueError):
    """Bytes that are not what was written; the store turns it into a StoreError with the name."""


class Unfit(ValueError):
    """Data handed in that cannot be kept as it is; the store turns it into a StoreError."""


def seal(row: Sequence[Any]) -> str:
    """The digest of a row: its keys too, so that numbers cannot end up under another name."""
    return digest(*(part if isinstance(part, bytes) else str(part) for part in row))


def unseal(row: Sequence[Any]) -> None:
    """Raises Damaged unless the last value of a row is the seal of the others."""
    if seal(row[:-1]) != row[-1]:
        raise Damaged(f"{row[0]} does not match its sha256")


def digest(*parts: bytes | str) -> str:
    """The sha256 of the parts, each with its length so that no two lists collide."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()


def compact_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


# ---------------------------------------------------------------- snapshots


def pack_planes(snapshot: Snapshot) -> bytes:
    """All five arrays of a snapshot, (instruments x fields) each, as one compressed blob."""
    shape = (len(snapshot.instruments), len(snapshot.fields))
    raw = []
    for name, kind in _PLANES:
        plane = np.ascontiguousarray(getattr(snapshot, name), dtype=kind)
        if plane.shape != shape:
            raise Unfit(f"{name} has shape {plane.shape}, expected {shape}")
        raw.append(plane.tobytes())
    return zlib.compress(b"".join(raw), 1)


def unpack_planes(blob: bytes, rows: int, columns: int) -> dict[str, NDArray[Any]]:
    """The arrays by attribute name. Raises Damaged when the blob has another size."""
    try:
        data = zlib.decompress(blob)
    except zlib.error as error:
        raise Damaged(str(error)) from None
    size, at = rows * columns, 0
    planes: dict[str, NDArray[Any]] = {}
    if len(data) != size * sum(np.dtype(kind).itemsize for _, kind in _PLANES):
        raise Damaged("its size does not fit its instruments and fields")
    for name, kind in _PLANES:
        planes[name] = np.frombuffer(data, kind, size, at).reshape(rows, columns)
        at += planes[name].nbytes
    return planes


def pack_instruments(instruments: Sequence[Instrument]) -> str:
    return compact_json([asdict(i) for i in instruments])


def unpack_instruments(text: str) -> tuple[Instrument, ...]:
    return tuple(
        Instrument(**{**row, "labels": tuple((k, v) for k, v in row["labels"])})
        for row in json.loads(text)
    )


def pack_rest(snapshot: Snapshot) -> str:
    """Sources, headlines and, where there are any, events of the calendar."""
    rest = {
        "sources": [asdict(s) for s in snapshot.sources],
        "headlines": [asdict(h) for h in snapshot.headlines],
    }
    if snapshot.events:
        rest["events"] = [asdict(e) for e in snapshot.events]
    return compact_json(rest)


def unpack_rest(text: str) -> tuple[tuple[Source, ...], tuple[Headline, ...], tuple[Event, ...]]:
    rest = json.loads(text)
    return (
        tuple(Source(**row) for row in rest["sources"]),
        tuple(Headline(**row) for row in rest["headlines"]),
        tuple(Event(**row) for row in rest.get("events", ())),
    )


def build_snapshot(row: Sequence[Any], texts: Mapping[str, str]) -> Snapshot:
    """A row of the table `snapshots` and the texts it names, as the snapshot that was kept."""
    unseal(row)
    id, now, mode, scenario, instruments, fields, endpoints, rest, planes, _ = row
    universe = unpack_instruments(texts[instruments])
    names = tuple(json.loads(texts[fields]))
    sources, headlines, events = unpack_rest(rest)
    return Snapshot(
        id=id,
        now=now,
        mode=mode,
        scenario=scenario,
        instruments=universe,
        fields=names,
        endpoints=tuple(json.loads(texts[endpoints])),
        sources=sources,
        headlines=headlines,
        events=events,
        **unpack_planes(planes, len(universe), len(names)),
    )


# ---------------------------------------------------------------- series


def check_series(series: Series) -> None:
    """Raises Unfit unless data is (n x columns of its kind), its ts ascending, unique, in ms."""
    name = f"{series.venue} {series.symbol} {series.kind}"
    if series.kind not in COLUMNS:
        raise Unfit(f"{name} is no kind of series; there are {', '.join(COLUMNS)}")
    data, width = series.data, len(COLUMNS[series.kind])
    if data.ndim != 2 or data.shape[1] != width:
        raise Unfit(f"{name} has shape {data.shape}, expected {width} columns")
    ts = data[:, 0]
    if not np.isfinite(ts).all() or (ts != np.floor(ts)).any():
        raise Unfit(f"{name} has a ts that is missing or not in whole milliseconds")
    # Seconds, nanoseconds and 1970 are the usual accidents of time stamps.
    if len(ts) and not (ts.min() >= EARLIEST_MS and ts.max() < LATEST_MS):
        raise Unfit(f"{name} has a ts outside the years 2009 to 2099; ts are milliseconds")
    if (np.diff(ts) <= 0).any():
        raise Unfit(f"{name} has ts that are not ascending and unique")


def pack_series(data: Floats) -> bytes:
    # Not compressed: prices hardly shrink, and loading 200 series must not cost 200 inflations.
    return np.ascontiguousarray(data, dtype="<f8").tobytes()


def unpack_series(blob: bytes, columns: Sequence[str], kind: str) -> Floats:
    """float64 (n x COLUMNS[kind]), by column name; NaN for a column that was not kept then."""
    if not columns or len(blob) % (8 * len(columns)):
        raise Damaged("its size does not fit its columns")
    data = np.frombuffer(blob, "<f8").reshape(-1, len(columns))
    wanted = COLUMNS[kind]
    if tuple(columns) == wanted:
        return data
    aligned = np.full((len(data), len(wanted)), np.nan)
    for to, name in enumerate(wanted):
        if name in columns:
            aligned[:, to] = data[:, list(columns).index(name)]
    return aligned


def merge(old: Floats, new: Floats) -> Floats:
    """Rows of both by ts (column 0), ascending; at the same ts the new row replaces the old."""
    if not len(old) or not len(new):
        return new if len(new) else old
    if new[0, 0] > old[-1, 0]:
        return np.concatenate([old, new])
    kept = old[~np.isin(old[:, 0], new[:, 0])]
    both = np.concatenate([kept, new])
    return both[np.argsort(both[:, 0], kind="stable")]


# ---------------------------------------------------------------- metrics


def pack_metrics(columns: Mapping[str, Floats], names: Sequence[str], subjects: int) -> bytes:
    """float64 (names x subjects); not compressed, since ninety of them are read at every start."""
    block = np.full((len(names), subjects), np.nan)
    for row, name in enumerate(names):
        value = np.asarray(columns[name], dtype=np.float64)
        if value.shape != (subjects,):
            raise Unfit(f"{name} has shape {value.shape}, expected {(subjects,)}")
        block[row] = value
    return block.astype("<f8").tobytes()


def unpack_metrics(blob: bytes, names: int, subjects: int) -> Floats:
    if len(blob) != names * subjects * 8:
        raise Damaged("its size does not fit its metrics and subjects")
    return np.frombuffer(blob, "<f8").reshape(names, subjects)
