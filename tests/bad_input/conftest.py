"""The tape in front of which the proxies stand, once for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tape import conftest as recorded
from tests.tape import harness
from tests.tape.harness import Tape

# The marker and its profile are the recorded days' own; stated again for a run of this folder only.
pytest_configure = recorded.pytest_configure
pytest_collection_modifyitems = recorded.pytest_collection_modifyitems

MOMENT = "2026-02-28T08:00Z"


@pytest.fixture(scope="session")
def tape(reference: Path) -> Iterator[Tape]:
    script = reference / "tape" / "tape.py"
    if not script.is_file():
        pytest.skip("the reference material has no tape")
    with harness.started(script, MOMENT) as running:
        yield running
