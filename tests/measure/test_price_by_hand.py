"""Price metrics against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import hours as worst
from generator.measure import price as p
from generator.measure import records, statistics
from generator.model import DAY, HOUR, Floats
from tests.conftest import NOW

MIDNIGHT = NOW - NOW % DAY


def days(n: int, last: int = MIDNIGHT - DAY) -> Floats:
    return last - DAY * np.arange(n - 1, -1, -1.0)


def hours(n: int, last: int = NOW - HOUR) -> Floats:
    return last - HOUR * np.arange(n - 1, -1, -1.0)


@pytest.mark.parametrize(
    ("change", "z", "band"),
    [
        (0.4, 0.49, 0),
        (2.1, 0.49, 1),  # little only under 2%
        (1.0, 0.5, 1),
        (4.2, 1.2, 2),  # slight only under 4%
        (3.0, 1.25, 2),
        (-3.0, -2.49, -2),
        (-5.0, -2.5, -3),
        (-7.9, -4.5, -3),  # extreme only from 8%
        (-8.0, -4.0, -4),
        (12.0, 5.0, 4),
    ],
)
def test_the_size_class_follows_z_and_the_floors_in_percent(
    change: float, z: float, band: float
) -> None:
    assert p.move_band(change, z) == band


def test_a_move_without_a_scale_has_no_size_class() -> None:
    assert math.isnan(p.move_band(-9.0, math.nan))


def after(ts: Floats) -> float:
    """A moment whose 24-hour window begins where the last of the days ends."""
    return float(ts[-1]) + 2 * DAY


def test_the_robust_deviation_ignores_one_crash() -> None:
    # Returns alternate +1% and -1%, so the median is 0 or between, and every deviation is 1.
    steps = np.tile([1.01, 0.99], 30)
    close = 100 * np.cumprod(np.append(1.0, steps))
    ts = days(61)
    assert p.daily_mad_60d(ts, close, after(ts)) == pytest.approx(1.4826, rel=1e-9)
    crashed = close.copy()
    crashed[-1] *= 0.5
    assert p.daily_mad_60d(ts, crashed, after(ts)) == pytest.approx(1.4826, rel=0.03)
    assert p.return_24h_z(-2.9652, 1.4826) == pytest.approx(-2.0)


def test_forty_four_known_days_are_too_few_for_a_scale() -> None:
    close = 100 * np.cumprod(np.tile([1.01, 0.99], 30))
    assert math.isnan(p.daily_mad_60d(days(45), close[:45], after(days(45))))
    assert np.isfinite(p.daily_mad_60d(days(46), close[:46], after(days(46))))


def test_no_return_is_taken_across_a_missing_day() -> None:
    ts = np.array([0.0, DAY, 3 * DAY])
    found = statistics.daily_returns(ts, np.array([100.0, 110.0, 50.0]))
    assert math.isnan(found[0])
    assert found[1] == pytest.approx(10.0)
    assert math.isnan(found[2])


def test_a_plateau_ranks_in_its_middle() -> None:
    past = np.array([1.0] * 8 + [2.0, 3.0])
    # 0 below, 8 equal: (0 + 4 + 0.5) / 11
    assert statistics.mid_rank(1.0, past, 5) == pytest.approx(4.5 / 11 * 100)
    assert statistics.mid_rank(2.5, past, 5) == pytest.approx(9.5 / 11 * 100)
    assert math.isnan(statistics.mid_rank(1.0, past, 11))


def test_a_tail_share_is_never_zero() -> None:
    assert statistics.tail_share(-9.0, np.array([1.0, -2.0, 3.0]), 3) == pytest.approx(0.5 / 4)
    assert statistics.tail_share(2.0, np.array([1.0, -2.0, 3.0]), 3) == pytest.approx(2.5 / 4)


def test_the_worst_hour_is_the_largest_move_either_way_inside_the_window() -> None:
    ts = hours(30)
    open_, close = np.full(30, 100.0), np.full(30, 100.5)
    close[3] = 80.0  # 26 hours ago: outside
    close[20] = 96.0
    close[25] = 103.9
    assert worst.worst_hour_return(ts, open_, close, NOW) == pytest.approx(-4.0)
    assert worst.worst_hour_start(ts, open_, close, NOW) == ts[20]
    assert worst.worst_hour_end(ts[20]) == ts[20] + HOUR
    assert worst.worst_hour_share(-4.0, -2.0) == 2.0
    assert worst.worst_hour_share(-4.0, 8.0) == -0.5
    assert math.isnan(worst.worst_hour_share(-4.0, 0.0))


def test_the_worst_hour_is_unknown_when_one_of_the_hours_is_missing() -> None:
    ts, flat = hours(24), np.full(24, 100.0)
    for missing, known in ((0, True), (1, False)):
        kept = np.arange(24) >= missing
        found = worst.worst_hour_return(ts[kept], flat[kept], flat[kept], NOW)
        assert np.isfinite(found) == known


def test_an_unfinished_hour_is_no_hour_of_the_window() -> None:
    ts = np.append(hours(24), NOW - HOUR / 2)
    open_, close = np.full(25, 100.0), np.full(25, 100.0)
    close[-1] = 50.0
    assert worst.worst_hour_return(ts, open_, close, NOW) == 0.0


def low(extreme: float, lows: Floats, hourly: Floats, ts: Floats | None = None) -> float:
    return records.low_beats_days(
        extreme, days(len(lows)) if ts is None else ts, lows, hours(34), hourly, NOW
    )


def test_a_low_is_compared_with_whole_days_before_the_window_and_the_hours_between() -> None:
    lows = np.array([80.0, 90, 95, 96, 97, 50.0])  # the last day overlaps the window
    quiet = np.full(34, 99.0)
    # NOW is 08:00: the window begins yesterday at 08:00, the last whole day ended at 00:00 before.
    assert low(94.0, lows, quiet) == 3
    ts = days(6)
    assert records.low_last_seen(94.0, ts, lows, hours(34), quiet, NOW) == ts[1]
    assert low(70.0, lows, quiet) == 5
    assert math.isnan(records.low_last_seen(70.0, ts, lows, hours(34), quiet, NOW))


def test_a_lower_hour_between_the_last_day_and_the_window_ends_the_record() -> None:
    quiet = np.full(34, 99.0)
    joint = quiet.copy()
    joint[4] = 93.0  # 30 hours ago, after midnight and before the window
    assert hours(34)[4] < NOW - DAY
    assert low(94.0, np.array([80.0, 90, 95, 96, 97, 50.0]), joint) == 0
    unknown = quiet.copy()
    unknown[4] = math.nan
    assert math.isnan(low(94.0, np.array([80.0, 90, 95, 96, 97, 50.0]), unknown))


def test_a_record_counts_only_back_to_a_gap() -> None:
    lows = np.array([80.0, 90, 95, 96, 97, 98, 50.0])
    ts = np.delete(days(8), 2)  # a day is missing after the second
    assert low(70.0, lows, np.full(34, 99.0), ts) == 4
    assert records.record_start(ts, lows) == ts[2]


def test_a_tie_is_no_new_low() -> None:
    assert low(95.0, np.array([80.0, 90, 95, 96, 97, 50.0]), np.full(34, 99.0)) == 2


def test_a_high_mirrors_a_low() -> None:
    highs = np.array([120.0, 110, 105, 104, 103, 150.0])
    quiet = np.full(34, 101.0)
    assert records.high_beats_days(106.0, days(6), highs, hours(34), quiet, NOW) == 3
    assert records.high_last_seen(106.0, days(6), highs, hours(34), quiet, NOW) == days(6)[1]


def test_a_return_record_is_known_only_at_the_end_of_a_utc_day() -> None:
    close = np.array([100.0, 90.0, 91.0, 92.0, 93.0, 94.0])
    at = MIDNIGHT + 60_000
    # The window at 00:01 is the day that ended; the days before it end a day earlier.
    ts = days(6, MIDNIGHT - 2 * DAY)
    assert records.return_beats_days(-5.0, ts, close, at) == 4
    assert records.return_last_seen(4.0, ts, close, at) == ts[1]
    assert math.isnan(records.return_beats_days(-5.0, ts, close, NOW))
    assert records.return_beats_days(-50.0, ts, close, at) == 5


def test_ranges_and_positions() -> None:
    assert p.return_24h(95.0, 100.0) == pytest.approx(-5.0)
    assert p.range_24h(110.0, 90.0, 100.0) == pytest.approx(20.0)
    assert math.isnan(p.range_24h(90.0, 110.0, 100.0))
    assert p.rebound_from_low(99.0, 90.0) == pytest.approx(10.0)
    assert p.pullback_from_high(99.0, 110.0) == pytest.approx(-10.0)
    assert p.position_in_range(95.0, 90.0, 110.0) == pytest.approx(0.25)
