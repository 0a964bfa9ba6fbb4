"""Units of expressions: adding basis points to percent is a mistake, and it has a place.

A number written in a rule, and a param, takes the unit of what it stands beside. A product or a
quotient of two units is a unit of its own; what is not certain is passed over in silence, so an
error here is always one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from generator.judge import fields
from generator.judge.model import Rule
from generator.judge.nodes import MetricInfo, Node
from generator.judge.rules import RuleBook
from generator.judge.strict_yaml import Located

# Units that are one quantity under several names: a difference of percentages is in points.
ALIASES: Mapping[str, str] = {"% points": "%", "% a day": "%", "times": "ratio", "share": "ratio"}
PURE = frozenset({"ratio", "beta"})  # a number times such a number keeps its unit
Found = tuple[str, str]  # place, message


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by name; ANY is a written number, UNKNOWN what nothing can be said of."""

    name: str


ANY, UNKNOWN = Unit("any"), Unit("")


@dataclass(eq=False)
class _Reader:
    catalog: Mapping[str, MetricInfo]
    params: frozenset[str]
    known: dict[Node, Unit] = field(default_factory=dict)
    wrong: dict[Node, str] = field(default_factory=dict)
    beside: dict[str, dict[str, str]] = field(default_factory=dict)  # param -> unit -> text

    def unit(self, node: Node) -> Unit:
        if node not in self.known:
            found = self._unit(node)
            self.known[node] = UNKNOWN if node.kind == "condition" else found
        return self.known[node]

    def _unit(self, node: Node) -> Unit:
        inner = [self.unit(a) for a in node.args]
        op = node.op
        if op == "const":
            return ANY
        if op == "metric":
            name = self.catalog[node.value[0]].unit
            return Unit(ALIASES.get(name, name)) if name else UNKNOWN
        if op in {"add", "sub", "cmp", "min", "max"}:
            return self._same(node, list(zip(node.args, inner, strict=True)))
        if op == "if":
            return self._same(node, list(zip(node.args[1:], inner[1:], strict=True)))
        if op == "mul":
            return _product(*inner)
        if op == "div":
            return _quotient(*inner)
        if op in {"neg", "abs", "lag", "change", "mean", "std", "rolling_min", "rolling_max"}:
            return inner[0]
        by = {"pct_change": "%", "zscore": "z", "pctile": "percentile", "rank_pct": "percentile"}
        by |= {"share": "ratio", "share_time": "ratio"}
        return Unit(by[op]) if op in by else UNKNOWN

    def _same(self, node: Node, sides: list[tuple[Node, Unit]]) -> Unit:
        certain = [(n, u) for n, u in sides if u not in (ANY, UNKNOWN)]
        for other, unit in certain[1:]:
            if unit != certain[0][1] and node not in self.wrong:
                one = certain[0]
                verb = "compares" if node.op == "cmp" else "puts together"
                self.wrong[node] = (
                    f"{verb} {one[0].text} ({one[1].name}) and {other.text} ({unit.name})"
                )
        if certain:
            for other, unit in sides:
                self._beside(other, unit, certain[0])
            return certain[0][1]
        return UNKNOWN if any(u == UNKNOWN for _, u in sides) else ANY

    def _beside(self, node: Node, unit: Unit, by: tuple[Node, Unit]) -> None:
        """A param takes the unit of what it is compared with, once."""
        name = node.args[0].text if node.op == "neg" else node.text.lstrip("-").strip()
        if unit == ANY and name in self.params:
            self.beside.setdefault(name, {}).setdefault(by[1].name, by[0].text)


def _product(a: Unit, b: Unit) -> Unit:
    if a == ANY or a.name in PURE:
        return b
    if b == ANY or b.name in PURE:
        return a
    return UNKNOWN


def _quotient(a: Unit, b: Unit) -> Unit:
    if b == ANY or b.name in PURE:
        return a
    if a == b and a != UNKNOWN:
        return Unit("ratio")
    return UNKNOWN


def unit_errors(rule: Rule, book: RuleBook) -> Iterator[Found]:
    """(place, message) for each place in a rule where two units are mixed."""
    reader = _Reader(book.catalog, frozenset(rule.params))
    for node, entry in roots(rule):
        reader.unit(node)
        for wrong, message in list(reader.wrong.items()):
            if message:
                yield _place(entry, wrong.text), message
                reader.wrong[wrong] = ""
    for item in rule.watch:
        current, trigger = reader.unit(item.current), reader.unit(item.trigger)
        if current != trigger and not {UNKNOWN, ANY} & {current, trigger}:
            what = f"watches {item.current.text} ({current.name}) against {item.trigger.text}"
            yield rule.place, f"{what} ({trigger.name})"
    for name, units in reader.beside.items():
        if len(units) > 1:
            several = ", ".join(f"{text} ({unit})" for unit, text in units.items())
            yield rule.place, f"the param {name} stands beside several units: {several}"


def roots(rule: Rule) -> Iterator[tuple[Node, Located]]:
    """Every expression of a rule with the entry it stands in, lets first."""
    entries = fields.mapping(rule.document)
    lets = fields.mapping(entries["let"]) if "let" in entries else {}
    yield from ((rule.let[k], lets[k]) for k in rule.let)
    yield rule.when, entries["when"]
    if rule.clear_when is not None:
        yield rule.clear_when, entries["clear_when"]
    told = (("may_lead", rule.may_lead), ("always", rule.always))
    for key, node in (*told, ("score", rule.forced), ("score", rule.tail)):
        if isinstance(node, Node):
            yield node, entries[key]


def _place(entry: Located, text: str) -> str:
    """Where a part of an expression stands, however the expression is folded."""
    if not isinstance(entry.value, str):
        return entry.place
    found = re.search(r"\s+".join(map(re.escape, text.split())), entry.value)
    return entry.expression().locate(found.start()) if found else entry.place
