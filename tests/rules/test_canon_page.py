"""The canon, entry by entry: every rule stands in it, every entry is held, the page is up to date."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from generator.cli import main
from generator.collect.scenario import load_scenario
from generator.errors import EXIT_DONE, RuleError
from generator.flow import judged
from generator.judge import Judgement
from generator.judge.canon import IDS, Entry, moment, page, read, status
from generator.judge.feeds import FEEDS
from generator.measure import catalog
from generator.settings import Config
from tests.rules.shipped import ROOT, rule_book

ENTRIES = read(ROOT / "rules")


def entry(name: str) -> Entry:
    return next(e for e in ENTRIES if e.id == name)


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "canon.yaml").write_text(text)
    return tmp_path


def test_the_page_is_up_to_date() -> None:
    shown = (ROOT / "docs" / "canon.md").read_text(encoding="utf-8")
    todo = "run: python -m generator.judge.canon > docs/canon.md"
    assert shown.splitlines() == page(ENTRIES, rule_book(), catalog()).splitlines(), todo


def test_every_entry_of_the_canon_is_held_by_a_rule_or_a_gate() -> None:
    assert len(IDS) == 73
    assert {e.id for e in ENTRIES} >= IDS
    assert all(e.rules or e.held_by for e in ENTRIES)


def test_every_rule_stands_in_the_table_under_its_own_id() -> None:
    listed = {name for e in ENTRIES for name in e.rules}
    assert listed == set(rule_book().rules)
    for rule in rule_book().rules.values():
        assert rule.name in entry(rule.id).rules


def test_every_id_beyond_the_canon_is_a_lead_it_lacked_or_a_level() -> None:
    levels = {e.id for e in ENTRIES if e.id not in IDS and not e.lead}
    assert levels == {"P00", "R00", "M00"}


def test_every_entry_has_a_moment_at_which_it_spoke_and_one_at_which_it_was_silent() -> None:
    for e in ENTRIES:
        rules = [rule_book().rules[n] for n in e.rules]
        assert moment(e, rules, spoke=True), e.id
        assert moment(e, rules, spoke=False), e.id


def speaks(scenario: str, rules: tuple[str, ...]) -> bool:
    """Whether any of the rules holds in a prepared state, for any subject."""
    verdicts = judgement(scenario).verdicts
    return any(verdicts.verdict(r, s) == "on" for r, s in verdicts if r in rules)


@cache
def judgement(scenario: str) -> Judgement:
    return judged(*load_scenario(scenario), Config(Path()), rule_book())[2]


def test_what_is_said_of_prepared_states_holds_there() -> None:
    for e in ENTRIES:
        if e.fired_from == "scenario":
            assert speaks(re.split("[:,]", e.fired)[0], e.rules), e.id
        if e.silent_from == "scenario":
            assert not speaks(re.split("[:,]", e.silent)[0], e.rules), e.id


def test_a_figure_that_was_worked_out_again_is_of_recorded_data() -> None:
    checked = [e for e in ENTRIES if e.checked]
    assert len(checked) >= 20
    assert all(e.fired and e.fired_from == "recorded" for e in checked)


def test_the_status_follows_from_what_feeds_a_rule() -> None:
    rules = rule_book().rules
    assert status(rules["new_low"], catalog()) == "speaks"
    assert status(rules["nasdaq_move"], catalog()) == "unknown without series NDX"
    assert status(rules["thin_book"], catalog()) == "speaks after 20 days, collected by the hour"


def test_every_family_of_metrics_says_what_feeds_it() -> None:
    assert {info.venue.partition(":")[0] for info in catalog().values()} <= set(FEEDS)


def test_explaining_a_rule_tells_when_it_was_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", "largest_fall"]) == EXIT_DONE
    assert "- Spoke (P10): 2026-02-06 00:00, BTC -14.0%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("- {id: P01, name: x}", "held by nothing"),
        ("- {id: P01, rules: [a]}", "no 'name'"),
        ("- {id: P01, name: x, rules: [a], fierd: y}", "fired"),
        ("- {id: P01, name: x, rules: [a], fired: y, fired_from: memory}", "recorded"),
        ("- {id: P01, name: x, rules: [a]}\n- {id: P01, name: y, rules: [b]}", "twice"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(text: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=what) as error:
        read(written(tmp_path, text))
    assert "canon.yaml:" in error.value.subject
