"""Corrections and retractions: posts of their own, in slots of their own, bound to the original.

A correction is dated, answers what it corrects where the network has answers, and changes the page
where it has pages. A retraction takes every part back, the last first; doing so twice does no harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from generator.errors import UsageError
from generator.model import Draft, Part
from generator.networks.base import Network
from generator.newsletter.pictures import Picture
from generator.publish.base import (
    Absent,
    Attempt,
    Identity,
    Outcome,
    Post,
    Prepared,
    Reading,
    Seen,
    Sender,
    Sent,
)
from generator.publish.base import Part as Piece
from generator.publish.candidate import Candidate
from generator.publish.ledger import Approval, Entry, Ledger
from generator.publish.outbox import RETRACTED
from generator.publish.records import OPEN
from generator.publish.steps import request_cost

WORDS: Mapping[str, tuple[str, str]] = {
    "en": ("Correction", "the text below replaces what was sent."),
    "es": ("Corrección", "el texto siguiente sustituye al enviado."),
    "zh": ("更正", "以下文字取代先前发布的内容。"),
}


def original(ledger: Ledger, run: str, network: str) -> Entry:
    """The post of a run that is out, at least in part. Raises UsageError."""
    found = ledger.approved(run, network)
    entries = ledger.in_slot(network, found.slot) if found else ()
    for entry in entries:
        if ledger.approval(entry.approval).run == run and any(r.sent for r in entry.rows):
            return entry
    what, todo = "was not sent", "`commentary outbox list` shows what is out; edit what is not."
    if unsure := [e.id for e in entries if any(r.state in OPEN for r in e.rows)]:
        what, todo = "may be out", f"Look, then `commentary outbox resolve {unsure[0]}`."
    raise UsageError(f"{run} for {network}", what, todo)


def correction(found: Candidate, network: Network, text: str, at: int) -> tuple[Draft, Post]:
    """The text and what is sent of it: dated, then `text`, or else the run's edited text.

    A newsletter is sent whole, with the correction as its first paragraph. Raises UsageError where
    there is nothing to say.
    """
    draft, media = found.draft, found.post.media
    if not text and not found.edited:
        todo = f"Give --text, or mend it: `commentary edit {found.run} --network {network.name}`."
        raise UsageError(f"{found.run} for {network.name}", "has no correction", todo)
    word, below = WORDS.get(draft.lang.partition("-")[0], WORDS["en"])
    dated = f"{word} {datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC: "
    if draft.parts:
        draft = _inserted(draft, dated + (text or below))
    else:
        first, *rest = (text,) if text else draft.segments
        draft, media = replace(draft, segments=(dated + first, *rest)), ()
    segments = network.render(draft)
    return draft, replace(
        found.post,
        segments=segments,
        media=media,
        parts=network.bodies(draft, _pictures(found, network)),
    )


def _pictures(found: Candidate, network: Network) -> list[Picture]:
    from generator.publish.candidate import shown

    return list(shown(found.post.pictures(0), network.size))


def _inserted(draft: Draft, paragraph: str) -> Draft:
    """A newsletter with one more paragraph under its title."""
    text, at = draft.segments[0], draft.parts[0].end
    added = f"\n\n{paragraph}"
    more = len(added)
    moved = [replace(p, start=p.start + more, end=p.end + more) for p in draft.parts[1:]]
    new = Part("paragraph", 0, at + 2, at + len(added))
    return replace(
        draft, segments=(text[:at] + added + text[at:],), parts=(draft.parts[0], new, *moved)
    )


def correction_slot(entry: Entry, told: str) -> str:
    """The same correction twice is one post, whenever it is sent."""
    return f"{entry.slot}#correction-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def retraction(ledger: Ledger, entry: Entry, run: str, at: int) -> tuple[Approval, int]:
    """Leave to take back every part of a post that is out, and how many were taken back before it:
    a part of which a person says later that it was out takes a retraction of its own."""
    out, before = sum(r.sent is not None for r in entry.rows), 0
    while held := ledger.in_slot(entry.network, _slot(entry, before)):
        taken = held[-1].rows
        if before + len(taken) >= out or any(r.state != "sent" for r in taken):
            return ledger.approval(held[-1].approval), before
        before += len(taken)
    whole = ledger.post(entry.approval)
    post = replace(whole, segments=whole.segments[before:out], media=whole.media[before:out])
    approval = ledger.approve(
        post, run=run, as_of=at, slot=_slot(entry, before), mode="live", who="person", at=at,
        kind="retraction", original=entry.id,
    )  # fmt: skip
    return approval, before


def _slot(entry: Entry, before: int) -> str:
    return entry.slot + RETRACTED + (f"-{before + 1}" if before else "")


@dataclass
class Retracting:
    """A sender that takes back instead: part 1 of a retraction is the last part of the post.

    before: how many parts of the post an earlier retraction took back.
    """

    sender: Sender
    entry: Entry
    before: int = 0
    reads_back: bool = True
    idempotent: bool = True

    def _taken(self, part: Piece) -> Sent:
        sent = [r.sent for r in self.entry.rows if r.sent]
        return sent[self.before + len(part.post.segments) - 1 - part.index]

    def identity(self) -> Identity:
        return self.sender.identity()

    def newest(self) -> tuple[Seen, ...]:
        return self.sender.newest()

    def prepare(self, part: Piece, started: int) -> Prepared:
        return Prepared(token=self._taken(part).id)

    def send(self, attempt: Attempt) -> Outcome:
        return self.sender.retract(self._taken(attempt.part))

    def reconcile(self, attempt: Attempt) -> Reading:
        return Absent()  # it is simply taken back again

    def retract(self, sent: Sent) -> Outcome:
        return self.sender.retract(sent)

    def cost(self, part: Piece) -> int:
        return 0

    def request_cost(self) -> int:
        return request_cost(self.sender)
