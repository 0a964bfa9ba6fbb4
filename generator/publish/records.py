"""What the ledger says: approvals, posts with their segments, and events, as values.

States of a segment: `waiting`; `sending`, written before the call; `sent`; `not sent` (certain, may
be tried again); `refused`; `uncertain` (it may be out, and only a person settles it); `given up`
(by a person); `handed over` (a person was given the text to post).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from generator.publish.base import Prepared, Sent

State = Literal[
    "waiting", "sending", "sent", "not sent", "refused", "uncertain", "given up", "handed over"
]
OPEN: tuple[State, ...] = ("sending", "uncertain")
DONE: tuple[State, ...] = ("sent", "handed over")


@dataclass(frozen=True, slots=True)
class Approval:
    """Leave to send exactly one text to one network in one slot. times in ms.

    kind: `post`, `correction` (of the post `original`) or `retraction`. mode: of the snapshot it
    was written from: live, replay or scenario. who: `person` or the policy that approved.
    """

    id: int
    hash: str
    run: str
    network: str
    as_of: int
    slot: str
    kind: str
    original: int | None
    mode: str
    at: int
    who: str
    voided: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One segment of a post in the ledger. id and url: the network's own."""

    post: int
    position: int
    state: State
    prepared: Prepared
    started: int
    ended: int
    tries: int
    sent: Sent | None
    reason: str
    retry_at: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of one account: its slot, its approval, and its segments in order."""

    id: int
    network: str
    account: str
    slot: str
    approval: int
    at: int
    state: State
    rows: tuple[Row, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a segment; position -1 for the post as a whole."""

    at: int
    post: int
    position: int
    state: str
    note: str


# ---------------------------------------------------------------- rows of the file, and back

APPROVAL = "id, hash, run, network, as_of, slot, kind, original, mode, at, who, voided, why"
POST = "id, network, account, slot, approval, at, state"
SEGMENT = "post, position, state, prepared, started, ended, tries, id, url, extra, reason, retry_at"


def row_of(row: tuple[Any, ...]) -> Row:
    post, position, state, prepared, started, ended, tries, id_, url, extra, reason, retry = row
    sent = Sent(id_, url, json.loads(extra)) if id_ else None
    return Row(
        post, position, state, unpacked(prepared), started, ended, tries, sent, reason, retry
    )


def packed(prepared: Prepared) -> str:
    return json.dumps(
        {
            "token": prepared.token,
            "media": list(prepared.media),
            "since": prepared.since,
            "extra": dict(prepared.extra),
        }
    )


def unpacked(text: str) -> Prepared:
    data = json.loads(text)
    if not data:
        return Prepared()
    return Prepared(data["token"], tuple(data["media"]), data["since"], data["extra"])
