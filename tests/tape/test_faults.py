"""Every venue failing in every way that a venue fails (marker `evidence`).

The folder of a healthy run is copied first, so that history is there and a run takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tape import asserting, harness
from tests.tape.harness import HOSTS, Run, Tape
from tests.tape.withholding import withholding

pytestmark = pytest.mark.evidence

MOMENT = "2026-02-28T08:00Z"
KINDS = ("451", "403", "429", "500", "html200", "trunc", "hang", "reset", "stale")
SOURCES = {
    "Binance spot": "binance",
    "Binance perpetuals": "binanceusdm",
    "Bybit": "bybit",
    "OKX": "okx",
    "Hyperliquid": "hyperliquid",
    "Kraken Futures": "krakenfutures",
}

Faulty = Callable[..., Run]


@pytest.fixture
def faulty(
    tape: Tape, note_of: Callable[[str], Run], again: Callable[..., Run]
) -> Iterator[Faulty]:
    healthy = note_of(MOMENT)

    def run(*faults: tuple[str, str]) -> Run:
        return again(healthy, MOMENT, faults=faults)

    yield run
    tape.ask("__reset")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("venue", HOSTS)
def test_one_venue_out_of_order_costs_only_itself(
    faulty: Faulty, market: Path, venue: str, kind: str
) -> None:
    run = faulty((HOSTS[venue], kind))
    asserting.sound(run)
    asserting.agrees_with_the_record(run, market)
    asserting.names_only_its_venues(run)
    state = run.states[SOURCES[venue]]
    assert state in ("blocked", "failed", "partial") or kind == "stale", state
    assert run.seconds < 60


def test_binance_and_bybit_both_gone_leave_a_truthful_note(faulty: Faulty, market: Path) -> None:
    gone = [(HOSTS[v], "451") for v in ("Binance spot", "Binance perpetuals", "Bybit")]
    run = faulty(*gone)
    asserting.sound(run)
    asserting.names_only_its_venues(run)
    assert asserting.agrees_with_the_record(run, market) >= 4


@pytest.mark.parametrize("kind", ["451", "500", "reset", "hang"])
def test_all_gone_ends_in_a_stamped_scenario_within_fifteen_seconds(
    faulty: Faulty, kind: str
) -> None:
    run = faulty(("all", kind))
    assert run.code == 0, run.stderr
    assert "SCENARIO" in run.stderr
    assert run.seconds < 15


@pytest.mark.parametrize("coin", ["BTC", "ETH"])
def test_without_a_price_of_one_major_there_is_no_note_but_a_reason(
    tape: Tape, tmp_path: Path, coin: str
) -> None:
    """A server in front of the tape withholds one coin from every list that a venue gives."""
    tape.at(MOMENT)
    with withholding(tape, coin) as prefix:
        run = harness.preview(tmp_path / "folder", MOMENT, prefix)
    assert run.code == 4, run.stderr
    assert coin in run.stderr
    assert run.stdout.strip() == ""


@pytest.mark.parametrize("prefix", [harness.CLOSED, ""])
def test_no_network_at_all_takes_seconds(tmp_path: Path, prefix: str) -> None:
    run = harness.preview(tmp_path / "folder", MOMENT, prefix)
    assert run.code == 0, run.stderr
    assert "No venue could be reached" in run.stderr
    assert "SCENARIO" in run.stderr
    assert run.seconds < 15
