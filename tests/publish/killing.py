"""Threads delivered by processes that die anywhere, and what stands on the network afterwards.

`drive` takes a rig: a network that runs in another process, how to arm its faults, and what it
holds. Each delivery is a child forked from this process, killed by SIGKILL at a step, by a step's
number, or at a random moment, or left alone. After a few of them the thread is delivered in peace;
what is uncertain is then settled as a person would who looks at the account, and delivered on.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from generator.errors import CommentaryError
from generator.networks.base import Segment
from generator.publish.base import Post, Sender
from generator.publish.clock import SystemClock
from generator.publish.ledger import Approval, Ledger
from generator.publish.outbox import Outbox
from generator.settings import PublishSection

PARTS = 3
HOUR = 3_600_000


@dataclass(frozen=True)
class Standing:
    """A post as the network holds it. parent: what it answers, "" for nothing."""

    id: str
    text: str
    parent: str


class Rig(Protocol):
    """One network for a kill test. faults: what `arm` may be told; "" for none.

    resend: whether what is not found is sent again unasked (networks with keys of their own).
    """

    network: str
    faults: Sequence[str]

    def sender(self) -> Sender:
        """A sender, built anew in every process."""

    def arm(self, rng: random.Random, faults: Sequence[str]) -> None:
        """What goes wrong with the next requests, one each, and how late reading back is."""

    def standing(self) -> Sequence[Standing]:
        """Everything on the account, oldest first."""


@dataclass
class Tally:
    """What happened. threads whole, in order, once; the rest must be nought."""

    threads: int = 0
    deliveries: int = 0
    killed: int = 0
    faults: int = 0
    uncertain: int = 0
    pairs: int = 0
    stepped: int = 0
    full: int = 0
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        return not (self.doubled or self.lost or self.disordered or self.unlisted)

    def wrong(self) -> str:
        """What does not hold, by name."""
        kinds = {k: v[:5] for k, v in vars(self).items() if isinstance(v, list) and v}
        return f"{self.rows()}, such as {kinds}"

    def rows(self) -> dict[str, object]:
        counts = {k: v for k, v in vars(self).items() if not isinstance(v, list)}
        return counts | {k: len(v) for k, v in vars(self).items() if isinstance(v, list)}


@dataclass
class Killer:
    """Counts the steps of a delivery, and ends the process at one of them."""

    at: int
    seen: int = 0

    def step(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, *names: str) -> None:
        for name in names:
            setattr(owner, name, self._stepped(getattr(owner, name)))

    def _stepped(self, does: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **options: Any) -> Any:
            self.step()
            given = does(*args, **options)
            self.step()
            return given

        return stepped


@dataclass(frozen=True)
class Plan:
    """How one delivery ends. kill_at: a step's number, 0 for none; kill_after: seconds; offset: of
    the clock (ms); pages: how much the ledger's file may still grow."""

    kill_at: int = 0
    kill_after: float = 0.0
    offset: int = 0
    pages: int | None = None


def drive(
    rig: Rig, folder: Path, threads: int, seed: int, *, settle: bool = True, longest_s: float = 1e9
) -> Tally:
    """Delivers so many threads through death and faults; every one ends whole or is told."""
    rng, tally, begun = random.Random(seed), Tally(), time.monotonic()
    me = rig.sender().identity()
    with Ledger(folder) as ledger:
        ledger.meet(rig.network, me, SystemClock().now())
    for number in range(threads):
        if time.monotonic() - begun > longest_s:
            break
        _thread(rig, folder, f"{seed}-{number}", rng, tally, settle=settle)
    tally.seconds = round(time.monotonic() - begun, 1)
    return tally


def at_every_step(rig: Rig, folder: Path, seed: int, every: int = 1) -> Tally:
    """One thread for every `every`th step of a delivery, killed there and nowhere else, until a
    delivery has no such step any more."""
    rng, tally = random.Random(seed), Tally()
    with Ledger(folder) as ledger:
        ledger.meet(rig.network, rig.sender().identity(), SystemClock().now())
    rig.arm(rng, ())
    for step in range(1, 500, every):
        name, died = f"{seed}-step-{step}", tally.killed
        texts, approval = _approved(rig, folder, name, rng)
        tally.threads += 1
        _run(rig, folder, approval, [Plan(kill_at=step)], tally)
        _finish(rig, folder, name, texts, approval, tally, settle=True)
        if tally.killed == died:
            break
    return tally


def _approved(rig: Rig, folder: Path, name: str, rng: random.Random) -> tuple[list[str], Approval]:
    texts = [f"{name} part {i}: {rng.getrandbits(40):x}" for i in range(PARTS)]
    post = Post(rig.network, "en", tuple(Segment(t, t, len(t)) for t in texts))
    with Ledger(folder) as ledger:
        now = SystemClock().now()
        return texts, ledger.approve(
            post, run=name, as_of=now, slot=name, mode="live", who="person", at=now
        )


def _thread(
    rig: Rig, folder: Path, name: str, rng: random.Random, tally: Tally, *, settle: bool
) -> None:
    texts, approval = _approved(rig, folder, name, rng)
    tally.threads += 1
    for _ in range(rng.randint(1, 3)):
        faults = [rng.choice(["", *rig.faults]) for _ in range(rng.randint(0, PARTS))]
        tally.faults += sum(f != "" for f in faults)
        rig.arm(rng, faults)
        _deliveries(rig, folder, approval, rng, tally)
    rig.arm(rng, ())
    _finish(rig, folder, name, texts, approval, tally, settle=settle)


def _finish(
    rig: Rig,
    folder: Path,
    name: str,
    texts: list[str],
    approval: Approval,
    tally: Tally,
    *,
    settle: bool,
) -> None:
    """Deliveries in peace, with a person's word in between where one is wanted."""
    for _ in range(PARTS + 2):
        _run(rig, folder, approval, [Plan()], tally)
        _hold(rig, folder, name, texts, tally)
        if not settle or not _settled_by_looking(rig, folder, name, tally):
            break
    _hold(rig, folder, name, texts, tally, end=settle)


def _deliveries(
    rig: Rig, folder: Path, approval: Approval, rng: random.Random, tally: Tally
) -> None:
    plan = Plan()
    kind = rng.random()
    if kind < 0.45:
        plan = Plan(kill_at=rng.randint(1, 40))
    elif kind < 0.75:
        plan = Plan(kill_after=rng.uniform(0.0, 0.15))
    elif kind < 0.82:
        plan = Plan(offset=rng.choice([-1, 1]) * rng.randint(1, 30) * HOUR // 10)
        tally.stepped += 1
    elif kind < 0.88:
        plan = Plan(pages=0)
        tally.full += 1
    plans = [plan]
    if rng.random() < 0.2:
        plans.append(Plan(kill_at=rng.choice([0, rng.randint(1, 40)])))
        tally.pairs += 1
    _run(rig, folder, approval, plans, tally)


def _run(rig: Rig, folder: Path, approval: Approval, plans: list[Plan], tally: Tally) -> None:
    """The deliveries of these plans, all at once, each in a process of its own."""
    children = {_forked(rig, folder, approval, plan): plan for plan in plans}
    for child, plan in children.items():
        if plan.kill_after:
            time.sleep(plan.kill_after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    for child in children:
        _, status = os.waitpid(child, 0)
        tally.deliveries += 1
        tally.killed += os.WIFSIGNALED(status)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) not in (0, 3):
            raise AssertionError(f"a delivery failed with code {os.WEXITSTATUS(status)}")


def _forked(rig: Rig, folder: Path, approval: Approval, plan: Plan) -> int:
    child = os.fork()
    if child:
        return child
    code = 9
    try:
        code = _deliver(rig, folder, approval, plan)
    except BaseException:  # anything: the parent is to hear of it
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _deliver(rig: Rig, folder: Path, approval: Approval, plan: Plan) -> int:
    killer = Killer(plan.kill_at)
    policy = PublishSection(pause_s=0.01, reads=3, month_usd=1e6)
    try:
        with Ledger(folder, most_pages=_pages(folder, plan)) as ledger:
            sender: Any = rig.sender()
            killer.around(sender, "identity", "prepare", "send", "reconcile")
            killer.around(ledger, "claim", "begin", "end", "entry", "unsettled")
            Outbox(ledger, policy, SystemClock(plan.offset)).deliver(approval, sender)
    except CommentaryError:
        return 3  # a lock, a full disk, a clock: said, and nothing sent on a guess
    return 0


def _pages(folder: Path, plan: Plan) -> int | None:
    # SQLite takes no bound below the size that is: what is there stays, nothing may be added.
    return None if plan.pages is None else plan.pages + 1


# ---------------------------------------------------------------- what must hold


def _hold(
    rig: Rig, folder: Path, name: str, texts: list[str], tally: Tally, *, end: bool = False
) -> None:
    """None twice, each answering the one before, all that is out known or told as uncertain."""
    stands = [s for s in rig.standing() if s.text in texts]
    order = [texts.index(s.text) for s in stands]
    if len(set(order)) != len(order):
        tally.doubled.append(name)
    parents = ["", *(s.id for s in stands)]
    if order != list(range(len(order))) or [s.parent for s in stands] != parents[: len(stands)]:
        tally.disordered.append(name)
    with Ledger(folder) as ledger:
        found = [e for e in ledger.entries(network=rig.network, most=5) if e.slot == name]
    rows = found[0].rows if found else ()
    for index, row in enumerate(rows):
        out = index in order
        if row.state == "sent" and not out:
            tally.lost.append(f"{name}/{index}")
        if out and row.state not in ("sent", "uncertain"):
            tally.unlisted.append(f"{name}/{index} is {row.state}")
    if end and (len(order) != PARTS or not all(r.state == "sent" for r in rows)):
        tally.lost.append(name)


def _settled_by_looking(rig: Rig, folder: Path, name: str, tally: Tally) -> bool:
    """Settles what is uncertain as a person does who looks at the account, and lets go on what was
    refused or put off; whether there was any."""
    with Ledger(folder) as ledger:
        outbox = Outbox(ledger, PublishSection(), SystemClock())
        entry = next(e for e in ledger.entries(network=rig.network, most=5) if e.slot == name)
        unsure = [r for r in entry.rows if r.state in ("uncertain", "refused") or r.retry_at]
        texts = [s.text for s in ledger.post(entry.approval).segments]
        for row in unsure:
            tally.uncertain += row.state == "uncertain"
            there = [s for s in rig.standing() if s.text == texts[row.position]]
            if there:
                outbox.settle(entry, row.position, "sent", there[0].id)
            else:
                outbox.settle(entry, row.position, "not sent")
    return bool(unsure)
