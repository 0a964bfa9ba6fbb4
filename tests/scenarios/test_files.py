"""A scenario file that is wrong is refused with its place, never half read."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.collect.scenario import load_scenario
from generator.errors import ScenarioError

GOOD = """\
title: A small state
now: 2026-02-28T08:00Z
seed: 1
sources:
  binance: {state: ok, seconds: 1.0}
assets:
  BTC: {price: 65000, change_24h_pct: -1.5, spot: {binance: {volume_24h_usd: 1e9}}}
"""


def load(tmp_path: Path, text: str) -> ScenarioError:
    file = tmp_path / "mine.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(file))
    return caught.value


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD, "utf-8")
    snapshot, history = load_scenario(str(file))
    assert snapshot.scenario == "mine"
    assert ("binance", "BTC/USDT", "bars_1h") in history.series


def test_an_unknown_scenario_gets_a_suggestion() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("quiet_sundy")
    assert "did you mean `quiet_sunday`" in caught.value.todo


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario("no/such/file.yaml")


def test_an_unknown_key_gets_a_suggestion_and_its_place(tmp_path: Path) -> None:
    error = load(tmp_path, GOOD.replace("volume_24h_usd", "volume_24_usd"))
    assert "did you mean `volume_24h_usd`" in error.todo
    assert error.subject.startswith("mine.yaml:7:")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("65000", ".nan", "not a usable number"),
        ("65000", "inf", "not a usable number"),
        ("65000", "-65000", "not a usable number"),
        ("65000", "0", "not a usable number"),
        ("65000", "1e300", "not a usable number"),
        ("65000", "0x10", "not a usable number"),
        ("65000", "[65000]", "not a usable number"),
        ("65000", "٣", "not a usable number"),
        ("change_24h_pct: -1.5", "change_24h_pct: -100", "not a usable number"),
        ("2026-02-28T08:00Z", "2026-02-28T08:30Z", "full hour"),
        ("2026-02-28T08:00Z", "2026-02-28T08:00", "not a UTC moment"),
        ("2026-02-28T08:00Z", "2026-02-30T08:00Z", "not a UTC moment"),
        ("2026-02-28T08:00Z", "1970-01-01", "out of range"),
        ("seed: 1", "seed: !!python/object:os.system 1", "tag"),
        ("seed: 1", "seed: &x 1", "anchors"),
        ("seed: 1", "seed: 1\nseed: 2", "given twice"),
        ("state: ok", "state: okay", "not known"),
        ("state: ok", "state: blocked", "without a reason"),
        ("BTC:", "btc/../x:", "not a ticker"),
        ("binance: {volume", "mtgox: {volume", "unknown key"),
        ("title: A small state", "title: \"a\\u202eb\"", "plain text"),
        ("seed: 1", "seed: " + "[" * 40 + "]" * 40, "nested too deeply"),
        ("seed: 1", "", "`seed` is missing"),
        ("seed: 1", "seed: {", ""),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    assert old in GOOD
    error = load(tmp_path, GOOD.replace(old, new))
    assert what in error.what
    assert "\n" not in error.what


def test_an_empty_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    assert "empty" in load(tmp_path, "").what
    assert "too large" in load(tmp_path, GOOD + "#" * 300_000).what
    assert "key: value" in load(tmp_path, "- a\n").what


def test_a_headline_from_the_future_is_refused(tmp_path: Path) -> None:
    line = (
        "headlines:\n  - {source: A, title: B, url: 'https://a.example/', published: 2026-03-01}\n"
    )
    assert "after the scenario" in load(tmp_path, GOOD + line).what
