"""The user's calendar: read strictly, kept with the snapshot, and never more than it says."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generator.errors import UsageError
from generator.measure import measure
from generator.model import DAY, HOUR, MARKET, Event, Series, Snapshot
from generator.scheduled import load_calendar, with_calendar
from generator.settings import MarketSection
from generator.show.audit import load_snapshot_json, snapshot_json
from generator.store import open_store
from tests.conftest import NOW
from tests.measure.dollars import SPOT, Row, bars, history, index, snapshot

MIN = 60_000
PAYROLLS, DECISION = Event("payrolls", NOW - 3 * DAY), Event("a rate decision", NOW + 40 * HOUR)
ONSET = NOW - 5 * HOUR
MAJORS: tuple[Row, ...] = tuple(
    (
        "binance",
        SPOT,
        f"{a}/USDT",
        {"last": p, "open_24h": p, "high_24h": p * 1.05, "low_24h": p * 0.99},
    )
    for a, p in (("BTC", 60_000.0), ("ETH", 2_000.0))
)


def hours() -> Series:
    ts = NOW - HOUR * np.arange(900, 0, -1.0)
    close = np.full(900, 60_000.0)
    close[ts >= ONSET] = 62_000.0  # one jump, in the hour that begins at ONSET
    series = bars("binance", "BTC/USDT", ts, close, kind="bars_1h")
    series.data[ts == ONSET, 1] = 60_000.0
    return series


def found(*events: Event, subject: str = MARKET, whole: bool = True) -> dict[str, float]:
    around = (PAYROLLS, DECISION) if whole else ()
    snap = with_calendar(snapshot(list(MAJORS)), (*around, *events))
    return measure(snap, history(hours()), MarketSection()).values[subject]


def write(folder: Path, text: str) -> Path:
    path = folder / "calendar.yaml"
    path.write_text(text, encoding="utf-8")
    return path


WHOLE = """
events:
  - name: US CPI
    at: 2026-03-11T12:30Z
    source: Bureau of Labor Statistics
    actual: 2.9
    consensus: 2.8
    previous: 2.7
    unit: "%"
  - {name: the monthly expiry, at: "2026-02-27T08:00Z", kind: expiry, asset: BTC, amount_usd: 1.4e10}
"""


# ---------------------------------------------------------------- the file


def test_a_file_is_read_as_it_stands_and_sorted_by_time(tmp_path: Path) -> None:
    events = load_calendar(write(tmp_path, WHOLE))
    assert events is not None
    assert [e.name for e in events] == ["the monthly expiry", "US CPI"]
    assert events[1] == Event(
        "US CPI", 1_773_232_200_000, "macro", "Bureau of Labor Statistics", 2.9, 2.8, 2.7, "%"
    )
    assert (events[0].asset, events[0].amount_usd) == ("BTC", 1.4e10)


def test_no_file_is_no_calendar_unless_one_was_named(tmp_path: Path) -> None:
    assert load_calendar(tmp_path / "calendar.yaml") is None
    with pytest.raises(UsageError, match="no such calendar"):
        load_calendar(tmp_path / "calendar.yaml", wanted=True)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{name: US CPI}", "no 'at'"),
        ("{at: 2026-03-11T12:30Z}", "no 'name'"),
        ("{name: US CPI, at: 2026-03-11}", "no UTC time"),
        ("{name: US CPI, at: 2026-03-11T12:30}", "no UTC time"),
        ("{name: US CPI, at: 2026-03-11T12:30+01:00}", "no UTC time"),
        ("{name: US CPI, at: 2026-02-30T12:30Z}", "no date"),
        ("{name: Q2 growth, at: 2026-03-11T12:30Z}", "holds a digit"),
        ('{name: "see www.example.com", at: 2026-03-11T12:30Z}', "holds a link"),
        ('{name: "a\\u202eb", at: 2026-03-11T12:30Z}', "cannot be seen"),
        ("{name: US CPI, at: 2026-03-11T12:30Z, actual: high, unit: '%'}", "no number"),
        ("{name: US CPI, at: 2026-03-11T12:30Z, actual: 2.9}", "without its unit"),
        ("{name: US CPI, at: 2026-03-11T12:30Z, unit: pct}", "not known"),
        ("{name: US CPI, at: 2026-03-11T12:30Z, consensis: 2}", "unknown key"),
        ("{name: expiry, at: 2026-03-11T12:30Z, kind: expiry}", "without its asset"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(
    line: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        load_calendar(write(tmp_path, f"events:\n  - {line}\n"))
    assert caught.value.subject.startswith("calendar.yaml:2:")


def test_a_file_without_a_list_of_events_is_refused(tmp_path: Path) -> None:
    for text in ("event: []", "events: soon", "- a"):
        with pytest.raises(UsageError, match="calendar"):
            load_calendar(write(tmp_path, text))


# ---------------------------------------------------------------- in the snapshot


def test_a_figure_of_a_release_still_to_come_is_not_known() -> None:
    ahead = replace(DECISION, actual=4.0, consensus=4.25, unit="%")
    kept = with_calendar(snapshot([]), (PAYROLLS, ahead)).events
    assert [(e.actual, e.consensus) for e in kept] == [(None, 4.25)]


def test_without_a_calendar_a_snapshot_has_neither_events_nor_such_a_source() -> None:
    bare = snapshot([])
    assert with_calendar(bare, None) is bare


def test_a_calendar_that_does_not_reach_over_the_moment_is_partial() -> None:
    assert with_calendar(snapshot([]), (PAYROLLS, DECISION)).sources[-1].state == "ok"
    for kept in ((), (PAYROLLS,), (DECISION,)):
        assert with_calendar(snapshot([]), kept).sources[-1].state == "partial"


def test_events_come_back_from_the_store_and_from_the_run_folder(tmp_path: Path) -> None:
    made: Snapshot = with_calendar(snapshot(list(MAJORS)), (PAYROLLS, DECISION))
    with open_store(tmp_path / "h.sqlite3") as store:
        store.save(made)
        back = store.snapshot(made.id)
    assert back is not None
    assert back.events == made.events == (DECISION,)
    assert load_snapshot_json(snapshot_json(made)).events == made.events
    assert "events" not in snapshot_json(snapshot([]))


# ---------------------------------------------------------------- measured


def test_the_next_release_is_the_nearest_of_a_day_and_named_with_its_twins() -> None:
    two = Event("US CPI", NOW + 4 * HOUR), Event("US claims", NOW + 4 * HOUR)
    snap = with_calendar(
        snapshot(list(MAJORS)), (PAYROLLS, *two, Event("later", NOW + 9 * HOUR), DECISION)
    )
    known = measure(snap, history(), MarketSection())
    told = known.metric("macro_ahead_at", MARKET)
    assert told.value == NOW + 4 * HOUR
    assert told.scope == "US CPI and US claims"
    assert {s.instrument for s in told.sources} == {"US CPI", "US claims"}
    assert known.values[MARKET]["macro_ahead_hours"] == 4


def test_nothing_scheduled_is_known_only_where_the_calendar_reaches() -> None:
    assert found()["macro_ahead_hours"] == 1_000
    assert math.isnan(found(whole=False)["macro_ahead_hours"])
    assert found(subject="BTC")["macro_scheduled"] == 0
    assert math.isnan(found(subject="BTC", whole=False)["macro_scheduled"])


def test_without_a_calendar_everything_of_it_is_unknown() -> None:
    values = measure(snapshot(list(MAJORS)), history(hours()), MarketSection()).values
    names = ("macro_ahead_hours", "release_age", "venue_event_age")
    assert all(math.isnan(values[MARKET][n]) for n in names)
    assert math.isnan(values["BTC"]["macro_before_hour"])
    assert math.isnan(values["BTC"]["macro_scheduled"])


@pytest.mark.parametrize(("minutes", "lead"), [(-60, 60), (-30, 30), (0, 0), (30, -30), (60, -60)])
def test_a_release_within_an_hour_of_the_onset_keeps_its_sign(minutes: int, lead: float) -> None:
    values = found(Event("US CPI", ONSET + minutes * MIN), subject="BTC")
    assert values["macro_before_hour"] == lead
    assert values["macro_scheduled"] == 1


@pytest.mark.parametrize("minutes", [-61, 61])
def test_a_release_further_away_is_near_nothing(minutes: int) -> None:
    assert (
        found(Event("US CPI", ONSET + minutes * MIN), subject="BTC")["macro_before_hour"] == 1_000
    )


def test_of_two_releases_the_one_before_the_onset_is_told() -> None:
    pair = Event("US CPI", ONSET + 5 * MIN), Event("US claims", ONSET - 50 * MIN)
    assert found(*pair, subject="BTC")["macro_before_hour"] == 50


def test_a_figure_stands_only_beside_its_consensus_and_its_source() -> None:
    whole = Event("US CPI", NOW - HOUR, "macro", "BLS", 2.9, 2.8, None, "%")
    values = found(whole)
    assert (values["release_percent"], values["release_percent_expected"]) == (2.9, 2.8)
    assert values["release_age"] == 1
    for lacking in (replace(whole, consensus=None), replace(whole, source="")):
        assert found(lacking)["release_age"] == 1_000
    assert found(replace(whole, at=NOW - DAY))["release_age"] == 1_000


def test_an_event_of_a_venue_counts_for_a_day_and_names_who_reported_it() -> None:
    halt = Event("a halt of withdrawals", NOW - 2 * HOUR, "venue", "the status page")
    snap = with_calendar(snapshot(list(MAJORS)), (PAYROLLS, halt, DECISION))
    known = measure(snap, history(), MarketSection())
    assert known.values[MARKET]["venue_event_age"] == 2
    assert known.metric("venue_event_age", MARKET).scope == "the status page"
    assert known.metric("venue_event_at", MARKET).scope == "a halt of withdrawals"
    assert found(replace(halt, at=NOW - DAY))["venue_event_age"] == 1_000


def test_an_expiry_is_ranked_among_those_that_were_known_and_no_later_one() -> None:
    due = Event("the monthly expiry", NOW + 5 * HOUR, "expiry", asset="BTC", amount_usd=9.5e9)
    snap = with_calendar(snapshot(list(MAJORS)), (PAYROLLS, due, DECISION))
    ts = NOW - 7 * DAY * np.arange(29, -11, -1.0)  # thirty past, ten to come
    sizes = np.where(ts <= NOW, np.arange(40) * 1e8, 99e9)

    def rank(kept: slice) -> float:
        past = history(index("Deribit", "EXPIRY_NOTIONAL_BTC", ts[kept], sizes[kept]))
        return measure(snap, past, MarketSection()).values["BTC"]["expiry_rank"]

    assert rank(slice(None)) == pytest.approx(30.5 / 31 * 100)
    assert math.isnan(rank(slice(0, 23))), "fewer than twenty-four earlier ones rank nothing"
