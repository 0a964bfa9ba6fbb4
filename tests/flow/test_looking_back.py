"""A rule that looks back for months is judged on the first day, over history that was measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.collect.scenario import load_scenario
from generator.config import load_config
from generator.flow import Memory, judged
from generator.gather import looking_back
from generator.judge.rules import RuleBook, load_text
from generator.measure import catalog
from generator.model import DAY, Panel

WHEN = "pctile(return_24h, days(60)) <= 5 and major == 1"
SNAPSHOT, HISTORY = load_scenario("one_hour_crash")


def book(when: str = WHEN, **more: str) -> RuleBook:
    lines = ["id: X1", "title: A rule", "scope: asset", f"when: {when}"]
    return load_text(
        "\n".join([*lines, *(f"{k}: {v}" for k, v in more.items())]), "x", "x", catalog()
    )


def verdict(rules: RuleBook, memory: Memory, folder: Path) -> str:
    config = load_config(folder, {})
    judgement = judged(SNAPSHOT, HISTORY, config, rules, memory)[2]
    return judgement.verdicts.verdict("x", "BTC")


def test_without_it_sixty_days_are_unknown_and_with_it_they_are_ranked(tmp_path: Path) -> None:
    rules, config = book(), load_config(tmp_path, {})
    assert verdict(rules, Memory(), tmp_path) == "unknown"
    memory = looking_back(Memory(), SNAPSHOT, HISTORY, rules, config)
    assert verdict(rules, memory, tmp_path) == "on"
    calm = book("pctile(return_24h, days(60)) > 50 and major == 1")
    assert verdict(calm, memory, tmp_path) == "off"


def test_the_days_are_those_that_a_plain_reading_of_the_bars_gives(tmp_path: Path) -> None:
    memory = looking_back(Memory(), SNAPSHOT, HISTORY, book(), load_config(tmp_path, {}))
    assert memory.past is not None
    bars = HISTORY.get("binance", "BTC/USDT", "bars_1d")
    assert bars is not None
    close = dict(zip(bars.column("ts").astype(int), bars.column("close"), strict=True))
    at = memory.past.subjects.index("BTC")
    for row, moment in enumerate(memory.past.times.tolist()):
        plain = (close[moment - DAY] / close[moment - 2 * DAY] - 1) * 100
        assert memory.past.columns["return_24h"][row, at] == pytest.approx(plain)
    assert len(memory.past.times) >= 58


def test_a_book_of_short_windows_measures_nothing_more(tmp_path: Path) -> None:
    memory = Memory()
    short = book("mean(return_24h, days(2)) < 0 and major == 1")
    assert looking_back(memory, SNAPSHOT, HISTORY, short, load_config(tmp_path, {})) is memory


def test_a_long_wait_looks_back_too(tmp_path: Path) -> None:
    patient = book("return_24h < 90 and major == 1", **{"for": "20d"})
    memory = looking_back(Memory(), SNAPSHOT, HISTORY, patient, load_config(tmp_path, {}))
    assert verdict(patient, Memory(), tmp_path) == "pending"
    assert verdict(patient, memory, tmp_path) == "on"


def test_rows_of_stored_snapshots_stand_before_measured_ones(tmp_path: Path) -> None:
    moment = SNAPSHOT.now - 10 * DAY
    own = Panel(
        np.array([moment]), ("BTC",), {"return_24h": np.array([[7.5]])}, {"return_24h": "asset"}
    )
    memory = looking_back(Memory(past=own), SNAPSHOT, HISTORY, book(), load_config(tmp_path, {}))
    assert memory.past is not None
    row = memory.past.times.tolist().index(moment)
    assert memory.past.columns["return_24h"][row, memory.past.subjects.index("BTC")] == 7.5
    assert len(memory.past.times) >= 59
