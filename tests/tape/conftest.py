"""Fixtures of the recorded days: one tape for the session, and runs that are made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.tape import harness
from tests.tape.harness import Run, Tape

MOMENT = "2026-02-28T08:00Z"


@pytest.fixture(scope="session")
def tape(reference: Path) -> Iterator[Tape]:
    script = reference / "tape" / "tape.py"
    if not script.is_file():
        pytest.skip("the reference material has no tape")
    with harness.started(script, MOMENT) as running:
        yield running


@pytest.fixture(scope="session")
def market(reference: Path) -> Path:
    """The folder of the recorded frames that the tape serves."""
    return reference / "market"


@pytest.fixture(scope="session")
def note_of(tape: Tape, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """note_of(moment): the run of a fresh folder at that moment, made once in a session."""
    made: dict[str, Run] = {}

    def run(moment: str) -> Run:
        if moment not in made:
            tape.at(moment)
            folder = tmp_path_factory.mktemp("day") / "folder"
            made[moment] = harness.preview(folder, moment, tape.prefix)
        return made[moment]

    return run


@pytest.fixture
def again(tape: Tape, tmp_path: Path) -> Callable[..., Run]:
    """again(run, moment, faults=()): in a copy of that run's folder, with (host, kind) at fault."""

    def copied(run: Run, moment: str, faults: Sequence[tuple[str, str]] = ()) -> Run:
        folder = tmp_path / "again"
        shutil.copytree(run.folder, folder)
        tape.at(moment)
        for host, kind in faults:
            tape.fault(host, kind)
        return harness.preview(folder, moment, tape.prefix)

    return copied
