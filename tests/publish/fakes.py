"""A network in memory, its sender, and a clock: faults happen where a test says so."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.networks.base import Segment
from generator.publish.base import (
    Absent,
    Ambiguous,
    Attempt,
    Found,
    Identity,
    NotSent,
    Outcome,
    Part,
    Post,
    Prepared,
    Reading,
    Refused,
    Seen,
    Sent,
    Unknown,
    same_text,
)

NOW = 1_781_000_000_000  # a moment in June 2026


class Crash(BaseException):
    """The process dies here."""


@dataclass
class FakeClock:
    """A clock that moves only when it sleeps, and can die at its nth question."""

    time: int = NOW
    dies_at: int = -1
    asked: int = 0
    slept: float = 0.0

    def now(self) -> int:
        self.asked += 1
        if self.asked == self.dies_at:
            raise Crash
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.time += int(seconds * 1000)


@dataclass
class Taken:
    """A post on the fake network; seen: from when reading back shows it (ms)."""

    id: str
    text: str
    parent: str
    token: str
    at: int
    seen: int


@dataclass
class FakeNetwork:
    """What the network has. keyed: a token used before makes no second post."""

    clock: FakeClock
    lag: int = 0
    keyed: bool = False
    posts: list[Taken] = field(default_factory=list)

    def take(self, text: str, parent: str, token: str) -> Taken:
        known = [p for p in self.posts if p.token == token]
        if self.keyed and known:
            return known[0]
        at = self.clock.time
        post = Taken(f"id{len(self.posts)}", text, parent, token, at, at + self.lag)
        self.posts.append(post)
        return post


@dataclass
class FakeSender:
    """Faults are taken one a call, then everything goes well: `before` and `after` drop the
    connection before and after the network acted, `die before` and `die after` end the process."""

    network: FakeNetwork
    faults: list[str] = field(default_factory=list)
    reads_back: bool = True
    idempotent: bool = False
    price: int = 0
    calls: list[str] = field(default_factory=list)
    numbers: Iterable[int] = field(default_factory=itertools.count)
    account: str = "me"

    def identity(self) -> Identity:
        return Identity(self.account, "@desk")

    def newest(self) -> tuple[Seen, ...]:
        return tuple(
            Seen(p.id, p.text, p.at, p.parent)
            for p in reversed(self.network.posts)
            if p.seen <= self.network.clock.time
        )

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        self.calls.append("prepare")
        return Prepared(token=f"{part.key}#{next(iter(self.numbers))}", since=str(started))

    def send(self, attempt: Attempt) -> Outcome:
        self.calls.append("send")
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "die before":
            raise Crash
        if fault == "before":
            return Ambiguous("the connection broke")
        if fault in ("401", "429", "not connected"):
            return NotSent(fault, self.network.clock.time + 60_000 if fault == "429" else 0)
        if fault == "403":
            return Refused("403", "look at the account")
        parent = attempt.part.parent.id if attempt.part.parent else ""
        post = self.network.take(attempt.part.segment.text, parent, attempt.prepared.token)
        if fault == "die after":
            raise Crash
        if fault == "after":
            return Ambiguous("time-out")
        return Sent(post.id, f"https://example.org/{post.id}")

    def reconcile(self, attempt: Attempt) -> Reading:
        self.calls.append("look")
        fault = self.faults.pop(0) if self.faults and self.faults[0].startswith("read") else ""
        if fault == "read fails":
            return Unknown("503")
        parent = attempt.part.parent.id if attempt.part.parent else ""
        for post in self.network.posts:
            seen = post.seen <= self.network.clock.time
            mine = same_text(post.text, attempt.part.segment.shown) and post.parent == parent
            if seen and mine and post.at >= attempt.started:
                return Found(Sent(post.id))
        return Absent()

    def retract(self, sent: Sent) -> Outcome:
        self.network.posts = [p for p in self.network.posts if p.id != sent.id]
        return sent

    def cost(self, part: Part) -> int:
        return self.price


def thread(*texts: str) -> Post:
    return Post("fake", "en", tuple(Segment(t, t, len(t)) for t in texts))
