from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.cli import main
from generator.config import shipped_rules
from generator.errors import EXIT_DONE, EXIT_FAILED
from generator.reach import PINGS, reach_all
from generator.settings import CollectSection
from generator.store import open_store
from tests.conftest import NOW
from tests.ground.examples import snapshot

Captured = pytest.CaptureFixture[str]


def test_init_copies_out_everything_that_ships(tmp_path: Path) -> None:
    assert main(["init"]) == EXIT_DONE
    shipped = {p.relative_to(shipped_rules()) for p in shipped_rules().rglob("*") if p.is_file()}
    copied = {
        p.relative_to(tmp_path / "rules") for p in (tmp_path / "rules").rglob("*") if p.is_file()
    }
    assert copied == shipped
    assert (tmp_path / "commentary.toml").is_file()
    assert (tmp_path / ".env.example").is_file()


def test_init_never_overwrites(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "commentary.toml").write_text("# mine\n")
    assert main(["init", "settings", "--json"]) == EXIT_DONE
    assert (tmp_path / "commentary.toml").read_text() == "# mine\n"
    assert json.loads(capsys.readouterr().out) == {
        "written": [".env.example"],
        "kept": ["commentary.toml"],
    }
    assert not (tmp_path / "rules").exists()


def test_doctor_tells_of_the_history(tmp_path: Path, capsys: Captured) -> None:
    with open_store(tmp_path / "output" / "history.sqlite3") as store:
        store.save(snapshot(now=NOW))
    assert main(["doctor", "--offline", "--deep", "--json"]) == EXIT_DONE
    history = json.loads(capsys.readouterr().out)["history"]
    assert history["state"] == "ok"
    assert "1 snapshots, from 2026-02-28T08:00:00Z" in history["detail"]


def test_doctor_makes_no_history_where_there_is_none(tmp_path: Path) -> None:
    assert main(["doctor", "--offline"]) == EXIT_DONE
    assert not (tmp_path / "output").exists()


def test_doctor_fails_on_a_damaged_history_and_says_so(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "history.sqlite3").write_bytes(b"x" * 5000)
    assert main(["doctor", "--offline"]) == EXIT_FAILED
    assert "damaged" in capsys.readouterr().out


def test_doctor_shows_no_secret(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv("COMMENTARY_COINMARKETCAP_KEY", "hush")
    main(["doctor", "--offline"])
    shown = capsys.readouterr().out
    assert "hush" not in shown
    assert "coinmarketcap_key = set" in shown


CODES = {"okx": 200, "binance": 451, "bybit": 403, "hyperliquid": 405, "gate": 500}


class Venues(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = next((n for n in CODES if self.path == f"/{PINGS[n]}"), None)
        self.send_response(CODES[name] if name else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def prefix() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Venues)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_doctor_tells_blocked_from_failed_from_reachable(prefix: str) -> None:
    collect = CollectSection(venues=(*CODES, "elsewhere"), feeds=(), url_prefix=prefix)
    states = {r.name: (r.state, r.reason) for r in reach_all(collect)}
    assert states["okx"] == ("ok", "")
    assert states["hyperliquid"] == ("ok", "")
    assert states["binance"] == ("blocked", "HTTP 451")
    assert states["bybit"] == ("blocked", "HTTP 403")
    assert states["gate"] == ("failed", "HTTP 500")
    assert states["elsewhere"][0] == "skipped"


def test_doctor_names_why_nothing_answers() -> None:
    collect = CollectSection(venues=("okx",), feeds=(), url_prefix="http://127.0.0.1:9/")
    okx = reach_all(collect)[0]
    assert okx.state == "failed"
    assert "refused" in okx.reason


def test_every_source_of_the_defaults_has_an_address_to_ask() -> None:
    collect = CollectSection()
    assert {*collect.venues, *collect.aggregators, *collect.side} <= set(PINGS)
