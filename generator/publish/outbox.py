"""The protocol that keeps a post from going out twice.

What is about to be sent is written down first, what became of it at once. A segment whose end is
not known is looked for; while it is not known, nothing of its post goes on. Only what certainly
never left is tried again without being asked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from generator.errors import StoreError, UsageError
from generator.publish.alone import Alone
from generator.publish.base import (
    MICRO,
    Attempt,
    Identity,
    NotSent,
    Post,
    PublishError,
    Refused,
    Sender,
    Sent,
    same_text,
)
from generator.publish.clock import Clock, SystemClock, month_of
from generator.publish.elsewhere import not_kept
from generator.publish.ledger import Approval, Entry, Ledger, Row
from generator.publish.looking import Looking
from generator.publish.steps import clock_time, part_of, request_cost, said, sent_by, standing
from generator.settings import PublishSection

__all__ = ["STOP", "Clock", "Outbox", "Result", "Settlement", "SystemClock"]

MINUTE = 60_000
HOUR = 60 * MINUTE
STOP = "STOP"  # a file of this name beside the ledger stops every sending
RETRACTED = "#retraction"  # after a slot: that of the retraction of what it holds


@dataclass(frozen=True, slots=True)
class Result:
    """How far a post came: its entry in the ledger, and why it stopped there ("" when it is whole).

    todo: what a person can do about it.
    """

    entry: Entry
    stopped: str = ""
    todo: str = ""

    @property
    def whole(self) -> bool:
        return all(r.state in ("sent", "handed over") for r in self.entry.rows)


Settlement = Literal["sent", "not sent", "given up"]


@dataclass(frozen=True)
class Outbox:
    """One ledger, one policy, one clock; a lock for each account across processes.

    despite_stop: a person sends while the file STOP stands, and said so.
    """

    ledger: Ledger
    policy: PublishSection
    clock: Clock
    despite_stop: bool = False

    # ------------------------------------------------------------ sending

    def deliver(
        self, approval: Approval, sender: Sender, told: Callable[[str], None] = lambda line: None
    ) -> Result:
        """Sends what is approved, or as much of it as is certain not to be out already.

        Safe to call again at any time, from any number of processes. Raises PublishError where
        nothing was begun, StoreError where the ledger cannot be written (then nothing is sent).
        """
        if approval.voided is not None:
            what, todo = f"is void: {approval.why}", "Approve the run again."
            raise UsageError(f"approval {approval.id}", what, todo)
        self.running()
        who = sender.identity()
        with Alone(self.ledger.folder, approval.network, who.id):
            try:
                return self._deliver(approval, sender, who, told)
            finally:
                self._charge_requests(approval.network, who, sender)

    def _deliver(
        self, approval: Approval, sender: Sender, who: Identity, told: Callable[[str], None]
    ) -> Result:
        post = self.ledger.post(approval.id)
        Looking(self.ledger, self.policy, self.clock).at_all(approval.network, who, sender, told)
        self._meet(approval, post, who, sender)
        entry = self.ledger.claim(approval, who.id, len(post.segments), self.clock.now())
        if (entry.approval, entry.account) != (approval.id, who.id):
            return self.taken(entry, approval)
        return self._send_all(entry, approval, post, sender, told)

    def _charge_requests(self, network: str, who: Identity, sender: Sender) -> None:
        """What reading and the like cost; known only after it, and never a reason not to look."""
        if micros := request_cost(sender):
            with suppress(StoreError):  # what stopped the delivery is what is to be told
                self.ledger.charge(network, who.id, self.clock.now(), micros, "requests")

    def taken(self, entry: Entry, approval: Approval) -> Result:
        """The slot holds another approval's post, the same bytes or another text; or a person was
        given the text to post."""
        if any(row.state == "handed over" for row in entry.rows):
            what = f"slot {entry.slot} was handed to a person as post {entry.id}"
            todo = f"If it was not posted: `commentary outbox resolve {entry.id} --as not-sent`."
            return Result(entry, what, todo)
        if self.ledger.approval(entry.approval).hash == approval.hash and Result(entry).whole:
            return Result(entry)
        what = f"slot {entry.slot} already holds post {entry.id} ({entry.state})"
        return Result(entry, what, f"`commentary outbox show {entry.id}` shows it.")

    def _send_all(
        self,
        entry: Entry,
        approval: Approval,
        post: Post,
        sender: Sender,
        told: Callable[[str], None],
    ) -> Result:
        for position in range(len(post.segments)):
            row = entry.rows[position]
            if row.state in ("sent", "handed over"):
                continue
            if stopped := self.why_not(entry, row, approval):
                return Result(entry, *stopped)
            told(f"{post.network}: part {position + 1} of {len(post.segments)}")
            stopped = self._send_one(entry, position, post, sender)
            entry = self.ledger.entry(entry.id)
            if entry.rows[position].state != "sent":
                return Result(entry, *(stopped or standing(entry, entry.rows[position])))
        return Result(entry)

    def _send_one(
        self, entry: Entry, position: int, post: Post, sender: Sender
    ) -> tuple[str, str] | None:
        """One segment, as far as its end is certain. What it returns stopped it before it began."""
        self.running()
        part = part_of(entry, position, post, self.ledger.answered(entry))
        cost = sender.cost(part)
        if stopped := self._too_dear(entry, cost):
            return stopped
        started = self.clock.now()
        kept = entry.rows[position].prepared
        again = sender.idempotent and bool(kept.token)  # a new key would be a second post
        prepared = kept if again else sender.prepare(part, started)
        if isinstance(prepared, Refused):
            self.ledger.end(entry, position, "refused", self.clock.now(), reason=said(prepared))
            return None
        if isinstance(prepared, NotSent):
            self._not_sent(entry, position, prepared, 0)
            return None
        self.ledger.begin(entry, position, prepared, started, cost)
        attempt = Attempt(part, prepared, started)
        outcome = self._unkept() or sent_by(sender, attempt)
        if isinstance(outcome, Sent):
            self.ledger.end(entry, position, "sent", self.clock.now(), sent=outcome)
        elif isinstance(outcome, NotSent):
            self._not_sent(entry, position, outcome, cost)
        elif isinstance(outcome, Refused):
            self.ledger.end(
                entry, position, "refused", self.clock.now(), reason=said(outcome), refund=cost
            )
        else:
            looking = Looking(self.ledger, self.policy, self.clock)
            looking.after(entry, position, attempt, sender, outcome.reason)
        return None

    def _unkept(self) -> NotSent | None:
        """Where the ledger is to be kept elsewhere before a call, whether that failed."""
        if not self.policy.checkpoint:
            return None
        try:
            self.ledger.fold()
        except StoreError as error:
            return NotSent(f"the ledger could not be kept elsewhere: it {error.what}")
        why = not_kept(self.policy.checkpoint, self.ledger.folder)
        return NotSent(why) if why else None

    def _not_sent(self, entry: Entry, position: int, outcome: NotSent, refund: int) -> None:
        self.ledger.end(
            entry,
            position,
            "not sent",
            self.clock.now(),
            reason=outcome.reason,
            retry_at=outcome.retry_at,
            refund=refund,
        )

    # ------------------------------------------------------------ a person's word

    def settle(self, entry: Entry, position: int, how: Settlement, id: str = "") -> Entry:
        """A person's word on a segment that is uncertain, refused or not sent."""
        with Alone(self.ledger.folder, entry.network, entry.account):
            return self._settle(self.ledger.entry(entry.id), position, how, id)

    def _settle(self, entry: Entry, position: int, how: Settlement, id: str) -> Entry:
        if not 0 <= position < len(entry.rows):
            what = f"has no part {position + 1}"
            raise UsageError(f"post {entry.id}", what, f"It has {len(entry.rows)}.")
        row = entry.rows[position]
        if row.state not in ("uncertain", "sending", "not sent", "refused", "handed over"):
            what = f"is {row.state}"
            raise UsageError(
                f"post {entry.id}, part {position + 1}", what, "Nothing is open there."
            )
        if how == "sent" and not id and position + 1 < len(entry.rows):
            what = "needs its id on the network: the next part answers it"
            raise UsageError(f"post {entry.id}, part {position + 1}", what, "Give it with --id.")
        sent = Sent(id or "told by a person") if how == "sent" else None
        note = "settled by a person"
        self.ledger.end(entry, position, how, self.clock.now(), sent=sent, reason=note)
        return self.ledger.entry(entry.id)

    # ------------------------------------------------------------ what forbids sending

    def running(self) -> None:
        stop = self.ledger.folder / STOP
        if stop.exists() and not self.despite_stop:
            todo = "Delete that file to go on; `correct` and `retract` take --despite-stop."
            raise PublishError(str(stop), "stops all sending", todo)

    def why_not(self, entry: Entry, row: Row, approval: Approval) -> tuple[str, str] | None:
        if row.state not in ("waiting", "not sent"):
            return standing(entry, row)
        now = self.clock.now()
        if row.retry_at > now:
            return (
                f"{row.reason}; not before {clock_time(row.retry_at)}",
                "Run it again after that.",
            )
        if approval.kind == "retraction":
            return None  # it is never too late for that
        show = f"`commentary outbox resolve {entry.id}` ends it."
        if self.ledger.holds(entry.network, entry.account, entry.slot + RETRACTED):
            return "it was taken back", show
        first = entry.rows[0]
        if row.position > 0 and now - first.ended > self.policy.thread_minutes * MINUTE:
            return f"its first part is older than {self.policy.thread_minutes:g} minutes", show
        if now < approval.at - MINUTE:
            what = "the clock stands before the approval"
            return what, "Set the machine's clock; ages cannot be told by it."
        return self.too_old(approval) if row.position == 0 else None

    def too_old(self, approval: Approval) -> tuple[str, str] | None:
        limit = self.policy.age_minutes(approval.network)
        if self.clock.now() - approval.as_of <= limit * MINUTE:
            return None
        return f"its numbers are older than {limit:g} minutes", "Write a new note."

    def _too_dear(self, entry: Entry, cost: int) -> tuple[str, str] | None:
        if not cost:
            return None
        month = month_of(self.clock.now())
        spent = self.ledger.spent(entry.network, entry.account, month)
        cap = self.policy.month_usd * MICRO
        if spent + cost <= cap:
            return None
        what = f"${spent / MICRO:.3f} of ${self.policy.month_usd:.2f} are spent this month"
        return what, "Raise [publish] month_usd, or wait for the next month."

    # ------------------------------------------------------------ accounts

    def _meet(self, approval: Approval, post: Post, who: Identity, sender: Sender) -> None:
        """The first time a ledger sees an account it cannot know what was sent before it: a lost
        state folder looks like a new one. What stands there is looked at, or a person is asked."""
        if self.ledger.met(approval.network, who.id):
            return
        if not sender.reads_back:
            what = f"{who.handle or who.id} is new to this ledger and cannot be read back"
            todo = f"If nothing of today is out there: `commentary outbox meet {approval.network}`."
            raise PublishError(approval.network, what, todo)
        now = self.clock.now()
        for seen in sender.newest():
            same = any(same_text(seen.text, s.shown) for s in post.segments)
            fresh = now - seen.at < self.policy.first_hours * HOUR
            if same or fresh:
                what = "holds this text already" if same else "has a post of the last hours"
                raise PublishError(
                    f"{who.handle or who.id} ({seen.url or seen.id})",
                    f"{what}, and this ledger is new to the account",
                    f"Look at it; if the text may follow: `commentary outbox meet {post.network}`.",
                )
        self.ledger.meet(approval.network, who, now)
