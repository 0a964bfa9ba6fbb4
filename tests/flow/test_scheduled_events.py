"""What a note says of scheduled events, and that it says no more than their times allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generator.collect.scenario import load_scenario
from generator.flow import Note, note
from generator.model import DAY, HOUR, MARKET, Event, History, Series
from generator.scheduled import with_calendar
from tests.flow.desk import shop

SHOCK = -2 * HOUR  # of the scenario's crash, from its moment
KEPT = (Event("payrolls", -40 * HOUR), Event("a rate decision", 40 * HOUR))


def told(
    *events: Event,
    name: str = "one_hour_crash",
    seed: str = "a",
    feed: bool = False,
    later: bool = False,
) -> Note:
    """A note of a scenario; the times of the events count from its moment."""
    snapshot, past = load_scenario(name)
    moved = [replace(e, at=snapshot.now + e.at) for e in events]
    if feed:
        past = History({**past.series, **vendors(snapshot.now)})
    kit = shop()
    if later:  # the feeds speak, of what came when the move was over
        at = snapshot.now - HOUR // 6
        moved_on = (replace(h, published_at=at, event_at=None) for h in snapshot.headlines)
        snapshot = replace(snapshot, headlines=tuple(moved_on))
    snapshot = with_calendar(snapshot, moved) if events else snapshot
    made = note(snapshot, past, kit.config, kit.book, kit.templates, seed=seed)
    assert not made.failed, made.problems
    return made


def vendors(now: int) -> dict[tuple[str, str, str], Series]:
    ts = now // DAY * DAY - DAY * np.arange(120, -1, -1.0)
    calm, jump = np.random.Generator(np.random.PCG64(3)).normal(0, 1, 121), -9.0
    calm[-1] = jump
    levels = {"SPX": 5_000 + 10 * np.cumsum(calm), "US10Y": 4 + np.cumsum(calm) / 50}
    for asset in ("BTC", "ETH"):
        levels |= {f"ETF_FLOW_{asset}": calm * 1e8, f"SKEW_25D_{asset}": calm}
        levels |= {f"CME_BASIS_{asset}": 8 + calm}
    made = (Series("Vendor", n, "index", np.stack([ts, v], axis=-1)) for n, v in levels.items())
    return {(s.venue, s.symbol, s.kind): s for s in made}


def rules(made: Note) -> set[str]:
    return {f.rule for f in made.story.evidence}


@pytest.mark.parametrize("minutes", [60, 30, 0])
@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_a_release_up_to_an_hour_before_the_move_comes_before_it(minutes: int, seed: str) -> None:
    made = told(*KEPT, Event("US CPI", SHOCK - minutes * 60_000), seed=seed)
    text = made.drafts[0].segments[0]
    assert ("came after US CPI" in text) is (minutes > 0)
    assert "US CPI" in text
    assert not {"no_catalyst", "linked_headline"} & {f.rule for f in made.findings}
    assert "headline_before_shock" not in rules(made), "one event is told once"


@pytest.mark.parametrize("minutes", [1, 30, 60])
def test_a_release_once_the_hour_had_begun_is_a_fact_beside_it(minutes: int) -> None:
    made = told(*KEPT, Event("US CPI", SHOCK + minutes * 60_000))
    text = made.drafts[0].segments[0]
    assert "macro_event_near_shock" in rules(made)
    assert "US CPI. BTC moved" in text
    assert "after US CPI" not in text


def test_a_release_hours_away_is_not_put_beside_the_move() -> None:
    made = told(*KEPT, Event("US CPI", SHOCK - 61 * 60_000))
    assert not rules(made) & {"macro_event_near_shock", "macro_event_before_shock"}
    assert "US CPI" not in made.drafts[0].segments[0]


def test_nothing_scheduled_is_said_only_with_a_calendar_that_reaches_over_the_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("generator.write.article.LONGEST", 900)  # room for all of a crash
    words = "Nor has the calendar"
    assert words in told(*KEPT, later=True).drafts[0].segments[0]
    assert words not in told(later=True).drafts[0].segments[0]
    assert words not in told(KEPT[0], later=True).drafts[0].segments[0]


def test_what_is_due_and_what_was_printed_stand_with_their_times_and_sources() -> None:
    jobs = Event("US claims", -3 * HOUR, "macro", "the BLS", 231_000, 228_000, None, "count")
    made = told(*KEPT, jobs, Event("US CPI", 2 * HOUR), name="quiet_sunday")
    text = made.drafts[0].segments[0]
    assert "US claims: 231,000 against a consensus of 228,000 (the BLS, 06:00 UTC" in text
    assert "11:00 UTC: US CPI." in text


def test_a_report_of_a_venue_names_who_reported_it() -> None:
    made = told(*KEPT, Event("auto-deleveraging on Bybit", -3 * HOUR, "venue", "its status page"))
    text = made.drafts[0].segments[0]
    assert "Reported by its status page: auto-deleveraging on Bybit, at 12:00 UTC" in text


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_the_series_of_a_vendor_pass_the_gates_and_are_named(seed: str) -> None:
    made = told(name="quiet_sunday", seed=seed, feed=True)
    assert {"cme_basis_unusual", "etf_net_flow"} <= rules(made)
    assert "Vendor" in made.drafts[0].segments[0]
    subjects = {f.subject for f in made.findings if f.rule == "etf_net_flow"}
    assert subjects == {"BTC", "ETH"}
    assert any(f.rule == "stock_index_move" and f.subject == MARKET for f in made.findings)
