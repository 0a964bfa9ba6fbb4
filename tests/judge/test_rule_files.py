"""Rule files are read strictly, with a place for every error; the checks of a whole book."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import RuleError
from generator.judge import load_rules
from generator.judge.rules import load_text
from generator.judge.strict_yaml import parse
from generator.judge.testing import check_rules, run_tests
from tests.judge.books import CATALOG, DAY, HOUR, book, rule_text


def scalar(text: str) -> object:
    return parse(f"key: {text}", "x.yaml").value["key"].value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("off", "off"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("12:30", "12:30"),
        ("1e6", 1e6),
        ("2026-01-02", "2026-01-02"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("true", True),
        ("~", None),
        ("", None),
        ("-3", -3),
        (".5", 0.5),
        ("'010'", "010"),
        ('"12"', "12"),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(text: str, expected: object) -> None:
    found = scalar(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        ("a: 010", "starts with a zero", ":1:4"),
        ("a: 1\na: 2", "stands twice", ":2:1"),
        ("a: &x 1\nb: *x", "anchors and aliases", ":1:4"),
        ("a: *x", "anchors and aliases", ":1:4"),
        ("a: !!python/name:os.system x", "tag", ":1:4"),
        ("a: !!str 1", "tag", ":1:4"),
        ("? [1, 2]\n: 3", "key must be plain", ":1:3"),
        ("a: 1\n---\nb: 2", "second document", ":2:1"),
        ("a: [1", "not YAML", ":2:1"),
        ("a: 1e999", "too large", ":1:4"),
        ("[" * 5000, "nested deeper", ":1:"),
        ("a: \x07", "not YAML", ""),
        ("", "empty", ""),
        ("<<: {a: 1}\nb: *y", "anchors and aliases", ":2:4"),
    ],
)
def test_what_yaml_would_guess_is_refused(text: str, what: str, place: str) -> None:
    with pytest.raises(RuleError) as error:
        parse(text, "x.yaml")
    assert what in str(error.value)
    assert error.value.subject.startswith("x.yaml" + place)


@pytest.mark.parametrize(
    ("line", "what", "place"),
    [
        ("wehn: return_24h > 1", "unknown key 'wehn'", "5:1"),
        ("role: finding_", "not one of", "5:7"),
        ("for: 24 hours", "no duration", "5:6"),
        ("for: {of: 3d, times: 4}", "whole number within", "5:6"),
        ("evidence: [return_24h, funding]", "unknown metric 'funding'", "5:24"),
        ("params: {most: high}", "a number is needed", "5:16"),
        ("params: {return_24h: 1}", "cannot name a param", "5:10"),
        ("let: {return_24h: funding_8h}", "already a metric", "5:7"),
        ("score: {tail: funding_8h, frequency: 0.1}", "not both", "5:8"),
        ("score: {frequency: 7}", "between 0 and 1", "5:20"),
        ("watch: {confirm: [{metric: funding_8h, above: 1}]}", "not complete", "5:19"),
        ("watch: {confirms: []}", "unknown key 'confirms'", "5:9"),
        ("unknown_blocks: yes", "true or false", "5:17"),
        ("tests: [{given: {funding_8h: [1, 2]}, expect: on}]", "needs `every`", "5:30"),
        ("tests: [{given: {funding_8h: {yesterday: 1}}, expect: on}]", "no moment", "5:31"),
        ("tests: [{given: {funding_8h: 1}, expect: maybe}]", "not one of", "5:42"),
        ("title_: x", "unknown key", "5:1"),
    ],
)
def test_a_mistake_in_a_rule_file_has_a_place(line: str, what: str, place: str) -> None:
    with pytest.raises(RuleError) as error:
        load_text(rule_text("return_24h > 1") + "\n" + line, "x", "x", CATALOG)
    assert what in error.value.what
    assert error.value.subject == f"x.yaml:{place}"


def test_a_rule_must_have_its_condition() -> None:
    with pytest.raises(RuleError, match="the rule has no 'when'"):
        load_text("id: X\ntitle: X\nscope: asset", "x", "x", CATALOG)


def test_a_later_folder_overrides_the_file_of_the_same_name(tmp_path: Path) -> None:
    for folder, when in (("shipped", "return_24h > 1"), ("mine", "return_24h > 5")):
        (tmp_path / folder / "price").mkdir(parents=True)
        (tmp_path / folder / "price" / "rise.yaml").write_text(rule_text(when))
    (tmp_path / "shipped" / "price" / "fall.yaml").write_text(rule_text("return_24h < -1"))
    found = load_rules([tmp_path / "shipped", tmp_path / "mine"], CATALOG)
    assert list(found.rules) == ["fall", "rise"]
    assert found.rules["rise"].when.text == "return_24h > 5"
    assert found.rules["rise"].family == "price"


def test_files_that_no_rule_can_be_are_refused_with_their_name(tmp_path: Path) -> None:
    (tmp_path / "price").mkdir()
    file = tmp_path / "price" / "big.yaml"
    file.write_text("a: " + "x" * 70_000)
    with pytest.raises(RuleError, match="larger than 64 KB"):
        load_rules([tmp_path], CATALOG)
    file.write_bytes(b"a: \xff")
    with pytest.raises(RuleError, match="not UTF-8"):
        load_rules([tmp_path], CATALOG)
    file.unlink()
    (tmp_path / "price" / "rise.yaml").write_text(rule_text("return_24h > 1"))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "rise.yaml").write_text(rule_text("return_24h > 1"))
    with pytest.raises(RuleError, match="another family has a rule 'rise'"):
        load_rules([tmp_path], CATALOG)


def test_params_can_be_overridden_and_are_checked() -> None:
    found = book(a_rise=rule_text("return_24h > most", params="{most: 3}", for_="12h"))
    assert found.rules["a_rise"].persistence.duration == 12 * HOUR
    changed = found.with_params({"a_rise": {"most": 5}})
    assert changed.rules["a_rise"].params == {"most": 5.0}
    assert found.rules["a_rise"].params == {"most": 3.0}
    with pytest.raises(RuleError, match="no such param"):
        found.with_params({"a_rise": {"mots": 5}})
    with pytest.raises(RuleError, match="Did you mean a_rise"):
        found.with_params({"a_rice": {"most": 5}})
    with pytest.raises(RuleError, match="not a number"):
        found.with_params({"a_rise": {"most": "5"}})  # type: ignore[dict-item]  # as from a file
    with pytest.raises(RuleError, match="no such rule"):
        found.without(["a_rice"])


TESTED = """
id: F05
title: Funding below zero for a day
scope: asset
when: funding_8h < 0
for: 24h
evidence: [funding_8h, btc.return_24h]
score: {frequency: 0.05}
sources: [somewhere]
tests:
  - name: a day of it speaks
    subject: ETH
    given: {every: 8h, funding_8h: [-1, -2, -3, -4], btc.return_24h: {now: 7, -24h: 3}}
    expect: on
    quotes: {funding_8h: -4, btc.return_24h: 7}
  - name: one print waits
    given: {funding_8h: -1}
    expect: pending
  - name: nothing known
    given: {funding_8h: null}
    expect: unknown
"""


def test_the_tests_inside_a_rule_file_run() -> None:
    results = run_tests(load_text(TESTED, "x", "x", CATALOG))
    assert [r.problem for r in results] == ["", "", ""]
    assert [r.verdict for r in results] == ["on", "pending", "unknown"]


def test_a_failing_test_inside_a_rule_file_says_why() -> None:
    text = TESTED.replace("expect: pending", "expect: on").replace(
        "funding_8h: -4,", "funding_8h: -5,"
    )
    first, second, _ = run_tests(load_text(text, "x", "x", CATALOG))
    assert first.problem == "funding_8h is -4, the test quotes -5"
    assert second.problem.startswith("expected on, got pending (")
    assert second.place == "x.yaml:16:5"


def test_a_sound_rule_has_no_problems_and_an_unsound_book_names_each() -> None:
    assert check_rules(load_text(TESTED, "x", "y", CATALOG)) == ()
    unsound = book(
        a_one=rule_text("return_24h > 1", conflicts="[a_two, ghost]", inhibits="[b_three]"),
        a_two=rule_text("return_24h < 1", opposite="nobody", inhibits="[c]"),
        b_three=rule_text("return_24h < 1", role="veto", inhibits="[a]"),
    )
    messages = {f"{p.rule}: {p.message}" for p in check_rules(unsound)}
    assert messages >= {
        "a_one: no test in which it speaks",
        "a_one: no test in which it is silent",
        "a_one: conflicts with a_two, which does not declare it",
        "a_one: conflicts with 'ghost', which is no rule",
        "a_two: inhibits 'c', which is no rule and no family",
        "a_two: its opposite 'nobody' is no rule",
        "b_three: a veto that blocks nothing",
    }
    assert any("rules inhibit each other" in m for m in messages)


def test_durations_are_read_in_minutes_hours_and_days() -> None:
    lengths = [
        load_text(rule_text("return_24h > 1", for_=t), "x", "x", CATALOG).rules["x"].persistence
        for t in ("30m", "24h", "3d")
    ]
    assert [p.duration for p in lengths] == [30 * 60_000, DAY, 3 * DAY]


def test_the_example_in_the_documentation_loads_and_passes_its_own_tests() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
    text = page.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    results = run_tests(load_text(text, "crowded_shorts", "funding", CATALOG))
    assert [r.problem for r in results] == ["", ""]
