"""One rule file -> one Rule: every key checked, every expression compiled, every error placed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, cast

from generator.coerce import did_you_mean
from generator.errors import RuleError
from generator.judge import fields
from generator.judge.language import compile_expression
from generator.judge.model import Persistence, Rule, RuleTest, WatchRule
from generator.judge.nodes import MetricInfo, Names, Node, Nodes, Scope
from generator.judge.strict_yaml import Located
from generator.model import DAY, HOUR, MARKET

VERDICTS = ("on", "held", "pending", "off", "unknown")
NEXT_FUNDING = "next_funding_ts"
KEYS = (
    *("id", "title", "status", "scope", "role", "family", "subjects", "requires", "stale_after"),
    *("let", "params", "when", "for", "clear_when", "on_unknown", "severity", "score", "may_lead"),
    *(
        "evidence",
        "conflicts",
        "inhibits",
        "precedes",
        "excludes",
        "always",
        "opposite",
        "blocks",
        "unknown_blocks",
        "interprets",
    ),
    *("watch", "rationale", "caveats", "misreadings", "sources", "tests"),
)
MOST_SAMPLES = 2_000  # values of one metric in one test inside a file
NEEDED = ("id", "title", "scope", "when")
SAMPLE = re.compile(r"now|-?[0-9]{1,5}(\.[0-9]{1,3})?[mhd]")


def build_rule(
    document: Located,
    name: str,
    family: str,
    catalog: Mapping[str, MetricInfo],
    nodes: Nodes,
    overrides: Mapping[str, float] | None = None,
) -> Rule:
    """The rule of a parsed file. overrides are values for its params, as from configuration.

    Raises RuleError with file, line and column.
    """
    entries = fields.mapping(document, KEYS)
    for key in NEEDED:
        if key not in entries:
            raise document.error(f"the rule has no {key!r}", f"Add a line `{key}: ...`.")
    return _Reader(document, entries, name, family, catalog, nodes, overrides or {}).rule()


class _Reader:
    def __init__(
        self,
        document: Located,
        entries: dict[str, Located],
        name: str,
        family: str,
        catalog: Mapping[str, MetricInfo],
        nodes: Nodes,
        overrides: Mapping[str, float],
    ) -> None:
        self.document, self.entries, self.nodes = document, entries, nodes
        self.name, self.family, self.catalog = name, family, catalog
        scope = cast(Scope, fields.choice(entries["scope"], ("asset", "pair", "market")))
        self.names = Names(scope, catalog, self.params(overrides))
        for key, node in self.section("let").items():
            self.free(key, node)
            self.names.lets[key] = compile_expression(
                node.expression(), self.names, nodes, condition=None, loose=True
            )

    # -------------------------------------------------- names

    def section(self, key: str) -> dict[str, Located]:
        return fields.mapping(self.entries[key]) if key in self.entries else {}

    def free(self, key: str, node: Located) -> None:
        taken = {**self.catalog, **self.names.params, **self.names.lets}
        if not fields.NAME.fullmatch(key) or key in {"left", "right", "and", "or", "not", "if"}:
            raise node.key_error(f"{key!r} is no name", "Use lower-case letters, digits and _.")
        if key in taken:
            raise node.key_error(f"{key!r} is already a metric, a param or a let", "Rename it.")

    def params(self, overrides: Mapping[str, float]) -> dict[str, float]:
        found: dict[str, float] = {}
        for key, node in self.section("params").items():
            if not fields.NAME.fullmatch(key) or key in self.catalog:
                raise node.key_error(f"{key!r} cannot name a param", "Rename it.")
            found[key] = fields.number(node)
        for key, value in overrides.items():
            place = f"{self.name}.{key}"
            if key not in found:
                raise RuleError(place, "the rule has no such param", did_you_mean(key, found))
            plain = isinstance(value, int | float) and not isinstance(value, bool)
            if not plain or not math.isfinite(value):
                raise RuleError(place, f"{value!r} is not a number", "Set a plain number.")
            found[key] = float(value)
        return found

    def compiled(self, node: Located, condition: bool) -> Node:
        if isinstance(node.value, bool | dict | list) or node.value is None:
            raise node.error("an expression is needed here")
        return compile_expression(node.expression(), self.names, self.nodes, condition=condition)

    def optional(self, key: str, condition: bool = True) -> Node | None:
        return self.compiled(self.entries[key], condition) if key in self.entries else None

    def flag(self, node: Located | None, default: bool) -> Node | bool:
        if node is None:
            return default
        return node.value if isinstance(node.value, bool) else self.compiled(node, True)

    def metric(self, node: Located) -> str:
        """A metric as evidence may name it: `funding_8h`, `btc.return_24h`, `left.return_24h`."""
        word = fields.text(node)
        base = word.rpartition(".")[2]
        if base not in self.catalog:
            raise node.error(f"unknown metric {base!r}", did_you_mean(base, self.catalog))
        return word

    # -------------------------------------------------- the rule

    def rule(self) -> Rule:
        e = self.entries
        values: dict[str, Any] = {"family": self.family}
        values |= {k: fields.texts(e[k]) for k in _LISTS if k in e}
        values |= {k: fields.text(e[k]) for k in ("title", "rationale") if k in e}
        values |= {k: fields.name(e[k]) for k in ("family", "severity", "opposite") if k in e}
        values |= {k: fields.truth(e[k]) for k in ("unknown_blocks", "interprets") if k in e}
        values |= {k: fields.choice(e[k], options) for k, options in _CHOICES.items() if k in e}
        values |= self.score()
        return Rule(
            name=self.name,
            id=fields.text(e["id"]),
            scope=self.names.scope,
            when=self.compiled(e["when"], True),
            place=self.document.place,
            requires=tuple(self.compiled(n, False) for n in fields.sequence(e["requires"]))
            if "requires" in e
            else (),
            stale_after=fields.duration(e["stale_after"]) if "stale_after" in e else 0,
            let=dict(self.names.lets),
            params=self.names.params,
            persistence=self.persistence(),
            clear_when=self.optional("clear_when"),
            may_lead=self.flag(e.get("may_lead"), True),
            always=self.flag(e.get("always"), False),
            evidence=tuple(self.metric(n) for n in fields.sequence(e["evidence"]))
            if "evidence" in e
            else (),
            watch=self.watch(),
            tests=self.tests(),
            document=self.document,
            **values,
        )

    def persistence(self) -> Persistence:
        node = self.entries.get("for")
        if node is None:
            return Persistence()
        if not isinstance(node.value, dict):
            return Persistence(fields.duration(node))
        parts = fields.mapping(node, ("of", "times"))
        if set(parts) != {"of", "times"}:
            raise node.error("`for` needs both `of` and `times`", "Write {of: 3d, times: 2}.")
        length, times = fields.duration(parts["of"]), fields.number(parts["times"])
        unit = DAY if str(parts["of"].value).endswith("d") else HOUR
        units = length // unit
        if length % unit or not 1 <= times <= units or times != int(times):
            todo = "Write {of: 3d, times: 2}: two of the last three days."
            raise node.error("`times` must be a whole number within `of`", todo)
        return Persistence(length, int(times), units)

    def score(self) -> dict[str, Any]:
        if "score" not in self.entries:
            return {}
        node = self.entries["score"]
        parts = fields.mapping(node, ("tail", "frequency", "group", "forced"))
        if "tail" in parts and "frequency" in parts:
            raise node.error("a score has a tail or a frequency, not both")
        found: dict[str, Any] = {"forced": self.flag(parts.get("forced"), False)}
        if "tail" in parts:
            found["tail"] = self.compiled(parts["tail"], False)
        if "frequency" in parts:
            found["frequency"] = fields.number(parts["frequency"])
            if not 0 < found["frequency"] <= 1:
                raise parts["frequency"].error("a frequency lies between 0 and 1")
        if "group" in parts:
            found["group"] = fields.name(parts["group"])
        return found

    def watch(self) -> tuple[WatchRule, ...]:
        if "watch" not in self.entries:
            return ()
        sides = fields.mapping(self.entries["watch"], ("confirm", "refute"))
        return tuple(
            self.watched(effect, item)
            for effect, node in sorted(sides.items())
            for item in fields.sequence(node)
        )

    def watched(self, effect: str, item: Located) -> WatchRule:
        parts = fields.mapping(item, ("metric", "above", "below", "within", "at", "phrase"))
        sides = [k for k in ("above", "below") if k in parts]
        if "metric" not in parts or len(sides) != 1 or ("within" in parts) == ("at" in parts):
            todo = "Write metric, one of above/below, and one of within/at."
            raise item.error("this watch item is not complete", todo)
        metric = self.metric(parts["metric"])
        deadline = None
        if "at" in parts:
            fields.choice(parts["at"], ("next_funding",))
            prefix = metric.rpartition(".")[0]
            clock = Located(f"{prefix}.{NEXT_FUNDING}" if prefix else NEXT_FUNDING, item.file,
                            parts["at"].line, parts["at"].column)  # fmt: skip
            deadline = self.compiled(clock, False)
        return WatchRule(
            effect="confirm" if effect == "confirm" else "refute",
            metric=metric,
            current=self.compiled(parts["metric"], False),
            direction="above" if sides == ["above"] else "below",
            trigger=self.compiled(parts[sides[0]], False),
            within=fields.duration(parts["within"]) if "within" in parts else 0,
            deadline=deadline,
            phrase=fields.name(parts["phrase"]) if "phrase" in parts else "",
        )

    # -------------------------------------------------- its tests

    def tests(self) -> tuple[RuleTest, ...]:
        if "tests" not in self.entries:
            return ()
        return tuple(self.test(item) for item in fields.sequence(self.entries["tests"]))

    def test(self, item: Located) -> RuleTest:
        parts = fields.mapping(item, ("name", "subject", "given", "expect", "quotes"))
        for key in ("given", "expect"):
            if key not in parts:
                raise item.error(f"this test has no {key!r}")
        defaults = {"asset": "BTC", "pair": "ETH/BTC", "market": MARKET}
        quotes = fields.mapping(parts["quotes"]) if "quotes" in parts else {}
        return RuleTest(
            name=fields.text(parts["name"]) if "name" in parts else "",
            subject=fields.text(parts["subject"])
            if "subject" in parts
            else defaults[self.names.scope],
            given=self.given(parts["given"]),
            expect=fields.choice(parts["expect"], VERDICTS),
            quotes={k: fields.number(v) for k, v in quotes.items()},
            place=item.place,
        )

    def given(self, node: Located) -> dict[str, tuple[tuple[int, float], ...]]:
        entries = dict(fields.mapping(node))
        every = fields.duration(entries.pop("every")) if "every" in entries else 0
        found = {}
        for key, value in entries.items():
            base = key.rpartition(".")[2]
            if base not in self.catalog:
                what = f"unknown metric {base!r}"
                raise value.key_error(what, did_you_mean(base, self.catalog))
            found[key] = tuple(sorted(_points(value, every)))
        return found


def _points(node: Located, every: int) -> list[tuple[int, float]]:
    """One value is now; a list ends now, `every` apart; a mapping names its moments."""
    if isinstance(node.value, list):
        if not every:
            raise node.error("a list of values needs `every`", "Add `every: 8h` to given.")
        items, last = node.value, len(node.value) - 1
        if len(items) > MOST_SAMPLES:
            raise node.error(f"more than {MOST_SAMPLES} values", "A test needs only a few.")
        return [((i - last) * every, _sample(v)) for i, v in enumerate(items)]
    if isinstance(node.value, dict):
        found = []
        for key, value in node.value.items():
            if not SAMPLE.fullmatch(key):
                raise value.key_error(f"{key!r} is no moment", "Write now or -24h.")
            moment = Located(key, value.file, *value.key)
            at = 0 if key == "now" else fields.duration(moment, negative=True)
            found.append((at, _sample(value)))
        return found
    return [(0, _sample(node))]


def _sample(node: Located) -> float:
    return float("nan") if node.value is None else fields.number(node)


_LISTS = (
    *("subjects", "conflicts", "inhibits", "precedes", "excludes", "blocks"),
    *("caveats", "misreadings", "sources"),
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "status": ("stable", "experimental", "deprecated"),
    "role": ("finding", "level", "gate", "veto"),
    "on_unknown": ("hold", "reset"),
}
