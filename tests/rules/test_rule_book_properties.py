"""What must hold for the shipped rules on any panel: removing data never adds a claim."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generator.judge import evaluate, judge
from generator.measure import catalog
from generator.model import DAY, HOUR, MARKET, Floats, Panel
from tests.conftest import NOW
from tests.rules.shipped import rule_book

SUBJECTS = ("BEAT", "BTC", "ETH", "ETH/BTC", "TAC", MARKET)
MIDNIGHT = NOW - 8 * HOUR
TIMES = np.array([MIDNIGHT - 2 * DAY, MIDNIGHT - DAY, MIDNIGHT, NOW], dtype=np.int64)
SEEDS = st.integers(0, 1_000_000)


@cache
def values() -> dict[str, Floats]:
    """Per metric, the values that the tests inside the rules give it: on both sides of things."""
    found: dict[str, set[float]] = defaultdict(set)
    for rule in rule_book().rules.values():
        for test in rule.tests:
            for written, points in test.given.items():
                found[written.rpartition(".")[2]] |= {v for _, v in points}
    pools = {m: np.array(sorted(v for v in found[m] if v == v)) for m in catalog() if m in found}
    return {m: pool for m, pool in pools.items() if len(pool)}


def random_panel(seed: int, missing: float = 0.05) -> Panel:
    """Every metric drawn from its own pool: now and the last three midnights, few subjects."""
    random = np.random.default_rng(seed)
    columns = {}
    for metric, pool in values().items():
        table = random.choice(pool, (len(TIMES), len(SUBJECTS)))
        table[random.random(table.shape) < missing] = np.nan
        columns[metric] = table
    return Panel(TIMES, SUBJECTS, columns, {m: catalog()[m].scope for m in columns})


def deleted(panel: Panel, seed: int, much: float) -> Panel:
    """The panel with about `much` of its values gone; 1 leaves whole metrics out, one by one."""
    random = np.random.default_rng(seed)
    if much == 1.0:
        gone = random.choice(sorted(panel.columns), 3, replace=False)
        fewer = {m: x for m, x in panel.columns.items() if m not in gone}
    else:
        fewer = {
            m: np.where(random.random(x.shape) < much, np.nan, x) for m, x in panel.columns.items()
        }
    return Panel(panel.times, panel.subjects, fewer, panel.scopes)


@given(SEEDS, SEEDS, st.sampled_from([0.02, 0.2, 0.6, 1.0]))
def test_deleting_inputs_never_makes_a_condition_of_the_book_true_or_false(
    seed: int, other: int, much: float
) -> None:
    panel = random_panel(seed)
    before = evaluate(rule_book(), panel)
    after = evaluate(rule_book(), deleted(panel, other, much))
    for rule, pair in after.items():
        assert not (pair.is_true & ~before[rule].is_true).any(), f"{rule}: a claim appeared"
        assert not (pair.is_false & ~before[rule].is_false).any(), f"{rule}: a negation appeared"


@given(SEEDS, SEEDS, st.sampled_from([0.02, 0.2, 0.6, 1.0]))
def test_deleting_inputs_never_makes_a_silent_rule_of_the_book_speak(
    seed: int, other: int, much: float
) -> None:
    """Persistence included: what a rule says now, with all its memory."""
    panel = random_panel(seed)
    before = judge(rule_book(), panel).verdicts
    after = judge(rule_book(), deleted(panel, other, much)).verdicts
    for rule, subject in after:
        if after.verdict(rule, subject) in {"on", "held"}:
            assert before.verdict(rule, subject) in {"on", "held"}, f"{rule} of {subject}"


@given(SEEDS, st.permutations(range(len(SUBJECTS))))
def test_shuffling_subjects_changes_nothing_in_the_book(seed: int, order: list[int]) -> None:
    panel = random_panel(seed)
    shuffled = Panel(
        panel.times,
        tuple(panel.subjects[i] for i in order),
        {m: x[:, order] for m, x in panel.columns.items()},
        panel.scopes,
    )
    one, two = judge(rule_book(), panel), judge(rule_book(), shuffled)
    assert one.findings == two.findings
    assert set(one.dropped) == set(two.dropped)
    assert set(one.blocked_words) == set(two.blocked_words)


@given(SEEDS)
def test_the_same_panel_is_judged_the_same(seed: int) -> None:
    one, two = (judge(rule_book(), random_panel(seed)) for _ in range(2))
    assert (one.findings, one.dropped) == (two.findings, two.dropped)


def test_the_random_panels_meet_every_rule_true_and_unknown() -> None:
    """Else the properties above would hold of nothing."""
    met: dict[str, set[str]] = defaultdict(set)
    for seed in range(120):
        for rule, pair in evaluate(rule_book(), random_panel(seed)).items():
            if pair.is_true.any():
                met[rule].add("true")
            if pair.is_false.any():
                met[rule].add("false")
            if (~pair.is_true & ~pair.is_false).any():
                met[rule].add("unknown")
    never_false = {r for r, seen in met.items() if "false" not in seen}
    assert {r for r, seen in met.items() if not {"true", "unknown"} <= seen} == set()
    assert never_false <= {"eth_btc_level"}
