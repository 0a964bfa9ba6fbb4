"""From a run folder to X's double by the commands alone, as a person would, secrets planted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from generator.cli import main
from tests.conftest import ROOT
from tests.publish.doubles.started import Running, running
from tests.publish.doubles.x import KEYS
from tests.publish.runs import AT, RUN

# As a user might who looks for a mistake: everything logged, every error with its traceback.
TALKATIVE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
import generator.publish.senders.x as x
from generator.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def x(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running("x") as server:
        monkeypatch.setenv("COMMENTARY_NETWORKS__X__BASE_URL", server.url)
        monkeypatch.setenv("COMMENTARY_PUBLISH__PAUSE_S", "0")
        for name, value in KEYS.items():
            monkeypatch.setenv(f"COMMENTARY_NETWORKS__X__{name.upper()}", value)
        yield server


def commentary(folder: Path, *words: str) -> int:
    return main([words[0], "--folder", str(folder), "--now", AT, *words[1:]])


def aloud(folder: Path, *words: str) -> tuple[int, str]:
    """The command in a process that logs all it can, and everything it wrote."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            TALKATIVE,
            words[0],
            "--folder",
            str(folder),
            "--now",
            AT,
            *words[1:],
        ],
        env={**os.environ, "COMMENTARY_DEBUG": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_thread_with_its_chart_and_alt_text_stands_on_x(desk: Path, x: Running) -> None:
    assert commentary(desk, "approve", RUN, "--to", "x:thread") == 0
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    run = desk / "output" / RUN
    wanted = [s["text"] for s in json.loads((run / "posts/x.thread.en.json").read_text())["sent"]]
    told = x.told()
    assert len(wanted) >= 3
    assert [p["text"] for p in told["posts"]] == wanted
    assert [p["parent"] for p in told["posts"]] == ["", *(p["id"] for p in told["posts"][:-1])]
    alt = json.loads((run / "charts/1-price-btc.json").read_text())["alt"]
    assert [m["alt"] for m in told["media"].values()] == [alt]
    assert [p["media"] for p in told["posts"]] == [list(told["media"]), *[[]] * (len(wanted) - 1)]


class Browser:
    """Stands in for stdin: opens the printed address, allows it, pastes where it ended."""

    def __init__(self, server: Running, capsys: pytest.CaptureFixture[str]) -> None:
        self.server, self.capsys = server, capsys

    def readline(self) -> str:
        address = self.capsys.readouterr().err.split()[-1]
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["code_challenge_method"] == "S256"
        self.server.tell(codes={"granted": asked["code_challenge"]})
        return f"{asked['redirect_uri']}?state={asked['state']}&code=granted\n"


def test_after_a_login_no_key_is_needed(
    desk: Path, x: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in KEYS:
        monkeypatch.delenv(f"COMMENTARY_NETWORKS__X__{name.upper()}")
    monkeypatch.setenv("COMMENTARY_NETWORKS__X__CLIENT_ID", "client")
    commentary(desk, "approve", RUN, "--to", "x", "--no-chart")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert "commentary login x" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Browser(x, capsys))
    assert commentary(desk, "login", "x") == 0
    with monkeypatch.context() as carried:  # a job that is gone would take the tokens along
        carried.setenv("COMMENTARY_PUBLISH__CHECKPOINT", "true")
        assert commentary(desk, "publish", RUN, "--to", "x") == 3
        assert "keys that do not change" in capsys.readouterr().err
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    assert len(x.told()["posts"]) == 1


def test_a_lost_state_folder_does_not_lead_to_a_second_post(
    desk: Path, x: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    monkeypatch.setenv("COMMENTARY_STATE", str(tmp_path / "new"))
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert len(x.told()["posts"]) == 1


@pytest.mark.parametrize("fault", ["drop after", "401 before", "403 before"])
def test_no_fault_makes_a_process_tell_a_secret(desk: Path, x: Running, fault: str) -> None:
    commentary(desk, "approve", RUN, "--to", "x", "--no-chart")
    x.tell(faults=[fault])
    code, said = aloud(desk, "publish", RUN, "--to", "x")
    assert code == (0 if fault == "drop after" else 3)
    assert "planted" not in said.replace("planned", "")
    assert not re.search(r"oauth_(token|signature|consumer_key)", said)


def test_wrong_keys_and_no_connection_tell_no_secret(
    desk: Path, x: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    commentary(desk, "approve", RUN, "--to", "x", "--no-chart")
    monkeypatch.setenv("COMMENTARY_NETWORKS__X__API_SECRET", "planted-wrong-000000")
    code, said = aloud(desk, "publish", RUN, "--to", "x")
    assert (code, "planted" in said) == (3, False)
    monkeypatch.setenv("COMMENTARY_NETWORKS__X__BASE_URL", "http://127.0.0.1:9")
    code, said = aloud(desk, "publish", RUN, "--to", "x")
    assert (code, "planted" in said) == (3, False)


def test_a_list_of_what_was_sent_needs_no_numpy(tmp_path: Path) -> None:
    code = "import sys\nfrom generator.cli import main\nmain(['outbox', 'list'])\nassert 'numpy' not in sys.modules"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True)
