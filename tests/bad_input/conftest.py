"""The tape in front of which the proxies stand, once for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tape import harness
from tests.tape.harness import Tape

MOMENT = "2026-02-28T08:00Z"


@pytest.fixture(scope="session")
def tape(reference: Path) -> Iterator[Tape]:
    script = reference / "tape" / "tape.py"
    if not script.is_file():
        pytest.skip("the reference material has no tape")
    with harness.started(script, MOMENT) as running:
        yield running
