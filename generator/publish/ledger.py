"""The ledger: what was approved, what was about to be sent, and what became of it.

Nothing of it is ever deleted; every change of a segment is an event (`records` has the states).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator.errors import StoreError, UsageError
from generator.publish import changes
from generator.publish.base import Identity, Post, Prepared, Sent
from generator.publish.records import (
    APPROVAL,
    POST,
    SEGMENT,
    Approval,
    Entry,
    Event,
    Row,
    State,
    packed,
    row_of,
)
from generator.publish.schema import FILE, connect, named
from generator.transaction import transaction

__all__ = ["Approval", "Entry", "Event", "Ledger", "Row", "State"]


class Ledger:
    """An open ledger. Every method raises StoreError, which names the file."""

    def __init__(self, folder: Path, *, most_pages: int | None = None) -> None:
        self.folder, self.path = folder, folder / FILE
        self._connection = connect(self.path, most_pages=most_pages)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with named(self.path), transaction(self._connection):
            yield self._connection

    def _read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with named(self.path):
            return self._connection.execute(query, values).fetchall()

    # ------------------------------------------------------------ accounts

    def met(self, network: str, account: str) -> bool:
        """Whether this ledger was there when the account's posts were first looked at."""
        query = "SELECT 1 FROM accounts WHERE network = ? AND account = ?"
        return bool(self._read(query, (network, account)))

    def meet(self, network: str, who: Identity, at: int) -> None:
        with self._write() as db:
            row = (network, who.id, who.handle, at)
            db.execute("INSERT OR IGNORE INTO accounts VALUES (?,?,?,?)", row)

    # ------------------------------------------------------------ approvals

    def approve(
        self,
        post: Post,
        *,
        run: str,
        as_of: int,
        slot: str,
        mode: str,
        who: str,
        at: int,
        kind: str = "post",
        original: int | None = None,
    ) -> Approval:
        """Fixes a post by its hash; an earlier approval of the run for the network is voided."""
        with self._write() as db:
            changes.void(db, run, post.network, kind, at, "approved anew")
            changes.keep_pictures(db, post)
            values = (
                post.hash, run, post.network, as_of, slot, kind, original, mode, at, who,
                json.dumps(post.body(), ensure_ascii=False, sort_keys=True),
            )  # fmt: skip
            made = db.execute(
                "INSERT INTO approvals (hash, run, network, as_of, slot, kind, original, mode, at,"
                " who, body) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                values,
            )
            number = int(made.lastrowid or 0)
        return self.approval(number)

    def void(self, run: str, network: str, at: int, why: str) -> int:
        """Takes back what was approved of a run for a network and not yet begun; how many."""
        with self._write() as db:
            return changes.void(db, run, network, "post", at, why)

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

    def claim(self, approval: Approval, account: str, parts: int, at: int) -> Entry:
        """The account's post for the approval's slot: new, or what another run has begun there.

        A slot holds one post for ever. One of which nothing can be out, refused or too old, gives
        way to a later approval; else what it holds is of another approval. What a person was given
        to post holds the slot of every account, and is then what comes back.
        """
        with self._write() as db:
            if changes.void_now(db, approval.id):
                what = "was voided meanwhile"
                raise UsageError(f"approval {approval.id}", what, "Approve the run again.")
            key = (approval.network, account, approval.slot)
            if (other := changes.beside(db, *key)) is not None:
                return self.entry(other)
            query = "SELECT id FROM posts WHERE network = ? AND account = ? AND slot = ?"
            found = db.execute(query, key).fetchone()
            if found is None:
                made = db.execute(
                    "INSERT INTO posts (network, account, slot, approval, at, state)"
                    " VALUES (?,?,?,?,?,'waiting')",
                    (*key, approval.id, at),
                )
                number = int(made.lastrowid or 0)
                changes.lay_out(db, number, approval.id, parts, at)
            else:
                number = int(found[0])
                if changes.gives_way(db, number, approval.id):
                    changes.clear(db, number, approval.id, at)
                    changes.lay_out(db, number, approval.id, parts, at)
        return self.entry(number)

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

    def answered(self, entry: Entry) -> Sent | None:
        """Of a correction, the first part of the post that it corrects."""
        query = "SELECT original FROM approvals WHERE id = ? AND kind = 'correction'"
        found = self._read(query, (entry.approval,))
        return self.entry(found[0][0]).rows[0].sent if found and found[0][0] else None

    def fold(self) -> None:
        """Writes everything into the one file, so that a copy of it is whole. Raises StoreError."""
        if self._read("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]:
            todo = "Let the other process end: a copy of the file would lack what was just written."
            raise StoreError(str(self.path), "is being read by another process", todo)

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

    # ------------------------------------------------------------ what happens to a segment

    def begin(self, entry: Entry, position: int, prepared: Prepared, at: int, cost: int) -> None:
        """Writes that a segment is about to be sent, and charges it: committed before the call.

        Raises UsageError where the segment is not one that may be sent: another process was
        quicker, or a person settled it or was given the text to post.
        """
        with self._write() as db:
            if changes.beside(db, entry.network, entry.account, entry.slot) is not None:
                what = "was handed to a person"
                raise UsageError(f"post {entry.id}", what, "`commentary outbox list` shows it.")
            done = db.execute(
                "UPDATE segments SET state = 'sending', token = ?, prepared = ?, started = ?,"
                " ended = 0, tries = tries + 1, reason = '', retry_at = 0"
                " WHERE post = ? AND position = ? AND state IN ('waiting', 'not sent')",
                (prepared.token, packed(prepared), at, entry.id, position),
            )
            if done.rowcount != 1:
                what = "is not waiting any more"
                raise UsageError(f"post {entry.id}, part {position + 1}", what, "Look at it again.")
            changes.event(db, at, entry.id, position, "sending", prepared.token)
            changes.state_anew(db, entry.id)
            if cost:
                changes.charge(db, entry, position, at, cost, "claimed")

    def end(
        self,
        entry: Entry,
        position: int,
        state: State,
        at: int,
        *,
        sent: Sent | None = None,
        reason: str = "",
        retry_at: int = 0,
        refund: int = 0,
    ) -> None:
        """Writes what became of a segment. refund: what was charged for what was never sent."""
        with self._write() as db:
            receipt = sent or Sent("")
            db.execute(
                "UPDATE segments SET state = ?, ended = ?, id = ?, url = ?, extra = ?, reason = ?,"
                " retry_at = ? WHERE post = ? AND position = ?",
                (
                    state, at, receipt.id, receipt.url, json.dumps(dict(receipt.extra)), reason,
                    retry_at, entry.id, position,
                ),
            )  # fmt: skip
            changes.event(db, at, entry.id, position, state, reason or receipt.id)
            changes.state_anew(db, entry.id)
            if refund:
                changes.charge(db, entry, position, at, -refund, "not sent")

    # ------------------------------------------------------------ costs

    def spent(self, network: str, account: str, since: int) -> int:
        """Millionths of a dollar that an account cost since a moment (ms)."""
        query = "SELECT sum(micros) FROM costs WHERE network = ? AND account = ? AND at >= ?"
        return int(self._read(query, (network, account, since))[0][0] or 0)
