"""The SQLite file under the history: its schema, its opening, and its errors by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import NotEnoughData, StoreError
from generator.packing import Damaged, Unfit
from generator.transaction import transaction

VERSION = 1
APPLICATION = 0x434F4D4D  # "COMM", so that another program's file is never written into
REBUILD = "Move the file away and collect again, or bring back a copy; nothing sent is lost."
# texts holds universes and schemas once each, by their digest: they hardly change between runs.
_SCHEMA = """
CREATE TABLE texts (digest TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE snapshots (
  id TEXT PRIMARY KEY, now INTEGER NOT NULL, mode TEXT NOT NULL, scenario TEXT NOT NULL,
  instruments TEXT NOT NULL, fields TEXT NOT NULL, endpoints TEXT NOT NULL, rest TEXT NOT NULL,
  planes BLOB NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX snapshots_now ON snapshots (now);
CREATE TABLE series (
  venue TEXT NOT NULL, symbol TEXT NOT NULL, kind TEXT NOT NULL, columns TEXT NOT NULL,
  newest INTEGER, endpoint TEXT NOT NULL, data BLOB NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (venue, symbol, kind));
CREATE TABLE metrics (
  snapshot TEXT PRIMARY KEY, now INTEGER NOT NULL, subjects TEXT NOT NULL, names TEXT NOT NULL,
  data BLOB NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX metrics_now ON metrics (now);
CREATE TABLE phrases (
  slot TEXT NOT NULL, as_of INTEGER NOT NULL, position INTEGER NOT NULL, phrase TEXT NOT NULL,
  PRIMARY KEY (slot, position)) WITHOUT ROWID;
"""


def connect(path: Path, read_only: bool) -> sqlite3.Connection:
    """An open connection to a history file, created when absent unless read_only.

    Raises StoreError for a file that is damaged, foreign, newer than this program or unreachable,
    NotEnoughData for one that is absent and may not be created.
    """
    if read_only and not path.is_file():
        todo = "`commentary collect` starts one."
        raise NotEnoughData(str(path), "there is no history yet", todo)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        todo = "Set [store] output to a folder that can be written."
        raise StoreError(str(path.parent), f"cannot be created: {error.strerror}", todo) from None
    with named(path):
        mode = "ro" if read_only else "rwc"
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None)
    try:
        with named(path):
            _prepare(connection, path, read_only)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, read_only: bool) -> None:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0 and not read_only:
        with transaction(connection):
            # Two processes may meet a new file at once; the second finds it made.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                    raise StoreError(
                        str(path), "belongs to another program", "Choose another path."
                    )
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION}")
                connection.execute(f"PRAGMA user_version = {VERSION}")
                version = VERSION
        connection.execute("PRAGMA journal_mode = WAL")
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise _foreign(path)
    if version > VERSION:
        raise StoreError(str(path), "was written by a newer version", "Update the program.")
    connection.execute("PRAGMA synchronous = NORMAL")


def _foreign(path: Path) -> StoreError:
    return StoreError(str(path), "belongs to another program", "Choose another path.")


@contextmanager
def named(path: Path, subject: str = "") -> Iterator[None]:
    """Turns what SQLite and unpacking raise into a StoreError that names the file."""
    name = f"{path}: {subject}" if subject else str(path)
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            todo = "Wait for the other run to end, then try again."
            raise StoreError(name, "is being written by another process", todo) from None
        if "malformed" in text:
            raise StoreError(name, f"is damaged: {text}", REBUILD) from None
        todo = "Check the path, its permissions and the free space."
        raise StoreError(name, f"cannot be used: {text}", todo) from None
    except Unfit as error:
        todo = "Nothing was changed; mend the data and try again."
        raise StoreError(name, f"cannot be kept: {error}", todo) from None
    except (sqlite3.Error, Damaged) as error:
        raise StoreError(name, f"is damaged: {error}", REBUILD) from None
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(name, f"holds what was never written: {error}", REBUILD) from None
