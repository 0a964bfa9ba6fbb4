"""The shipped rules: sound, tested inside, and each with the words it needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.judge.model import Rule
from generator.judge.testing import check_rules, run_tests
from generator.measure import catalog
from tests.rules.shipped import (
    asked,
    asked_of_another,
    blocks,
    phrase_file,
    rule_book,
    spoken,
    templates,
)

RULES = tuple(rule_book().rules.values())
SPOKEN = tuple(r for r in RULES if r.role in {"finding", "level"})
NEEDED = {"notable_mover": "gainers"}  # it is told as lists, one a side
FURNITURE = {"partial_data"}  # the coverage line under every note tells it
OF_A_FINDING = {"asset", "rule", "state", "also", "left", "right", "finding", "since"}
# It rests on known(...), which is never false: unknown is its only silence.
NEVER_OFF = {"eth_btc_level"}
WHOLE = {"band", "shown", "venues", "days"}
OF_THE_PLACE = {"lead_days"}  # decides the place in the note, not whether to speak

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
every_spoken_rule = pytest.mark.parametrize("rule", SPOKEN, ids=lambda r: r.name)


def test_the_shipped_rules_have_no_problem() -> None:
    assert [str(p) for p in check_rules(rule_book())] == []


def test_every_test_inside_a_rule_file_passes() -> None:
    results = run_tests(rule_book())
    assert len(results) >= 5 * len(RULES)
    assert [f"{r.place}: {r.problem}" for r in results if not r.passed] == []


def moved(param: str, value: float) -> tuple[float, float]:
    """A threshold a tenth to either side, or one where it is compared with whole numbers."""
    step = 1.0 if param in WHOLE else abs(value) / 10
    return value - step, value + step


@every_rule
def test_a_threshold_moved_by_a_tenth_is_noticed_by_the_tests_inside(rule: Rule) -> None:
    unnoticed = []
    for param, value in rule.params.items():
        if param in OF_THE_PLACE:
            continue
        for other in moved(param, value):
            book = rule_book().with_params({rule.name: {param: other}})
            alone = replace(book, rules={rule.name: book.rules[rule.name]})
            if all(r.passed for r in run_tests(alone)):
                unnoticed.append(f"{param}: {other:g}")
    assert unnoticed == [], "add a test just on the other side of the threshold"


@every_rule
def test_each_rule_is_tested_speaking_silent_and_without_its_data(rule: Rule) -> None:
    speaking = [t for t in rule.tests if t.speaks]
    silent = [t for t in rule.tests if not t.speaks]
    assert len(speaking) >= 2
    assert len(silent) >= 2
    assert any(t.expect == "unknown" for t in rule.tests), "no test with a missing datum"
    assert any(t.expect == "off" for t in rule.tests) or rule.name in NEVER_OFF
    assert any(t.quotes for t in speaking) or not rule.evidence
    names = [t.name for t in rule.tests]
    assert all(names)
    assert len(set(names)) == len(names)


@every_rule
def test_each_rule_says_why_it_exists(rule: Rule) -> None:
    assert rule.rationale
    assert rule.title


@every_rule
def test_evidence_exists_and_belongs_to_the_subject_or_the_market(rule: Rule) -> None:
    known = catalog()
    for metric in rule.evidence:
        assert metric in known, f"{metric} is no metric"
        assert known[metric].scope in {rule.scope, "market"}
    assert len(set(rule.evidence)) == len(rule.evidence)


@every_spoken_rule
def test_each_rule_that_speaks_has_words(rule: Rule) -> None:
    if rule.name in FURNITURE:
        return
    assert templates().exists(phrase_file(rule.name))
    if wanted := NEEDED.get(rule.name):
        assert wanted in spoken(phrase_file(rule.name))
    else:
        assert any(b.startswith(("body", "group")) for b in blocks(phrase_file(rule.name)))


@every_rule
def test_each_watch_item_has_a_sentence_and_a_question(rule: Rule) -> None:
    written = spoken("watch.j2")
    if templates().exists(phrase_file(rule.name)):
        written |= spoken(phrase_file(rule.name))
    for item in rule.watch:
        assert item.phrase, f"{item.metric} has no phrase"
        assert {f"watch_{item.phrase}", f"question_{item.phrase}"} <= written


@every_spoken_rule
def test_a_phrase_quotes_nothing_but_the_evidence_of_its_rule(rule: Rule) -> None:
    if rule.name in FURNITURE:
        return
    allowed = {*rule.evidence, *OF_A_FINDING}
    wrong = sorted((a.line, a.metric) for a in asked(rule) if a.metric not in allowed)
    assert wrong == [], "add it to `evidence` in the rule file, or take it out of the phrase"


@every_spoken_rule
def test_two_findings_in_one_sentence_are_each_quoted_from_their_own_evidence(rule: Rule) -> None:
    if rule.name in FURNITURE:
        return
    for other, read in asked_of_another(rule):
        assert read.metric in {*rule_book().rules[other].evidence, *OF_A_FINDING}


def test_the_reading_of_phrases_sees_what_they_ask() -> None:
    """Else the test above could pass on nothing."""
    assert {a.metric for a in asked(rule_book().rules["daily_fall"])} >= {
        *("asset", "return_24h", "days_as_large", "days_compared", "move_band")
    }
    assert {a.metric for a in asked(rule_book().rules["price_level"])} >= {"price", "return_24h"}


def test_no_phrase_file_is_left_without_a_rule() -> None:
    folder = templates().loader.folders[0] / "en" / "phrases"
    assert sorted(p.stem for p in folder.glob("*.j2") if p.stem not in rule_book().rules) == []
