"""The daily job: one slot's text, written, approved and sent once, however often it is started.

What is out is the ledger's to say; this only decides whether a note has to be written, and when to
call a person. Every start looks first at what the slot holds: what is begun is gone on with, what
waits for a person waits, and only where there is nothing is the market asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from generator.errors import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_NETWORK,
    CommentaryError,
    NotEnoughData,
    UsageError,
)
from generator.publish import journal as journals
from generator.publish.base import PublishError
from generator.publish.journal import Journal
from generator.publish.ledger import Approval, Entry, Ledger
from generator.publish.outbox import STOP, Outbox, Result
from generator.publish.slots import MINUTE

if TYPE_CHECKING:
    from generator.cli import Context
    from generator.model import Snapshot
    from generator.settings import Config

POLICY = "policy: every gate passed"  # who approved, where no person did
EndState = Literal["sent", "waiting", "quiet", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How one network's text stands when the job ends.

    `sent`; `waiting` for a person's approval; `quiet`, nothing to be said; `stopped`, approved and
    not out, or not whole; `failed`, not written or not approved. code: the exit code it asks for.
    """

    network: str
    state: EndState
    what: str = ""
    todo: str = ""
    code: int = EXIT_DONE
    result: Result | None = None


@dataclass(frozen=True)
class Job:
    """One start. names: networks as they were asked for, such as `x:thread`.

    write: collects and writes the run of the slot for some networks, and gives its folder; None on
    a quiet day that is passed over.
    """

    context: Context
    names: tuple[str, ...]
    slot: str
    outbox: Outbox
    write: Callable[[tuple[str, ...]], Path | None]

    @property
    def ledger(self) -> Ledger:
        return self.outbox.ledger

    def run(self) -> tuple[Ended, ...]:
        """Raises PublishError while the file STOP forbids all sending, and UsageError for a policy
        that the texts would deny."""
        stop = self.ledger.folder / STOP
        if stop.exists():
            raise PublishError(str(stop), "stops the daily job", "Delete that file to go on.")
        honest(self.context.config)
        begun = {name: self._begun(name) for name in self.names}
        rest = tuple(name for name, ended in begun.items() if ended is None)
        written = self._anew(rest) if rest else {}
        return tuple(begun[name] or written[name] for name in self.names)

    # ------------------------------------------------------------ what the slot holds already

    def _begun(self, name: str) -> Ended | None:
        """What became of a network's text that was begun before; None where there is none, or
        where none of it is out and its numbers are too old."""
        network = network_name(name)
        approval: Approval | None
        if entries := self.ledger.in_slot(network, self.slot):
            entry = entries[-1]
            if Result(entry).whole:
                return Ended(
                    network, "sent", f"post {entry.id} was out before", "", 0, Result(entry)
                )
            if entry.state in ("refused", "given up"):
                return _stopped(
                    network, Result(entry, f"post {entry.id} is {entry.state}", _show(entry))
                )
            approval = self.ledger.approval(entry.approval)
            untouched = all(r.state in ("waiting", "not sent") for r in entry.rows)
            return None if untouched and self.outbox.too_old(approval) else self._send(approval)
        approval = self.ledger.approved_in(network, self.slot)
        return None if approval is None or self.outbox.too_old(approval) else self._send(approval)

    def _age(self, as_of: int) -> float:
        return (self.outbox.clock.now() - as_of) / MINUTE

    def _send(self, approval: Approval) -> Ended:
        from generator.publish.delivering import deliver

        try:
            result = deliver(approval, self.outbox, self.context)
        except CommentaryError as error:
            # One network's trouble is no other's.
            return Ended(approval.network, "stopped", error.what, error.todo, EXIT_NETWORK)
        if result.whole:
            return Ended(approval.network, "sent", f"post {result.entry.id} is out", result=result)
        return _stopped(approval.network, result)

    # ------------------------------------------------------------ writing

    def _anew(self, names: tuple[str, ...]) -> dict[str, Ended]:
        journal = journals.read(self.ledger.folder, self.slot)
        try:
            if journal.skipped:
                return {n: Ended(network_name(n), "quiet", journal.skipped) for n in names}
            folder = self._kept(journal, names) or self.write(names)
            if folder is None:
                why = "a quiet day, and [run] quiet = skip"
                journals.write(self.ledger.folder, replace(journal, skipped=why))
                return {n: Ended(network_name(n), "quiet", why) for n in names}
            self._note(journal, folder)
        except CommentaryError as error:
            ended = Ended(
                "", "failed", f"{error.subject}: {error.what}", error.todo, error.exit_code
            )
            return {n: replace(ended, network=network_name(n)) for n in names}
        return {name: self._approve(name, folder) for name in names}

    def _kept(self, journal: Journal, names: tuple[str, ...]) -> Path | None:
        """The run that an earlier start wrote, while its numbers are young enough for all."""
        from generator.flow import network_of
        from generator.publish.candidate import candidate, run_folder

        limit = min(self.outbox.policy.age_minutes(network_name(n)) for n in names)
        if not journal.run or self._age(journal.as_of) > limit:
            return None
        try:
            folder = run_folder(self.context.config, journal.run)
            for name in names:
                candidate(folder, network_of(self.context.config, name))
        except UsageError:  # it is gone, or was written for other networks
            return None
        return folder

    def _note(self, journal: Journal, folder: Path) -> None:
        from generator.publish.candidate import moment_of, run_of

        kept = replace(journal, run=run_of(folder), as_of=moment_of(folder))
        if kept != journal:
            journals.write(self.ledger.folder, kept)

    # ------------------------------------------------------------ approving

    def _approve(self, name: str, folder: Path) -> Ended:
        """By the policy, and then sends; or leaves it to a person, who is told what to do."""
        from generator.flow import network_of
        from generator.publish.approved import all_of, allowed, approve
        from generator.publish.candidate import candidate

        network = network_of(self.context.config, name)
        try:
            found = candidate(folder, network)
            if self.context.config.run.approval != "auto":
                allowed(found, network, self.context)
                todo = (
                    f"`commentary approve {found.run} --to {name}`, then"
                    f" `commentary publish {found.run} --to {network.name}`"
                )
                return Ended(network.name, "waiting", f"{found.run} waits for approval", todo)
            at = self.outbox.clock.now()
            approval, _ = approve(
                found, network, self.context, self.ledger, at=at, slot=self.slot, who=POLICY
            )
        except CommentaryError as error:
            code = error.exit_code or EXIT_FAILED
            return Ended(network.name, "failed", all_of(error), error.todo, code)
        return self._send(approval)


def honest(config: Config) -> None:
    """Raises UsageError where the texts would say of themselves what the policy does not do."""
    if config.run.approval == "auto" and config.house.automation == "reviewed":
        what = "every text says that it was reviewed, and [run] approval = auto reviews none"
        todo = 'Set [house] automation = "not reviewed", or [run] approval = "manual".'
        raise UsageError("house.automation", what, todo)


def enough(snapshot: Snapshot, config: Config) -> None:
    """Raises NotEnoughData where fewer venues answered than the job asks for."""
    answered = [
        s.name
        for s in snapshot.sources
        if s.name in config.collect.venues and s.state in ("ok", "partial")
    ]
    if len(answered) < config.run.venues:
        told = f"{len(answered)} of {len(config.collect.venues)} venues answered"
        failed = [
            f"{s.name}: {s.reason}" for s in snapshot.sources if s.state in ("blocked", "failed")
        ]
        what = f"{told}, [run] venues asks for {config.run.venues}"
        raise NotEnoughData("market", what, "; ".join(failed[:5]) or "`commentary doctor`")


@contextmanager
def only_start(state: Path, slot: str) -> Iterator[bool]:
    """Whether this is the only start of a slot that is at work; the lock ends with the process."""
    from filelock import FileLock, Timeout

    path = state / "locks" / f"slot-{slot.replace('/', '_')}.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def network_name(name: str) -> str:
    """`x` of `x:thread`."""
    return name.partition(":")[0]


def _stopped(network: str, result: Result) -> Ended:
    return Ended(network, "stopped", result.stopped, result.todo, EXIT_NETWORK, result)


def _show(entry: Entry) -> str:
    return f"`commentary outbox show {entry.id}` tells why; `approve` another text by hand."
