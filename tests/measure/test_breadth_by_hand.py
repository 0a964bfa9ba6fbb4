"""Breadth against its own past days, and ranks in the universe, on hand-made histories."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.measure import breadth_record as record
from generator.measure import rotation, strength
from generator.measure.daily_universe import daily_universe
from generator.measure.inputs import Desk, Inputs
from generator.measure.registry import catalog
from generator.measure.universe import universe
from generator.model import DAY, FIELDS, Floats, History, Instrument, Series, Snapshot, Status
from generator.settings import MarketSection
from tests.conftest import NOW

MIDNIGHT = NOW - NOW % DAY
NAMES = ("BTC", *(f"C{i:02d}" for i in range(39)))
FLOOR = MarketSection().min_turnover_usd


def series(name: str, close: NDArray[Any], last: int, volume: Floats | float = 1e7) -> Series:
    """Daily bars that end with the day opening at `last`."""
    ts = last - DAY * np.arange(len(close) - 1, -1, -1.0)
    volume = np.broadcast_to(volume, close.shape)
    data = np.column_stack([ts, close, close, close, close, volume / close, volume])
    return Series("binanceusdm", f"{name}/USDT:USDT", "bars_1d", data)


def desk(bars: list[Series], names: tuple[str, ...] = NAMES, now: int = NOW) -> Desk:
    """Every listed name up 1% in 24 h on turnover of ten million."""
    kinds = [
        Instrument("binanceusdm", f"{n}/USDT:USDT", n, "perp_linear", n, "USDT") for n in names
    ]
    fields = tuple(FIELDS)
    values = np.full((len(kinds), len(fields)), np.nan)
    for name, value in (("last", 101.0), ("open_24h", 100.0), ("quote_volume_24h", 1e7)):
        values[:, fields.index(name)] = value
    status = np.where(np.isfinite(values), Status.OK, Status.MISSING).astype(np.uint8)
    stamps = np.where(np.isfinite(values), float(now), np.nan)
    nowhere = np.zeros(values.shape, dtype=np.int16)
    snapshot = Snapshot("s", now, "live", tuple(kinds), fields, values, status, stamps, stamps,
                        nowhere, ("test",), ())  # fmt: skip
    made = Desk(snapshot, History({(s.venue, s.symbol, s.kind): s for s in bars}), MarketSection())
    made.universe = universe(made)
    return made


def steady(days: int, last: int = MIDNIGHT - DAY) -> list[Series]:
    """All up 1% a day, but on every tenth day 35 of the forty down 1%."""
    out = []
    for i, name in enumerate(NAMES):
        down = (np.arange(days) % 10 == 9) & (i >= 5)
        out.append(series(name, 100 * np.cumprod(np.where(down, 0.99, 1.01)), last))
    return out


def put(made: Desk) -> Inputs:
    inputs = Inputs()
    record.put_breadth_record(inputs, made)
    return inputs


def test_past_days_are_counted_as_they_were() -> None:
    inputs = put(desk(steady(100)))
    up, down = inputs.values["past_share_up"], inputs.values["past_share_down"]
    # The first day has no day before it; the last one overlaps the window from 08:00 yesterday.
    assert len(up) == 98
    assert sorted({round(v, 3) for v in up}) == [0.125, 1.0]
    assert sorted({round(v, 3) for v in down}) == [0.0, 0.875]
    assert np.count_nonzero(down > 0.5) == 9
    assert inputs.values["past_gap"].max() == pytest.approx(0.0)
    assert inputs.values["past_gap"].min() == pytest.approx(-2.0)


def test_at_midnight_the_day_that_is_the_window_is_not_its_own_past() -> None:
    inputs = put(desk(steady(100), now=MIDNIGHT))
    assert inputs.values["past_days"][-1] == MIDNIGHT - 2 * DAY


def test_a_coin_that_was_delisted_counts_on_the_days_on_which_it_traded() -> None:
    gone = [series(f"G{i}", np.linspace(90, 10, 60), MIDNIGHT - 31 * DAY) for i in range(10)]
    inputs = put(desk([*steady(100), *gone]))
    up = dict(zip(inputs.values["past_days"], inputs.values["past_share_up"], strict=True))
    assert up[MIDNIGHT - 34 * DAY] == pytest.approx(40 / 50)
    assert up[MIDNIGHT - 29 * DAY] == pytest.approx(1.0)


def test_a_coin_that_traded_under_the_floor_that_day_does_not_count() -> None:
    bars = steady(100)
    thin = np.full(100, 1e7)
    thin[50:70] = FLOOR * 0.99
    for i in range(1, 6):
        bars[i] = series(NAMES[i], 100 * 0.99 ** np.arange(100), MIDNIGHT - DAY, thin)
    inputs = put(desk(bars))
    up = dict(zip(inputs.values["past_days"], inputs.values["past_share_up"], strict=True))
    assert up[MIDNIGHT - DAY * (100 - 55)] == pytest.approx(1.0)
    assert up[MIDNIGHT - DAY * (100 - 75)] == pytest.approx(35 / 40)


def test_a_day_missing_from_every_record_is_left_out_and_none_jumps_over_it() -> None:
    bars = [Series(s.venue, s.symbol, s.kind, np.delete(s.data, 60, axis=0)) for s in steady(100)]
    days = put(desk(bars)).values["past_days"]
    missing = MIDNIGHT - 40 * DAY
    assert missing not in days
    assert missing + DAY not in days, "its return would span two days"
    assert len(days) == 96


def test_ninety_days_are_needed_for_a_comparison() -> None:
    shares, medians = np.full(90, 0.95), np.full(90, 2.0)
    today = np.full(30, 3.0)
    assert record.broad_rise_days(today, shares, medians) == 0
    assert math.isnan(record.broad_rise_days(today, shares[:89], medians[:89]))
    assert math.isnan(record.broad_rise_days(np.empty(0), shares, medians))
    assert record.breadth_record_days(shares[:12], 40.0) == 12
    assert math.isnan(record.breadth_record_days(shares[:12], math.nan))


def test_a_tail_counts_days_as_broad_and_as_far() -> None:
    shares = np.full(99, 0.95)
    medians = np.append(np.full(98, 2.0), 9.0)
    today = np.append(np.full(38, 5.0), [-1.0, -1.0])  # 95% of forty, median 5
    assert record.broad_rise_days(today, shares, medians) == 1
    assert record.broad_fall_days(-today, shares, -medians) == 1
    assert record.broad_rise_tail(1.0, 99.0) == pytest.approx(1.5 / 100)
    assert record.broad_rise_days(np.full(40, 1.0), shares, medians) == 0, "broader than any"


def test_today_is_compared_by_the_coins_whose_past_is_known() -> None:
    names = (*NAMES, *(f"X{i}" for i in range(25)))
    inputs = put(desk(steady(100), names))
    assert len(inputs.values["recorded_return"]) == 40
    past = record.breadth_record_days(inputs.values["past_days"], 65.0)
    assert past == 98
    # Up by a little less than on most of those days.
    assert (
        record.broad_rise_days(
            inputs.values["recorded_return"] - 0.001,
            inputs.values["past_share_up"],
            inputs.values["past_median"],
        )
        == 89
    )
    late = put(desk(steady(100, MIDNIGHT - 3 * DAY), names))
    assert record.breadth_record_days(late.values["past_days"], 65.0) == 0, "the bars are old"


def test_ranks_are_taken_among_those_that_traded_before_the_returns_began() -> None:
    bars = steady(60)
    late = np.full(60, 1e7)
    late[: 60 - 25] = FLOOR / 2  # became liquid by rising, after the window began
    bars[39] = series(NAMES[39], np.geomspace(1, 900, 60), MIDNIGHT - DAY, late)
    rise = np.append(np.full(52, 100.0), np.full(8, 180.0))
    bars[38] = series(NAMES[38], rise, MIDNIGHT - DAY)
    made = desk(bars)
    inputs = Inputs()
    strength.put_strength(inputs, made, "BTC")
    week, month = inputs.values["strength_7d"], inputs.values["strength_30d"]
    assert strength.strength_count(month) == 39
    # BTC rose on every day: first by the week with four others, behind C37's jump by the month.
    assert strength.strength_rank_30d(inputs.values["own_30d"], month) == 2
    assert strength.strength_rank_7d(inputs.values["own_7d"], week) == 1
    assert inputs.values["own_7d"] == pytest.approx((1.01**7 - 1) * 100)


def test_without_yesterdays_bar_there_is_no_rank() -> None:
    inputs = Inputs()
    strength.put_strength(inputs, desk(steady(60, MIDNIGHT - 2 * DAY)), "BTC")
    assert not inputs.values


def test_the_record_is_worked_out_once_for_one_history() -> None:
    made = desk(steady(100))
    assert daily_universe(made) is daily_universe(made)
    assert daily_universe(desk(steady(100))) is not daily_universe(made)


def test_quartiles_enclose_the_middle_half_of_a_bucket() -> None:
    close = np.full((71, 21), 100.0)
    close[-1] = 100 + np.arange(21.0)
    value, known = np.full(21, 2e9), catalog()
    assert known["mid_q25_7d"].function(value, close) == pytest.approx(5.0)
    assert known["mid_median_7d"].function(value, close) == pytest.approx(10.0)
    assert known["mid_q75_7d"].function(value, close) == pytest.approx(15.0)
    assert math.isnan(known["mid_q25_7d"].function(value[:19], close[:, :19]))
    assert rotation.COINS_NEEDED == 20
