"""Telling the operator of trouble through Apprise, and asking accounts who they are."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main
from generator.config import load_config
from generator.errors import UsageError
from generator.publish.alerts import alert, check
from generator.publish.base import PublishError
from generator.settings import Config, Secrets
from tests.publish.doubles import mastodon, telegram
from tests.publish.doubles.started import running
from tests.publish.fakes import FakeSender
from tests.publish.runs import RUN
from tests.publish.test_commands import commentary


class Pager(HTTPServer):
    """Takes whatever is posted to it. status: what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.got: list[dict[str, Any]] = []
        self.status = 200

    @property
    def address(self) -> str:
        return f"json://planted-user:planted-pass@127.0.0.1:{self.server_port}/"


class Taking(BaseHTTPRequestHandler):
    server: Pager

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def pager() -> Iterator[Pager]:
    server = Pager()
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    ).start()
    yield server
    server.shutdown()
    server.server_close()


def config(*addresses: str) -> Config:
    return replace(load_config(Path(), {}), secrets=Secrets(alert_urls=" ".join(addresses) or None))


def test_an_alert_arrives(pager: Pager) -> None:
    assert alert(config(pager.address), "commentary: x", "An outcome is uncertain.\nLook at it.")
    (got,) = pager.got
    assert got["title"] == "commentary: x"
    assert got["message"] == "An outcome is uncertain.\nLook at it."


def test_without_an_address_nobody_is_told(pager: Pager) -> None:
    assert not alert(config(), "a", "b")
    assert pager.got == []


def test_an_alert_that_does_not_arrive_is_told_without_its_address(
    pager: Pager, caplog: pytest.LogCaptureFixture
) -> None:
    pager.status = 500
    with caplog.at_level(logging.DEBUG), pytest.raises(PublishError) as told:
        alert(config(pager.address), "a", "b")
    assert "planted" not in str(told.value) + caplog.text


def test_an_address_that_is_none_is_named_by_its_place() -> None:
    with pytest.raises(UsageError, match="its address 2") as told:
        check(config("json://127.0.0.1:9/", "planted-nonsense"))
    assert "planted" not in str(told.value)


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(UsageError, match="apprise"):
        alert(config("json://127.0.0.1:9/"), "a", "b")


def test_an_uncertain_outcome_calls_the_operator(
    desk: Path,
    sender: FakeSender,
    here: None,
    pager: Pager,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("generator.publish.senders.sender_of", lambda account, state: sender)
    monkeypatch.setenv("COMMENTARY_PUBLISH__PAUSE_S", "0")
    monkeypatch.setenv("COMMENTARY_ALERT_URLS", pager.address)
    commentary(desk, "approve", RUN, "--to", "x")
    sender.faults = ["before"]
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    (got,) = pager.got
    assert "outbox resolve 1" in got["message"]


# ---------------------------------------------------------------- doctor


def test_doctor_tests_each_account_and_posts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("generator.commands.doctor._sources", lambda context: [])
    with running("mastodon") as one, running("telegram") as two:
        settings = {
            "MASTODON__BASE_URL": one.url, "MASTODON__ACCESS_TOKEN": mastodon.KEYS["access_token"],
            "TELEGRAM__BASE_URL": two.url, "TELEGRAM__CHAT_ID": telegram.CHAT,
            "TELEGRAM__BOT_TOKEN": "12345:planted-telegram-wrong", "THREADS__POSTS": "3",
        }  # fmt: skip
        for name, value in settings.items():
            monkeypatch.setenv(f"COMMENTARY_NETWORKS__{name}", value)
        assert main(["doctor", "--folder", str(tmp_path), "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        states = {a["name"]: a["state"] for a in told["accounts"]}
        assert states == {"mastodon": "ok", "telegram": "failed"}
        assert "@desk" in told["accounts"][0]["detail"]
        assert "401" in told["accounts"][1]["detail"]
        assert one.told()["posts"] == two.told()["posts"] == []


def test_doctor_offline_asks_no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMMENTARY_NETWORKS__MASTODON__ACCESS_TOKEN", "planted-token")
    assert main(["doctor", "--folder", str(tmp_path), "--offline", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accounts"] == []
