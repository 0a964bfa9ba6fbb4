"""Figures of an asset's own past, each worked out again with pandas or by hand, on awkward records."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from generator.measure import closes, funding, hours, open_interest, price, records, volume
from generator.measure import measure as measured
from generator.measure.calendar_days import on_days
from generator.measure.registry import compute
from generator.measure.statistics import daily_returns_on_grid
from generator.model import DAY, HOUR, Floats, History, Series
from generator.packing import Unfit, check_series, merge
from generator.settings import MarketSection
from tests.states import NOW
from tests.truth.rich import MIDNIGHT, rich

LATE = 3 * 60_000


def days(n: int, last: float = MIDNIGHT) -> Floats:
    return last - DAY * np.arange(n, 0, -1.0)


def walk(n: int, seed: int = 1) -> Floats:
    return np.asarray(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.02, n))))


def by_pandas(ts: Floats, close: Floats, before: float) -> tuple[float, pd.Series]:
    """(robust deviation of 60 days, |z| of 365 days) of the UTC days that ended by `before`."""
    index = pd.to_datetime(ts, unit="ms", utc=True)
    grid = pd.Series(close, index=index).asfreq("D").pct_change(fill_method=None) * 100
    grid = grid[grid.index < pd.Timestamp(before, unit="ms", tz="UTC").floor("D")]

    def deviation(past: pd.Series) -> float:
        known = past.dropna()
        if len(known) < 45:
            return math.nan
        return float(1.4826 * (known - known.median()).abs().median())

    scale = grid.rolling(60, min_periods=45).apply(deviation, raw=False).shift(1)
    return deviation(grid.tail(60)), (grid.abs() / scale).tail(365).dropna()


@pytest.mark.parametrize("now", [MIDNIGHT, MIDNIGHT + LATE, NOW, NOW + 17 * 60_000])
@pytest.mark.parametrize("gap", [None, (-30, -24), (-200, -150)], ids=["whole", "lately", "old"])
def test_a_move_is_sized_by_the_days_before_its_window(
    now: int, gap: tuple[int, int] | None
) -> None:
    ts, close = days(600), walk(600)
    if gap is not None:
        kept = np.r_[0 : 600 + gap[0], 600 + gap[1] : 600]
        ts, close = ts[kept], close[kept]
    scale, past = by_pandas(ts, close, now - DAY + 5 * 60_000)
    assert price.daily_mad_60d(ts, close, now) == pytest.approx(scale)
    assert price.days_compared(ts, close, now) == len(past)
    for z in (0.5, 2.0, 3.5):
        assert price.days_as_large(z, ts, close, now) == (past >= z).sum()
        share = ((past >= z).sum() + 0.5) / (len(past) + 1)
        assert price.return_24h_tail(z, ts, close, now) == pytest.approx(share)


def test_a_day_is_not_counted_among_the_days_it_is_held_against() -> None:
    """At midnight the day just ended is the window itself, at eight it lies in it by a part."""
    ts, close = days(600), walk(600)
    close[-1] = close[-2] * 0.7
    for now in (MIDNIGHT, NOW):
        assert price.days_as_large(10.0, ts, close, now) == 0
    assert price.days_as_large(10.0, ts, close, NOW + DAY) == 1


def test_a_listing_is_compared_with_nothing_until_it_has_ninety_sizes() -> None:
    # 45 returns make the first scale: 46 closes, 90 days sized by it, and the day of the window
    for n, known in ((45 + 1 + 90, False), (45 + 1 + 90 + 1, True), (600, True)):
        ts, close = days(n), walk(n)
        assert np.isfinite(price.days_compared(ts, close, MIDNIGHT)) == known
    assert price.days_compared(days(137), walk(137), MIDNIGHT) == 90


def test_a_renamed_coin_has_no_past_and_a_delisted_one_no_present() -> None:
    """RNDR to RENDER: bars of the old symbol are of another series, and nothing is spliced."""
    snapshot, history = rich()
    market = MarketSection(price_venues=("binance",))  # another with a record would be told instead
    old = ("binance", "BTC/USDT", "bars_1d")
    renamed = {k: s for k, s in history.series.items() if k[:2] != old[:2]}
    past = history.series[old]
    renamed["binance", "XBT/USDT", "bars_1d"] = Series("binance", "XBT/USDT", "bars_1d", past.data)
    after = measured(snapshot, History(renamed), market).values["BTC"]
    for name in ("days_compared", "low_beats_days", "record_start", "return_7d", "streak_days"):
        assert math.isnan(after[name]), name
    stopped = dict(history.series)
    stopped[old] = Series(*old, past.data[:-20])  # type: ignore[arg-type]
    after = measured(snapshot, History(stopped), market).values["BTC"]
    for name in ("low_beats_days", "closing_price", "streak_days", "day_return", "realised_30d"):
        assert math.isnan(after[name]), name


def test_rows_come_in_order_and_once_or_they_are_not_kept() -> None:
    data = np.column_stack([days(5), *[np.arange(5.0)] * 6])
    newer = data[[1, 4]] + [0, *[10.0] * 6]
    kept = merge(data, newer)
    assert kept[:, 0].tolist() == days(5).tolist()
    assert kept[:, 4].tolist() == [0.0, 11.0, 2.0, 3.0, 14.0], "the newer row wins"
    for rows in ([3, 1], [2, 2]):
        with pytest.raises(Unfit):
            check_series(Series("v", "X/USDT", "bars_1d", data[rows]))


def test_a_leap_day_is_a_day_and_clocks_do_not_change() -> None:
    ts = days(400, pd.Timestamp("2024-03-31 12:00", tz="UTC").timestamp() * 1000 // DAY * DAY)
    close = walk(400)
    end = float(ts[-1] + DAY)
    assert np.isfinite(on_days(ts, close, end)[-400:]).all()
    assert np.isfinite(daily_returns_on_grid(ts, close, end, 399)).all()
    february = close[np.flatnonzero(pd.to_datetime(ts, unit="ms") == pd.Timestamp("2024-02-29"))]
    january = close[np.flatnonzero(pd.to_datetime(ts, unit="ms") == pd.Timestamp("2024-01-31"))]
    end = float(pd.Timestamp("2024-03-05", tz="UTC").timestamp() * 1000)
    grid = on_days(ts[ts < end], close[ts < end], end)
    assert closes.month_close_return(grid, end) == pytest.approx((february / january - 1)[0] * 100)


def test_a_flat_price_has_no_size_no_streak_and_no_record() -> None:
    ts, flat = days(600), np.full(600, 50.0)
    said = compute("asset", {
        "now": float(MIDNIGHT), "last": 50.0, "open_24h": 50.0, "high_24h": 50.0, "low_24h": 50.0,
        "daily_ts": ts, "daily_open": flat, "daily_high": flat, "daily_low": flat,
        "daily_close": flat, "days_close": on_days(ts, flat, MIDNIGHT), "days_end": float(MIDNIGHT),
        "hourly_ts": np.empty(0), "hourly_low": np.empty(0), "hourly_high": np.empty(0),
    })  # fmt: skip
    for name in ("return_24h_z", "move_band", "days_as_large", "position_in_range", "day_return_z"):
        assert math.isnan(said[name]), name
    assert (said["streak_days"], said["low_beats_days"], said["return_24h"]) == (0, 0, 0)


def low(ts: Floats, lows: Floats, now: float, hour_ts: Floats, hour_low: Floats) -> float:
    return records.low_beats_days(90.0, ts, lows, hour_ts, hour_low, now)


def test_a_record_asks_for_every_hour_between_the_last_day_and_the_window() -> None:
    ts, lows = days(100, MIDNIGHT - DAY), np.full(100, 95.0)
    now = NOW + HOUR // 2  # the window began half an hour into an hour
    hour_ts = MIDNIGHT - DAY + HOUR * np.arange(9.0)
    hour_low = np.full(9, 95.0)
    assert low(ts, lows, now, hour_ts, hour_low) == 100
    hour_low[3] = 89.0
    assert low(ts, lows, now, hour_ts, hour_low) == 0
    gone = np.arange(9) != 3
    assert math.isnan(low(ts, lows, now, hour_ts[gone], hour_low[gone])), "the gap hides that low"
    assert low(ts, lows, MIDNIGHT + LATE, np.empty(0), np.empty(0)) == 100, "that day is the window"


def test_a_record_ends_at_a_gap_and_is_a_day_shorter_with_a_day_less() -> None:
    ts, lows = days(100, MIDNIGHT - DAY), np.full(100, 95.0)
    none: Floats = np.empty(0)
    assert low(ts, lows, MIDNIGHT, none, none) == 100
    assert low(ts[1:], lows[1:], MIDNIGHT, none, none) == 99
    kept = np.arange(100) != 60
    assert low(ts[kept], lows[kept], MIDNIGHT, none, none) == 39
    lows[60] = math.nan
    assert low(ts, lows, MIDNIGHT, none, none) == 39
    assert records.record_start(ts, lows) == ts[61]


def test_the_hour_in_which_the_window_began_is_of_no_day_before() -> None:
    """Counted as the oldest day's, one hour of now would have changed a day of long ago."""
    ts = NOW - HOUR * np.arange(24 * 40, 0, -1.0)
    open_, close = np.full(len(ts), 100.0), np.full(len(ts), 100.5)
    at = int(np.flatnonzero(ts == NOW - DAY)[0])
    before = hours.worst_hour_tail(3.0, ts, open_, close, NOW + HOUR // 2)
    close[at] = 120.0
    assert hours.worst_hour_tail(3.0, ts, open_, close, NOW + HOUR // 2) == before


def test_a_day_of_few_hours_is_not_among_the_days_compared() -> None:
    ts = NOW - HOUR * np.arange(24 * 27, 0, -1.0)
    open_, close = np.full(len(ts), 100.0), np.full(len(ts), 101.0)
    assert hours.worst_hour_tail(1.0, ts, open_, close, NOW) == pytest.approx(26.5 / 27)
    kept = (ts < NOW - 5 * DAY) | (ts >= NOW - 5 * DAY + 3 * HOUR)
    some = hours.worst_hour_tail(1.0, ts[kept], open_[kept], close[kept], NOW)
    assert some == pytest.approx(25.5 / 26)


def test_funding_is_the_same_rate_whatever_the_interval_that_it_settles_on() -> None:
    """8 h, then 4 h, then hourly within a day: each print counts for the hours it stood."""
    interval = np.array([8.0, 8.0, 8.0, 4.0, 4.0, 4.0, 1.0, 1.0, 1.0, 1.0])
    ts = NOW - HOUR * (interval.sum() - np.cumsum(interval))
    rate = 1e-4 * interval / 8
    assert funding.funding_mean_24h(ts, rate, interval) == pytest.approx(0.01)
    rate[-4:] *= -3
    # of the 24 hours 20 stood at 0.01 and 4 at -0.03
    assert funding.funding_mean_24h(ts, rate, interval) == pytest.approx((20 - 12) / 24 * 0.01)
    assert funding.funding_settled(ts, rate, interval) == pytest.approx(-0.03)
    assert funding.funding_negative_hours(ts, rate, interval) == 4


def test_a_missed_settlement_leaves_its_hours_out_of_the_record() -> None:
    interval = np.full(1_200, 8.0)
    ts = NOW - 8 * HOUR * np.arange(1_199, -1, -1.0)
    assert funding.funding_record_days(ts, interval) == 365
    kept = np.ones(1_200, dtype=bool)
    kept[-60:-30] = False
    assert funding.funding_record_days(ts[kept], interval[kept]) == 355
    kept[-2] = False
    assert math.isnan(funding.funding_mean_24h(ts[kept], interval[kept] * 1e-5, interval[kept]))


def test_two_days_a_month_apart_are_no_month_of_open_interest() -> None:
    month = NOW - HOUR * np.arange(29 * 24, -1, -1.0)
    coins = np.linspace(100, 110, len(month))
    assert open_interest.oi_record_days(month, NOW) == 29
    ends = (month < NOW - 27 * DAY) | (month > NOW - 2 * DAY)
    assert open_interest.oi_record_days(month[ends], NOW) < 7
    assert math.isnan(open_interest.oi_change_rank(1.0, month[ends], coins[ends], NOW))


def test_days_without_volume_are_no_days_of_a_normal() -> None:
    ts = days(200)
    turnover = np.full(200, 100.0)
    turnover[::5] = 0.0
    monday = NOW + 4 * DAY  # a plain weekday
    assert volume.spot_volume_multiple(150.0, ts, turnover, monday) == pytest.approx(1.5)


def test_thirty_weekdays_of_before_a_long_gap_are_not_the_last_thirty() -> None:
    ts, monday = days(300), NOW + 4 * DAY
    turnover = np.full(300, 100.0)
    kept = (np.arange(300) < 200) | (np.arange(300) >= 290)
    assert volume.spot_volume_multiple(150.0, ts, turnover, monday) == pytest.approx(1.5)
    assert math.isnan(volume.spot_volume_multiple(150.0, ts[kept], turnover[kept], monday))
    assert math.isnan(volume.spot_volume_z(150.0, ts[kept], turnover[kept], monday))
