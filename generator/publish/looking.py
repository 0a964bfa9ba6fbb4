"""Looking for what may have left: reading an account back, several times and apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.publish.base import Absent, Attempt, Found, Identity, Reading, Sender, Unknown
from generator.publish.clock import Clock
from generator.publish.ledger import Entry, Ledger, Row
from generator.publish.steps import part_of, seen_by
from generator.settings import PublishSection

LOOKED_FOR = 24 * 60 * 60_000  # ms


@dataclass(frozen=True)
class Looking:
    """What the ledger does not know the end of, held against what the network shows."""

    ledger: Ledger
    policy: PublishSection
    clock: Clock

    def at_all(
        self, network: str, who: Identity, sender: Sender, told: Callable[[str], None]
    ) -> None:
        """Looks for every segment of the account whose end is not known: a run died there, or left
        it uncertain in the last hours. Older ones only a person settles."""
        for entry in self.ledger.unsettled(network, who.id):
            retracted = self.ledger.approval(entry.approval).kind == "retraction"
            for row in entry.rows:
                if retracted and row.state in ("sending", "uncertain"):
                    # What is found may be there only because it was not taken back: so, once more.
                    why, now = "the run ended while it was being taken back", self.clock.now()
                    self.ledger.end(entry, row.position, "not sent", now, reason=why)
                    continue
                recent = self.clock.now() - row.started < LOOKED_FOR
                if row.state == "sending" or (row.state == "uncertain" and recent):
                    told(f"{network}: looking for part {row.position + 1} of post {entry.id}")
                    post, answered = self.ledger.post(entry.approval), self.ledger.answered(entry)
                    part = part_of(entry, row.position, post, answered)
                    attempt = Attempt(part, row.prepared, row.started)
                    if row.state == "sending":
                        why = "the run ended while it was being sent"
                        self.after(entry, row.position, attempt, sender, why)
                    else:
                        self._again(entry, row, attempt, sender)

    def _again(self, entry: Entry, row: Row, attempt: Attempt, sender: Sender) -> None:
        """One look at what was uncertain already; it stays so unless that tells more."""
        reading = seen_by(sender, attempt) if sender.reads_back else Unknown()
        now = self.clock.now()
        if isinstance(reading, Found):
            self.ledger.end(entry, row.position, "sent", now, sent=reading.sent)
        elif isinstance(reading, Absent) and (sender.idempotent or self.policy.resend):
            self.ledger.end(entry, row.position, "not sent", now, reason=row.reason)

    def after(
        self, entry: Entry, position: int, attempt: Attempt, sender: Sender, why: str
    ) -> None:
        """Settles an ambiguous segment by reading back, several times and apart: what a network
        has taken it may show seconds later."""
        reading = self._read_back(attempt, sender)
        now = self.clock.now()
        if isinstance(reading, Found):
            self.ledger.end(entry, position, "sent", now, sent=reading.sent)
        elif isinstance(reading, Absent) and (sender.idempotent or self.policy.resend):
            # Under the same key it cannot become a second post, so it may be tried again.
            self.ledger.end(entry, position, "not sent", now, reason=f"{why}; not found since")
        else:
            seen = "not found since" if isinstance(reading, Absent) else reading.reason
            self.ledger.end(entry, position, "uncertain", now, reason=f"{why}; {seen}")

    def _read_back(self, attempt: Attempt, sender: Sender) -> Reading:
        reading: Reading = Unknown()
        if not sender.reads_back:
            return reading
        for look in range(self.policy.reads):
            if look:
                self.clock.sleep(self.policy.pause_s)
            reading = seen_by(sender, attempt)
            if isinstance(reading, Found):
                return reading
        return reading
