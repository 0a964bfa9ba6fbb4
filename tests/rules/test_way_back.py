"""A deep low that is won back and a steep high that is given back, read in composed notes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from generator.model import Draft, Finding
from tests.rules.composed import PAIR, composed, finding, first, planned, told

BACK: dict[str, Any] = {"fall_regained": 0.56, "fall_to_low": -16.5, "low_price_24h": 102_000.0}
GIVEN: dict[str, Any] = {"rise_given_back": 0.44, "rise_to_high": 7.5, "high_price_24h": 71_000.0}


def opening(draft: Draft) -> str:
    return draft.segments[0].split("\n\n")[0]


def rebound(subject: str = "BTC", **more: Any) -> Finding:
    return finding("rebound", 1.54, subject, always=True, **more)


def test_what_is_back_follows_the_fall_with_its_low() -> None:
    text = opening(composed(finding("daily_fall", 2.9, always=True), rebound(), **BACK))
    assert re.search(r"at its low of \$102,000 it was down 16\.5%.* won back 56% of that", text)


def test_what_two_assets_won_back_is_told_once_for_both_after_both_falls() -> None:
    falls = [finding("daily_fall", 2.9, s, always=True) for s in ("BTC", "ETH")]
    text = opening(composed(*falls, rebound("BTC"), rebound("ETH"), **BACK))
    assert len(re.findall("56%", text)) == 2
    assert text.index("ETH") < text.index(". ") < text.index("56%")


def test_a_low_of_a_year_opens_with_what_is_back_in_the_same_sentence() -> None:
    low = finding("new_low", 2.56, forced_lead=True)
    opened = first(composed(low, finding("daily_fall", 2.9, always=True), rebound(), **BACK))
    assert "lowest intraday price" in opened
    assert "56%" in opened


def test_the_low_is_printed_once() -> None:
    low, fall = finding("new_low", 2.2), finding("largest_fall", 2.9, forced_lead=True)
    text = opening(composed(fall, low, rebound(), **BACK))
    assert text.count("$102,000") == 1
    assert text.index("$102,000") < text.index("56%")


@pytest.mark.parametrize("level", ["wide_range"])
def test_the_range_is_not_told_beside_it(level: str) -> None:
    read = told(composed(rebound(), finding(level, 2.5), **BACK))
    assert f"{level}:BTC" not in read
    assert "rebound:BTC" in read


def test_it_leads_where_the_day_itself_is_none_to_tell_but_not_over_another_assets_fall() -> None:
    back = rebound("ETH")
    assert planned(back).lead == back
    fall = finding("daily_fall", 0.0, always=True)
    assert planned(back, fall).lead == fall


def test_a_round_trip_says_both_ways_itself() -> None:
    read = told(composed(finding("round_trip", 1.6), rebound(may_lead=False), **BACK))
    assert "round_trip:BTC" in read
    assert "rebound:BTC" not in read


def test_a_steep_high_is_told_with_what_is_given_back() -> None:
    rise = finding("daily_rise", 2.9, always=True)
    back = finding("pullback", 1.8, always=True, may_lead=False)
    text = opening(composed(rise, back, return_24h=4.1, move_band=2.0, **GIVEN))
    assert re.search(r"at its high of \$71,000 it was up 7\.5%.* given back 44%", text)


# ---------------------------------------------------------------- what opens such a day


def fallen(strength: float = 0.0) -> Finding:
    """A fall of eight percent under a record that ranks it nowhere."""
    return finding("daily_fall", strength, always=True)


@pytest.mark.parametrize(
    "other",
    [
        finding("eth_outperformance", 2.9, PAIR),
        finding("eth_btc_closing_high", 2.9, PAIR),
        finding("down_streak", 2.9),
        finding("month_close", 2.9, always=True),
        finding("round_trip", 1.6, "ETH"),
        finding("heavy_volume", 1.9),
        finding("broad_fall", 1.9),
    ],
    ids=lambda f: f.rule,
)
def test_a_fall_that_must_be_told_opens_before(other: Finding) -> None:
    assert planned(fallen(), other).lead == fallen()


def test_what_is_rarer_than_a_day_in_a_hundred_may_open_before_it() -> None:
    volume = finding("heavy_volume", 2.4)
    assert planned(fallen(), volume).lead == volume
    low = replace(finding("new_low", 2.4), may_lead=True)
    assert planned(fallen(), low).lead == low
