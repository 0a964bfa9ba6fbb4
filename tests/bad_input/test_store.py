"""The history file and the run folders under whatever befalls them."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.store import open_store
from tests.bad_input.conftest import MOMENT
from tests.bad_input.program import QUIET, commentary, refuses
from tests.tape import harness
from tests.tape.harness import Tape

HISTORY = Path("output") / "history.sqlite3"
RUN_FILES = {
    "draft.md",
    "findings.json",
    "problems.json",
    "snapshot.json",
    "story.json",
    "trace.json",
}
LATEST = ("preview", "--snapshot", "latest", "--json")


@pytest.fixture(scope="session")
def kept(tape: Tape, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one snapshot in its history file, collected without history."""
    folder = tmp_path_factory.mktemp("kept") / "folder"
    (folder).mkdir()
    venues = "venues = ['binance', 'binanceusdm']\naggregators = []\nside = []\nfeeds = {}\n"
    (folder / "commentary.toml").write_text(f"[collect]\nbackfill = false\n{venues}")
    run = harness.preview(folder, MOMENT, tape.prefix)
    assert run.code == 0, run.stderr
    with open_store(folder / HISTORY) as store:
        assert store.verify() > 0
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "folder"
    shutil.copytree(kept, copy)
    shutil.rmtree(next((copy / "output").glob("2026-*")))
    return copy


def whole_runs(folder: Path) -> int:
    """How many run folders there are; each must be whole."""
    runs = [p for p in (folder / "output").glob("2*/*") if p.is_dir()]
    for run in runs:
        assert {p.name for p in run.iterdir()} >= RUN_FILES, run
        for path in run.rglob("*.json"):
            json.loads(path.read_text(encoding="utf-8"))
    return len(runs)


def test_a_snapshot_that_was_kept_is_written_of_again(folder: Path) -> None:
    answer = commentary(folder, *LATEST)
    assert answer.code == 0, answer.err
    assert whole_runs(folder) == 1


@pytest.mark.parametrize("share", [0.0, 0.5, pytest.param(0.01, marks=pytest.mark.evidence)])
def test_a_truncated_history_is_named(folder: Path, share: float) -> None:
    path = folder / HISTORY
    body = path.read_bytes()[: int(path.stat().st_size * share)]
    path.write_bytes(body)
    answer = commentary(folder, *LATEST)
    refuses(answer, "history.sqlite3", code=1)
    assert path.read_bytes() == body


@pytest.mark.evidence
def test_a_flipped_bit_is_noticed_or_changes_nothing(folder: Path) -> None:
    path = folder / HISTORY
    body, good = path.read_bytes(), commentary(folder, *LATEST)
    assert good.code == 0
    chance = random.Random(12)
    for _ in range(20):
        at = chance.randrange(len(body))
        flipped = bytearray(body)
        flipped[at] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        answer = commentary(folder, *LATEST)
        if answer.code == 0:
            assert json.loads(answer.out)["drafts"] == json.loads(good.out)["drafts"], at
        else:
            refuses(answer, code=answer.code)
            assert answer.code in (1, 4)


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / HISTORY
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    before = path.read_bytes()
    refuses(commentary(tmp_path, *LATEST), "another program", code=1)
    assert path.read_bytes() == before


def test_a_history_written_by_another_process_is_waited_for_and_then_named(folder: Path) -> None:
    holder = sqlite3.connect(folder / HISTORY, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        answer = commentary(folder, *LATEST)  # a reader needs no writer to end
        assert answer.code == 0, answer.err
    finally:
        holder.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(place)], capture_output=True
    )
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=False)


@pytest.mark.evidence
def test_a_full_disk_is_named_and_leaves_nothing_half_written(
    tape: Tape, small_disk: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    settings = f"[collect]\nbackfill = false\n[store]\noutput = '{small_disk}'\n"
    (folder / "commentary.toml").write_text(settings)
    run = harness.preview(folder, MOMENT, tape.prefix)
    assert run.code == 1
    assert "Traceback" not in run.stderr
    assert "free space" in run.stderr or "space" in run.stderr, run.stderr
    assert [p for p in small_disk.glob("2*/*") if p.is_dir()] == []


def test_a_full_disk_under_a_run_folder_is_named(small_disk: Path, tmp_path: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 250_000)
    (tmp_path / "commentary.toml").write_text(f"[store]\noutput = '{small_disk}'\n")
    answer = commentary(tmp_path, *QUIET, "--json")
    refuses(answer, "space", code=1)
    assert not any(p.is_dir() and any(p.iterdir()) for p in small_disk.glob("2*/*"))


def test_two_previews_at_once_in_one_folder_both_end_well(tape: Tape, folder: Path) -> None:
    command = [sys.executable, "-m", "generator", "preview", "--now", MOMENT, "--json"]
    both = [
        subprocess.Popen(
            command,
            cwd=folder,
            env=harness.environment(folder, tape.prefix),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    ends = [p.communicate(timeout=300) for p in both]
    assert [p.returncode for p in both] == [0, 0], ends
    assert whole_runs(folder) >= 1
    with open_store(folder / HISTORY) as store:
        assert store.verify() > 0


@pytest.mark.evidence
def test_a_preview_killed_at_any_moment_leaves_everything_whole(tape: Tape, folder: Path) -> None:
    chance = random.Random(12)
    command = [sys.executable, "-m", "generator", "preview", "--now", MOMENT, "--json"]
    env = harness.environment(folder, tape.prefix)
    for n in range(10):
        running = subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(1.0, 3.5) if n else 2.5)
        running.kill()
        running.wait()
        whole_runs(folder)
        with open_store(folder / HISTORY) as store:
            assert store.verify() > 0
    assert harness.preview(folder, MOMENT, tape.prefix).code == 0
    assert whole_runs(folder) == 1
    left = [p for p in (folder / "output").rglob("*") if ".tmp" in p.name or p.name.endswith("~")]
    assert left == []


@pytest.mark.evidence
@pytest.mark.skipif(os.geteuid() != 0, reason="a read-only mount needs root")
def test_a_folder_that_cannot_be_written_is_named(small_disk: Path, tmp_path: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    (tmp_path / "commentary.toml").write_text(f"[store]\noutput = '{small_disk}/out'\n")
    refuses(commentary(tmp_path, *QUIET, "--json"), str(small_disk), code=1)
