"""The history file: snapshots, series, past metrics and phrases in one SQLite file (WAL).

One writer and any number of readers at a time; every write is one transaction, so a process that
is killed leaves what it had completed and nothing half. The file may be lost and rebuilt: what was
sent is remembered elsewhere, in the ledger.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from generator import packing
from generator.database import connect, named
from generator.errors import StoreError
from generator.model import COLUMNS, DAY, Floats, History, Panel, Series, SeriesKey, Snapshot
from generator.packing import Damaged, digest, seal, unseal
from generator.panels import MetricRow, align
from generator.transaction import transaction


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """A stored snapshot without its numbers."""

    id: str
    now: int
    mode: str
    scenario: str


APPROVED = "approved\t"  # before a slot: no slot has a tab


def open_store(path: Path, *, read_only: bool = False) -> Store:
    """The history file at `path`; created when absent, unless read_only.

    Raises StoreError for a file that is damaged, foreign, newer than this program or unreachable,
    NotEnoughData for one that is absent and may not be created.
    """
    return Store(path, connect(path, read_only))


class Store:
    """An open history file. Every method raises StoreError, which names the file."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    # ------------------------------------------------------------ snapshots

    def save(self, snapshot: Snapshot) -> None:
        """Keeps a snapshot whole; the same id again replaces it."""
        with named(self.path, f"snapshot {snapshot.id}"), transaction(self._connection):
            row = (
                snapshot.id,
                snapshot.now,
                snapshot.mode,
                snapshot.scenario,
                self._keep_text(packing.pack_instruments(snapshot.instruments)),
                self._keep_text(packing.compact_json(snapshot.fields)),
                self._keep_text(packing.compact_json(snapshot.endpoints)),
                packing.pack_rest(snapshot),
                packing.pack_planes(snapshot),
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO snapshots VALUES (?,?,?,?,?,?,?,?,?,?)",
                (*row, seal(row)),
            )

    def snapshot(self, id: str | None = None, *, until: int | None = None) -> Snapshot | None:
        """The snapshot of that id, or the latest one that is no scenario; None without one.

        until (ms) takes the latest one not after that moment.
        """
        where, values = "mode <> 'scenario' AND now <= ?", (until if until is not None else 2**62,)
        query = f"SELECT * FROM snapshots WHERE {where} ORDER BY now DESC, rowid DESC LIMIT 1"
        with named(self.path, f"snapshot {id or '(latest)'}"):
            if id is not None:
                found = self._connection.execute("SELECT * FROM snapshots WHERE id = ?", (id,))
            else:
                found = self._connection.execute(query, values)
            row = found.fetchone()
            if row is None:
                return None
            return packing.build_snapshot(row, self._texts(set(row[4:7])))

    def snapshots(self) -> tuple[SnapshotInfo, ...]:
        """What is there, oldest first."""
        query = "SELECT id, now, mode, scenario FROM snapshots ORDER BY now, rowid"
        with named(self.path):
            return tuple(SnapshotInfo(*row) for row in self._connection.execute(query))

    # ------------------------------------------------------------ series

    def append_series(self, batch: Iterable[Series]) -> None:
        """Merges new rows into the kept series by ts, the newer row winning; all or nothing."""
        with named(self.path, "series"), transaction(self._connection):
            merged: dict[SeriesKey, Series] = {}
            new = [s for s in batch if len(s.data)]
            for key, kept in self._load({_key(s) for s in new}).items():
                merged[key] = kept
            for series in new:
                packing.check_series(series)
                old = merged.get(_key(series))
                data = series.data if old is None else packing.merge(old.data, series.data)
                endpoint = series.endpoint or (old.endpoint if old else "")
                merged[_key(series)] = Series(*_key(series), data, endpoint)  # type: ignore[arg-type]
            self._connection.executemany(
                "INSERT OR REPLACE INTO series VALUES (?,?,?,?,?,?,?,?)",
                [_series_row(merged[key]) for key in sorted({_key(s) for s in new})],
            )

    def history(self, keys: Iterable[SeriesKey] | None = None) -> History:
        """The series of those keys, or all. A key that is not kept is simply not there."""
        with named(self.path, "series"):
            return History(self._load(None if keys is None else set(keys)))

    def newest(self, key: SeriesKey) -> int | None:
        """The ts (ms) of the newest row kept of a series; None when none is."""
        query = "SELECT newest FROM series WHERE venue = ? AND symbol = ? AND kind = ?"
        with named(self.path, "series"):
            row = self._connection.execute(query, key).fetchone()
            return None if row is None else int(row[0])

    # ------------------------------------------------------------ metrics

    def save_metrics(
        self,
        snapshot_id: str,
        now: int,
        subjects: Sequence[str],
        scopes: Mapping[str, str],
        columns: Mapping[str, Floats],
        units: Mapping[str, str] | None = None,
    ) -> None:
        """Keeps what was measured at `now`: columns by metric name, float64 (subjects,).

        scopes and units are by metric name. Give units: a metric whose unit changes between two
        versions of the program is then kept apart instead of being compared with itself.
        """
        names = sorted(columns)
        described = [[n, scopes[n], (units or {}).get(n, "")] for n in names]
        if len(set(subjects)) != len(subjects):
            raise StoreError(snapshot_id, "has a subject twice", "Name each subject once.")
        with named(self.path, f"metrics of {snapshot_id}"), transaction(self._connection):
            row = (
                snapshot_id,
                now,
                self._keep_text(packing.compact_json(list(subjects))),
                self._keep_text(packing.compact_json(described)),
                packing.pack_metrics(columns, names, len(subjects)),
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO metrics VALUES (?,?,?,?,?,?)", (*row, seal(row))
            )

    def panel(self, until_ms: int, since_ms: int = 0) -> Panel:
        """The metrics of since_ms <= now <= until_ms, aligned by name; of one moment the last."""
        query = "SELECT * FROM metrics WHERE now BETWEEN ? AND ? ORDER BY now, rowid"
        with named(self.path, "metrics"):
            stored = self._connection.execute(query, (since_ms, until_ms)).fetchall()
            # The same moment measured again (a replay, a repaired run) replaces the earlier try.
            latest = {row[1]: row for row in stored}
            texts = self._texts({t for row in latest.values() for t in (row[2], row[3])})
            names = {name: json.loads(text) for name, text in texts.items()}
            return align([_metric_row(row, names) for row in latest.values()])

    # ------------------------------------------------------------ what was said

    def remember(self, slot: str, run: str, phrases: Sequence[str], *, as_of: int) -> None:
        """The phrases of a slot's run; the same run again replaces them."""
        self._say(f"{slot}\t{run}", phrases, as_of)

    def approve(self, slot: str, run: str, *, as_of: int) -> None:
        """The run is what its slot said; another run approved for the slot replaces it."""
        self._say(APPROVED + slot, (run,), as_of)

    def _say(self, key: str, phrases: Sequence[str], as_of: int) -> None:
        with named(self.path, "phrases"), transaction(self._connection):
            self._connection.execute("DELETE FROM phrases WHERE slot = ?", (key,))
            rows = [(key, as_of, i, phrase) for i, phrase in enumerate(phrases)]
            self._connection.executemany("INSERT INTO phrases VALUES (?,?,?,?)", rows)

    def recall(self, before: int, days: int = 14) -> tuple[str, ...]:
        """The phrases of notes with before - days <= as-of < before (ms), oldest first.

        Of approved notes alone, where there is one in that time; else of each slot's latest.
        """
        span = "as_of >= ? AND as_of < ? ORDER BY as_of, slot, position"
        with named(self.path, "phrases"):
            values = (before - days * DAY, before)
            rows = self._connection.execute(
                f"SELECT slot, phrase FROM phrases WHERE {span}", values
            ).fetchall()
        approved = {phrase for key, phrase in rows if key.startswith(APPROVED)}
        said = [(*key.partition("\t")[::2], p) for key, p in rows if not key.startswith(APPROVED)]
        if approved:
            return tuple(phrase for _, run, phrase in said if run in approved)
        latest = {slot: run for slot, run, _ in said}
        return tuple(phrase for slot, run, phrase in said if run == latest[slot])

    # ------------------------------------------------------------ health

    def verify(self) -> int:
        """Reads everything against its digests; the number of rows read. StoreError if damaged."""
        with named(self.path):
            result = self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if result != "ok":
                raise Damaged(result)
        infos = self.snapshots()
        for info in infos:
            self.snapshot(info.id)
        return len(infos) + len(self.history().series) + len(self.panel(2**62).times)

    # ------------------------------------------------------------ rows

    def _keep_text(self, text: str) -> str:
        name = digest(text)
        self._connection.execute("INSERT OR IGNORE INTO texts VALUES (?,?)", (name, text))
        return name

    def _texts(self, names: set[str]) -> dict[str, str]:
        marks = ",".join("?" * len(names))
        query = f"SELECT digest, body FROM texts WHERE digest IN ({marks})"
        found = dict(self._connection.execute(query, sorted(names)).fetchall())
        for name in names:
            if name not in found or digest(found[name]) != name:
                raise Damaged("a list of names was lost or changed")
        return found

    def _load(self, keys: set[SeriesKey] | None) -> dict[SeriesKey, Series]:
        query, values = "SELECT * FROM series", []
        if keys is not None:
            if not keys:
                return {}
            query += f" WHERE (venue, symbol, kind) IN (VALUES {','.join(['(?,?,?)'] * len(keys))})"
            values = [part for key in sorted(keys) for part in key]
        loaded = {}
        for row in self._connection.execute(query + " ORDER BY venue, symbol, kind", values):
            unseal(row)
            venue, symbol, kind, columns, _, endpoint, data, _ = row
            if kind not in COLUMNS:
                continue  # kept by a newer version; not ours to read, nor to lose
            table = packing.unpack_series(data, columns.split(","), kind)
            loaded[venue, symbol, kind] = Series(venue, symbol, kind, table, endpoint)
        return loaded


def _metric_row(row: Sequence[Any], names: Mapping[str, Any]) -> MetricRow:
    unseal(row)
    subjects, described = tuple(names[row[2]]), names[row[3]]
    return MetricRow(
        now=row[1],
        subjects=subjects,
        scopes={name: scope for name, scope, _ in described},
        units={name: unit for name, _, unit in described},
        values=packing.unpack_metrics(row[4], len(described), len(subjects)),
    )


def _key(series: Series) -> SeriesKey:
    return (series.venue, series.symbol, series.kind)


def _series_row(series: Series) -> tuple[Any, ...]:
    columns = ",".join(COLUMNS[series.kind])
    newest = int(series.data[-1, 0])
    data = packing.pack_series(series.data)
    row = (*_key(series), columns, newest, series.endpoint, data)
    return (*row, seal(row))
