from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator import cli
from generator.cli import main
from generator.errors import EXIT_DONE, EXIT_FAILED, EXIT_USAGE, UsageError
from generator.moments import iso, parse_moment
from tests.conftest import NOW, ROOT

Captured = pytest.CaptureFixture[str]


def test_the_overview_lists_every_command_that_exists(capsys: Captured) -> None:
    assert main([]) == EXIT_DONE
    shown = capsys.readouterr().out
    for file in (ROOT / "generator" / "commands").glob("[a-z]*.py"):
        assert f"  {file.stem} " in shown


def test_every_command_of_the_folder_is_in_the_list_of_commands() -> None:
    files = {p.stem for p in (ROOT / "generator" / "commands").glob("[a-z]*.py")}
    assert files <= set(cli.COMMANDS)


@pytest.mark.parametrize("name", cli._present())
def test_every_command_explains_itself(name: str, capsys: Captured) -> None:
    assert main([name, "--help"]) == EXIT_DONE
    assert f"commentary {name}" in capsys.readouterr().out
    assert cli._summary(name)


@pytest.mark.parametrize(
    ("argv", "what"),
    [
        (["previev"], "no command"),
        (["version", "--loud"], "unrecognized"),
        (["history", "impport", "x.csv"], "invalid choice"),
        (["history"], "required"),
        (["version", "--folder", "absent"], "is no folder"),
        (["version", "--now", "yesterday"], "not an ISO"),
        (["init", "rulez"], "is no part"),
    ],
)
def test_a_wrong_call_is_two_lines_on_stderr_and_exit_code_two(
    argv: list[str], what: str, capsys: Captured
) -> None:
    assert main(argv) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert what in shown.err
    assert len(shown.err.splitlines()) == 2


def test_a_wrong_setting_is_named_and_exits_with_two(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "commentary.toml").write_text("[hous]\n")
    assert main(["doctor", "--offline"]) == EXIT_USAGE
    assert "Did you mean house?" in capsys.readouterr().err


def test_a_mistake_in_the_program_is_no_traceback(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(argv: list[str]) -> int:
        raise RuntimeError("oh")

    monkeypatch.setattr(cli, "_dispatch", fails)
    assert main(["version"]) == EXIT_FAILED
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_place_that_cannot_be_written_is_named(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file where a folder belongs")
    assert main(["history", "export", "x.csv"]) == EXIT_FAILED
    shown = capsys.readouterr().err
    assert "output" in shown
    assert len(shown.splitlines()) == 2


def test_data_goes_to_stdout_as_json(capsys: Captured) -> None:
    assert main(["version", "--json"]) == EXIT_DONE
    assert set(json.loads(capsys.readouterr().out)) == {"commentary", "python"}


def command(*argv: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    process = command("doctor", "--offline")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == cli.EXIT_BROKEN_PIPE


def test_text_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "commentary.toml").write_text("[house]\nname = 'Tōkyō −2.7 %'\n", encoding="utf-8")
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "generator", "doctor", "--offline"]
    done = subprocess.run(command, capture_output=True, env=environ, check=True)
    assert "Tōkyō −2.7 %".encode() in done.stdout


def test_a_full_disk_under_stdout_is_no_traceback() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    command = [sys.executable, "-m", "generator", "version"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with full.open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=environ)
    assert done.returncode == EXIT_FAILED
    assert len(done.stderr.splitlines()) == 2


def test_a_closed_stdout_is_no_traceback() -> None:
    command = f"{sys.executable} -m generator version >&-"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, shell=True, stderr=subprocess.PIPE, env=environ)
    assert done.returncode == EXIT_DONE
    assert done.stderr == b""


SLEEPER = """
import sys, time
from generator import cli
def sleep(argv):
    print("ready", flush=True)
    time.sleep(30)
cli._dispatch = sleep
sys.exit(cli.main(["version"]))
"""


def test_an_interruption_is_one_line() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEPER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job may ignore it
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == cli.EXIT_INTERRUPTED
    assert len(errors.splitlines()) == 1


# ---------------------------------------------------------------- moments


@pytest.mark.parametrize(
    "text",
    ["2026-02-28T08:00Z", "2026-02-28T08:00:00.000Z", "2026-02-28T08:00", "2026-02-28T10:00+02:00"],
)
def test_a_moment_is_read_as_utc(text: str) -> None:
    assert parse_moment(text) == NOW


def test_a_date_alone_is_its_midnight() -> None:
    assert iso(parse_moment("2026-02-28")) == "2026-02-28T00:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-02-30T00:00Z",
        "2026-02-28T24:30Z",
        "2026-02-28T08:00:61Z",
        "2026-02-28 08:00",
        "2026-2-28",
        "28.02.2026",
        "20260228T080000Z",
        "2026-02-28T08:00Z\n",
        "２０２６-02-28",
        "1772265600000",
        "2008-12-31T23:59Z",
        "2100-01-01T00:00Z",
        "0001-01-01T00:00+14:00",
        "2026-02-28T08:00+99:00",
    ],
)
def test_an_impossible_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_moment(text)


def test_milliseconds_survive() -> None:
    assert iso(parse_moment("2026-02-28T08:00:00.125Z")) == "2026-02-28T08:00:00.125Z"
