"""What a ledger's file holds: accounts, approvals, posts, events and costs, as values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generator.errors import UsageError
from generator.publish.base import Post, Sent
from generator.publish.records import APPROVAL, POST, SEGMENT, Approval, Entry, Event, State, row_of
from generator.publish.schema import FILE, connect, named


class Kept:
    """An open ledger, read. Every method raises StoreError, which names the file."""

    def __init__(self, folder: Path, *, most_pages: int | None = None) -> None:
        self.folder, self.path = folder, folder / FILE
        self._connection: sqlite3.Connection = connect(self.path, most_pages=most_pages)

    def _read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with named(self.path):
            return self._connection.execute(query, values).fetchall()

    # ------------------------------------------------------------ accounts

    def met(self, network: str, account: str) -> bool:
        """Whether this ledger was there when the account's posts were first looked at."""
        query = "SELECT 1 FROM accounts WHERE network = ? AND account = ?"
        return bool(self._read(query, (network, account)))

    # ------------------------------------------------------------ approvals

    def approval(self, number: int) -> Approval:
        found = self._read(f"SELECT {APPROVAL} FROM approvals WHERE id = ?", (number,))
        return Approval(*found[0])

    def approved(self, run: str, network: str, kind: str = "post") -> Approval | None:
        """What is approved of a run for a network; None where nothing is (any more)."""
        query = (
            f"SELECT {APPROVAL} FROM approvals WHERE run = ? AND network = ? AND kind = ?"
            " AND voided IS NULL ORDER BY id DESC LIMIT 1"
        )
        rows = self._read(query, (run, network, kind))
        return Approval(*rows[0]) if rows else None

    def approved_in(self, network: str, slot: str) -> Approval | None:
        """What is approved for a network's slot; of the last thousand approvals only."""
        query = (
            f"SELECT {APPROVAL} FROM approvals WHERE network = ? AND slot = ? AND kind = 'post'"
            " AND voided IS NULL AND id > (SELECT max(id) FROM approvals) - 1000"
            " ORDER BY id DESC LIMIT 1"
        )
        rows = self._read(query, (network, slot))
        return Approval(*rows[0]) if rows else None

    def pending(self, most: int = 50) -> tuple[Approval, ...]:
        """What is approved and not begun, newest first; of the last thousand approvals only, for
        older ones are too old to be sent."""
        query = (
            f"SELECT {APPROVAL} FROM approvals WHERE voided IS NULL"
            " AND id > (SELECT max(id) FROM approvals) - 1000"
            " AND NOT EXISTS (SELECT 1 FROM posts WHERE posts.approval = approvals.id)"
            " ORDER BY id DESC LIMIT ?"
        )
        return tuple(Approval(*row) for row in self._read(query, (most,)))

    def post(self, number: int) -> Post:
        """The approved bytes. Raises UsageError where they no longer have the approved hash."""
        query = "SELECT body, hash FROM approvals WHERE id = ?"
        text, expected = self._read(query, (number,))[0]
        body = json.loads(text)
        wanted = [m["sha256"] for s in body["segments"] for m in s["media"]]
        marks = ",".join("?" * len(wanted))
        query = f"SELECT sha256, data FROM blobs WHERE sha256 IN ({marks})"
        post = Post.of(body, dict(self._read(query, wanted)))
        if post.hash != expected:
            what = "does not have the bytes that were approved"
            raise UsageError(f"{self.path}: approval {number}", what, "Approve the run again.")
        return post

    # ------------------------------------------------------------ posts

    def entry(self, number: int) -> Entry:
        """A post by its number. Raises UsageError for one that there is not."""
        found = self._read(f"SELECT {POST} FROM posts WHERE id = ?", (number,))
        if not found:
            raise UsageError(f"post {number}", "is not in the ledger", "`commentary outbox list`")
        rows = self._read(f"SELECT {SEGMENT} FROM segments WHERE post = ? ORDER BY 2", (number,))
        id_, network, account, slot, approval, at, state = found[0]
        return Entry(
            id_, network, account, slot, approval, at, state, tuple(row_of(row) for row in rows)
        )

    def entries(
        self, *, states: Sequence[State] = (), network: str = "", most: int = 50
    ) -> tuple[Entry, ...]:
        """Posts, newest first; of some states, of one network."""
        where, values = ["1"], list[Any]()
        if states:
            where.append(f"state IN ({','.join('?' * len(states))})")
            values += states
        if network:
            where.append("network = ?")
            values.append(network)
        query = f"SELECT id FROM posts WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"
        return tuple(self.entry(n) for (n,) in self._read(query, (*values, most)))

    def in_slot(self, network: str, slot: str) -> tuple[Entry, ...]:
        """The posts that a slot of a network holds, of any account, oldest first."""
        query = "SELECT id FROM posts WHERE network = ? AND slot = ? ORDER BY id"
        return tuple(self.entry(n) for (n,) in self._read(query, (network, slot)))

    def holds(self, network: str, account: str, slot: str) -> bool:
        """Whether a slot of an account holds a post."""
        query = "SELECT 1 FROM posts WHERE network = ? AND account = ? AND slot = ?"
        return bool(self._read(query, (network, account, slot)))

    def answered(self, entry: Entry) -> Sent | None:
        """Of a correction, the first part of the post that it corrects."""
        query = "SELECT original FROM approvals WHERE id = ? AND kind = 'correction'"
        found = self._read(query, (entry.approval,))
        return self.entry(found[0][0]).rows[0].sent if found and found[0][0] else None

    def unsettled(self, network: str, account: str) -> tuple[Entry, ...]:
        """Posts of an account with a segment whose end is not known, oldest first."""
        query = (
            "SELECT DISTINCT p.id FROM segments s JOIN posts p ON p.id = s.post"
            " WHERE s.state IN ('sending', 'uncertain') AND p.network = ? AND p.account = ?"
            " ORDER BY p.id"
        )
        return tuple(self.entry(n) for (n,) in self._read(query, (network, account)))

    def events(self, number: int) -> tuple[Event, ...]:
        query = "SELECT at, post, position, state, note FROM events WHERE post = ? ORDER BY id"
        return tuple(Event(*row) for row in self._read(query, (number,)))

    # ------------------------------------------------------------ costs

    def spent(self, network: str, account: str, since: int) -> int:
        """Millionths of a dollar that an account cost since a moment (ms)."""
        query = "SELECT sum(micros) FROM costs WHERE network = ? AND account = ? AND at >= ?"
        return int(self._read(query, (network, account, since))[0][0] or 0)

    def costs(self, since: int) -> tuple[tuple[str, str, int], ...]:
        """(network, handle, millionths of a dollar) of every account that cost anything since."""
        query = (
            "SELECT c.network, coalesce(nullif(a.handle, ''), c.account), sum(c.micros)"
            " FROM costs c LEFT JOIN accounts a USING (network, account) WHERE c.at >= ?"
            " GROUP BY c.network, c.account HAVING sum(c.micros) <> 0 ORDER BY 1, 2"
        )
        return tuple((n, h, int(m)) for n, h, m in self._read(query, (since,)))
