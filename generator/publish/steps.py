"""Single steps of a delivery: one segment for a sender, its answer, and how it is told."""

from __future__ import annotations

from datetime import UTC, datetime

from generator.publish.base import (
    Ambiguous,
    Attempt,
    Outcome,
    Part,
    Post,
    Reading,
    Refused,
    Sender,
    Sent,
    Unknown,
)
from generator.publish.records import Entry, Row


def sent_by(sender: Sender, attempt: Attempt) -> Outcome:
    try:
        return sender.send(attempt)
    except Exception as error:  # unforeseen: it may be out. Its text may hold a secret
        return Ambiguous(f"the sender failed ({type(error).__name__})")


def seen_by(sender: Sender, attempt: Attempt) -> Reading:
    try:
        return sender.reconcile(attempt)
    except Exception as error:
        return Unknown(f"reading back failed ({type(error).__name__})")


def request_cost(sender: Sender) -> int:
    """What a sender's other requests cost since it was last asked; most networks charge nothing,
    and their senders need not tell."""
    tell = getattr(sender, "request_cost", None)
    return int(tell()) if tell else 0


def part_of(entry: Entry, position: int, post: Post, answers: Sent | None = None) -> Part:
    """answers: of a correction, the first part of what it corrects."""
    rows = entry.rows
    key = f"{post.hash}/{entry.slot}/{position}"
    root = answers or (rows[0].sent if position else None)
    return Part(post, position, key, root, rows[position - 1].sent if position else answers)


def standing(entry: Entry, row: Row) -> tuple[str, str]:
    """Why a post does not go on past a segment."""
    part = f"part {row.position + 1} is {row.state}"
    todo = f"`commentary outbox show {entry.id}`, then `commentary outbox resolve {entry.id}`."
    if row.state == "not sent":
        todo = "`commentary publish` tries it again."
    return (f"{part}: {row.reason}" if row.reason else part), todo


def said(refused: Refused) -> str:
    return f"{refused.reason} ({refused.hint})" if refused.hint else refused.reason


def clock_time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%H:%M UTC on %d %B")
