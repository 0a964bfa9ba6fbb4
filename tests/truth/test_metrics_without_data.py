"""What a metric says when something that it rests on is missing: nothing, never another number."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from generator.collect.scenario import load_scenario, scenario_names
from generator.measure import Measured, catalog, measure
from generator.measure.registry import compute, raw_inputs
from generator.model import DAY, MARKET
from generator.settings import MarketSection
from tests.truth.rich import states

# They need a moment or a calendar of their own; their families' tests by hand have them.
ELSEWHERE = {
    *("cme_last_close", "cme_weekend_change", "price_at_reopening"),  # the day after a weekend
    *("macro_near_at", "release_count", "release_count_expected"),
    *("release_points", "release_points_expected", "futures_front_highest"),
}
# Prints and rates that are not numbers are left out where these are drawn: they never hold a hole.
WITHOUT_HOLES = {"funding_ts", "funding_rate", "funding_interval", "venue_funding"}
WITHOUT_HOLES |= {"strength_7d", "strength_30d", "news_published", "market_news"}
WITHOUT_HOLES |= {"gap_ts", "curve_expiry", "curve_basis", "fronts"}
# How much is known: with less of it, that is less, and 0 where nothing is.
COUNTS = {
    *("breadth_record_days", "funding_venues", "oi_to_turnover_days", "oi_venues"),
    *("oi_venues_same_way", "pair_record_days", "perp_to_spot_days", "premium_record_days"),
    *("price_impact_days", "recorded_count", "venues_agreeing", "venues_quoting"),
    *("volume_ratio_days", "coinbase_premium_days", "usdt_premium_days", "taker_buy_days"),
    *("book_depth_days", "book_spread_days", "dominance_record_days", "stablecoin_supply_days"),
    *("oi_to_market_value_days", "liquidations_record_days", "expiry_record", "spx_change_days"),
    *("ndx_change_days", "dxy_change_days", "us10y_change_days", "etf_flow_days"),
    *("skew_25d_days", "cme_basis_days", "usdt_far_days", "usdc_far_days"),
}
# An hour without its open is measured from the close of the hour before.
FROM_THE_CLOSE_BEFORE = {
    *("last_hour_z", "last_hour_tail", "worst_hour_tail", "worst_hour_z", "worst_hour_share"),
    *("worst_hour_return", "worst_hour_start", "worst_hour_end"),
}
# These only stop something from being said: with other venues unknown they stop it the sooner.
ONLY_STOP = {"oi_jump_shared"}
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"


@cache
def measured() -> tuple[Measured, ...]:
    made = [*states(), *(load_scenario(n) for n in scenario_names())]
    return tuple(measure(s, h, MarketSection()) for s, h in made)


def scope(subject: str) -> str:
    return "market" if subject == MARKET else "pair" if "/" in subject else "asset"


def subjects() -> Iterator[tuple[Measured, str]]:
    """Every kind of subject of every state, and one mover; in a short run, of three states."""
    kept = measured() if LONG else (*measured()[:2], measured()[-2])
    for m in kept:
        movers = [s for s in sorted(m.inputs) if scope(s) == "asset" and s not in {"BTC", "ETH"}]
        for subject in ("BTC", "ETH", "ETH/BTC", MARKET, *movers[:1]):
            yield m, subject


def known(values: dict[str, float]) -> dict[str, float]:
    return {k: v for k, v in values.items() if math.isfinite(v)}


def without(m: Measured, subject: str, **changed: object) -> dict[str, float]:
    inputs = {**m.inputs[subject].values, **changed}
    return known(compute(scope(subject), inputs))  # type: ignore[arg-type]


def test_the_states_reach_every_metric() -> None:
    """Else what follows would hold of nothing."""
    reached = {n for m in measured() for values in m.values.values() for n in known(values)}
    assert set(catalog()) - reached == ELSEWHERE


@pytest.mark.parametrize("gone", [None, math.nan], ids=["absent", "not a number"])
def test_every_metric_is_unknown_without_any_number_that_it_rests_on(gone: float | None) -> None:
    for m, subject in subjects():
        names = {n for n in m.inputs[subject].values if n != "now"}
        resting = {n: set(raw_inputs(n)) for n in known(m.values[subject])}
        for name in sorted(names):
            value = m.inputs[subject].values[name]
            if gone is not None and (isinstance(value, np.ndarray) or value is None):
                continue  # arrays have holes rather: the test below
            said = without(m, subject, **{name: gone})
            wrong = [n for n in said if name in resting.get(n, ())]
            assert wrong == [], f"{subject} without {name}"


def test_a_record_of_holes_makes_no_metric_another_number() -> None:
    for m, subject in subjects():
        before = known(m.values[subject])
        for name, value in m.inputs[subject].values.items():
            if not isinstance(value, np.ndarray) or name in WITHOUT_HOLES:
                continue
            said = without(m, subject, **{name: np.full(value.shape, np.nan)})
            assert wrong(before, said) == {}, f"{subject} with nothing known of {name}"


def wrong(before: dict[str, float], said: dict[str, float]) -> dict[str, float]:
    """What is said now and was not, or was another number; a count may have become smaller."""
    found = {n: v for n, v in said.items() if v != before.get(n)}
    fewer = {n for n in found if n in COUNTS and found[n] < before.get(n, math.inf)}
    return {n: v for n, v in found.items() if n not in fewer | FROM_THE_CLOSE_BEFORE | ONLY_STOP}


def test_comparisons_with_what_is_not_a_number_are_no_answer() -> None:
    """`min(0.0, nan)` is 0.0: a record too short for a peak read as "at its peak"."""
    closes = np.full(1_100, math.nan)
    closes[-20:] = 100.0
    drawn = {"now": 0.0, "last": 1.0, "days_close": closes, "days_end": 1_100.0 * DAY}
    assert math.isnan(compute("asset", drawn)["drawdown"])
    closes[:] = 100.0
    assert compute("asset", drawn)["drawdown"] == pytest.approx(-99.0)
