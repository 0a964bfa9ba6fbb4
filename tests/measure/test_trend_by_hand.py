"""Weeks, closes, runs, round levels and the way from the peak, against numbers by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from generator.measure import closes, trend
from generator.measure.calendar_days import LONGEST, on_days, put_week_ago, unbroken
from generator.measure.inputs import Desk, Inputs
from generator.model import DAY, HOUR, Floats
from tests.conftest import NOW

END = float(NOW // DAY * DAY)


def grid(values: list[float] | Floats) -> Floats:
    """Daily values that end with the last whole day, on the grid of days."""
    out = np.full(LONGEST, np.nan)
    out[LONGEST - len(values) :] = values
    return out


def walk(n: int, seed: int = 4, size: float = 0.02) -> Floats:
    steps = np.random.default_rng(seed).normal(0, size, n)
    return np.asarray(100 * np.exp(np.cumsum(steps)))


def frame(values: Floats) -> pd.Series:
    """The same closes as pandas has them, by the first moment of their day."""
    last = pd.Timestamp(END, unit="ms", tz="UTC") - pd.Timedelta(days=1)
    return pd.Series(values, index=pd.date_range(end=last, periods=len(values), freq="D"))


def ms(stamp: pd.Timestamp) -> float:
    return float(stamp.timestamp() * 1000)


def test_a_missing_day_is_a_hole_in_the_grid_and_days_of_other_times_stay_out() -> None:
    ts = END - DAY * np.array([4.0, 2.0, 1.0])
    found = on_days(ts, np.array([1.0, 2.0, 3.0]), END, 5)
    assert np.array_equal(found, [math.nan, 1, math.nan, 2, 3], equal_nan=True)
    assert np.isnan(on_days(ts + HOUR, np.array([1.0, 2.0, 3.0]), END, 5)).all()
    assert unbroken(found).tolist() == [2.0, 3.0]
    assert not len(unbroken(np.array([1.0, math.nan])))


def week_ago(now: float, **series: tuple[Floats, Floats]) -> float:
    inputs, desk = Inputs(), Desk.__new__(Desk)
    desk.now = int(now)
    for name, (ts, close) in series.items():
        inputs.put(f"{name}_ts", ts)
        inputs.put(f"{name}_close", close)
    put_week_ago(inputs, desk, "BTC")
    return float(inputs.values.get("price_7d_ago", math.nan))


def test_seven_days_ago_is_the_hour_that_ended_then_or_at_midnight_the_day() -> None:
    ts = NOW - HOUR * np.arange(170, 0, -1.0)
    close = np.arange(170.0)
    ended = int(np.flatnonzero(ts + HOUR == NOW - 7 * DAY)[0])
    assert week_ago(NOW, hourly=(ts, close)) == ended
    assert week_ago(NOW + HOUR / 2, hourly=(ts, close)) == ended
    assert math.isnan(week_ago(NOW, hourly=(ts[ended + 1 :], close[ended + 1 :])))
    days = (END - DAY * np.arange(20, 0, -1.0), np.arange(20.0))
    assert week_ago(END, daily=days) == 12
    assert math.isnan(week_ago(END + HOUR, daily=days))
    assert week_ago(END, daily=days, hourly=(ts[ended + 1 :], close[ended + 1 :])) == 12
    assert trend.return_7d(110.0, 100.0) == pytest.approx(10.0)


def test_the_week_ranks_among_a_years_weeks_as_pandas_counts_them() -> None:
    close = walk(500)
    past = frame(close).pct_change(7).iloc[-366:-1] * 100
    for change in (-11.0, 0.3, 9.0):
        below, same = (past < change).sum(), (past == change).sum()
        rank = (below + same / 2 + 0.5) / 366 * 100
        assert trend.return_7d_rank(change, grid(close)) == pytest.approx(rank)
        as_far = (past <= change).sum() if change < 0 else (past >= change).sum()
        assert trend.weeks_as_large(change, grid(close)) == as_far
        mad = (past - past.median()).abs().median() * 1.4826
        assert trend.return_7d_z(change, grid(close)) == pytest.approx(change / mad)
    assert trend.weeks_compared(grid(close)) == 365


def test_under_ninety_weeks_nothing_is_ranked() -> None:
    for days, known in ((98, True), (97, False)):
        close = grid(walk(days))
        assert np.isfinite(trend.return_7d_rank(3.0, close)) == known
        assert np.isfinite(trend.weeks_compared(close)) == known
        assert np.isfinite(trend.weeks_as_large(3.0, close)) == known
        assert np.isfinite(trend.return_7d_z(3.0, close)) == known


def test_a_week_across_a_missing_day_is_one_week_less_and_no_jump() -> None:
    close = walk(300)
    holed = close.copy()
    holed[150] = np.nan
    assert trend.weeks_compared(grid(close)) - trend.weeks_compared(grid(holed)) == 2


def test_one_days_part_of_a_week_is_counted_in_logs_with_the_day_under_way() -> None:
    close = np.full(9, 100.0)
    close[-1] = 108.0  # the last whole day
    assert trend.week_largest_day(10.0, 110.0, grid(close)) == pytest.approx(
        math.log(1.08) / math.log(1.10)
    )
    assert trend.week_largest_day(-10.0, 90.0, grid(np.full(9, 100.0))) == pytest.approx(1.0)
    assert math.isnan(trend.week_largest_day(10.0, 110.0, grid(close[-5:])))


def test_the_last_hour_is_unknown_an_hour_after_it_ended() -> None:
    ts = NOW - HOUR * np.arange(800, 0, -1.0)
    open_ = np.full(800, 100.0)
    close = 100.0 + np.tile([1.0, -1.0], 400)
    assert trend.last_hour_return(ts, open_, close, NOW) == pytest.approx(-1.0)
    assert trend.last_hour_end(-1.0, ts) == NOW
    late = NOW + HOUR
    assert math.isnan(trend.last_hour_return(ts, open_, close, late))
    past = pd.Series(close / open_ * 100 - 100).iloc[-721:-1]
    assert trend.last_hour_z(-1.0, ts, open_, close) == pytest.approx(-1 / past.std())
    assert trend.last_hour_tail(-1.0, ts, open_, close) == pytest.approx(720.5 / 721)
    assert math.isnan(trend.last_hour_z(-1.0, ts[-500:], open_[-500:], close[-500:]))


def test_the_peak_is_the_highest_close_since_the_last_hole() -> None:
    close = walk(400, seed=9)
    series = frame(close)
    assert trend.peak_close(grid(close)) == series.max()
    assert trend.peak_day(grid(close), END) == ms(series.idxmax())
    assert trend.closes_start(grid(close), END) == ms(series.index[0])
    holed = close.copy()
    holed[200] = np.nan
    assert trend.peak_close(grid(holed)) == series.iloc[201:].max()
    assert trend.closes_start(grid(holed), END) == ms(series.index[201])
    holed[-50] = np.nan
    assert math.isnan(trend.peak_close(grid(holed)))
    assert trend.drawdown(80.0, 100.0) == pytest.approx(-20.0)
    assert trend.drawdown(120.0, 100.0) == 0.0


@pytest.mark.parametrize(
    ("before", "last", "level", "count"),
    [
        (98_900, 101_200, 100_000, 1),
        (101_200, 98_900, 100_000, 1),
        (100_000, 101_200, math.nan, 0),  # stood on it already
        (98_900, 100_000, 100_000, 1),  # reached
        (2_480, 2_510, 2_500, 1),
        (1_240, 1_260, 1_250, 1),
        (61_000, 69_000, math.nan, 0),
        (1_300, 990, 1_000, 2),  # through 1,250 and 1,000: the nearer to the last
        (0.0, 5.0, math.nan, 0),
    ],
)
def test_round_levels_between_two_prices(
    before: float, last: float, level: float, count: int
) -> None:
    assert trend.round_levels_crossed(last, before) == count
    np.testing.assert_equal(trend.round_level(last, before), level)


def test_a_round_level_is_as_new_as_the_last_close_beyond_it() -> None:
    close = [101.0, 99.0, 98.0, 97.0, 99.0, 102.0]  # the last day lies in the window
    assert trend.round_level_days(100.0, 103.0, grid(close)) == 4
    seen = trend.round_level_last_seen(4.0, 100.0, grid(close), END)
    assert seen == END - 6 * DAY
    assert trend.round_level_days(100.0, 99.0, grid([101.0, 102.0, 99.5])) == 2
    assert math.isnan(trend.round_level_last_seen(2.0, 100.0, grid([101.0, 102.0, 99.5]), END))


# ---------------------------------------------------------------- closes


def test_a_close_is_the_lowest_since_the_day_that_closed_as_low() -> None:
    close = [90.0, 95, 93, 97, 93, 94, 92]
    assert closes.low_close_beats_days(grid(close), END) == 5
    assert closes.low_close_last_seen(grid(close), END) == END - 7 * DAY
    close[0] = 96.0
    assert closes.low_close_beats_days(grid(close), END) == 6
    assert math.isnan(closes.low_close_last_seen(grid(close), END))
    close[2] = math.nan
    assert closes.low_close_beats_days(grid(close), END) == 3
    assert closes.high_close_beats_days(grid([99.0, 91, 90, 98]), END) == 2
    assert closes.high_close_last_seen(grid([99.0, 91, 90, 98]), END) == END - 4 * DAY
    assert math.isnan(closes.low_close_beats_days(grid([*close, math.nan]), END))


def test_the_last_days_return_is_the_largest_since_the_day_that_moved_as_far() -> None:
    close = walk(200, seed=3)
    close[-1] = close[-2] * 0.93
    series = frame(close)
    returns = series.pct_change() * 100
    earlier = returns.iloc[1:-1]
    as_far = earlier[earlier <= returns.iloc[-1]]
    assert not len(as_far)
    close[120] = close[119] * 0.9
    returns = frame(close).pct_change() * 100
    found = closes.day_return(grid(close))
    assert found == pytest.approx(-7.0)
    assert closes.day_beats_days(found, grid(close)) == 198 - 120
    assert closes.day_last_seen(found, grid(close), END) == ms(frame(close).index[120])
    past = returns.iloc[-61:-1]
    mad = (past - past.median()).abs().median() * 1.4826
    assert closes.day_return_z(found, grid(close)) == pytest.approx(found / mad)
    assert closes.hours_since_close(END, END + 8 * HOUR) == 8


def test_a_run_of_days_counts_closes_and_ends_with_a_day_unchanged() -> None:
    close = [10.0, 9, 8, 7, 8, 9, 10, 9, 8]
    found = grid(close)
    assert closes.streak_sign(found) == -1
    assert closes.streak_days(-1.0, found) == 2
    assert closes.streak_return(2.0, found) == pytest.approx(-20.0)
    assert closes.streak_last_seen(-1.0, 2.0, found, END) == END - 6 * DAY
    flat = grid([*close, 8.0])
    assert closes.streak_sign(flat) == 0
    assert closes.streak_days(0.0, flat) == 0
    assert math.isnan(closes.streak_last_seen(0.0, 0.0, flat, END))


def test_a_run_that_reaches_a_missing_day_has_no_length() -> None:
    assert math.isnan(closes.streak_days(-1.0, grid([math.nan, 9.0, 8, 7])))
    assert closes.streak_days(-1.0, grid([math.nan, 8.0, 9, 8, 7])) == 2
    assert math.isnan(closes.streak_days(-1.0, grid([9.0, 8, 7, math.nan])))


def test_runs_are_as_seldom_as_pandas_counts_them() -> None:
    close = walk(700, seed=12)
    close[-5:] = close[-6] * np.array([0.99, 0.98, 0.97, 0.96, 0.95])
    down = frame(close).diff().iloc[1:] < 0
    runs = down.groupby((~down).cumsum()).cumsum()
    n = float(runs.iloc[-1])
    assert closes.streak_days(-1.0, grid(close)) == n >= 5
    tail = ((runs >= n).sum() + 0.5) / (len(runs) + 1)
    assert closes.streak_tail(-1.0, n, grid(close)) == pytest.approx(tail)
    earlier = runs.iloc[: -int(n)]
    earlier = earlier[earlier >= n]
    want = ms(earlier.index[-1]) if len(earlier) else math.nan
    np.testing.assert_equal(closes.streak_last_seen(-1.0, n, grid(close), END), want)
    assert math.isnan(closes.streak_tail(-1.0, 5.0, grid(close[-80:])))


@pytest.mark.parametrize("later", range(8))
def test_weeks_end_on_sunday_at_midnight_as_pandas_has_them(later: int) -> None:
    close = walk(400, seed=later)
    end = END + later * DAY
    index = pd.date_range(
        end=pd.Timestamp(end, unit="ms", tz="UTC") - pd.Timedelta(days=1), periods=400, freq="D"
    )
    sundays = pd.Series(close, index=index)[index.day_of_week == 6]
    weekly = sundays.pct_change().dropna() * 100
    found = closes.week_close_return(grid(close), end)
    assert found == pytest.approx(weekly.iloc[-1])
    assert closes.week_close_price(grid(close), end) == sundays.iloc[-1]
    assert closes.week_last_day(end) == ms(sundays.index[-1])
    age = end + 5 * HOUR - (ms(sundays.index[-1]) + DAY)
    assert closes.hours_since_week(end, end + 5 * HOUR) == pytest.approx(age / HOUR)
    before, sign = weekly.iloc[:-1], np.sign(found)
    hit = before[sign * before >= sign * weekly.iloc[-1]]
    beats = len(before) - 1 - before.index.get_loc(hit.index[-1]) if len(hit) else len(before)
    assert closes.week_beats_weeks(found, grid(close), end) == beats
    seen = closes.week_last_seen(found, closes.week_last_day(end), grid(close), end)
    np.testing.assert_equal(seen, ms(hit.index[-1]) if len(hit) else math.nan)


@pytest.mark.parametrize("later", [0, 3, 9, 27, 31])
def test_months_end_at_their_last_midnight_as_pandas_has_them(later: int) -> None:
    close = walk(900, seed=later)
    end = END + later * DAY
    index = pd.date_range(
        end=pd.Timestamp(end, unit="ms", tz="UTC") - pd.Timedelta(days=1), periods=900, freq="D"
    )
    series = pd.Series(close, index=index)
    lasts = series[index.is_month_end]
    monthly = lasts.pct_change().dropna() * 100
    found = closes.month_close_return(grid(close), end)
    assert found == pytest.approx(monthly.iloc[-1])
    last_day = closes.month_last_day(end)
    assert last_day == ms(lasts.index[-1])
    assert closes.month_close_price(grid(close), end, last_day) == lasts.iloc[-1]
    assert closes.hours_since_month(end, end) == (end - last_day) / HOUR - 24
    before, sign = monthly.iloc[:-1], np.sign(found)
    hit = before[sign * before >= sign * monthly.iloc[-1]]
    beats = len(before) - 1 - before.index.get_loc(hit.index[-1]) if len(hit) else len(before)
    assert closes.month_beats_months(found, grid(close), end) == beats
    seen = closes.month_last_seen(found, grid(close), end)
    np.testing.assert_equal(seen, ms(hit.index[-1]) if len(hit) else math.nan)


def test_a_week_or_month_with_a_missing_close_has_no_return() -> None:
    close = walk(200)
    place = 199 - closes._week_ended(END) - 7
    close[place] = np.nan
    assert math.isnan(closes.week_close_return(grid(close), END))
    assert math.isnan(closes.week_beats_weeks(math.nan, grid(close), END))
    assert math.isnan(closes.month_close_return(grid(close[-40:]), END))
