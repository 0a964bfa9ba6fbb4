"""Liquidations, ratios and open interest, told together in whole notes that pass their gates."""

from __future__ import annotations

import numpy as np
import pytest

from generator.collect.scenario import load_scenario
from generator.flow import Note, note
from generator.model import DAY, HOUR, Floats, History, Series, SeriesKey, Snapshot
from tests.flow.desk import shop

MAJORS = ("BTC", "ETH")
BURST_HOUR = 13  # of 11 March, when the scenario one_hour_crash falls


def hourly(now: int, hours: int) -> Floats:
    return now // HOUR * HOUR - HOUR * np.arange(hours - 1, -1, -1.0)


def with_positions(
    name: str, longs: float, oi_change: float, burst: bool
) -> tuple[Snapshot, History]:
    """A scenario with four months of hourly liquidations, heavy today, and a month of ratios."""
    snapshot, history = load_scenario(name)
    series: dict[SeriesKey, Series] = dict(history.series)
    rng = np.random.default_rng(1)

    def keep(venue: str, symbol: str, ts: Floats, values: Floats) -> None:
        key: SeriesKey = (venue, symbol, "index")
        series[key] = Series(venue, symbol, "index", np.column_stack([ts, values]))

    for asset in MAJORS:
        ts = hourly(snapshot.now, 120 * 24)
        sums = rng.gamma(2, 2e4, len(ts))
        sums[-24:] *= 3.6
        if burst:
            sums[(ts - HOUR) % DAY == BURST_HOUR * HOUR] *= np.where(ts[-1] - ts < DAY, 20, 1)[
                (ts - HOUR) % DAY == BURST_HOUR * HOUR
            ]
        perp = f"{asset}/USDT:USDT"
        keep("gate", f"{perp}#liquidations_long", ts, sums * longs)
        keep("gate", f"{perp}#liquidations_short", ts, sums * (1 - longs))
        month = 1.5 + np.sin(np.arange(700) / 9) / 10
        month[-1] = 1.9
        for ratio in ("long_short_accounts", "top_trader_positions"):
            keep("binanceusdm", f"{perp}#{ratio}", ts[-700:], month)
        for (venue, symbol, kind), old in history.series.items():
            if kind == "oi" and symbol == perp:
                data = old.data.copy()
                data[data[:, 0] <= moved_at(snapshot, burst), 1:] /= 1 + oi_change
                series[venue, symbol, kind] = Series(venue, symbol, "oi", data)
    return snapshot, History(series)


def moved_at(snapshot: Snapshot, burst: bool) -> float:
    """The last moment before contracts changed: before today, or the first end of that hour."""
    if burst:
        return snapshot.now // DAY * DAY + BURST_HOUR * HOUR
    return snapshot.now - HOUR


def written(
    name: str, longs: float, oi_change: float, burst: bool = False, seed: str = "a"
) -> Note:
    kit = shop()
    state = with_positions(name, longs, oi_change, burst)
    return note(*state, kit.config, kit.book, kit.templates, seed=seed)


@pytest.mark.parametrize(("longs", "oi_change"), [(0.5, -0.08), (0.1, 0.08)])
def test_notes_with_liquidations_pass_their_gates(longs: float, oi_change: float) -> None:
    made = written("quiet_sunday", longs, oi_change)
    assert not made.failed, made.problems


def test_contracts_added_while_longs_were_closed_are_both_told_joined_by_but() -> None:
    made = written("venue_outage", 0.9, 0.08)
    assert not made.failed, made.problems
    text = made.drafts[0].segments[0]
    assert "90% of them longs" in text
    assert "But contracts were added while BTC and ETH traded lower" in text


def test_a_venues_sum_is_told_as_a_floor_and_by_its_name() -> None:
    made = written("quiet_sunday", 0.9, 0.0)
    text = made.drafts[0].segments[0]
    assert "Gate reported liquidations of" in text
    assert "What other venues closed is not in" in text
    assert made.story.lead is not None
    assert made.story.lead.family != "positioning", "ratios never lead"
    assert "longs than shorts" not in text


def test_a_burst_of_liquidations_stands_for_the_shock_and_names_no_cause() -> None:
    made = written("one_hour_crash", 0.9, -0.04, burst=True)
    told = {f.key for f in (made.story.lead, *made.story.evidence) if f is not None}
    assert "liquidation_burst:BTC" in told
    assert not told & {"one_hour_shock:BTC", "long_liquidations:BTC", "added_in_fall:BTC"}
    text = made.drafts[0].segments[0].lower()
    assert "in that hour, and open interest on binance, counted in coins, fell" in text
    assert not any(word in text for word in ("cascade", "coincided", "caused", "triggered"))
    assert not made.failed, made.problems


def test_without_the_loss_of_contracts_the_shock_is_told_alone() -> None:
    made = written("one_hour_crash", 0.9, 0.0, burst=True)
    told = {f.key for f in (made.story.lead, *made.story.evidence) if f is not None}
    assert "liquidation_burst:BTC" not in told
    assert "one_hour_shock:BTC" in told
