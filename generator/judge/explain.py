"""Why a rule says what it says for a subject: every comparison with its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.judge.kernel import Columns, Evaluation
from generator.judge.model import Rule
from generator.judge.nodes import Node

if TYPE_CHECKING:
    from generator.judge.engine import Judgement
    from generator.judge.rules import RuleBook


@dataclass(frozen=True, slots=True)
class Comparison:
    """One leaf comparison at the newest row: left sign right, each as (least, most), NaN unknown.

    holds is None when it is unknown; unknown names the metrics that are missing.
    """

    text: str
    sign: str
    left: tuple[float, float]
    right: tuple[float, float]
    holds: bool | None
    unknown: tuple[str, ...] = ()


def comparisons(rule: Rule, evaluation: Evaluation, subject: str) -> tuple[Comparison, ...]:
    """Every comparison (and known(...)) of `when`, then of `clear_when`, in reading order."""
    columns = evaluation.columns(rule.scope, (subject,))
    leaves: dict[Node, None] = {}
    for root in (rule.when, rule.clear_when):
        if root is not None:
            leaves.update(dict.fromkeys(_leaves(root)))
    return tuple(_shown(node, evaluation, columns) for node in leaves)


def _leaves(root: Node) -> list[Node]:
    """Leaf conditions reachable without entering a count: those count many subjects, not one."""
    found: dict[Node, None] = {}
    seen: set[Node] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op in {"cmp", "known"}:
            found[node] = None
        elif node.kind == "condition":
            pending += reversed(node.args)
    return list(found)


def _shown(node: Node, evaluation: Evaluation, columns: Columns) -> Comparison:
    pair = evaluation.condition(node, columns, evaluation.stop - 1)
    true, false = (bool(p.reshape(-1)[-1]) for p in pair)
    left = _value(node.args[0], evaluation, columns)
    right = _value(node.args[1], evaluation, columns) if node.op == "cmp" else (0.0, 0.0)
    sign = node.value if node.op == "cmp" else "known"
    text = f"{node.args[0].text} {sign}"
    text = f"{text} {node.args[1].text}" if node.op == "cmp" else f"known({node.args[0].text})"
    holds = True if true else False if false else None
    missing = _missing(node, evaluation, columns) if holds is None else ()
    return Comparison(text, sign, left, right, holds, missing)


def _value(node: Node, evaluation: Evaluation, columns: Columns) -> tuple[float, float]:
    bounds = evaluation.number(node, columns, evaluation.stop - 1)
    low, high = (float(np.asarray(b).reshape(-1)[-1]) for b in bounds)
    return low, high


def _missing(node: Node, evaluation: Evaluation, columns: Columns) -> tuple[str, ...]:
    """Metrics below a node that are unknown now; if none is, the windows that are not whole."""
    metrics: dict[str, None] = {}
    spans: dict[str, None] = {}
    pending, seen = [node], set[Node]()
    while pending:
        inner = pending.pop()
        if inner in seen:
            continue
        seen.add(inner)
        if inner.op in {"count_if", "share", "rank", "rank_pct"}:
            spans[inner.text] = None
            continue
        if inner.op == "metric" and np.isnan(_value(inner, evaluation, columns)[0]):
            metrics[inner.text] = None
        if inner.kind != "condition" and isinstance(inner.value, int):
            spans[inner.text] = None
        pending += inner.args
    return tuple(metrics) or tuple(spans)


def missing(judgement: Judgement, rule: Rule, subject: str) -> tuple[str, ...]:
    """The metrics and windows for want of which a rule is unknown, as the rule writes them."""
    shown = judgement.verdicts[rule.name, subject].comparisons
    required = judgement.verdicts.missing(rule, subject)
    return tuple(dict.fromkeys([*required, *(n for c in shown for n in c.unknown)]))


def reason_unknown(required: Iterable[str], shown: Iterable[Comparison]) -> str:
    """One line: which numbers are missing."""
    names = list(dict.fromkeys([*required, *(n for c in shown for n in c.unknown)]))
    return "unknown: " + ", ".join(names) if names else "unknown"


def explain(
    book: RuleBook,
    judgement: Judgement,
    subject: str,
    rule: str = "",
    lacking: Callable[[Sequence[str]], Iterable[str]] = lambda _missing: (),
) -> list[str]:
    """Plain text lines for `commentary explain SUBJECT [--rule R]`, rules in alphabetical order.

    lacking: lines on why numbers are missing, from the names of the numbers that a rule misses.
    """
    lines: list[str] = []
    silent = {(d.rule, d.subject): d.reason for d in judgement.dropped}
    for name, found in book.rules.items():
        key = (name, subject)
        if (rule and name != rule) or key not in judgement.verdicts:
            continue
        verdict = judgement.verdicts[key]
        lines.append(f"{name} ({found.id}): {verdict.verdict.upper()} - {verdict.reason}")
        if verdict.verdict == "unknown":
            lines += [f"  {line}" for line in lacking(missing(judgement, found, subject))]
        if key in silent:
            lines.append(f"  not said: {silent[key]}")
        lines += [f"  {line}" for line in map(_line, verdict.comparisons)]
    return lines


def _line(c: Comparison) -> str:
    mark = {True: "yes", False: "no", None: "unknown"}[c.holds]
    values = _text(c.left) if c.sign == "known" else f"{_text(c.left)} {c.sign} {_text(c.right)}"
    missing = f"; missing: {', '.join(c.unknown)}" if c.unknown else ""
    return f"{mark:<7} {c.text}   [{values}{missing}]"


def _text(bounds: tuple[float, float]) -> str:
    low, high = bounds
    if low != low or high != high:
        return "?"
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"
