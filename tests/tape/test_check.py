"""`commentary check` on recorded days: a run's own note passes, the draft that began it does not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tape.harness import Run, environment

pytestmark = pytest.mark.evidence

LOW = "2026-06-26T06:00Z"  # the day of the draft
SAID = [
    ("2.66", "numbers", "no ratio, and no difference"),
    ("2.07", "numbers", "is a ratio"),
    ("negative", "numbers", "funding without its number"),
    ("discount on $ETH spot", "direction", "contradicts premium"),
    ("leverage is too expensive", "direction", "contradicts funding"),
    ("conviction", "motive", "names a state of mind"),
    ("connects directly", "causality", "states a cause"),
    ("rotating", "licence", "micro_cap_rotation"),
    ("buying opportunity", "advice", "tells the reader to trade"),
]


def check(run: Run, file: Path) -> tuple[int, dict[str, Any]]:
    """(exit code, what was printed) of the real command on a file, against a run's folder."""
    command = [sys.executable, "-m", "generator", "check", str(file), "--json"]
    command += ["--against", str(run.run_folder)]
    done = subprocess.run(
        command,
        cwd=run.folder,
        env=environment(run.folder, ""),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, dict(json.loads(done.stdout))


def test_the_note_of_a_recorded_day_passes(note_of: Callable[[str], Run]) -> None:
    run = note_of(LOW)
    code, found = check(run, run.run_folder / "draft.md")
    assert [p for p in found["problems"] if p["severity"] == "error"] == []
    assert (code, found["verdict"]) == (0, "passed")


def test_what_is_wrong_with_the_draft_of_that_day_is_named(
    note_of: Callable[[str], Run], reference: Path
) -> None:
    article = reference / "source-article.txt"
    code, found = check(note_of(LOW), article)
    text = article.read_text(encoding="utf-8")
    assert (code, found["verdict"]) == (1, "failed")
    for words, gate, message in SAID:
        told = [
            (p["message"], text[slice(p["span"]["start"], p["span"]["end"])])
            for p in found["problems"]
            if p["gate"] == gate
        ]
        assert any(message in said and words in where for said, where in told), (words, told)
