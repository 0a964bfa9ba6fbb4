"""Whole market states with something deleted: no rule's own condition becomes true by it.

Two things may make a claim appear, and both show in what is printed: another source took over (the
scope of a number is another), or a comparison rests on another record (a length, a start or a count
that the rule quotes is another). Anything else is a claim made by a gap.
"""

from __future__ import annotations

import math
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import numpy as np

from generator.collect.scenario import load_scenario, scenario_names
from generator.judge import evaluate
from generator.judge.engine import subjects_of
from generator.judge.testing import test_panel
from generator.measure import Measured, catalog, measure
from generator.measure.registry import raw_inputs
from generator.model import MARKET, Panel
from generator.settings import MarketSection
from tests.conftest import ROOT
from tests.rules.shipped import rule_book
from tests.states import random_state
from tests.truth.deletions import WAYS, deleted
from tests.truth.rich import State, states
from tests.truth.test_rules_without_data import TRIED, Cell, alone, cells, without

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
DELETIONS = 6_000 if LONG else 60
BASIS = re.compile(r"record|compared|(_days|_count|_venues|_start|_weeks|_quoting)$")
# A list of movers is of the coins whose age is known; one that drops out lets the next one in.
LISTS = {"notable_mover"}
# Here the missing datum is the claim.
OF_WHAT_IS_MISSING = {"partial_data"}
# A median of whatever samples of the last three hours there are, three at least (canon V09).
OF_SAMPLES = {"thin_book", "deep_book", "wide_quotes"}
Claim = tuple[str, str]  # rule, subject


@cache
def pool() -> tuple[State, ...]:
    made = [random_state(seed, 0.0) for seed in range(20 if LONG else 2)]
    return (*states(), *(load_scenario(n) for n in scenario_names()), *made)


@cache
def as_it_is(place: int) -> tuple[Measured, frozenset[Claim]]:
    whole = measure(*pool()[place], MarketSection())
    return whole, claims(whole)


def panel(m: Measured) -> Panel:
    subjects, known = tuple(sorted(m.values)), catalog()
    columns = {n: np.full((1, len(subjects)), np.nan) for n in known}
    for j, subject in enumerate(subjects):
        for name, value in m.values[subject].items():
            columns[name][0, j] = value
    return Panel(np.array([m.now]), subjects, columns, {n: i.scope for n, i in known.items()})


def claims(m: Measured) -> frozenset[Claim]:
    """Every rule whose own condition is true now, with its subject."""
    rows = panel(m)
    pairs = evaluate(rule_book(), rows)
    return frozenset(
        (rule.name, subject)
        for rule in rule_book().active
        for i, subject in enumerate(subjects_of(rule, rows))
        if pairs[rule.name].is_true[-1, i]
    )


def quoted(rule: str, subject: str) -> tuple[Cell, ...]:
    evidence = rule_book().rules[rule].evidence
    return tuple((n, MARKET if catalog()[n].scope == "market" else subject) for n in evidence)


def scope(m: Measured, cell: Cell) -> str:
    metric, subject = cell
    of = MARKET if catalog()[metric].scope == "market" else subject
    return m.inputs[of].scopes.get(catalog()[metric].venue, "") if of in m.inputs else ""


def value(m: Measured, cell: Cell) -> float:
    return m.values.get(cell[1], {}).get(cell[0], math.nan)


def why(claim: Claim, before: Measured, after: Measured) -> str:
    """What in the printed numbers shows that a new claim rests on something else; else empty."""
    rule, subject = claim
    read = (*cells(rule_book().rules[rule], subject), *quoted(rule, subject))
    if rule in LISTS | OF_WHAT_IS_MISSING | OF_SAMPLES or subject not in before.values:
        return "a list, samples, or what is missing itself"
    if rule_book().rules[rule].role == "level":
        return "a labelled number, whatever chose it"
    if any(scope(before, c) != scope(after, c) for c in read):
        return "another source"
    rests = [c for c in quoted(rule, subject) if BASIS.search(c[0])]
    if any(value(before, c) != value(after, c) for c in rests):
        return "another record"
    return ""


def appeared(seed: int) -> Iterator[tuple[str, Claim, str]]:
    place = seed % len(pool())
    way, what, less = deleted(pool()[place], seed)
    before, said = as_it_is(place)
    after = measure(*less, MarketSection())
    for claim in sorted(claims(after) - said):
        yield f"{way}: {what}", claim, why(claim, before, after)


def test_nothing_that_is_deleted_makes_a_claim_appear() -> None:
    wrong, taken = [], defaultdict[str, set[str]](set)
    for seed in range(DELETIONS):
        for what, claim, reason in appeared(seed):
            if not reason:
                wrong.append((seed, claim, what))
            taken[claim[0]].add(reason)
    assert wrong == []
    if LONG:
        write(taken)


def test_the_deletions_take_claims_away() -> None:
    """Else the test above could pass on deletions that touch nothing."""
    fewer = 0
    for seed in range(len(pool()) * 8):
        place = seed % len(pool())
        after = measure(*deleted(pool()[place], seed)[2], MarketSection())
        fewer += bool(as_it_is(place)[1] - claims(after))
    assert fewer >= 4


def without_input(rule_name: str, name: str) -> str:
    """What an in-file test that speaks says when one raw input is missing."""
    rule = rule_book().rules[rule_name]
    test = next(t for t in rule.tests if t.speaks)
    gone = tuple(c for c in cells(rule, test.subject) if name in raw_inputs(c[0]))
    rows = test_panel(rule, test, rule_book().catalog)
    after = evaluate(alone(rule), without(rows, gone))[rule.name]
    return "unaffected" if after.is_true[-1].any() else "unknown"


def inputs_of(rule_name: str) -> list[str]:
    named = {c[0] for c in cells(rule_book().rules[rule_name], "ETH/BTC")}
    return sorted({r for n in named for r in raw_inputs(n)} - {"now"})


def test_a_rule_without_any_of_its_inputs_is_unknown_or_does_not_need_it() -> None:
    for rule in rule_book().rules:
        needs = [without_input(rule, n) for n in inputs_of(rule)]
        assert "unknown" in needs or not needs, f"{rule} speaks whatever is missing"


def write(taken: dict[str, set[str]]) -> None:
    """Rule x raw input -> what becomes of what it says; and the truth table over subsets."""
    lines = [
        "# What becomes of a rule when an input is missing",
        "",
        f"{len(rule_book().rules)} rules; {DELETIONS:,} deletions of {len(WAYS)} kinds from "
        f"{len(pool())} market states; claims made by a gap: 0.",
        "",
        "| rule | unknown without | does not need | may go over to |",
        "| --- | --- | --- | --- |",
    ]
    for rule in sorted(rule_book().rules):
        found = {n: without_input(rule, n) for n in inputs_of(rule)}
        needs, free = ([n for n in found if found[n] == k] for k in ("unknown", "unaffected"))
        over = ", ".join(sorted(taken.get(rule, set()) - {""}))
        lines.append(f"| {rule} | {', '.join(needs)} | {', '.join(free)} | {over} |")
    path = ROOT / "output" / "evidence" / "missing.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, *truth_table()]) + "\n", encoding="utf-8")


CHANGES = (
    *("true to true", "true to unknown", "true to false"),
    *("false to false", "false to unknown", "false to true"),
)


def truth_table() -> Iterator[str]:
    """What the answers of every rule became over all subsets that were tried of its numbers."""
    yield from (
        "",
        "## Every subset of its numbers missing",
        "",
        "Each rule in the states of its own tests, with every subset of the numbers it names made",
        "unknown (all of them up to ten, a thousand drawn ones beyond). An answer may become",
        "unknown or stay; `true to false` and `false to true` must be 0.",
        "",
    )
    if not TRIED:
        yield "Not tried in this run: tests/truth was run in part."
        return
    yield f"| rule | {' | '.join(CHANGES)} |"
    yield f"| --- |{' --- |' * len(CHANGES)}"
    for rule in sorted(TRIED):
        yield f"| {rule} | {' | '.join(f'{TRIED[rule][c]:,}' for c in CHANGES)} |"
    whole = [sum(t[c] for t in TRIED.values()) for c in CHANGES]
    yield f"| all | {' | '.join(f'{n:,}' for n in whole)} |"


def test_the_truth_table_has_no_answer_turned_round() -> None:
    page = list(truth_table())
    assert all(t["true to false"] == t["false to true"] == 0 for t in TRIED.values())
    assert any("| all |" in line or "Not tried" in line for line in page)
