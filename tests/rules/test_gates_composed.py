"""Gates and inhibition read in whole notes: a scenario judged again with numbers that close a gate.

Each case names what may then not be read and what must still be; and the gates that read the
finished text find nothing wrong with what remains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from generator.flow import Note
from generator.model import MARKET
from tests.rules.composed import PAIR, crash, retold, told

NAN = float("nan")
Numbers = Mapping[str, Mapping[str, float]]
CRASH, QUIET, SQUEEZE = "one_hour_crash", "quiet_sunday", "short_squeeze"


@dataclass(frozen=True)
class Case:
    """changed: the metrics that differ from the scenario's; without: rules of which nothing may be
    read; still: rules of which something must be."""

    changed: Numbers
    without: frozenset[str]
    still: frozenset[str]
    scenario: str = CRASH


def case(changed: Numbers, without: str, still: str, scenario: str = CRASH) -> Case:
    return Case(changed, frozenset(without.split()), frozenset(still.split()), scenario)


def both(**given: float) -> Numbers:
    return {"BTC": given, "ETH": given}


RUN = {
    "funding_settled": -0.012, "funding_negative_hours": 40.0, "funding_mean_24h": -0.011,
    "funding_rank": 1.0, "funding_rank_least": 0.0, "funding_rank_most": 2.0, "funding_tail": 0.02,
    "funding_venues": 4.0, "funding_venues_negative": 4.0, "funding_weighted": -0.01,
}  # fmt: skip
ADDED = {"oi_change_24h": 9.4, "oi_change_rank": 98.0, "oi_tail": 0.02}
PUMP = {"worst_hour_return": 22.0, "worst_hour_volume_multiple": 31.0, "market_value": 2e7}
HOUR = {"feeds_complete": 1.0, "headlines_in_feed": 14.0, "headlines_before_hour": 0.0}
THIN = {"spot_volume_vs_weekdays": 0.5, "spot_volume_multiple": 0.6, "weekend_window": 1.0}

CASES = {
    "B04, rate and premium of the same hours contradict each other": case(
        both(funding_incoherent=1.0, **RUN),
        "perp_discount persistently_negative negative_print below_baseline",
        "new_low price_level",
    ),
    "B04 unknown takes no labelled number": case(
        both(funding_incoherent=NAN), "persistently_negative", "perp_discount price_level"
    ),
    "O08, more contracts changed than were traded": case(
        both(oi_change_of_volume=1.2),
        "closed_in_fall added_in_fall large_change oi_level",
        "new_low one_hour_shock perp_discount",
    ),
    "O08, a feed of one venue jumped": case(
        both(oi_jump_1h=31.0, oi_jump_shared=0.0), "closed_in_fall oi_level", "new_low price_level"
    ),
    "O08 of one asset leaves the other": case(
        {"BTC": {"oi_change_of_volume": 1.2}}, "added_in_fall", "closed_in_fall new_low"
    ),
    "S04, prices in USDT are no dollars and sums in it are none": case(
        {MARKET: {"usdt_peg_gap": -3.1}, **both(price_in_usdt=1.0)},
        "new_low one_hour_shock price_level eth_underperformance eth_btc_level broad_fall"
        " headline_before_shock closed_in_fall volume_level notable_mover",
        "perp_discount",
    ),
    "S04, where prices are in dollars they stay": case(
        {MARKET: {"usdt_peg_gap": 2.4}, **both(price_in_usdt=0.0)},
        "broad_fall breadth_level notable_mover bucket_level volume_level closed_in_fall"
        " move_on_heavy_volume oi_level",
        "new_low one_hour_shock price_level eth_underperformance",
    ),
    "F05 replaces F04": case(
        both(**RUN), "negative_print sign_flip below_baseline", "persistently_negative", QUIET
    ),
    "F05 with O05 says so and takes the single print along": case(
        {}, "negative_print large_change", "persistently_negative closed_in_rise", SQUEEZE
    ),
    "a venue that changed its interval has no run": case(
        both(**RUN, funding_interval_hours=4.0, funding_interval_before=8.0),
        "persistently_negative eth_btc_funding_gap unusually_high",
        "settlement_change",
        QUIET,
    ),
    "O03 says what O02 counts": case(both(**ADDED), "large_change closed_in_fall", "new_low"),
    "R02 before R01": case(
        {PAIR: {"pair_return_rank": 2.0, "beyond_beta": -3.1, "beyond_beta_z": -2.4,
                "beyond_beta_tail": 0.02, "pair_beta": 1.2}},
        "eth_btc_move",
        "eth_underperformance",
        QUIET,
    ),
    "R02 unknown holds R01 back and the level stays": case(
        {PAIR: {"pair_return_rank": 2.0, "beyond_beta": NAN, "beyond_beta_z": NAN}},
        "eth_underperformance eth_btc_move",
        "eth_btc_level",
        QUIET,
    ),
    "N02 before N01": case(both(**HOUR), "no_catalyst", "headline_before_shock"),
    "M06, a suspected pump is not listed": case(
        dict.fromkeys(("BLUR", "GALA", "ZIL"), PUMP), "notable_mover", "broad_fall new_low"
    ),
    "V08, thin turnover of a weekend is no thin move": case(
        both(**THIN, return_24h_z=-1.4), "move_on_thin_volume", "weekend_liquidity", QUIET
    ),
    "P14 takes the place in the range and its width along": case(
        both(fall_to_low=-14.0, fall_regained=0.55, position_in_range=0.5),
        "place_in_range wide_range",
        "rebound new_low",
    ),
}  # fmt: skip


def said(note: Note) -> set[str]:
    """Rules that license a sentence of the note."""
    return {key.partition(":")[0] for key in told(note.drafts[0])}


@pytest.mark.parametrize("name", CASES)
def test_what_is_silenced_is_not_read_and_the_rest_is(name: str) -> None:
    tried = CASES[name]
    note = retold(tried.changed, tried.scenario)
    assert not said(note) & tried.without
    assert tried.still <= said(note)
    assert [p.message for p in note.problems[0] if p.severity == "error"] == []


def test_a_closed_gate_and_not_the_scenario_takes_the_sentence() -> None:
    """What the cases of a gate are silent about is in the crash itself."""
    plain = said(crash())
    for name, tried in CASES.items():
        if name.startswith(("O08, ", "S04")):
            assert tried.without & plain, name


def test_a_scenario_without_changes_is_written_as_it_was() -> None:
    assert retold({}).drafts[0].segments == crash().drafts[0].segments


def test_prices_of_one_market_that_say_nothing_leave_a_note_without_a_price() -> None:
    tried = CASES["S04, prices in USDT are no dollars and sums in it are none"]
    text = retold(tried.changed, tried.scenario).drafts[0].segments[0]
    assert "$" not in text.partition("Data coverage")[0]
