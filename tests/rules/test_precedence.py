"""Who silences whom in the shipped book, and what can never be said together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given

from generator.judge import Judgement, judge
from generator.measure import catalog
from generator.model import MARKET, Panel
from tests.conftest import NOW
from tests.rules.shipped import rule_book
from tests.rules.test_rule_book_properties import SEEDS, SUBJECTS, random_panel

OPEN_INTEREST = ("added_in_fall", "added_in_rise", "closed_in_fall", "closed_in_rise")
APART = (
    OPEN_INTEREST,
    ("daily_fall", "daily_rise"),
    ("eth_outperformance", "eth_underperformance"),
    ("perp_discount", "perp_premium"),
    ("heavy_volume", "thin_volume"),
)
FALL = {"major": 1, "return_24h": -5.5, "return_24h_z": -1.67, "oi_change_24h": 8.2}
SHORTS_PAY = {
    "funding_venues": 3,
    "major": 1,
    "funding_settled": -0.006,
    "funding_settled_at": NOW,
    "funding_rank": 2,
    "funding_negative_hours": 32,
    "funding_venues_negative": 3,
}

PLAIN = {"pair_return_24h": -2.94, "pair_return_rank": 6, "pair_level": 0.02598}


def now(**given: Mapping[str, float]) -> Judgement:
    """The shipped book on one row: subject -> its metrics (MARKET for the market's)."""
    subjects = tuple(sorted({*given, MARKET}))
    columns = {}
    for metric in {m for values in given.values() for m in values}:
        row = [given.get(s, {}).get(metric, np.nan) for s in subjects]
        columns[metric] = np.array([row], dtype=np.float64)
    scopes = {m: catalog()[m].scope for m in columns}
    return judge(rule_book(), Panel(np.array([NOW]), subjects, columns, scopes))


def said(judgement: Judgement, subject: str = "BTC") -> set[str]:
    return {f.rule for f in judgement.findings if f.subject == subject and f.role != "gate"}


@given(SEEDS)
@pytest.mark.parametrize("rules", APART, ids=lambda r: " ".join(r))
def test_rules_that_exclude_each_other_never_hold_together(
    rules: tuple[str, ...], seed: int
) -> None:
    verdicts = judge(rule_book(), coherent(random_panel(seed))).verdicts
    for subject in SUBJECTS:
        assert sum(verdicts.verdict(r, subject) in {"on", "held"} for r in rules) <= 1


def coherent(panel: Panel) -> Panel:
    """The band has the sign of the return, as the metric's definition sees to it."""
    band, change = panel.columns["move_band"], panel.columns["return_24h"]
    columns = {**panel.columns, "move_band": np.abs(band) * np.sign(change)}
    return Panel(panel.times, panel.subjects, columns, panel.scopes)


def test_the_quadrant_of_price_and_contracts_replaces_the_plain_change() -> None:
    told = said(now(BTC={**FALL, "oi_change_rank": 97}))
    assert "added_in_fall" in told
    assert "large_change" not in told


def test_more_contracts_than_were_traded_silence_open_interest() -> None:
    judgement = now(BTC={**FALL, "oi_coins": 9e4, "oi_dollars": 5e9, "oi_change_of_volume": 1.2})
    assert not said(judgement) & {*OPEN_INTEREST, "oi_level", "large_change"}
    reasons = {d.rule: d.reason for d in judgement.dropped}
    assert reasons["added_in_fall"] == "blocked by the gate implausible_change"


def test_a_run_replaces_the_single_print() -> None:
    told = said(now(BTC={**SHORTS_PAY, "funding_incoherent": 0}))
    assert "persistently_negative" in told
    assert "negative_print" not in told
    assert "funding_level" in told


def test_feeds_that_contradict_each_other_silence_what_rests_on_either() -> None:
    premium = {"premium_mean_8h": 8, "premium_rank": 97, "premium_median": -4.5}
    told = said(now(BTC={**SHORTS_PAY, **premium, "funding_incoherent": 1}))
    assert not told & {"persistently_negative", "negative_print", "perp_premium"}


def test_a_suspected_pump_is_not_listed_and_the_next_coin_is() -> None:
    mover = {"major": 0, "turnover_24h": 9e6, "listed_days": 90, "venues_quoting": 1}
    pump = {"worst_hour_return": 22, "worst_hour_volume_multiple": 31, "market_value": 2e7}
    judgement = now(
        BEAT={**mover, **pump, "return_24h": 37.5, "gainer_rank": 1},
        TAC={**mover, "return_24h": 19.4, "gainer_rank": 2},
    )
    assert said(judgement, "BEAT") == set()
    assert said(judgement, "TAC") == {"notable_mover"}


def test_what_eth_did_beyond_its_beta_replaces_the_plain_cross_rate() -> None:
    source_day = {
        **PLAIN,
        "beyond_beta": -2.18,
        "beyond_beta_z": -1.84,
        "pair_beta": 1.257,
    }
    judgement = now(**{"ETH/BTC": source_day})
    assert said(judgement, "ETH/BTC") == {"eth_underperformance", "eth_btc_level"}


def test_without_a_beta_the_plain_cross_rate_waits_too() -> None:
    """An unknown inhibitor counts as if it had fired: the better sentence may be the true one."""
    judgement = now(**{"ETH/BTC": PLAIN})
    assert said(judgement, "ETH/BTC") == {"eth_btc_level"}


def test_an_event_before_the_hour_silences_the_absence_of_a_catalyst() -> None:
    """Its headline may have come out after the hour, so that both conditions hold."""
    hour = {"major": 1, "worst_hour_return": -4.8, "worst_hour_z": -9, "range_24h": 6}
    feeds = {"feeds_complete": 1, "headlines_in_feed": 14, "headlines_before_hour": 0}
    feeds["market_headlines_before_hour"] = 0
    assert "no_catalyst" in said(now(BTC={**hour, **feeds}))
    told = said(now(BTC={**hour, **feeds, "event_before_hour": 12}))
    assert "headline_before_shock" in told
    assert "no_catalyst" not in told
