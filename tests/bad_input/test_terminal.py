"""The command in surroundings that were not made for it: pipes, homes, folders, encodings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import _present
from tests.bad_input.program import QUIET, commentary
from tests.tape.harness import environment


def long(value: object) -> object:
    return pytest.param(value, marks=pytest.mark.evidence)


NO_TRACEBACK = ("Traceback", "mistake in the program")


@pytest.mark.parametrize(
    "more",
    [
        long({"LANG": "C", "LC_ALL": "C"}),
        {"PYTHONIOENCODING": "ascii"},
        long({"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}),
        long({"TERM": "dumb", "COLUMNS": "1"}),
        long({"COLUMNS": "not a number", "NO_COLOR": "1"}),
    ],
    ids=["C", "ascii", "cp1252", "narrow", "odd"],
)
def test_a_note_is_the_same_bytes_whatever_the_terminal(
    tmp_path: Path, more: dict[str, str]
) -> None:
    plain = commentary(tmp_path / "a", *QUIET)
    other = commentary(tmp_path / "b", *QUIET, **more)
    assert other.code == 0, other.err
    assert other.out == plain.out
    assert not any(word in other.err for word in NO_TRACEBACK)


@pytest.mark.parametrize("home", ["/dev/null", long("unset"), long(""), long("/nonexistent")])
def test_a_user_without_a_home_gets_a_note(tmp_path: Path, home: str) -> None:
    env = environment(tmp_path, "") | {"HOME": home}
    if home == "unset":
        del env["HOME"]
    done = subprocess.run(
        [sys.executable, "-m", "generator", *QUIET],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not any(word in done.stderr for word in NO_TRACEBACK)


@pytest.mark.parametrize("name", ["preview", *(long(n) for n in _present())])
def test_help_that_is_read_by_nobody_is_no_traceback(tmp_path: Path, name: str) -> None:
    command = f"{sys.executable} -m generator {name} --help | true"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path, env=environment(tmp_path, ""), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""


@pytest.mark.parametrize(
    "end", ["| true", long("2>&-"), long(">/dev/full"), long("<&-"), long(">&-")]
)
def test_a_note_that_is_read_by_nobody_is_no_traceback(tmp_path: Path, end: str) -> None:
    command = f"{sys.executable} -m generator {' '.join(QUIET)} {end}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path, env=environment(tmp_path, ""), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert not any(word in done.stderr + done.stdout for word in NO_TRACEBACK), done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_working_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"rmdir {gone}; {sys.executable} -m generator {' '.join(QUIET)}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=gone, env=environment(tmp_path, ""), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode in (1, 2)
    assert not any(word in done.stderr for word in NO_TRACEBACK), done.stderr


@pytest.mark.parametrize("argument", ["\x1b[31m", long("\udcff"), long("a" * 5000), long("\u202e")])
def test_an_argument_that_is_no_text_is_no_traceback(tmp_path: Path, argument: str) -> None:
    for words in (("preview", "--scenario", argument), (argument,), ("explain", argument)):
        done = subprocess.run(
            [sys.executable, "-m", "generator", *words],
            cwd=tmp_path, env=environment(tmp_path, ""), capture_output=True, timeout=60,
        )  # fmt: skip
        assert done.returncode in (2, 4), done.stderr
        assert not any(word.encode() in done.stderr for word in NO_TRACEBACK), done.stderr
        assert os.fsencode("\x1b[31m") not in done.stderr
