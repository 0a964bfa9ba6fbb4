"""A rule as loaded: frozen, typed, its expressions compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from generator.judge.nodes import Node, Scope

Role = Literal["finding", "level", "gate", "veto"]
Status = Literal["stable", "experimental", "deprecated"]


@dataclass(frozen=True, slots=True)
class Persistence:
    """How long a condition must have held.

    duration ms without a break; or, when times > 0, on at least `times` of the `units` stretches
    of `unit` ms that make up the last `duration` ms, the newest among them.
    """

    duration: int = 0
    times: int = 0
    units: int = 0

    @property
    def unit(self) -> int:
        return self.duration // max(self.units, 1)


@dataclass(frozen=True, slots=True, eq=False)
class WatchRule:
    """One thing to watch: the metric, the trigger, and when it ends.

    within is ms from now; 0 means at the metric `next_funding_ts` of the subject.
    """

    effect: Literal["confirm", "refute"]
    metric: str
    current: Node
    direction: Literal["above", "below"]
    trigger: Node
    within: int
    deadline: Node | None
    phrase: str


@dataclass(frozen=True, slots=True)
class RuleTest:
    """Given series of metric values, what the rule must say, and what it may quote.

    given maps a metric as written ("btc.funding_8h") to (offset ms from now <= 0, value) points.
    """

    name: str
    subject: str
    given: Mapping[str, tuple[tuple[int, float], ...]]
    expect: str
    quotes: Mapping[str, float]
    place: str

    @property
    def speaks(self) -> bool:
        return self.expect in {"on", "held"}


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule file. when, clear_when and the score's parts are compiled against the catalogue.

    tail and frequency: at most one is given. severity is text for people. blocks holds families
    and rule names for gates, and words for the fact-checker. place is "file:line:column".
    precedes: rules that this one says better, of the same subject; excludes: rules that can never
    hold with this one, which the check proves; always: told whatever its weight when it speaks.
    document: the parsed file, or the path of one that was kept and not read.
    """

    name: str
    id: str
    title: str
    family: str
    scope: Scope
    when: Node
    place: str
    status: Status = "stable"
    role: Role = "finding"
    subjects: tuple[str, ...] = ()
    requires: tuple[Node, ...] = ()
    stale_after: int = 0
    let: Mapping[str, Node] = field(default_factory=dict)
    params: Mapping[str, float] = field(default_factory=dict)
    persistence: Persistence = field(default_factory=Persistence)
    clear_when: Node | None = None
    on_unknown: Literal["hold", "reset"] = "reset"
    severity: str = ""
    tail: Node | None = None
    frequency: float | None = None
    group: str = ""
    forced: Node | bool = False
    may_lead: Node | bool = True
    evidence: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    inhibits: tuple[str, ...] = ()
    precedes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    always: Node | bool = False
    opposite: str = ""
    blocks: tuple[str, ...] = ()
    unknown_blocks: bool = True
    interprets: bool = False
    watch: tuple[WatchRule, ...] = ()
    rationale: str = ""
    caveats: tuple[str, ...] = ()
    misreadings: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    document: Any = field(default=None, repr=False)
