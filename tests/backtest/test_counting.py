"""Counts of a back-test against what a person would count by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.backtest.counting import frequency, overlap, runs, wilson
from generator.backtest.followed import (
    Base,
    independent,
    outcome,
    resampled,
    returns_after,
    stationary,
)
from generator.model import DAY


def bits(text: str) -> tuple[np.ndarray, np.ndarray]:
    """`#` fired, `.` known and silent, `?` unknown."""
    return np.array([c == "#" for c in text]), np.array([c != "?" for c in text])


def test_runs_are_unbroken_and_an_unknown_moment_ends_one() -> None:
    found = runs(*bits("##.#?##"))
    assert found.lengths == (2, 1, 2)
    assert found.starts == (0, 3, 5)
    assert (found.median, found.longest) == (2, 2)


def test_flapping_counts_only_silence_that_is_known() -> None:
    assert runs(*bits(".#.")).flaps == 1
    assert runs(*bits("?#?")).flaps == 0
    assert runs(*bits("#.#")).blinks == 1
    assert runs(*bits("#?#")).blinks == 0
    assert runs(*bits("#..#")).blinks == 0


def test_what_never_fired_has_no_runs() -> None:
    found = runs(*bits("...?"))
    assert found.lengths == ()
    assert math.isnan(found.median)
    assert found.longest == 0


def test_wilson_s_interval_is_the_published_one() -> None:
    low, high = wilson(10, 100)  # Newcombe 1998 gives 0.0552 to 0.1744
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert wilson(0, 20)[0] == 0
    assert math.isnan(wilson(0, 0)[0])


def test_moments_of_one_long_run_count_as_one_draw() -> None:
    alone, clustered = frequency(10, 100, 10), frequency(10, 100, 1)
    assert clustered[1] - clustered[0] > 2 * (alone[1] - alone[0])


def test_overlap_counts_only_moments_at_which_both_are_known() -> None:
    own, other = bits("##..?#"), bits("#.#.#?")
    found = overlap("b", "BTC", own, other)
    assert found is not None
    assert (found.both, found.either) == (1, 3)
    assert found.lift == pytest.approx(1 / (2 * 2 / 4))
    assert overlap("b", "BTC", bits("#."), bits(".#")) is None


TIMES = np.arange(20, dtype=np.int64) * DAY


def test_returns_are_taken_to_the_moment_exactly_that_many_days_later() -> None:
    prices = np.arange(100.0, 120.0)
    after = returns_after(TIMES, prices, 3)
    assert after[0] == pytest.approx(3.0)
    assert np.isnan(after[-3:]).all()
    gap = np.delete(TIMES, 3)
    assert np.isnan(returns_after(gap, np.delete(prices, 3), 3)[0])


def test_runs_closer_together_than_the_horizon_are_one() -> None:
    assert independent(TIMES, (0, 2, 7, 8, 14), 7) == [0, 7, 14]
    assert independent(TIMES, (0, 2, 7, 8, 14), 1) == [0, 2, 7, 8, 14]


def test_under_eight_independent_runs_no_interval_is_given() -> None:
    rng = np.random.default_rng(1)
    times = np.arange(200, dtype=np.int64) * DAY
    prices, known = 100 + rng.normal(0, 1, 200), np.ones(200, dtype=bool)
    few = outcome(times, prices, tuple(range(0, 70, 10)), known, 1, Base(), "BTC")
    enough = outcome(times, prices, tuple(range(0, 80, 10)), known, 1, Base(), "BTC")
    assert few.runs == 7
    assert math.isnan(few.interval[0])
    assert enough.runs == 8
    assert enough.interval[0] < enough.mean < enough.interval[1]
    assert enough.base_moments == 199


def test_the_intervals_hold_the_truth_about_as_often_as_they_claim() -> None:
    rng = np.random.default_rng(7)
    inside = outside = 0
    for _ in range(120):
        noise = rng.normal(0, 1, 400)
        walk = np.convolve(noise, np.ones(5) / 5, mode="valid")  # days that hang together
        low, high = stationary(walk, 15.0)
        inside += low <= 0 <= high
        low, high = resampled(rng.normal(0, 1, 30))
        outside += not low <= 0 <= high
    assert inside >= 0.85 * 120
    assert outside <= 0.15 * 120


def test_the_same_values_give_the_same_interval() -> None:
    values = np.random.default_rng(2).normal(0, 1, 100)
    assert stationary(values, 10.0) == stationary(values.copy(), 10.0)
    assert resampled(values) == resampled(values.copy())
