"""Order books and takers against hand-made numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import liquidity
from generator.model import DAY, HOUR
from tests.conftest import NOW

HOURLY = NOW - HOUR * np.arange(31 * 24, -1, -1.0)


def test_now_is_the_median_of_the_last_three_hours() -> None:
    values = np.full(len(HOURLY), 10.0)
    values[-4:] = [1.0, 2.0, 3.0, 100.0]
    assert liquidity.book_depth(HOURLY, values, NOW) == pytest.approx(2.5)


def test_two_samples_are_one_look() -> None:
    few = np.array([NOW - 2 * HOUR, NOW - HOUR], dtype=float)
    assert math.isnan(liquidity.book_depth(few, np.array([5.0, 6.0]), NOW))
    three = np.append(few, float(NOW))
    assert liquidity.book_depth(three, np.array([5.0, 6.0, 7.0]), NOW) == 6.0
    assert math.isnan(liquidity.book_depth(three, np.array([5.0, math.nan, 7.0]), NOW))


def test_only_the_same_hours_of_other_days_are_compared() -> None:
    hour = ((NOW - HOURLY) % DAY) // HOUR
    values = np.where(hour <= 3, 10.0, 1.0)  # these hours are always deep, all others shallow
    values[-4:] = 9.0
    assert liquidity.book_depth_days(HOURLY, values, NOW) == 30
    assert liquidity.book_depth_rank(HOURLY, values, NOW) < 5
    values[-4:] = 10.0
    assert liquidity.book_depth_rank(HOURLY, values, NOW) == pytest.approx(50)


def test_twenty_days_are_needed_and_a_gap_is_no_depth() -> None:
    values = np.full(len(HOURLY), 10.0)
    days_back = (NOW - HOURLY) // DAY
    twenty = days_back <= 20
    assert math.isfinite(liquidity.book_spread_rank(HOURLY[twenty], values[twenty], NOW))
    fewer = twenty & (days_back != 7)
    assert math.isnan(liquidity.book_spread_rank(HOURLY[fewer], values[fewer], NOW))
    assert liquidity.book_spread_days(HOURLY[fewer], values[fewer], NOW) == 19


def test_an_empty_series_is_unknown() -> None:
    none = np.empty(0)
    assert math.isnan(liquidity.book_depth(none, none, NOW))
    assert math.isnan(liquidity.taker_buy_share(none, none, NOW))
    assert math.isnan(liquidity.taker_buy_day(none, NOW))


def test_a_takers_share_is_of_the_last_whole_day() -> None:
    ends = NOW - NOW % DAY - DAY * np.arange(120, -1, -1.0)
    values = 0.45 + 0.1 * (np.arange(121) % 11) / 10
    values[-1] = 0.40
    assert liquidity.taker_buy_share(ends, values, NOW) == 0.40
    assert liquidity.taker_buy_day(ends, NOW) == NOW - NOW % DAY - DAY
    assert liquidity.taker_buy_rank(0.40, ends, values) < 1
    assert liquidity.taker_buy_days(ends, values) == 120
    assert liquidity.taker_buy_tail(0.4) == pytest.approx(0.008)


def test_a_takers_share_of_long_ago_is_not_todays() -> None:
    ends = NOW - NOW % DAY - DAY * np.arange(120, 0, -1.0)
    assert math.isnan(liquidity.taker_buy_share(ends, np.full(120, 0.5), NOW))


def test_ninety_days_before_are_needed() -> None:
    ends = NOW - NOW % DAY - DAY * np.arange(89, -1, -1.0)
    values = np.linspace(0.4, 0.6, 90)
    assert math.isnan(liquidity.taker_buy_rank(0.5, ends, values))
    longer = NOW - NOW % DAY - DAY * np.arange(90, -1, -1.0)
    assert math.isfinite(liquidity.taker_buy_rank(0.5, longer, np.linspace(0.4, 0.6, 91)))
