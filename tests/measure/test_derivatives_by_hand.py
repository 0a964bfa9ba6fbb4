"""Funding, basis and open interest against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import basis, funding, funding_venues
from generator.measure import open_interest as oi
from generator.model import DAY, HOUR, Floats
from tests.conftest import NOW


def stamps(n: int, step_h: float, last: float = NOW) -> Floats:
    return last - step_h * HOUR * np.arange(n - 1, -1, -1.0)


@pytest.mark.parametrize(("interval", "shown"), [(1.0, 0.08), (4.0, 0.02), (8.0, 0.01)])
def test_a_rate_is_shown_per_eight_hours(interval: float, shown: float) -> None:
    one = np.array([0.0001]), np.array([interval])
    assert funding.per_8h(*one)[0] == pytest.approx(shown)
    assert funding.funding_settled(np.array([float(NOW)]), *one) == pytest.approx(shown)
    assert funding.next_funding_ts(np.array([float(NOW)]), one[1]) == NOW + interval * HOUR


def test_the_daily_mean_weighs_by_the_hours_a_print_covers() -> None:
    # 16 h at 0.08% per 8 h in two 8-hour prints, then 8 h at zero in two 4-hour prints.
    ts = np.array([NOW - 16 * HOUR, NOW - 8 * HOUR, NOW - 4 * HOUR, NOW], dtype=float)
    rate, interval = np.array([8e-4, 8e-4, 0.0, 0.0]), np.array([8.0, 8.0, 4.0, 4.0])
    assert funding.funding_mean_24h(ts, rate, interval) == pytest.approx(0.08 * 2 / 3)


def test_a_missing_settlement_leaves_the_daily_mean_unknown() -> None:
    ts = np.array([NOW - 16.0 * HOUR, NOW])
    assert math.isnan(funding.funding_mean_24h(ts, np.full(2, 1e-4), np.full(2, 8.0)))


@pytest.mark.parametrize(("interval", "hours"), [(1.0, 3.0), (4.0, 12.0), (8.0, 24.0)])
def test_a_run_of_negative_prints_is_counted_in_hours(interval: float, hours: float) -> None:
    rate = np.array([-1e-4, 1e-4, -1e-4, -2e-4, -1e-6])
    ts = stamps(5, interval)
    assert funding.funding_negative_hours(ts, rate, np.full(5, interval)) == hours


def test_a_gap_or_a_zero_ends_the_run() -> None:
    ts = stamps(4, 8.0)
    eight = np.full(4, 8.0)
    assert funding.funding_negative_hours(np.delete(ts, 1), np.full(3, -1e-4), eight[:3]) == 16
    assert funding.funding_negative_hours(ts, np.array([-1e-4, -1e-4, 0.0, -1e-4]), eight) == 8
    assert funding.funding_negative_hours(ts, np.full(4, 1e-4), eight) == 0


def test_the_settlement_before_a_missed_one_is_unknown() -> None:
    rate, eight = np.array([1e-4, 2e-4]), np.full(2, 8.0)
    assert funding.funding_previous(stamps(2, 8.0), rate, eight) == pytest.approx(0.01)
    assert math.isnan(funding.funding_previous(stamps(2, 16.0), rate, eight))


def test_the_default_rate_ranks_in_the_middle_of_its_plateau() -> None:
    n = 3 * 100
    rate = np.full(n, 1e-4)
    rate[:30] = -1e-4
    rank = funding.funding_rank(0.01, stamps(n, 8.0), rate, np.full(n, 8.0))
    assert 45 < rank < 60, "with <= it would stand near 100"


def test_weights_need_two_venues_with_open_interest() -> None:
    rates = np.array([[0.01, NOW], [-0.03, NOW], [0.05, NOW]])
    found = funding_venues.funding_weighted(rates, np.array([3.0, 1.0, math.nan]))
    assert found == pytest.approx((0.01 * 3 - 0.03) / 4)
    assert math.isnan(funding_venues.funding_weighted(rates, np.array([3.0, math.nan, 0.0])))


def test_venues_disagree_only_well_apart_from_zero() -> None:
    assert funding_venues.funding_signs_conflict(-0.003, 0.003) == 1
    assert funding_venues.funding_signs_conflict(-0.0029, 0.01) == 0


@pytest.mark.parametrize(
    ("premium_pct", "rate"),
    [  # P + clamp(0.01 - P, -0.05, +0.05), in percent per 8 h
        (-0.10, -0.05),
        (-0.05, 0.0),
        (-0.04, 0.01),
        (-0.02, 0.01),
        (0.0, 0.01),
        (0.05, 0.01),
        (0.06, 0.01),
        (0.10, 0.05),
    ],
)
def test_the_rate_that_a_premium_implies_has_a_dead_band(premium_pct: float, rate: float) -> None:
    hours = stamps(8, 1.0, NOW - HOUR)
    implied = basis.funding_implied(
        hours, np.full(8, premium_pct * 100), np.array([float(NOW)]), np.array([8.0]), 0.01, 1.0
    )
    assert implied == pytest.approx(rate, abs=1e-12)


def test_seven_hours_of_premium_imply_nothing() -> None:
    hours = stamps(7, 1.0, NOW - HOUR)
    settled = np.array([float(NOW)]), np.array([8.0])
    assert math.isnan(basis.funding_implied(hours, np.zeros(7), *settled, 0.01, 1.0))


def test_an_eight_hour_mean_with_a_missing_hour_is_unknown() -> None:
    hours = stamps(9, 1.0, NOW - HOUR)
    premium = np.arange(9.0)
    assert basis.premium_mean_8h(hours, premium, NOW) == pytest.approx(4.5)
    holed = np.delete(hours, 4), np.delete(premium, 4)
    assert math.isnan(basis.premium_mean_8h(*holed, NOW))
    assert math.isnan(basis.premium_mean_8h(hours, premium, NOW + 3 * HOUR)), "stale"


def test_open_interest_is_compared_in_coins_an_hour_off_at_most() -> None:
    ts = np.array([NOW - DAY - 30.0 * 60_000, NOW - 12.0 * HOUR])
    assert oi.oi_change_24h(90.0, ts, np.array([100.0, 50.0]), NOW) == pytest.approx(-10.0)
    assert math.isnan(oi.oi_change_24h(90.0, ts - 2 * HOUR, np.array([100.0, 50.0]), NOW))
    assert oi.oi_dollars(90.0, 2_000.0) == 180_000.0
    assert oi.oi_change_of_volume(90.0, ts, np.array([100.0, 50.0]), 5.0, NOW) == 2.0
