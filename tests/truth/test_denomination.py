"""A re-split moves a price by a power of ten and nobody's money: no metric may see a move in it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import catalog, measure
from generator.measure.denomination import resplits
from generator.measure.past import Record, hours_bar, rebuilt
from generator.model import DAY, HOUR, Floats, History, Series
from generator.settings import MarketSection
from tests.states import NOW
from tests.truth.rich import AT, State, rich

MIDNIGHT = NOW - NOW % DAY
MARKET = MarketSection()


def split_at(series: Series, moment: float, factor: float) -> Series:
    """The series as the venue would have quoted it, had the contract been re-split at `moment`."""
    data = series.data.copy()
    old = data[:, 0] < moment
    data[old, 1:5] *= factor
    data[old, 5] /= factor
    return Series(series.venue, series.symbol, series.kind, data, series.endpoint)


def resplit(state: State, base: str, days_ago: int, factor: float = 1_000.0) -> State:
    snapshot, history = state
    moment = MIDNIGHT - days_ago * DAY
    series = {
        k: split_at(s, moment, factor)
        if k[1].startswith(f"{base}/") and k[2] in ("bars_1d", "bars_1h")
        else s
        for k, s in history.series.items()
    }
    return snapshot, History(series)


def steps(close: list[float], volume: list[float], open_: list[float] | None = None) -> Series:
    n = len(close)
    data: Floats = np.column_stack(
        [
            MIDNIGHT - DAY * np.arange(n, 0, -1.0),
            open_ or close,
            close,
            close,
            close,
            volume,
            volume,
        ]
    )
    return Series("v", "X/USDT", "bars_1d", data)


@pytest.mark.parametrize("factor", [10.0, 100.0, 1_000.0, 0.1, 0.001])
def test_a_jump_by_a_power_of_ten_with_volume_against_it_begins_a_new_denomination(
    factor: float,
) -> None:
    found = resplits(steps([100.0, 102.0, 101.0 / factor], [5.0, 5.0, 5.0 * factor]))
    assert found.tolist() == [2]


def test_a_crash_is_no_resplit() -> None:
    """The day's bar opens where the last one closed, and what is sold does not become less coins."""
    crash = steps([80.0, 1.0, 0.001], [1e3, 1e6, 1e9], [82.0, 80.0, 1.0])
    assert not len(resplits(crash))
    rally = steps([1.0, 10.0], [1e3, 1e4])
    assert not len(resplits(rally))
    assert not len(resplits(steps([1.0, 8.5], [1e4, 1e3])))


@pytest.mark.parametrize("days_ago", [1, 3, 10, 40])
def test_no_return_no_record_and_no_range_of_a_major_reaches_over_its_resplit(
    days_ago: int,
) -> None:
    """Either as without the re-split, from bars since it alone, or unknown; never a leap."""
    whole, split = (measure(*s, MARKET) for s in (rich(), resplit(rich(), "ETH", days_ago)))
    short = measure(rich()[0], since(rich()[1], "ETH", MIDNIGHT - days_ago * DAY), MARKET)
    for name, value in split.values["ETH"].items():
        allowed = (whole.values["ETH"][name], short.values["ETH"][name])
        assert math.isnan(value) or any(value == pytest.approx(a, rel=1e-9) for a in allowed), name
    assert split.values["ETH"]["record_start"] == MIDNIGHT - days_ago * DAY


def since(history: History, base: str, moment: float) -> History:
    return History({
        k: Series(s.venue, s.symbol, s.kind, s.data[s.data[:, 0] >= moment], s.endpoint)
        if k[1].startswith(f"{base}/") and k[2] in ("bars_1d", "bars_1h") else s
        for k, s in history.series.items()
    })  # fmt: skip


def test_breadth_and_its_record_do_not_count_a_resplit_as_a_move() -> None:
    """One of a hundred coins: shares of past days may change by one coin, medians by a rank."""
    snapshot, history = rich()
    coin = next(i.base for i in snapshot.instruments if i.base not in {"BTC", "ETH"})
    whole = measure(snapshot, history, MARKET).inputs["MARKET"].values
    split = measure(*resplit(rich(), coin, 5), MARKET).inputs["MARKET"].values
    for name in ("past_share_up", "past_share_down"):
        assert np.abs(whole[name] - split[name]).max() < 0.02
    assert np.abs(whole["past_median"] - split["past_median"]).max() < 0.2
    assert not np.array_equal(whole["past_median"], split["past_median"])


def test_before_a_resplit_the_moment_knows_nothing_of_it() -> None:
    """Nothing later than a moment may shorten its record."""
    moment = MIDNIGHT - 5 * DAY
    past = rebuilt(*rich(), moment)
    one = measure(past, rich()[1], MARKET).values["BTC"]
    other = measure(past, resplit(rich(), "BTC", 2, 1.0)[1], MARKET).values["BTC"]
    assert repr(one) == repr(other)
    later = resplit(rich(), "BTC", 2)
    scaled = measure(rebuilt(*later, moment), later[1], MARKET).values["BTC"]
    assert scaled["days_compared"] == one["days_compared"]
    assert scaled["return_24h"] == pytest.approx(one["return_24h"])


def test_a_market_value_is_not_carried_over_a_resplit() -> None:
    snapshot, history = resplit(rich(), "BTC", 1)
    rows = [
        n for n, i in enumerate(snapshot.instruments) if i.kind == "aggregate" and i.base == "BTC"
    ]
    before = rebuilt(snapshot, history, MIDNIGHT - 2 * DAY)
    after = rebuilt(snapshot, history, MIDNIGHT)
    assert np.isnan(before.values[rows, AT["market_cap_usd"]]).all()
    assert np.isfinite(after.values[rows, AT["market_cap_usd"]]).all()
    instruments = [i for i in snapshot.instruments if i.kind != "aggregate"]
    caps = {i.base for i in Record(history, instruments).at(MIDNIGHT).instruments}
    assert {"BTC", "ETH"} <= caps


def test_hours_across_a_resplit_make_no_day() -> None:
    key = ("binanceusdm", "BTC/USDT:USDT", "bars_1h")
    bars = rich()[1].series[key]
    assert hours_bar(bars, NOW) is not None
    assert hours_bar(split_at(bars, NOW - 6 * HOUR, 100.0), NOW) is None
    assert catalog()["return_24h"].unit == "%"
