"""Parts of a change of the ledger, inside the transaction that the ledger opened."""

from __future__ import annotations

import sqlite3

from generator.publish.base import Post
from generator.publish.records import DONE, Entry

BY_HAND = "by hand"  # the account of what a person was given to post


def void(db: sqlite3.Connection, run: str, network: str, kind: str, at: int, why: str) -> int:
    done = db.execute(
        "UPDATE approvals SET voided = ?, why = ? WHERE run = ? AND network = ? AND kind = ?"
        " AND voided IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM posts WHERE posts.approval = approvals.id)",
        (at, why, run, network, kind),
    )
    return done.rowcount


def gives_way(db: sqlite3.Connection, number: int, approval: int) -> bool:
    """Whether a slot's post yields to another approval: nothing of it can be out."""
    query = (
        "SELECT p.approval, sum(s.state NOT IN ('waiting', 'not sent', 'refused'))"
        " FROM posts p JOIN segments s ON s.post = p.id WHERE p.id = ?"
    )
    held, out = db.execute(query, (number,)).fetchone()
    return bool(held != approval and out == 0)


def keep_pictures(db: sqlite3.Connection, post: Post) -> None:
    """The pictures of a post, each once, by what they hold."""
    for index in range(len(post.segments)):
        blobs = [(media.digest, media.data) for media in post.pictures(index)]
        db.executemany("INSERT OR IGNORE INTO blobs VALUES (?,?)", blobs)


def clear(db: sqlite3.Connection, number: int, approval: int, at: int) -> None:
    """Makes room in a slot for another approval."""
    db.execute("DELETE FROM segments WHERE post = ?", (number,))
    row = (approval, at, number)
    db.execute("UPDATE posts SET approval = ?, at = ?, state = 'waiting' WHERE id = ?", row)


def lay_out(db: sqlite3.Connection, number: int, approval: int, parts: int, at: int) -> None:
    """The segments of a new post, all waiting."""
    rows = [(number, i) for i in range(parts)]
    db.executemany(
        "INSERT INTO segments VALUES (?,?,'waiting','','{}',0,0,0,'','','{}','',0)", rows
    )
    event(db, at, number, -1, "waiting", f"approval {approval}")


def beside(db: sqlite3.Connection, network: str, account: str, slot: str) -> int | None:
    """A post of the slot under another account that stands in the way: what a person was given to
    post is not sent besides, nor the other way round."""
    query = (
        "SELECT p.id FROM posts p WHERE p.network = ? AND p.slot = ? AND p.account <> ?"
        " AND (p.account = ? OR ? = ?) AND EXISTS (SELECT 1 FROM segments s WHERE s.post = p.id"
        " AND s.state NOT IN ('waiting', 'not sent', 'refused', 'given up')) ORDER BY p.id"
    )
    found = db.execute(query, (network, slot, account, BY_HAND, account, BY_HAND)).fetchone()
    return None if found is None else int(found[0])


def event(db: sqlite3.Connection, at: int, post: int, position: int, state: str, note: str) -> None:
    db.execute(
        "INSERT INTO events (at, post, position, state, note) VALUES (?,?,?,?,?)",
        (at, post, position, state, note),
    )


def state_anew(db: sqlite3.Connection, post: int) -> None:
    """The post's state: that of its first segment that is not done; of a whole one, its own."""
    query = "SELECT state FROM segments WHERE post = ? ORDER BY position"
    states = [s for (s,) in db.execute(query, (post,))]
    state = next((s for s in states if s not in DONE), states[-1])
    db.execute("UPDATE posts SET state = ? WHERE id = ?", (state, post))


def charge(
    db: sqlite3.Connection, entry: Entry, position: int, at: int, micros: int, note: str
) -> None:
    db.execute(
        "INSERT INTO costs (at, network, account, post, position, micros, note)"
        " VALUES (?,?,?,?,?,?,?)",
        (at, entry.network, entry.account, entry.id, position, micros, note),
    )


def void_now(db: sqlite3.Connection, approval: int) -> bool:
    """Whether an approval was taken back, as the file has it now."""
    found = db.execute("SELECT voided FROM approvals WHERE id = ?", (approval,)).fetchone()
    return bool(found is None or found[0] is not None)
