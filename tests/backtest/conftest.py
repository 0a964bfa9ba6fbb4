"""The shipped rules, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.judge import RuleBook
from generator.judge.rules import load_rules
from generator.measure import catalog

RULES = Path(__file__).resolve().parents[2] / "rules"


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return load_rules([RULES], catalog())
