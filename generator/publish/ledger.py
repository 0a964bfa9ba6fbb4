"""The ledger: what was approved, what was about to be sent, and what became of it.

Nothing of it is ever deleted; every change of a segment is an event (`records` has the states).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from generator.errors import StoreError, UsageError
from generator.publish import changes
from generator.publish.base import Identity, Post, Prepared, Sent
from generator.publish.kept import Kept
from generator.publish.records import Approval, Entry, Event, Row, State, packed
from generator.publish.schema import named
from generator.transaction import transaction

__all__ = ["Approval", "Entry", "Event", "Ledger", "Row", "State"]


class Ledger(Kept):
    """An open ledger, to be changed. Every method raises StoreError, which names the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with named(self.path), transaction(self._connection):
            yield self._connection

    # ------------------------------------------------------------ accounts

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

    def fold(self) -> None:
        """Writes everything into the one file, so that a copy of it is whole. Raises StoreError."""
        if self._read("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]:
            todo = "Let the other process end: a copy of the file would lack what was just written."
            raise StoreError(str(self.path), "is being read by another process", todo)

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

    def charge(self, network: str, account: str, at: int, micros: int, note: str) -> None:
        """Writes down what an account cost beside its posts, in millionths of a dollar."""
        with self._write() as db:
            db.execute(
                "INSERT INTO costs (at, network, account, post, position, micros, note)"
                " VALUES (?,?,?,0,-1,?,?)",
                (at, network, account, micros, note),
            )
