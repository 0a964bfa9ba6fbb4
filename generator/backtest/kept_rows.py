"""Metric rows of past moments on disk: a second back-test computes only what is new.

A row is found under the digest of all it rests on (`digests`), so it can never be stale, only
unused. The file is a cache: it may be deleted at any time, and one that cannot be read or written
makes a back-test slower, not wrong.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np

from generator.backtest.digests import version
from generator.panels import MetricRow

MOST = 30_000  # rows, about 100 MB: three times a day for 25 years
SCHEMA = """CREATE TABLE IF NOT EXISTS rows (
  key BLOB PRIMARY KEY, version TEXT, moment INTEGER, subjects TEXT, numbers BLOB
) WITHOUT ROWID"""
AS_ONE = 500


class KeptRows:
    """Rows by key in one SQLite file; with path None nothing is kept.

    What the numbers of a row are called follows from the version of the formulas.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def read(self, keys: Sequence[bytes]) -> dict[bytes, tuple[int, tuple[str, ...], bytes]]:
        """(moment, subjects, packed numbers) by key, of those that are there and whole."""
        found: dict[bytes, tuple[int, tuple[str, ...], bytes]] = {}
        with suppress(sqlite3.Error, OSError, ValueError), self._open() as db:
            for i in range(0, len(keys), AS_ONE):
                some = list(keys[i : i + AS_ONE])
                marks = ",".join("?" * len(some))
                query = f"SELECT key, moment, subjects, numbers FROM rows WHERE key IN ({marks})"
                for key, moment, subjects, numbers in db.execute(query, some):
                    found[key] = (moment, tuple(json.loads(subjects)), numbers)
        return found

    def write(self, rows: Iterable[tuple[bytes, MetricRow]]) -> None:
        """All or nothing; rows of earlier formulas go, and the oldest beyond a fixed number."""
        now = version()
        with suppress(sqlite3.Error, OSError), self._open() as db, db:
            db.execute("DELETE FROM rows WHERE version <> ?", (now,))
            made = [(k, now, r.now, json.dumps(r.subjects), pack(r.values)) for k, r in rows]
            db.executemany("INSERT OR REPLACE INTO rows VALUES (?,?,?,?,?)", made)
            (count,) = db.execute("SELECT count(*) FROM rows").fetchone()
            if count > MOST:
                oldest = "SELECT key FROM rows ORDER BY moment LIMIT ?"
                db.execute(f"DELETE FROM rows WHERE key IN ({oldest})", (count - MOST,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if self.path is None:
            raise OSError("nothing is kept")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=5)) as db:
            db.execute(SCHEMA)
            yield db


def pack(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bytes:
    return zlib.compress(np.ascontiguousarray(values, dtype="<f8").tobytes(), 1)


def unpack(
    numbers: bytes, names: int, subjects: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
    """float64 (names x subjects); None for what is not that, which is then measured anew."""
    with suppress(zlib.error, ValueError):
        flat = np.frombuffer(zlib.decompress(numbers), dtype="<f8")
        return flat.reshape(names, subjects).astype(np.float64)
    return None
