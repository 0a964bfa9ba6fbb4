"""What docs/publishing.md tells people to try without an account, as they would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import main
from tests.conftest import ROOT


def test_a_stranger_sees_a_thread_arrive_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "tests.publish.try_it", "x", str(tmp_path / "try")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
    try:
        lines = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(started.stdout.readline())
            assert lines[-1], "it ended"
        assert len(lines) < 12
        wanted = [line.split()[1:] for line in lines if line.startswith("  commentary ")]
        assert [words[0] for words in wanted] == ["approve", "publish", "publish", "outbox"]
        monkeypatch.delenv("COMMENTARY_STATE")
        monkeypatch.chdir(tmp_path / "try")
        assert [main(words) for words in wanted] == [0, 0, 0, 0]
        assert (tmp_path / "try" / "state" / "ledger.sqlite3").is_file()
        shown, _ = started.communicate("", timeout=30)
    finally:
        started.kill()
        started.wait()
    heads = [line for line in shown.splitlines() if line.startswith("--- ")]
    assert len(heads) > 2
    assert heads[0].endswith("a new post, with a picture")
    ids = [head.split()[1].rstrip(",") for head in heads]
    assert [head.partition(", ")[2] for head in heads[1:]] == [f"answers {i}" for i in ids[:-1]]
