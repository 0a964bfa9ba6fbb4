"""The tests that stand in the rule files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from generator.judge.engine import judge
from generator.judge.model import Rule, RuleTest
from generator.judge.nodes import MetricInfo
from generator.judge.rules import RuleBook
from generator.judge.soundness import RuleProblem, check_rules
from generator.model import MARKET, Floats, Panel

__all__ = ["RuleProblem", "TestResult", "check_rules", "run_tests", "test_panel"]

NOW = 1_768_478_400_000  # 2026-01-15 12:00 UTC; in-file tests speak of times before it


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one in-file test gave; problem is empty when it passed."""

    __test__ = False  # not a test class of pytest's

    rule: str
    name: str
    place: str
    expected: str
    verdict: str
    problem: str = ""

    @property
    def passed(self) -> bool:
        return not self.problem


def run_tests(book: RuleBook, names: Collection[str] = ()) -> tuple[TestResult, ...]:
    """Run the tests of every rule (or of those named), each alone, in the order of the files."""
    rules = [r for r in book.rules.values() if not names or r.name in names]
    return tuple(_run(book, rule, t) for rule in rules for t in rule.tests)


def _run(book: RuleBook, rule: Rule, test: RuleTest) -> TestResult:
    panel = test_panel(rule, test, book.catalog)
    # Alone, and judged whatever its status: neighbours could silence it.
    alone = RuleBook({rule.name: replace(rule, status="stable")}, book.catalog, book.nodes)
    found = judge(alone, panel)
    verdict = found.verdicts.verdict(rule.name, test.subject)
    problem = "" if verdict == test.expect else f"expected {test.expect}, got {verdict}"
    if problem and (rule.name, test.subject) in found.verdicts:
        problem += f" ({found.verdicts[rule.name, test.subject].reason})"
    problem = problem or "; ".join(_misquoted(rule, test, panel, book.catalog))
    return TestResult(rule.name, test.name, test.place, test.expect, verdict, problem)


def _misquoted(
    rule: Rule, test: RuleTest, panel: Panel, catalog: Mapping[str, MetricInfo]
) -> Iterator[str]:
    for written, expected in test.quotes.items():
        if written not in rule.evidence:
            yield f"{written} is no evidence of this rule"
            continue
        metric, subject = _target(written, test.subject, catalog)
        value = panel.value(metric, subject)
        if not np.isclose(value, expected, rtol=1e-9, atol=0.0):
            yield f"{written} is {value:g}, the test quotes {expected:g}"


def _target(written: str, subject: str, catalog: Mapping[str, MetricInfo]) -> tuple[str, str]:
    """The metric and the subject of `funding_8h`, `btc.funding_8h` or `left.funding_8h`."""
    side, _, metric = written.rpartition(".")
    if side in {"left", "right"}:
        left, _, right = subject.partition("/")
        return metric, left if side == "left" else right
    if side:
        return metric, side.upper()
    return metric, MARKET if catalog[metric].scope == "market" else subject


def test_panel(rule: Rule, test: RuleTest, catalog: Mapping[str, MetricInfo]) -> Panel:
    """The panel of a test's given values; what is not given is missing."""
    points = {_target(w, test.subject, catalog): p for w, p in test.given.items()}
    moments = sorted({0, *(at for p in points.values() for at, _ in p)})
    subjects = tuple(sorted({test.subject, MARKET, *(s for _, s in points)}))
    columns: dict[str, Floats] = {}
    for (metric, subject), values in points.items():
        table = columns.setdefault(metric, np.full((len(moments), len(subjects)), np.nan))
        for at, value in values:
            table[moments.index(at), subjects.index(subject)] = value
    times = np.array([NOW + at for at in moments], dtype=np.int64)
    return Panel(times, subjects, columns, {m: catalog[m].scope for m in columns})


test_panel.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it by its name
