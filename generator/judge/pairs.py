"""Which rules can speak together of one subject, and which conditions can never hold.

A pair is `apart` by proof, `together` by a witness (values for which the kernel itself finds both
rules on), or `undecided`. Nothing is claimed that is neither proven nor shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from generator.judge.engine import judge
from generator.judge.facts import facts
from generator.judge.linear import MOST_WORK, Undecided, Work
from generator.judge.model import Rule
from generator.judge.nodes import Node, Scope
from generator.judge.rules import RuleBook
from generator.judge.satisfy import Formula, Reading, domain, satisfy
from generator.model import DAY, HOUR, MARKET, Floats, Panel

Together = Literal["apart", "together", "undecided"]
NOW = 1_768_478_400_000  # 2026-01-15 12:00 UTC: any moment serves
OTHER = "XYZ"  # an asset that no rule names
MOST_ROWS = 20_000
MOST_SUBJECTS = 6  # assets that one pair of rules may name before it stays undecided
MOST_QUESTIONS = 100_000

Values = Mapping[tuple[str, str], float]  # (metric, subject) -> value


@dataclass(frozen=True, slots=True)
class PairFinding:
    """Two rules, whether they can speak together, and the values that show it."""

    left: str
    right: str
    verdict: Together
    subject: str = ""
    witness: tuple[tuple[str, str, float], ...] = ()  # metric, subject, value
    resolution: str = ""  # inhibits, precedes, conflicts, excludes, or nothing declared

    @property
    def shown(self) -> str:
        """The witness on one line."""
        return ", ".join(
            f"{metric} = {value:g}"
            if subject == self.subject
            else f"{metric} of {subject} = {value:g}"
            for metric, subject, value in self.witness
        )


class Prover:
    """Questions about the conditions of one book; facts are compiled once."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._left = MOST_QUESTIONS
        self._alone: dict[tuple[str, str], Values | bool | None] = {}

    def work(self) -> Work:
        """What one question may cost; nothing once the whole book has cost enough."""
        self._left -= 1
        return Work(MOST_WORK if self._left >= 0 else 0)

    @cached_property
    def facts(self) -> dict[Scope, tuple[Node, ...]]:
        return facts(self.book.catalog, self.book.nodes)

    def possible(self, conditions: Iterable[tuple[Node, bool]], subject: str) -> bool | None:
        """Whether conditions (each with the truth wanted) can hold at once; None undecided."""
        try:
            work = self.work()
            reading = Reading(subject, self.book.catalog, work)
            formulas = [reading.holds(node, truth) for node, truth in conditions]
            return satisfy([*formulas, *domain(reading, self.facts)], work) is not None
        except Undecided:
            return None

    def never(self, rule: Rule, *conditions: tuple[Node, bool]) -> bool:
        """Proven for every subject that the conditions cannot hold at once."""
        asked = subjects(rule, rule)
        few = 0 < len(asked) <= MOST_SUBJECTS
        return few and all(self.possible(conditions, s) is False for s in asked)

    def pair(self, a: Rule, b: Rule) -> PairFinding:
        """Whether two rules can speak at once of a subject that both judge or bear on."""
        named = resolution(a, b)
        meeting = bearing(a, b)
        if len(meeting) > MOST_SUBJECTS**2:
            return PairFinding(a.name, b.name, "undecided", resolution=named)
        verdict: Together = "apart"
        for first, second in meeting:
            shown = self._together(((a, first), (b, second)))
            if isinstance(shown, dict):
                witness = tuple((m, s, v) for (m, s), v in sorted(shown.items()))
                return PairFinding(a.name, b.name, "together", first, witness, named)
            verdict = "undecided" if shown is None else verdict
        return PairFinding(a.name, b.name, verdict, resolution=named)

    def _together(self, both: tuple[tuple[Rule, str], ...]) -> Values | bool | None:
        """Values under which both speak, False when proven apart, None when undecided."""
        joined = self._joined(both)
        if joined is not None:
            return joined
        try:
            if self._solution(both, steady=False) is None:
                return False
            found = self._solution(both, steady=True)
        except Undecided:
            return None
        return found if found is not None and self._speak(both, found) else None

    def _joined(self, both: tuple[tuple[Rule, str], ...]) -> Values | None:
        """The values that each rule alone speaks under, where they agree on what both read.

        No proof is needed then, and no look by the kernel: a rule reads its own metrics only, and
        the facts that tie them were obeyed by each side with all the metrics they name.
        """
        merged: dict[tuple[str, str], float] = {}
        for rule, subject in both:
            if len(both) == 1:
                return None
            key = (rule.name, subject)
            if key not in self._alone:
                self._alone[key] = self._together(((rule, subject),))
            alone = self._alone[key]
            if not isinstance(alone, dict):
                return None
            if any(merged.get(k, v) != v for k, v in alone.items()):
                return None
            merged |= alone
        return merged

    def _solution(self, both: tuple[tuple[Rule, str], ...], *, steady: bool) -> Values | None:
        catalog, formulas, variables = self.book.catalog, list[Formula](), set[str]()
        work = self.work()
        last = Reading("", catalog, work, steady)
        for rule, subject in both:
            reading = Reading(subject, catalog, work, steady)
            formulas.append(reading.holds(rule.when))
            for node in rule.requires:
                reading.number(node)
            variables |= reading.variables
            last = reading
        last.variables |= variables
        solved = satisfy([*formulas, *domain(last, self.facts)], work)
        if solved is None:
            return None
        return {_key(name): float(solved.get(name, 1)) for name in sorted(last.variables)}

    def _speak(self, both: tuple[tuple[Rule, str], ...], values: Values) -> bool:
        rules = [rule for rule, _ in both]
        panel = _steady(values, rules, [s for _, s in both])
        if panel is None:
            return False
        free = {r.name: replace(r, status="stable", inhibits=(), blocks=()) for r in rules}
        verdicts = judge(RuleBook(free, self.book.catalog, self.book.nodes), panel).verdicts
        return all(verdicts.verdict(r.name, s) in {"on", "held"} for r, s in both)


def _key(name: str) -> tuple[str, str]:
    metric, subject = name.split("\t")
    return metric, subject


# ---------------------------------------------------------------- who meets whom


def subjects(*rules: Rule) -> tuple[str, ...]:
    """Subjects that stand for all: those that the rules name, and one that none does."""
    if rules[0].scope == "market":
        return (MARKET,)
    if rules[0].scope == "pair":
        return rules[0].subjects or ("ETH/BTC",)
    named = {n.value[1] for r in rules for n in leaves(r.when) if n.value[1].isupper()}
    wanted = [OTHER, *sorted(named - {MARKET})]
    for rule in rules:
        wanted = [s for s in wanted if s in rule.subjects] if rule.subjects else wanted
    return tuple(wanted or rules[0].subjects)


def bearing(a: Rule, b: Rule) -> tuple[tuple[str, str], ...]:
    """Pairs of subjects on which two rules meet: the same one, the market, a side of a pair."""
    if a.scope == b.scope:
        return tuple((s, s) for s in subjects(a, b))
    if MARKET in (subjects(a)[0], subjects(b)[0]):
        return tuple((s, t) for s in subjects(a, a) for t in subjects(b, b))
    if a.scope == "pair":
        return tuple((t, s) for s, t in bearing(b, a))
    return tuple((s, p) for p in subjects(b) for s in p.split("/"))


def resolution(a: Rule, b: Rule) -> str:
    """What the two files say of each other, in words."""
    said = []
    for one, other in ((a, b), (b, a)):
        for key, names in (
            ("inhibits", one.inhibits),
            ("blocks", one.blocks),
            ("precedes", one.precedes),
            ("excludes", one.excludes),
        ):
            if {other.name, other.family} & set(names):
                said.append(f"{one.name} {key} {other.name}")
    if b.name in a.conflicts or a.name in b.conflicts:
        said.append("conflict, joined by but")
    return "; ".join(said)


def leaves(root: Node) -> Iterator[Node]:
    """The metrics below a node."""
    pending, seen = [root], set[Node]()
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op == "metric":
            yield node
        pending += node.args


def expressions(rule: Rule) -> tuple[Node, ...]:
    """Every node of everything that a rule computes, once."""
    others = (rule.clear_when, rule.tail, rule.forced, rule.may_lead, rule.always)
    pending = [rule.when, *rule.requires, *(n for n in others if isinstance(n, Node))]
    pending += [n for w in rule.watch for n in (w.current, w.trigger)]
    seen: dict[Node, None] = {}
    while pending:
        node = pending.pop()
        if node not in seen:
            seen[node] = None
            pending += node.args
    return tuple(seen)


def spans(rule: Rule) -> tuple[int, ...]:
    """Every duration in ms that a rule looks back over."""
    windows = {n.value for n in expressions(rule) if isinstance(n.value, int)}
    return tuple(sorted({*windows, rule.persistence.duration, rule.stale_after} - {0}))


def _steady(values: Values, rules: list[Rule], wanted: list[str]) -> Panel | None:
    """A panel on which every metric stands still for as long as the rules look back."""
    lengths = [n for rule in rules for n in spans(rule)]
    step = 8 * HOUR if all(n >= DAY for n in lengths) else HOUR
    rows = math.ceil(max(lengths, default=0) / step) + 2
    if rows > MOST_ROWS or (lengths and min(lengths) < HOUR):
        return None
    names = tuple(sorted({*wanted, MARKET, *(s for _, s in values)}))
    columns: dict[str, Floats] = {}
    for (metric, subject), value in values.items():
        table = columns.setdefault(metric, np.full((rows, len(names)), np.nan))
        table[:, names.index(subject)] = value
    times = NOW - step * np.arange(rows - 1, -1, -1, dtype=np.int64)
    return Panel(times, names, columns, {})


def matrix(book: RuleBook) -> tuple[PairFinding, ...]:
    """Every pair of active rules that bear on one subject, in the order of their names."""
    prover, rules = Prover(book), book.active
    return tuple(
        prover.pair(a, b) for i, a in enumerate(rules) for b in rules[i + 1 :] if bearing(a, b)
    )
