"""The shipped lexicon, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.write.check import Lexicon, read_lexicon

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return read_lexicon(ROOT / "templates" / "en" / "lexicon.yaml")
