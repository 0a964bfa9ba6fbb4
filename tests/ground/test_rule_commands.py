"""`rules` and `explain` as commands, on a small folder of rules of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from generator.errors import EXIT_DONE, EXIT_FAILED, EXIT_NO_DATA, EXIT_USAGE
from generator.store import open_store
from tests.conftest import NOW
from tests.ground.examples import snapshot

Captured = pytest.CaptureFixture[str]
RULE = """\
id: T01
title: A fall
scope: asset
role: finding
params:
  floor: -2
when: return_24h <= floor
score: {frequency: 0.1}
evidence: [return_24h]
rationale: For the tests of the commands.
sources: [none]
tests:
  - name: it speaks of a fall
    subject: BTC
    given: {return_24h: -3}
    expect: "on"
  - name: it is silent about a rise
    subject: BTC
    given: {return_24h: 3}
    expect: "EXPECTED"
  - name: without a change nothing is known
    subject: BTC
    given: {funding_settled: 0.01}
    expect: unknown
"""


@pytest.fixture(autouse=True)
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "few" / "rules"
    (folder / "price").mkdir(parents=True)
    (folder / "price" / "fall.yaml").write_text(RULE.replace("EXPECTED", "off"))
    monkeypatch.setattr("generator.config.rule_folders", lambda _: (folder,))
    return folder


def test_rules_are_listed(capsys: Captured) -> None:
    assert main(["rules", "list"]) == EXIT_DONE
    assert "T01" in capsys.readouterr().out
    assert main(["rules", "list", "--json"]) == EXIT_DONE
    assert json.loads(capsys.readouterr().out)[0]["name"] == "fall"


def test_a_disabled_rule_is_not_listed(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "commentary.toml").write_text("[rules]\ndisabled = ['fall']\n")
    assert main(["rules", "list"]) == EXIT_DONE
    assert capsys.readouterr().out == ""


def test_the_tests_inside_rules_are_run_on_their_own_thresholds(
    tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "commentary.toml").write_text("[rules.params]\nfall.floor = -50\n")
    assert main(["rules", "test"]) == EXIT_DONE
    assert "3 tests, 0 failed" in capsys.readouterr().err


def test_a_failing_test_inside_a_rule_is_named(rules: Path, capsys: Captured) -> None:
    (rules / "price" / "fall.yaml").write_text(RULE.replace("EXPECTED", "on"))
    assert main(["rules", "test"]) == EXIT_FAILED
    assert "it is silent about a rise" in capsys.readouterr().out


def test_an_unknown_rule_or_parameter_is_named(tmp_path: Path, capsys: Captured) -> None:
    assert main(["rules", "test", "fal"]) == EXIT_USAGE
    assert "fall" in capsys.readouterr().err
    (tmp_path / "commentary.toml").write_text("[rules.params]\nfall.flor = -50\n")
    assert main(["rules", "list"]) == EXIT_USAGE
    assert "floor" in capsys.readouterr().err


def test_a_rule_without_its_two_tests_does_not_pass_the_check(
    rules: Path, capsys: Captured
) -> None:
    assert main(["rules", "check"]) == EXIT_DONE, capsys.readouterr().out
    (rules / "price" / "fall.yaml").write_text(RULE.partition("tests:")[0])
    assert main(["rules", "check"]) == EXIT_FAILED
    assert "test" in capsys.readouterr().out


def test_explain_shows_each_comparison_with_its_values(capsys: Captured) -> None:
    assert main(["explain", "btc", "--scenario", "source_article", "--json"]) == EXIT_DONE
    found = json.loads(capsys.readouterr().out)["rules"]["fall"]
    assert found["verdict"] == "on"
    assert found["comparisons"][0]["left"][0] == pytest.approx(-2.67, abs=0.01)
    assert main(["explain", "BTC", "--scenario", "source_article"]) == EXIT_DONE
    assert "return_24h" in capsys.readouterr().out


def test_explain_says_unknown_where_a_number_is_missing(tmp_path: Path, capsys: Captured) -> None:
    with open_store(tmp_path / "output" / "history.sqlite3") as store:
        store.save(snapshot(now=NOW, fields=("last", "funding_rate")))
    assert main(["explain", "ETH", "--json"]) == EXIT_DONE
    assert json.loads(capsys.readouterr().out)["rules"]["fall"]["verdict"] == "unknown"


def test_explain_without_any_snapshot_is_not_enough_data(capsys: Captured) -> None:
    assert main(["explain", "BTC"]) == EXIT_NO_DATA
    assert "collect" in capsys.readouterr().err


def test_explain_names_the_subjects_there_are(capsys: Captured) -> None:
    assert main(["explain", "ETC/BTC", "--scenario", "source_article"]) == EXIT_USAGE
    assert "ETH/BTC" in capsys.readouterr().err
