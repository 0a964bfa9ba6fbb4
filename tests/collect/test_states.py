"""What becomes of a source: named states, named reasons, no request too many."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.collect import CollectSettings, collect, faults
from generator.errors import UsageError
from tests.collect.conftest import Collect, state, values
from tests.collect.doubles import NOW, Double, Query, Refused, hang

HOST = "api.gateio.ws"


def refuse(status: int, body: str) -> object:
    def reply(_: Query) -> object:
        raise Refused(status, body)

    return reply


@pytest.mark.parametrize(
    ("status", "body", "kind", "requests"),
    [
        (451, '{"code":0,"msg":"Service unavailable from a restricted location"}', "blocked", 1),
        (
            403,
            "<html>The Amazon CloudFront distribution is configured to block</html>",
            "blocked",
            1,
        ),
        (403, "<html>Forbidden</html>", "blocked", 1),
        (429, '{"code":-1003,"msg":"Too many requests"}', "failed", 2),
        (500, "<html>oops</html>", "failed", 2),
        (200, "<html>maintenance</html>", "failed", 2),
        (200, '{"retCode":0,"result":{"list":[{"sym', "failed", 2),
        (404, '{"error":"unknown path"}', "failed", 1),
    ],
)
def test_a_block_is_never_asked_twice_and_a_fault_at_most_twice(
    gather: Collect,
    double: Double,
    status: int,
    body: str,
    kind: str,
    requests: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(faults, "PAUSE_S", 0.01)
    monkeypatch.setattr(faults, "RATE_LIMIT_PAUSE_S", 0.01)
    reply = (lambda q: body.encode()) if status == 200 else refuse(status, body)
    double.faults[HOST] = reply  # type: ignore[assignment]
    snapshot = gather("gate").snapshot
    found, reason = state(snapshot, "gate")
    assert found == kind
    assert reason
    assert double.asked(HOST) == requests


def test_a_hung_venue_costs_only_its_own_deadline(gather: Collect, double: Double) -> None:
    gather("bitget")  # caches the listing, imports the library: on a busy machine both take time
    double.faults["api.gateio.ws"] = hang
    began = time.monotonic()
    snapshot = gather("gate", "bitget", deadline_s=1.5, request_s=5.0).snapshot
    assert time.monotonic() - began < 2.9
    assert state(snapshot, "gate") == ("failed", "stopped at its deadline of 1.5 s")
    assert values(snapshot, "bitget", "BTC/USDT:USDT")["last"] == 64_000


def test_rows_that_arrived_before_the_deadline_stay_and_the_source_is_partial(
    gather: Collect, double: Double
) -> None:
    gather("bitget")  # caches the listing
    double.faults["api.bitget.com/api/v2/mix/market/current-fund-rate"] = hang
    snapshot = gather("bitget", deadline_s=1.5, request_s=5.0).snapshot
    assert state(snapshot, "bitget")[0] == "partial"
    assert values(snapshot, "bitget", "BTC/USDT:USDT")["last"] == 64_000


def test_without_a_network_everything_fails_quickly_with_one_reason(tmp_path: Path) -> None:
    began = time.monotonic()
    made = collect(CollectSettings(), now_ms=None, cache_dir=tmp_path, newest=lambda key: None)
    assert time.monotonic() - began < 8
    assert made.series == ()
    assert made.snapshot.mode == "live"
    assert {s.state for s in made.snapshot.sources} == {"failed"}
    assert {s.reason for s in made.snapshot.sources} == {
        "no network: no known host could be reached"
    }


def test_a_source_that_needs_a_key_is_skipped_without_one(gather: Collect) -> None:
    snapshot = gather("gate", aggregators=("coinmarketcap",)).snapshot
    assert state(snapshot, "coinmarketcap") == ("skipped", "no key is set")


def test_an_unknown_source_is_a_usage_error_that_lists_the_known_ones(gather: Collect) -> None:
    with pytest.raises(UsageError, match="krakenfutures"):
        gather("karken")


def test_the_listing_is_asked_for_once_a_day_and_never_shared_between_replayed_moments(
    gather: Collect, double: Double
) -> None:
    place = "api.bitget.com/api/v2/mix/market/contracts"
    gather("bitget")
    once = double.asked(place)
    gather("bitget")
    assert double.asked(place) == once
    gather("bitget", now_ms=NOW - 3_600_000)
    assert double.asked(place) == 2 * once


def test_a_secret_key_does_not_show_in_the_settings() -> None:
    assert "hush" not in repr(CollectSettings(coinmarketcap_key="hush"))


def test_importing_collect_imports_no_exchange_library_and_no_frames() -> None:
    code = (
        "import sys, generator.collect;"
        "print([m for m in ('ccxt','pandas','aiohttp','feedparser') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parents[2]
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert out.stdout.strip() == "[]", out.stderr
