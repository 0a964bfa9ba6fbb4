"""The choice between phrases never decides whether a note passes its gates."""

from __future__ import annotations

import os

from generator.collect.scenario import load_scenario, scenario_names
from generator.errors import NotEnoughData
from generator.flow import Note, note
from generator.model import History, Snapshot
from tests.flow.desk import shop, state

EVIDENCE = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
SEEDS = 24 if EVIDENCE else 6
STATES = 300 if EVIDENCE else 12


def drawn(snapshot: Snapshot, history: History, seed: int) -> Note:
    kit = shop()
    seeded = f"day {seed}"
    return note(snapshot, history, kit.config, kit.book, kit.templates, seed=seeded)


def test_scenarios_pass_whichever_phrases_are_drawn() -> None:
    said: set[str] = set()
    for name in scenario_names():
        snapshot, history = load_scenario(name)
        for seed in range(SEEDS):
            made = drawn(snapshot, history, seed)
            assert not made.failed, (name, seed, made.problems)
            said |= set(made.phrases)
    assert len(said) > 50  # 58 of the phrases are drawn with six seeds


def test_generated_states_pass_whichever_phrases_are_drawn() -> None:
    for number in range(STATES):
        snapshot, history = state(10_000 + number)
        for seed in range(3):
            try:
                made = drawn(snapshot, history, seed)
            except NotEnoughData:
                break
            assert not made.failed, (number, seed, made.problems)
