"""The real program in a process of its own, in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.tape.harness import environment

QUIET = ("preview", "--scenario", "quiet_sunday", "--no-charts")  # they take a second more


HANGS_S = 60.0  # nothing asked here has a reason to take that long on any machine


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str
    seconds: float

    @property
    def all(self) -> str:
        return self.out + self.err


def commentary(folder: Path, *words: str, **more: str) -> Answer:
    """`commentary words` in the folder; `more` are variables of its environment."""
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "generator", *words],
        cwd=folder,
        env=environment(folder, "") | more,
        capture_output=True,
        timeout=120,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    return Answer(done.returncode, out, err, time.monotonic() - began)


def refuses(answer: Answer, *told: str, code: int = 2) -> None:
    """One line what happened, one line what to do; the code; nothing on stdout; soon."""
    assert answer.code == code, answer.all
    assert answer.out == ""
    lines = answer.err.rstrip("\n").split("\n")
    assert len(lines) == 2, answer.err
    assert lines[1].startswith("  "), answer.err
    assert lines[1].strip(), answer.err
    assert "Traceback" not in answer.err
    assert "mistake in the program" not in answer.err
    for part in told:
        assert part in answer.err, answer.err
    assert answer.seconds < HANGS_S
