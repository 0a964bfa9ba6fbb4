"""Real recorded days through the real exchange classes. Skips without the reference material."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.collect import CollectSettings, collect
from generator.model import Snapshot
from tests.collect.conftest import state, values
from tests.collect.doubles import NOW

REACHED = ("binance", "binanceusdm", "bybit", "okx", "hyperliquid", "krakenfutures")


@pytest.fixture(scope="module")
def tape(reference: Path) -> Iterator[str]:
    """The address of a server that replays 2026-02-28 08:00 UTC, clock standing still."""
    script = reference / "tape" / "tape.py"
    if not script.is_file():
        pytest.skip("the reference material has no tape")
    command = [sys.executable, str(script), "serve", "--at", "2026-02-28T08:00Z", "--freeze",
               "--port", "0"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield next(w for w in line.split() if w.startswith("http://")).rstrip("/") + "/"
        process.terminate()


@pytest.fixture(scope="module")
def day(tape: str, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    settings = CollectSettings(venues=REACHED, aggregators=(), side=("alternative.me",),
                               feeds=(), url_prefix=tape, backfill=False)  # fmt: skip
    cache = tmp_path_factory.mktemp("cache")
    return collect(settings, now_ms=NOW, cache_dir=cache, newest=lambda key: None).snapshot


def test_a_recorded_day_gives_every_venue_that_was_recorded(day: Snapshot) -> None:
    states = {s.name: s.state for s in day.sources}
    assert set(states.values()) <= {"ok", "partial"}, day.sources
    assert len([i for i in day.instruments if i.venue == "binanceusdm"]) > 530


def test_the_recorded_numbers_arrive_unchanged(day: Snapshot) -> None:
    btc = values(day, "binanceusdm", "BTC/USDT:USDT")
    assert btc["last"] == 63_788.4
    assert btc["pct_24h"] == pytest.approx((63_788.4 / 67_644.1 - 1) * 100)
    assert btc["funding_rate"] == pytest.approx(-0.00003727)
    assert values(day, "hyperliquid", "BTC/USDC:USDC")["funding_8h"] == pytest.approx(
        8 * -0.0000155382
    )
    assert values(day, "alternative.me", "FNG")["index_value"] == 11


def test_a_venue_out_of_order_costs_only_itself(tape: str, tmp_path: Path) -> None:
    def post(path: str) -> None:
        urllib.request.urlopen(urllib.request.Request(tape + path, method="POST")).read()

    settings = CollectSettings(venues=("bybit", "krakenfutures"), aggregators=(), side=(),
                               feeds=(), url_prefix=tape, backfill=False)  # fmt: skip
    post("__reset")
    post("__fault/api.bybit.com/403")
    try:
        made = collect(settings, now_ms=NOW, cache_dir=tmp_path, newest=lambda key: None)
        log = json.loads(urllib.request.urlopen(tape + "__log").read())
    finally:
        post("__reset")
    assert state(made.snapshot, "bybit")[0] == "blocked"
    assert state(made.snapshot, "krakenfutures")[0] == "ok"
    assert str(log).count("api.bybit.com") <= 2
