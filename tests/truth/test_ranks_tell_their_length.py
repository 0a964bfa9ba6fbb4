"""A rank without the length of the record behind it says nothing: every phrase prints it."""

from __future__ import annotations

import re

import pytest

from generator.judge.model import Rule
from generator.measure import catalog
from tests.rules.shipped import asked, phrase_file, rule_book, templates

# A percentile, and how many days went as far: both are out of a record.
RANK = re.compile(r"_rank(_most|_least|_7d|_30d)?$|days_as_large$|_lower_days$|weeks_as_large$")
LENGTH = re.compile(r"record|compared|_start$|_days$|_count$|_seen$")
# The level is ranked among the closes between which the changes of pair_record_days lie.
SAME_CLOSES = {"pair_level_rank"}
SPOKEN = tuple(
    r for r in rule_book().rules.values()
    if r.role in {"finding", "level"} and templates().exists(phrase_file(r.name))
)  # fmt: skip


def ranks(rule: Rule) -> set[str]:
    """The ranks that a rule's phrases read; places among coins or months are no percentiles."""
    units = {"percentile", "days"}
    return {a.metric for a in asked(rule)
            if a.metric in catalog() and RANK.search(a.metric)
            and catalog()[a.metric].unit in units}  # fmt: skip


@pytest.mark.parametrize("rule", SPOKEN, ids=lambda r: r.name)
def test_a_phrase_that_reads_a_rank_reads_the_length_of_its_record(rule: Rule) -> None:
    found = ranks(rule)
    others = {a.metric for a in asked(rule)} - found
    if found:
        assert any(LENGTH.search(m) for m in others), f"{sorted(found)} rest on what?"


def test_every_rank_has_a_length_beside_it() -> None:
    """For each percentile, a metric of the same family that says how long its record is."""
    lacking = []
    for name, info in catalog().items():
        if not re.search(r"_rank$", name) or info.unit != "percentile":
            continue
        raw = _raw(name)
        lengths = [n for n, i in catalog().items() if i.scope == info.scope and LENGTH.search(n)]
        if name not in SAME_CLOSES and not any(_raw(n) & raw - {"now"} for n in lengths):
            lacking.append(name)
    assert lacking == []


def test_the_reading_of_ranks_finds_some() -> None:
    assert sum(bool(ranks(r)) for r in SPOKEN) >= 20


def _raw(name: str) -> set[str]:
    from generator.measure.registry import raw_inputs

    return set(raw_inputs(name))
