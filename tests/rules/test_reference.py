"""The reference of the rules, and `commentary rules explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from generator.errors import EXIT_DONE, EXIT_USAGE
from generator.judge.reference import needs, reference, section
from generator.judge.rules import load_text
from generator.measure import catalog
from tests.rules.shipped import ROOT, rule_book

Captured = pytest.CaptureFixture[str]

RULE = """id: X1
title: A held fall
scope: asset
params: {most: -3}
let:
  deep: btc.return_24h < most
when: >-
  return_24h < most
  and deep
clear_when: return_24h > 0
for: {of: 3d, times: 2}
subjects: [ETH]
evidence: [return_24h]
watch:
  refute: [{metric: price, above: price * 1.1, within: 24h, phrase: x}]
tests:
  - {name: it speaks, given: {return_24h: -4}, expect: unknown}
"""


def test_the_reference_is_up_to_date() -> None:
    written = (ROOT / "docs" / "rules-reference.md").read_text(encoding="utf-8")
    wanted = reference(rule_book(), catalog())
    todo = "run: python -m generator.judge.reference > docs/rules-reference.md"
    assert written.splitlines() == wanted.splitlines(), todo


def test_a_section_shows_the_conditions_as_they_are_written() -> None:
    lines = section(load_text(RULE, "held_fall", "price", catalog()).rules["held_fall"], catalog())
    assert lines[4:10] == [
        "let deep = btc.return_24h < most",
        "when return_24h < most and deep",
        "with most = -3",
        "for 2 of the last 3 days",
        "held until not known: not (return_24h > 0)",
        "```",
    ]
    assert "- Subjects: `ETH`" in lines
    assert "- Watch, would refute: `price` above `price * 1.1` within 24h" in lines
    assert lines[-1] == "- unknown: it speaks"


def test_what_a_rule_needs_is_found_below_lets_counts_and_other_subjects() -> None:
    book = load_text(RULE, "held_fall", "price", catalog())
    assert needs(book.rules["held_fall"]) == ("return_24h",)
    assert needs(rule_book().rules["narrow_rise"]) == (
        *("advancers_share", "btc_return_24h", "move_band", "universe_count"),
    )


def test_every_rule_has_its_section_in_the_reference() -> None:
    page = reference(rule_book(), catalog())
    for name, rule in rule_book().rules.items():
        assert f"\n## {name}\n" in page
        assert rule.title in page


def test_a_rule_is_explained_on_the_command_line(capsys: Captured) -> None:
    assert main(["rules", "explain", "one_hour_shock", "new_low"]) == EXIT_DONE
    text = capsys.readouterr().out
    assert "## one_hour_shock" in text
    assert "## new_low" in text
    assert main(["rules", "explain", "new_low", "--json"]) == EXIT_DONE
    row = json.loads(capsys.readouterr().out)[0]
    assert row["params"] == {"days": 30.0, "lead_days": 365.0}
    assert "low_beats_days" in row["needs"]


def test_explaining_shows_the_thresholds_of_the_settings(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "commentary.toml").write_text("[rules.params]\nnew_low.days = 45\n")
    assert main(["rules", "explain", "new_low"]) == EXIT_DONE
    assert "with days = 45, lead_days = 365" in capsys.readouterr().out


@pytest.mark.parametrize("names", [[], ["new_lwo"]])
def test_explaining_needs_the_name_of_a_rule(names: list[str], capsys: Captured) -> None:
    assert main(["rules", "explain", *names]) == EXIT_USAGE
    message = capsys.readouterr().err
    assert "new_low" in message if names else "commentary rules list" in message
