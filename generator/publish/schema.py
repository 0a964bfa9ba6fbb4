"""The ledger's file: its schema, its opening, and its errors by name.

Unlike the history this file cannot be rebuilt. It is synced at every commit: what it says was about
to be sent may be out, and what it does not say never left.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import StoreError
from generator.transaction import transaction

VERSION = 1
APPLICATION = 0x434F4D4C  # "COML"
FILE = "ledger.sqlite3"
_SCHEMA = """
CREATE TABLE accounts (
  network TEXT NOT NULL, account TEXT NOT NULL, handle TEXT NOT NULL, met INTEGER NOT NULL,
  PRIMARY KEY (network, account)) WITHOUT ROWID;
CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE approvals (
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL, run TEXT NOT NULL, network TEXT NOT NULL,
  as_of INTEGER NOT NULL, slot TEXT NOT NULL, kind TEXT NOT NULL, original INTEGER,
  mode TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, body TEXT NOT NULL,
  voided INTEGER, why TEXT NOT NULL DEFAULT '');
CREATE INDEX approvals_run ON approvals (run, network);
CREATE TABLE posts (
  id INTEGER PRIMARY KEY, network TEXT NOT NULL, account TEXT NOT NULL, slot TEXT NOT NULL,
  approval INTEGER NOT NULL REFERENCES approvals, at INTEGER NOT NULL, state TEXT NOT NULL,
  UNIQUE (network, account, slot));
CREATE INDEX posts_state ON posts (state, id);
CREATE INDEX posts_approval ON posts (approval);
CREATE TABLE segments (
  post INTEGER NOT NULL REFERENCES posts, position INTEGER NOT NULL, state TEXT NOT NULL,
  token TEXT NOT NULL, prepared TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL,
  tries INTEGER NOT NULL, id TEXT NOT NULL, url TEXT NOT NULL, extra TEXT NOT NULL,
  reason TEXT NOT NULL, retry_at INTEGER NOT NULL, PRIMARY KEY (post, position)) WITHOUT ROWID;
CREATE INDEX segments_open ON segments (state) WHERE state IN ('sending', 'uncertain');
CREATE TABLE events (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, post INTEGER NOT NULL, position INTEGER NOT NULL,
  state TEXT NOT NULL, note TEXT NOT NULL);
CREATE INDEX events_post ON events (post, id);
CREATE TABLE costs (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, network TEXT NOT NULL, account TEXT NOT NULL,
  post INTEGER NOT NULL, position INTEGER NOT NULL, micros INTEGER NOT NULL, note TEXT NOT NULL);
CREATE INDEX costs_at ON costs (network, account, at);
"""


def connect(path: Path, *, most_pages: int | None = None) -> sqlite3.Connection:
    """The ledger at `path`, created when absent. most_pages bounds its size.

    Raises StoreError for a file that is damaged, foreign, newer than this program or unreachable.
    """
    new = not path.exists()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        todo = "Set COMMENTARY_STATE to a folder that can be written and is kept."
        raise StoreError(str(path.parent), f"cannot be created: {error.strerror}", todo) from None
    with named(path):
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        with named(path):
            _prepare(connection, path)
            if most_pages is not None:
                connection.execute(f"PRAGMA max_page_count = {most_pages:d}")
        if new:
            os.chmod(path, 0o600)
            _sync_folder(path.parent)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            # Two processes may meet a new file at once; the second finds it made.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                    raise _foreign(path)
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION}")
                connection.execute(f"PRAGMA user_version = {VERSION}")
                version = VERSION
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise _foreign(path)
    if version > VERSION:
        raise StoreError(str(path), "was written by a newer version", "Update the program.")
    # A commit that a power cut undoes would be a second post.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _sync_folder(folder: Path) -> None:
    """The new file's name to disk, too."""
    if os.name == "nt":  # Windows cannot open a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _foreign(path: Path) -> StoreError:
    return StoreError(str(path), "belongs to another program", "Choose another COMMENTARY_STATE.")


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Turns what SQLite raises into a StoreError that names the ledger."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            todo = "Wait for the other run to end, then try again."
            raise StoreError(str(path), "is being written by another process", todo) from None
        if "full" in text:
            todo = "Free some space. Nothing is sent that cannot be written down first."
            raise StoreError(str(path), "has no room left", todo) from None
        todo = "Check the path, its permissions and the free space."
        raise StoreError(str(path), f"cannot be used: {text}", todo) from None
    except sqlite3.DatabaseError as error:
        todo = "Bring back a copy of it. Without one, read each account before anything is sent."
        raise StoreError(str(path), f"is damaged: {error}", todo) from None
