"""Volatility and ranges recomputed with plain pandas, by code that shares nothing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from generator.measure import volatility as v
from generator.measure.calendar_days import LONGEST
from generator.model import DAY, HOUR, Floats
from tests.conftest import NOW

END = float(NOW // DAY * DAY)


def grid(values: pd.Series) -> Floats:
    out = np.full(LONGEST, np.nan)
    out[LONGEST - len(values) :] = values.to_numpy()
    return out


def bars(n: int = 600, seed: int = 8) -> pd.DataFrame:
    """Daily bars with opens at the close before and changing volatility."""
    rng = np.random.default_rng(seed)
    size = 0.02 * (1 + 0.7 * np.sin(np.arange(n) / 25))
    close = 100 * np.exp(np.cumsum(rng.normal(0, 1, n) * size))
    open_ = np.append(100.0, close[:-1]) * (1 + rng.normal(0, 0.002, n))
    high = np.maximum(open_, close) * (1 + np.abs(rng.normal(0, 0.01, n)))
    low = np.minimum(open_, close) * (1 - np.abs(rng.normal(0, 0.01, n)))
    return pd.DataFrame({"open": open_, "high": high, "low": low, "close": close})


def realised(close: pd.Series, days: int) -> pd.Series:
    return np.log(close).diff().rolling(days).std() * np.sqrt(365) * 100


def midrank(value: float, past: pd.Series) -> float:
    past = past.dropna()
    below, same = (past < value).sum(), (past == value).sum()
    return float((below + same / 2 + 0.5) / (len(past) + 1) * 100)


def test_realised_volatility_and_its_ranks_are_pandas_own() -> None:
    close = bars()["close"]
    month, week = realised(close, 30), realised(close, 7)
    days = grid(close)
    assert v.realised_30d(days) == pytest.approx(month.iloc[-1])
    assert v.realised_7d(days) == pytest.approx(week.iloc[-1])
    assert v.realised_30d_rank(days) == pytest.approx(midrank(month.iloc[-1], month.iloc[-366:-1]))
    before = midrank(month.iloc[-2], month.iloc[-367:-2])
    assert v.realised_30d_rank_before(days) == pytest.approx(before)
    assert v.realised_lower_days(days) == (month.iloc[-366:-1] < month.iloc[-1]).sum()
    assert v.realised_record_days(days) == 365
    squares = np.log(close).diff().iloc[-30:] ** 2
    assert v.realised_largest_day(days) == pytest.approx(squares.max() / squares.sum())


@pytest.mark.parametrize(
    ("metric", "days"),
    [(v.realised_multiple, 7), (v.realised_multiple_6d, 6), (v.realised_multiple_8d, 8)],
)
def test_the_multiple_of_the_short_window_over_the_long_one(metric: object, days: int) -> None:
    close = bars(seed=days)["close"]
    ratio = realised(close, days) / realised(close, 30)
    assert metric(grid(close)) == pytest.approx(ratio.iloc[-1])  # type: ignore[operator]
    if days == 7:
        want = midrank(ratio.iloc[-1], ratio.iloc[-366:-1])
        assert v.realised_multiple_rank(grid(close)) == pytest.approx(want)


def test_a_missing_day_makes_every_window_over_it_unknown() -> None:
    close = bars()["close"]
    close.iloc[-20] = np.nan
    days = grid(close)
    assert math.isnan(v.realised_30d(days))
    assert np.isfinite(v.realised_7d(days))
    assert math.isnan(v.realised_multiple(days))
    assert math.isnan(v.realised_30d_rank(days))
    assert math.isnan(v.realised_largest_day(days))


def test_under_ninety_days_nothing_is_ranked() -> None:
    for n, known in ((121, True), (120, False)):
        days = grid(bars(n)["close"])
        assert np.isfinite(v.realised_30d_rank(days)) == known
        assert np.isfinite(v.realised_record_days(days)) == known
        assert np.isfinite(v.realised_lower_days(days)) == known
        assert np.isfinite(v.realised_multiple_rank(days)) == known


def test_the_true_range_leaves_out_the_day_that_lies_in_the_window() -> None:
    table = bars()
    before = table["close"].shift()
    true = (
        (
            pd.concat([table["high"], before], axis=1).max(axis=1)
            - pd.concat([table["low"], before], axis=1).min(axis=1)
        )
        / before
        * 100
    )
    days = {c: grid(table[c]) for c in table}
    usual = v.true_range_14d(days["high"], days["low"], days["close"])
    assert usual == pytest.approx(true.iloc[-15:-1].mean())
    assert v.range_multiple(6.0, usual) == pytest.approx(6.0 / usual)
    ranges = (table["high"] - table["low"]) / table["open"] * 100
    multiples = (ranges / true.rolling(14).mean().shift()).iloc[-366:-1]
    for multiple in (0.4, 1.0, 1.9):
        found = v.range_multiple_rank(
            multiple, days["open"], days["high"], days["low"], days["close"]
        )
        assert found == pytest.approx(midrank(multiple, multiples))
    want = midrank(3.0, ranges.iloc[-366:-1])
    assert v.range_rank(3.0, days["open"], days["high"], days["low"]) == pytest.approx(want)
    table.loc[len(table) - 5, "low"] = np.nan
    assert math.isnan(v.true_range_14d(grid(table["high"]), grid(table["low"]), days["close"]))


# ---------------------------------------------------------------- implied


def hourly(n: int = 24 * 500, seed: int = 2) -> pd.Series:
    """DVOL by the hour until now (08:00), as a walk."""
    rng = np.random.default_rng(seed)
    index = pd.to_datetime(NOW - HOUR * np.arange(n - 1, -1, -1), unit="ms", utc=True)
    return pd.Series(50 + np.cumsum(rng.normal(0, 0.2, n)), index=index)


def stamps(series: pd.Series) -> Floats:
    return np.array([t.timestamp() * 1000 for t in series.index])


def test_dvol_changes_and_gaps_are_pandas_own() -> None:
    implied = hourly()
    ts, values = stamps(implied), implied.to_numpy()
    assert v.dvol_at(ts, NOW) == NOW
    level = v.dvol(float(NOW), values)
    assert level == values[-1]
    change = v.dvol_change_24h(float(NOW), level, ts, values)
    assert change == pytest.approx(values[-1] - values[-25])
    daily = implied[implied.index.hour == 0]
    past = daily.diff().iloc[-366:-1]
    assert v.dvol_change_rank(change, ts, values, NOW) == pytest.approx(midrank(change, past))
    assert v.dvol_record_days(ts, values, NOW) == 365
    as_far = (past >= change).sum() if change > 0 else (past <= change).sum()
    assert v.dvol_changes_as_large(change, ts, values, NOW) == as_far
    close = bars()["close"]
    month = realised(close, 30)
    gap = v.implied_gap(level, float(month.iloc[-1]))
    assert gap == pytest.approx(values[-1] - month.iloc[-1])
    month.index = pd.date_range(end=daily.index[-1], periods=len(month), freq="D")
    gaps = (daily - month).dropna().iloc[-366:-1]
    found = v.implied_gap_rank(gap, ts, values, grid(close), NOW)
    assert found == pytest.approx(midrank(gap, gaps))
    assert v.implied_gap_days(ts, values, grid(close), NOW) == 365
    lower = v.implied_gap_lower_days(gap, ts, values, grid(close), NOW)
    assert lower == (gaps < gap).sum()


def test_a_dvol_of_another_day_is_unknown() -> None:
    ts = np.array([NOW - 26.0 * HOUR])
    assert math.isnan(v.dvol_at(ts, NOW))
    assert math.isnan(v.dvol(math.nan, np.array([50.0])))
    assert v.dvol_at(ts + HOUR, NOW) == NOW - 25 * HOUR


def test_a_change_of_dvol_over_missing_hours_is_none() -> None:
    implied = hourly()
    kept = implied[(implied.index < implied.index[-26]) | (implied.index >= implied.index[-23])]
    ts, values = stamps(kept), kept.to_numpy()
    assert math.isnan(v.dvol_change_24h(float(NOW), float(values[-1]), ts, values))
    short = hourly(24 * 80)
    assert math.isnan(v.dvol_change_rank(1.0, stamps(short), short.to_numpy(), NOW))
    assert math.isnan(v.dvol_record_days(stamps(short), short.to_numpy(), NOW))
