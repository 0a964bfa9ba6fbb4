"""Two recorded moments through the real program, one of them with venues out of order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tape import asserting, harness
from tests.tape.harness import Run, Tape

LOW = "2026-06-26T06:00Z"  # the lowest price of the record, hours after a one-hour fall
FALL = "2026-02-28T08:00Z"


@pytest.fixture(scope="module")
def low(note_of: Callable[[str], Run]) -> Run:
    return note_of(LOW)


def test_a_recorded_day_becomes_a_note_without_a_gate_failure(low: Run) -> None:
    asserting.sound(low)


def test_every_digit_of_a_recorded_day_lies_in_a_traced_span(low: Run) -> None:
    asserting.every_digit_traced(low)


def test_the_lowest_price_of_the_record_leads_with_the_shock_beside_it_not_funding(
    low: Run,
) -> None:
    assert low.lead is not None
    assert low.lead.startswith("new_low")
    first, _, _ = low.body.partition("\n\n")
    assert "4.8%" in first, "the hour from 13:00 to 14:00 UTC of 25 June belongs beside the lead"
    assert "6.0%" in first
    assert "unding" not in first


def test_the_numbers_of_the_note_are_those_of_the_record(low: Run, market: Path) -> None:
    assert asserting.agrees_with_the_record(low, market) >= 8


def test_the_note_names_only_the_venue_it_rests_on(low: Run) -> None:
    asserting.names_only_its_venues(low)


@pytest.fixture(scope="module")
def without_two(tape: Tape, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Binance and Bybit refuse; history is not asked for, which takes most of the time."""
    folder = tmp_path_factory.mktemp("fault")
    (folder / "commentary.toml").write_text("[collect]\nbackfill = false\n", encoding="utf-8")
    tape.at(FALL)
    for venue in ("Binance spot", "Binance perpetuals", "Bybit"):
        tape.fault(harness.HOSTS[venue], "451")
    try:
        return harness.preview(folder, FALL, tape.prefix)
    finally:
        tape.ask("__reset")


def test_with_binance_and_bybit_gone_the_note_stands_on_the_others(without_two: Run) -> None:
    asserting.sound(without_two)
    asserting.names_only_its_venues(without_two)
    refused = {n for n, state in without_two.states.items() if state == "blocked"}
    assert refused == {"binance", "binanceusdm", "bybit"}
    assert "Binance" not in without_two.body
    assert "Bybit" not in without_two.body
    assert "Binance" in without_two.article.partition("Not available: ")[2]


def test_a_closed_port_ends_in_a_stamped_scenario_without_waiting_out_every_venue(
    tmp_path: Path,
) -> None:
    # One time-out after another would take minutes: the limit ends the run.
    run = harness.preview(tmp_path, FALL, harness.CLOSED, limit_s=60)
    assert run.code == 0, run.stderr
    assert "No venue could be reached" in run.stderr
    assert run.printed["mode"] == "scenario"
    assert {s["state"] for s in run.printed["sources"]} <= {"failed", "skipped"}


def test_the_text_of_a_scenario_says_so_where_it_is_copied_from(tmp_path: Path) -> None:
    run = harness.preview(tmp_path, FALL, harness.CLOSED, "--network", "x", as_json=False)
    assert "SCENARIO" in run.stdout.splitlines()[0]


def test_a_recorded_day_is_stamped_a_replay(low: Run) -> None:
    assert low.printed["mode"] == "replay"
