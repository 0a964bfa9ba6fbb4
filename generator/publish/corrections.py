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
    todo = "`commentary outbox list` shows what is out; what is not can be edited."
    raise UsageError(f"{run} for {network}", "was not sent", todo)


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


def retraction(ledger: Ledger, entry: Entry, run: str, at: int) -> Approval:
    """Leave to take back every part of a post that is out; the one there is, if it was given."""
    slot = entry.slot + RETRACTED
    if held := ledger.in_slot(entry.network, slot):
        return ledger.approval(held[-1].approval)
    before = ledger.post(entry.approval)
    out = sum(r.sent is not None for r in entry.rows)
    post = replace(before, segments=before.segments[:out], media=before.media[:out])
    return ledger.approve(
        post, run=run, as_of=at, slot=slot, mode="live", who="person", at=at,
        kind="retraction", original=entry.id,
    )  # fmt: skip


@dataclass
class Retracting:
    """A sender that takes back instead: part 1 of a retraction is the last part of the post."""

    sender: Sender
    entry: Entry
    reads_back: bool = True
    idempotent: bool = True

    def _taken(self, part: Piece) -> Sent:
        sent = [r.sent for r in self.entry.rows if r.sent]
        return sent[len(part.post.segments) - 1 - part.index]

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
