"""The truth table of every rule: no number that is missing makes a condition true, or false.

Each rule's own condition is worked out for the states of its in-file tests, with every subset of
the numbers it names made unknown: all of them up to ten numbers, a thousand drawn ones beyond. A
short run takes every single number, every pair and the whole; `make evidence` takes them all.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest

from generator.judge import evaluate
from generator.judge.engine import subjects_of
from generator.judge.kernel import Pair
from generator.judge.model import Rule, RuleTest
from generator.judge.pairs import expressions
from generator.judge.rules import RuleBook
from generator.judge.testing import test_panel
from generator.model import MARKET, Panel
from tests.rules.shipped import rule_book

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
WHOLE_TABLE = 10  # numbers up to which every subset is tried
DRAWN = 1_000
RULES = tuple(rule_book().rules.values())
Cell = tuple[str, str]  # metric, subject
# rule -> how often an answer became which: the truth table that an evidence run writes down
TRIED: defaultdict[str, Counter[str]] = defaultdict(Counter)


def alone(rule: Rule) -> RuleBook:
    book = rule_book()
    return RuleBook({rule.name: replace(rule, status="stable")}, book.catalog, book.nodes)


def cells(rule: Rule, subject: str) -> tuple[Cell, ...]:
    """Every number that a rule names: of its subject, of a named asset, of a pair's sides."""
    found: dict[Cell, None] = {}
    for node in expressions(rule):
        if node.op != "metric":
            continue
        metric, of = node.value
        if of in {"left", "right"}:
            of = subject.split("/")[0 if of == "left" else 1]
        found[metric, of or subject] = None
    return tuple(found)


def subsets(many: tuple[Cell, ...]) -> Iterator[tuple[Cell, ...]]:
    if LONG and len(many) <= WHOLE_TABLE:
        yield from chain.from_iterable(combinations(many, n) for n in range(1, len(many) + 1))
        return
    yield from combinations(many, 1)
    yield from combinations(many, 2)
    yield many
    if LONG:
        random = np.random.default_rng(len(many))
        for mask in random.random((DRAWN, len(many))) < 0.4:
            yield tuple(c for c, out in zip(many, mask, strict=True) if out)


def without(panel: Panel, gone: tuple[Cell, ...]) -> Panel:
    columns = dict(panel.columns)
    for metric, subject in gone:
        if metric in columns and subject in panel.subjects:
            columns[metric] = columns[metric].copy()
            columns[metric][:, panel.subjects.index(subject)] = np.nan
    return Panel(panel.times, panel.subjects, columns, panel.scopes)


def states(rule: Rule) -> Iterator[RuleTest]:
    """In-file tests; in a short run one that speaks and one of each other kind of answer."""
    if LONG:
        yield from rule.tests
        return
    seen: set[str] = set()
    for test in rule.tests:
        if test.expect not in seen:
            seen.add(test.expect)
            yield test


def answers(before: Pair, after: Pair) -> Iterator[str]:
    """`true to unknown` and the like, for every subject of the newest row."""
    sides = (before.is_true, before.is_false, after.is_true, after.is_false)
    for true, false, then_true, then_false in zip(*(s[-1] for s in sides), strict=True):
        was = "true" if true else "false" if false else "unknown"
        now = "true" if then_true else "false" if then_false else "unknown"
        if was != "unknown":
            yield f"{was} to {now}"


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_no_subset_of_missing_numbers_makes_the_condition_true_or_false(rule: Rule) -> None:
    book, tried = alone(rule), 0
    for test in states(rule):
        panel = test_panel(rule, test, book.catalog)
        before = evaluate(book, panel)[rule.name]
        for gone in subsets(cells(rule, test.subject)):
            after = evaluate(book, without(panel, gone))[rule.name]
            names = ", ".join(f"{m} of {s}" for m, s in gone)
            assert not (after.is_true & ~before.is_true).any(), f"{test.name}: true without {names}"
            assert not (after.is_false & ~before.is_false).any(), (
                f"{test.name}: false without {names}"
            )
            TRIED[rule.name].update(answers(before, after))
            tried += 1
    assert tried > 0


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_with_all_of_its_numbers_missing_a_rule_says_nothing(rule: Rule) -> None:
    book = alone(rule)
    test = next(t for t in rule.tests if t.speaks)
    panel = test_panel(rule, test, book.catalog)
    assert evaluate(book, panel)[rule.name].is_true[-1].any()
    pair = evaluate(book, without(panel, cells(rule, test.subject)))[rule.name]
    at = subjects_of(rule, panel).index(MARKET if rule.scope == "market" else test.subject)
    assert not pair.is_true[-1, at]
    assert not pair.is_false[-1, at]
