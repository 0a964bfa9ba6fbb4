"""Records of ETH/BTC: its own closes and days, both legs from one market, none across a hole."""

from __future__ import annotations

import math

import numpy as np

from generator.measure import measure
from generator.measure import pair_records as p
from generator.model import DAY, HOUR, Floats, Series
from generator.settings import MarketSection
from tests.measure.dollars import MIDNIGHT, SPOT, Row, bars, days, history, snapshot

END = float(MIDNIGHT)
LEVELS = np.array([0.05, 0.03, 0.031, 0.032, 0.029, 0.0305])


def test_the_lowest_close_is_dated_by_the_day_that_closed_as_low() -> None:
    down = np.append(LEVELS, 0.0295)
    assert p.pair_low_close_beats_days(down, END) == 1
    assert p.pair_low_close_last_seen(down, END) == END - 3 * DAY
    lowest = np.append(LEVELS, 0.028)
    assert p.pair_low_close_beats_days(lowest, END) == 6
    assert math.isnan(p.pair_low_close_last_seen(lowest, END))
    highest = np.append(LEVELS, 0.05)  # as high is no record
    assert p.pair_high_close_beats_days(highest, END) == 5
    assert p.pair_high_close_last_seen(highest, END) == END - 7 * DAY


def test_the_largest_day_counts_days_that_went_less_far_the_same_way() -> None:
    change = p.pair_day_return(LEVELS)
    assert round(change, 2) == 5.17
    # before it -9.4%, +3.2%, +3.3%, -40%: no rise as large
    assert p.pair_day_beats_days(change, LEVELS) == 4
    assert math.isnan(p.pair_day_last_seen(change, LEVELS, END))
    fall = np.append(LEVELS, 0.0305 * 0.93)
    assert p.pair_day_beats_days(p.pair_day_return(fall), fall) == 1
    assert p.pair_day_last_seen(p.pair_day_return(fall), fall, END) == END - 3 * DAY


def legs(btc: Floats, eth: Floats, gap: int = 0) -> tuple[Series, Series]:
    ts = days(len(btc))
    kept = np.delete(np.arange(len(ts)), -gap) if gap else np.arange(len(ts))
    return (
        bars("binance", "BTC/USDT", ts, btc),
        bars("binance", "ETH/USDT", ts[kept], eth[kept]),
    )


def pair(*series: Series) -> dict[str, float]:
    quote = {"open_24h": 100.0, "high_24h": 100.0, "low_24h": 100.0}
    rows: list[Row] = [
        ("binance", SPOT, "BTC/USDT", {"last": 100.0, **quote}),
        ("binance", SPOT, "ETH/USDT", {"last": 3.0, **quote}),
    ]
    now = MIDNIGHT + 8 * HOUR
    return measure(snapshot(rows, now=now), history(*series), MarketSection()).values["ETH/BTC"]


def test_the_pairs_closes_are_left_over_right_of_the_same_days() -> None:
    falling = np.linspace(4.0, 3.0, 200)
    found = pair(*legs(np.full(200, 100.0), falling))
    assert found["pair_closing_level"] == 0.03
    assert found["pair_closing_day"] == MIDNIGHT - DAY
    assert found["pair_hours_since_close"] == 8
    assert found["pair_low_close_beats_days"] == 199
    assert found["pair_closes_start"] == MIDNIGHT - 200 * DAY


def test_a_record_reaches_no_further_than_a_day_that_one_leg_lacks() -> None:
    falling = np.linspace(4.0, 3.0, 200)
    found = pair(*legs(np.full(200, 100.0), falling, gap=50))
    assert found["pair_low_close_beats_days"] == 48
    assert found["pair_closes_start"] == MIDNIGHT - 49 * DAY
    assert math.isnan(pair(*legs(np.full(200, 100.0), falling, gap=1))["pair_closing_level"])


def test_a_large_pair_day_is_not_either_coins() -> None:
    """Both doubled: the coins had their largest day, the pair none."""
    found = pair(*legs(np.append(np.full(199, 50.0), 100.0), np.append(np.full(199, 1.5), 3.0)))
    assert found["pair_day_return"] == 0
    assert math.isnan(found["pair_day_beats_days"])
