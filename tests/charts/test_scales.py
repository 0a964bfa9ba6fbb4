"""Scales are round and few; a series is cut where something is missing."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generator.charts import scales
from generator.model import DAY, HOUR


@given(
    st.floats(-1e9, 1e9, allow_nan=False),
    st.floats(1e-6, 1e9, allow_nan=False),
    st.integers(2, 6),
)
def test_ticks_are_few_ascend_and_lie_inside(low: float, span: float, few: int) -> None:
    high = low + span
    if not high > low or span / max(abs(low), abs(high)) < 1e-9:
        return
    found = scales.ticks(low, high, 1e-9, few)
    assert 1 <= len(found) <= few
    assert found == sorted(set(found))
    slack = span * 1e-6
    assert all(low - slack <= t <= high + slack for t in found)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.booleans())
def test_a_scale_holds_all_values(values: list[float], zero: bool) -> None:
    axis = scales.axis(values, str, least=1e-3, zero=zero)
    assert axis.low <= min(values)
    assert axis.high >= max(values)
    assert axis.low < axis.high
    if zero:
        assert axis.low <= 0 <= axis.high


def test_unknown_samples_and_missing_ones_break_the_line() -> None:
    ts = np.array([0.0, 1, 2, 5, 6]) * HOUR
    values = np.array([1.0, math.nan, 3.0, 4.0, 5.0])
    points = scales.broken(ts, values, HOUR, 0)
    assert [v for _, v in points] == [1.0, None, 3.0, None, 4.0, 5.0]


def test_what_is_before_the_start_is_left_out() -> None:
    ts, values = np.arange(5.0) * HOUR, np.arange(5.0)
    assert scales.broken(ts, values, HOUR, 3 * HOUR) == ((3.0 * HOUR, 3.0), (4.0 * HOUR, 4.0))


def test_days_are_ticked_at_midnight() -> None:
    start = 20_000 * DAY + 7 * HOUR
    axis = scales.days(start, start + 7 * DAY, str)
    assert axis.ticks
    for at, _ in axis.ticks:
        assert at % DAY == 0
        assert start <= at <= start + 7 * DAY


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9, unique=True), st.floats(0.1, 30))
def test_marks_of_an_axis_keep_apart_and_the_newest_stays(at: list[float], half: float) -> None:
    marks = [(v, str(v)) for v in sorted(at)]
    kept = scales.apart(marks, [half] * len(marks))
    assert kept[-1] == marks[-1]
    assert all(b[0] - a[0] >= 2 * half for a, b in pairwise(kept))


@given(st.floats(-5, 5), st.floats(1e-4, 10), st.sampled_from([0.0001, 0.01, 1.0]))
def test_a_tick_stands_at_the_very_value_that_it_names(
    low: float, span: float, least: float
) -> None:
    for tick in scales.ticks(low, low + span, least):
        assert abs(tick / least - round(tick / least)) < 1e-6 * max(1.0, abs(tick / least))


def test_a_narrow_range_has_few_ticks_rather_than_the_same_one_twice() -> None:
    axis = scales.axis([0.031659, 0.031674], "{:.5f}".format, least=1e-5)
    texts = [text for _, text in axis.ticks]
    assert texts == ["0.03166", "0.03167"]


def test_now_is_what_the_note_tells_not_a_bar_that_ends_at_the_same_moment() -> None:
    now = 10 * HOUR
    points = tuple((float(h * HOUR), float(h)) for h in range(6, 11))
    assert scales.ending(points, now, 99.0, HOUR)[-2:] == ((9.0 * HOUR, 9.0), (10.0 * HOUR, 99.0))
    assert scales.ending(points, now, math.nan, HOUR) == points
    assert scales.ending(points[:2], now, 99.0, HOUR)[-2:] == ((8.5 * HOUR, None), (now, 99.0))
