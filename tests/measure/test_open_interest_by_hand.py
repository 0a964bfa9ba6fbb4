"""Open interest and what it stands against, by numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import leverage, measure
from generator.measure import open_interest as oi
from generator.model import DAY, HOUR, Floats, History, Series, SeriesKey
from generator.settings import MarketSection
from tests.conftest import NOW
from tests.measure.states_of_positions import PERPS, hourly, snapshot

MARKET = MarketSection()
MIDNIGHT = NOW // DAY * DAY


def stamps(n: int, step: float, last: float = NOW) -> Floats:
    return last - step * np.arange(n - 1, -1, -1.0)


@pytest.mark.parametrize(
    ("symbol", "column"),
    [
        ("BTC/USDT:USDT", "oi_base"),
        ("BTC/USDC:USDC", "oi_base"),
        ("BTC/USD:USD", "oi_base"),
        ("BTC/USD:BTC", "oi_usd"),
        ("BTC/USD:BTC-260327", "oi_usd"),
    ],
)
def test_a_coin_margined_contract_is_counted_in_dollars(symbol: str, column: str) -> None:
    assert oi.native(symbol) == column


def test_price_alone_makes_no_change_of_contracts() -> None:
    """BTC -5.5%: a linear venue's dollars fall, a coin-margined venue's coins rise; neither told."""
    ts = np.array([NOW - float(DAY)])
    assert oi.oi_change_24h(90_000.0, ts, np.array([90_000.0]), NOW) == 0
    linear = (90_000.0, 90_000.0)  # coins
    inverse = (6e8, 6e8)  # dollars; in coins it would have been +5.8%
    assert oi.oi_venues_same_way(np.array([linear, inverse]), 3.0) == 0
    assert oi.oi_venues(np.array([linear, (math.nan, 5.0)])) == 1


def test_venues_are_counted_by_the_direction_of_the_one_told() -> None:
    pairs = np.array([(95.0, 100.0), (49.0, 50.0), (31.0, 30.0), (7.0, 7.0)])
    assert oi.oi_venues_same_way(pairs, -5.0) == 2
    assert oi.oi_venues_same_way(pairs, 5.0) == 1
    assert math.isnan(oi.oi_venues_same_way(pairs, math.nan))


def test_hourly_samples_are_paired_a_whole_day_apart() -> None:
    """Contracts grow by one an hour from 100: 24 a day, never 25."""
    ts = stamps(72, HOUR)
    changes = oi.daily_changes(ts, np.arange(100.0, 172.0), NOW)
    want = 24 / np.arange(100.0, 99 + len(changes)) * 100
    np.testing.assert_allclose(changes[1:], want)  # the record's first pair is an hour short


def test_a_gap_in_the_record_makes_no_change() -> None:
    ts = stamps(60, 4 * HOUR)
    coins = np.full(60, 100.0)
    kept = np.r_[0:20, 40:60]
    coins[40:] = 250.0
    changes = oi.daily_changes(ts[kept], coins[kept], NOW)
    assert set(np.round(changes, 6)) == {0.0}


def test_a_rank_rests_on_thirty_days_and_seven_at_least() -> None:
    ts = stamps(60 * 6, 4 * HOUR)
    coins = np.full(len(ts), 100.0)
    coins[::2] = 101.0
    assert oi.oi_record_days(ts, NOW) == 30
    short = ts[-6 * 6 :]
    assert oi.oi_record_days(short, NOW) == 5
    assert math.isnan(oi.oi_change_rank(5.0, short, coins[-36:], NOW))
    assert oi.oi_change_rank(5.0, ts, coins, NOW) > 99


def test_a_week_of_overlapping_samples_shows_nothing_rarer_than_a_day_in_a_week() -> None:
    assert oi.oi_tail(99.5, 7.0) == 1 / 8
    assert oi.oi_tail(99.5, 29.0) == pytest.approx(1 / 30)
    assert oi.oi_tail(80.0, 29.0) == pytest.approx(0.4)
    assert math.isnan(oi.oi_tail(math.nan, 29.0))


def test_the_largest_hour_and_who_shared_it() -> None:
    reference = np.array([100.0, 101.0, 71.0, 72.0])
    half = np.array([50.0, 50.0, 42.0, 42.0])  # -16% in that hour: more than half of -29.7%
    flat = np.array([10.0, 10.0, 10.1, 3.0])
    silent = np.array([10.0, np.nan, 9.0, 9.0])
    assert oi.oi_jump_1h(reference) == pytest.approx(-29.703, abs=1e-3)
    assert oi.oi_jump_shared(reference, np.array([half, flat, silent])) == 1
    assert oi.oi_jump_shared(reference, np.empty((0, 4))) == 0
    assert math.isnan(oi.oi_jump_shared(np.full(4, np.nan), np.array([half])))


def test_an_hour_needs_both_its_ends_on_the_hour() -> None:
    hours = stamps(4, HOUR)
    coins = oi.at_hours(
        np.array([hours[0] + 4 * 60_000, hours[1], hours[3]]), np.arange(1.0, 4.0), hours
    )
    np.testing.assert_array_equal(coins, [1.0, 2.0, np.nan, 3.0])
    assert oi.oi_worst_hour_change(hours[1], hours, np.array([100.0, 128.0, 96.0, 99.0])) == -25
    assert math.isnan(oi.oi_worst_hour_change(hours[2], hours, coins))
    assert math.isnan(oi.oi_worst_hour_change(hours[3], hours, coins)), "the hour now begun"
    assert math.isnan(oi.oi_worst_hour_change(math.nan, hours, coins))
    assert np.isnan(oi.at_hours(np.empty(0), np.empty(0), hours)).all()


def history(**changes: float) -> History:
    """Hourly contracts of three venues over 29 days, with today's change of each in percent."""
    found: dict[SeriesKey, Series] = {}
    for venue, symbol in PERPS.items():
        coins = np.full(29 * 24, 100.0)
        coins[-25:] = 100.0
        coins[-1] = 100 + changes.get(venue, 0.0)
        found[venue, symbol, "oi"] = hourly(venue, symbol, "oi", coins, coins * 60_000)
    return History(found)


def test_open_interest_is_drawn_from_the_venue_that_knows_a_day_ago() -> None:
    state = snapshot({"oi_base": {"binanceusdm": 105.0, "bybit": 104.0, "okx": 99.0}})
    known = history()
    values = measure(state, known, MARKET).values["BTC"]
    assert values["oi_change_24h"] == pytest.approx(5.0)
    assert (values["oi_venues"], values["oi_venues_same_way"]) == (3, 2)
    without = History({k: s for k, s in known.series.items() if k[0] != "binanceusdm"})
    found = measure(state, without, MARKET)
    assert found.values["BTC"]["oi_change_24h"] == pytest.approx(4.0)
    assert found.metric("oi_change_24h", "BTC").scope == "Bybit"
    assert found.metric("oi_venues", "BTC").scope == "Bybit, OKX"
    nobody = measure(state, History(), MARKET).values["BTC"]
    assert nobody["oi_coins"] == 105
    assert math.isnan(nobody["oi_change_24h"])
    assert math.isnan(nobody["oi_venues"])


def test_a_coin_margined_row_is_never_the_one_that_is_told() -> None:
    """A venue whose only perpetual settles in the coin gives no coins, and compares in dollars."""
    symbol = "BTC/USD:BTC"
    state = snapshot(
        {"oi_base": {"krakenfutures": 1_058.0, "okx": 101.0}, "oi_usd": {"krakenfutures": 6e7}},
        symbols={"krakenfutures": symbol},
    )
    rising = np.linspace(1_000, 1_058, 48)  # in coins, as price falls; dollars stand still
    series = {
        ("krakenfutures", symbol, "oi"): hourly(
            "krakenfutures", symbol, "oi", rising, np.full(48, 6e7)
        ),
        ("okx", PERPS["okx"], "oi"): hourly("okx", PERPS["okx"], "oi", np.full(48, 100.0)),
    }
    market = MarketSection(perp_venues=("krakenfutures", "okx"))
    found = measure(state, History(series), market)
    assert found.metric("oi_change_24h", "BTC").scope == "OKX"
    assert found.values["BTC"]["oi_change_24h"] == pytest.approx(1.0)
    assert found.values["BTC"]["oi_venues"] == 2
    assert found.values["BTC"]["oi_venues_same_way"] == 1


# ---------------------------------------------------------------- against turnover, market value


def test_the_ratio_to_turnover_ranks_among_days_of_its_class() -> None:
    """Weekdays turn over 100 and weekends 50 against contracts worth 60: 0.6 and 1.2 are usual."""
    days = stamps(200, DAY, MIDNIGHT - DAY)
    weekend = (days // DAY + 3) % 7 >= 5
    turnover = np.where(weekend, 50.0, 100.0) + np.arange(200) % 7 / 10
    ts, dollars = days + DAY, np.full(200, 60.0)
    saturday = MIDNIGHT + 20 * float(HOUR)  # NOW is a Saturday morning
    rank = leverage.oi_to_turnover_rank(1.2, days, turnover, ts, dollars, saturday)
    assert 40 < rank <= 100
    friday = float(MIDNIGHT)
    assert leverage.oi_to_turnover_rank(1.2, days, turnover, ts, dollars, friday) > 99
    mixed = float(MIDNIGHT + 12 * HOUR)
    assert math.isnan(leverage.oi_to_turnover_rank(1.2, days, turnover, ts, dollars, mixed))


def test_under_ninety_days_no_ratio_is_ranked() -> None:
    days = stamps(89, DAY, MIDNIGHT - 2 * DAY)
    args = days, np.full(89, 100.0), days + DAY, np.full(89, 60.0), float(MIDNIGHT)
    assert leverage.oi_to_turnover_days(*args) == 89
    assert math.isnan(leverage.oi_to_turnover_rank(0.6, *args))
    assert math.isnan(
        leverage.oi_to_market_value_rank(0.6, 89.0, days, args[1], days, args[3], NOW)
    )


def test_a_day_without_a_sample_of_contracts_is_no_day_of_the_record() -> None:
    days = stamps(120, DAY, MIDNIGHT - 2 * DAY)
    kept = np.arange(120) % 4 > 0
    found = leverage.oi_to_turnover_days(
        days, np.full(120, 100.0), (days + DAY)[kept], np.full(90, 60.0), float(MIDNIGHT)
    )
    assert found == 90
    assert math.isnan(leverage.oi_to_turnover(60.0, 0.0))


def test_the_share_of_market_value_is_compared_at_the_stamps_of_the_value() -> None:
    days = stamps(120, DAY, MIDNIGHT - DAY)
    value, dollars = np.full(120, 1_000.0), np.linspace(5.0, 6.0, 120)
    assert leverage.oi_to_market_value(6.2, 1_000.0) == pytest.approx(0.62)
    assert leverage.oi_to_market_value_days(days, value, days, dollars, NOW) == 120
    rank = leverage.oi_to_market_value_rank(0.62, 120.0, days, value, days, dollars, NOW)
    assert rank == pytest.approx(120.5 / 121 * 100)
