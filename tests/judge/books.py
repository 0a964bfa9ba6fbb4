"""Small books and panels for the tests of judging: no clock, no files unless a test makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from generator.judge.findings import condition
from generator.judge.grammar import Text
from generator.judge.kernel import Evaluation, Frame
from generator.judge.language import compile_expression
from generator.judge.nodes import Names, Nodes
from generator.judge.rules import RuleBook, load_text
from generator.model import DAY, HOUR, MARKET, Panel
from tests.conftest import NOW


@dataclass(frozen=True)
class Info:
    name: str
    unit: str
    scope: str


SCOPES = {
    "return_24h": "asset",
    "funding_8h": "asset",
    "volume_24h_usd": "asset",
    "next_funding_ts": "asset",
    "fear_greed": "market",
    "ratio_7d": "pair",
}
CATALOG = {name: Info(name, "%", scope) for name, scope in SCOPES.items()}


def panel(
    columns: Mapping[str, Mapping[str, Sequence[float | None]]],
    *,
    every: int = 8 * HOUR,
    times: Sequence[int] | None = None,
    subjects: Sequence[str] = (),
) -> Panel:
    """{metric: {subject: values, oldest first}}, ending at NOW; None is missing."""
    rows = max(len(v) for by in columns.values() for v in by.values())
    stamps = [NOW - (rows - 1 - i) * every for i in range(rows)] if times is None else list(times)
    names = list(dict.fromkeys([*subjects, *(s for by in columns.values() for s in by), MARKET]))
    tables = {}
    for metric, by in columns.items():
        table = np.full((rows, len(names)), np.nan)
        for subject, values in by.items():
            table[rows - len(values) :, names.index(subject)] = [
                np.nan if v is None else v for v in values
            ]
        tables[metric] = table
    scopes = {m: SCOPES[m] for m in columns}
    return Panel(np.array(stamps, dtype=np.int64), tuple(names), tables, scopes)


def rule_text(when: str, scope: str = "asset", **more: Any) -> str:
    """A rule file with everything that is needed and `more` keys as flow YAML."""
    lines = ["id: X01", "title: A rule", f"scope: {scope}", f"when: {when}"]
    lines += [f"{key.rstrip('_')}: {value}" for key, value in more.items()]
    return "\n".join(lines)


def book(**texts: str) -> RuleBook:
    """A book of several rules from their texts; the family is the name's first word."""
    nodes = Nodes()
    rules = {}
    for name, text in sorted(texts.items()):
        one = load_text(text, name, name.split("_")[0], CATALOG)
        rules[name] = one.rules[name]
    return RuleBook(rules, CATALOG, nodes)


def verdicts(expression: str, data: Panel, scope: str = "asset") -> dict[str, Any]:
    """What a condition is at the newest row: {subject: True, False or None}."""
    rule = load_text(rule_text(expression, scope), "x", "x", CATALOG).rules["x"]
    evaluation = Evaluation(Frame(data))
    columns = evaluation.columns(scope)
    true, false = condition(rule, rule.when, evaluation, columns, len(data.times) - 1)
    return {
        s: True if t else False if f else None
        for s, t, f in zip(columns.subjects, true[-1], false[-1], strict=True)
    }


def value(expression: str, data: Panel, subject: str = "BTC", row: int | None = None) -> Any:
    """An expression's bounds for an asset at one row (the newest)."""
    node = compile_expression(Text(expression), Names("asset", CATALOG), Nodes(), condition=False)
    evaluation = Evaluation(Frame(data), None if row is None else row + 1)
    columns = evaluation.columns("asset", (subject,))
    low, high = evaluation.number(node, columns, evaluation.stop - 1)
    return float(np.asarray(low).reshape(-1)[-1]), float(np.asarray(high).reshape(-1)[-1])


__all__ = ["CATALOG", "DAY", "HOUR", "NOW", "book", "panel", "rule_text", "value", "verdicts"]
