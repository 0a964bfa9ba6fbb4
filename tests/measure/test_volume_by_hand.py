"""Turnover against its own class of day, the move, another asset and the perpetual."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import measure, turnover, volume
from generator.measure.turnover import year_before
from generator.model import DAY, HOUR, Floats, History, Snapshot
from generator.settings import MarketSection
from tests.measure.dollars import MIDNIGHT, SPOT, Row, bars, days, history, snapshot


def weekdays(n: int, values: Floats) -> tuple[Floats, Floats]:
    """n weekdays with those volumes, weekends between them with a tenth."""
    ts = days(n * 7 // 5 + 7)
    weekend = (ts // DAY + 3) % 7 >= 5
    out = np.full(len(ts), 1.0)
    out[~weekend] = np.resize(values, np.count_nonzero(~weekend))
    return ts, out


def test_z_counts_robust_deviations_on_a_log_scale() -> None:
    # logs alternate -1, 0, 1: median 0, MAD 1 (over 30: ten each, so |x| has median 1)
    ts, traded = weekdays(60, np.exp([-1.0, 0.0, 1.0]))
    now = MIDNIGHT - DAY  # the end of a Thursday
    found = volume.spot_volume_z(math.exp(2 * 1.4826), ts, traded, now)
    assert found == pytest.approx(2.0)
    assert volume.perp_volume_z(math.exp(-1.4826), ts, traded, now) == pytest.approx(-1.0)


def test_z_needs_twenty_days_of_the_same_class() -> None:
    now = MIDNIGHT - DAY
    ts, traded = weekdays(60, np.exp([-1.0, 0.0, 1.0]))
    plain = np.flatnonzero((ts + DAY <= now - DAY) & ~((ts // DAY + 3) % 7 >= 5))
    enough = ts >= ts[plain[-20]]
    assert math.isfinite(volume.spot_volume_z(9.0, ts[enough], traded[enough], now))
    few = ts >= ts[plain[-19]]
    assert math.isnan(volume.spot_volume_z(9.0, ts[few], traded[few], now))


def test_volume_that_never_varied_has_no_z() -> None:
    ts, traded = weekdays(60, np.array([5.0]))
    assert math.isnan(volume.spot_volume_z(9.0, ts, traded, MIDNIGHT - DAY))


def test_the_tail_counts_days_as_far_on_their_own_scale() -> None:
    ts, traded = weekdays(120, np.exp([-1.0, 0.0, 1.0]))
    now = MIDNIGHT - DAY
    far = volume.spot_volume_tail(math.exp(9.0), ts, traded, now)
    usual = volume.spot_volume_tail(math.exp(0.1), ts, traded, now)
    assert far < 0.01
    assert usual > 0.6


# ---------------------------------------------------------------- ratios


def test_the_year_before_leaves_out_the_window_itself_and_what_is_unknown() -> None:
    ts = days(500)
    values = np.arange(500.0)
    values[-3] = np.nan
    kept = year_before(ts, values, MIDNIGHT)
    assert kept[-1] == 498, "the day that ends now is the window itself"
    assert 497 not in kept
    assert len(kept) <= 365


def market(btc: float = 2e9, eth: float = 1e9, perp: float = 2e10) -> tuple[Snapshot, History]:
    """200 days in which BTC traded one to two times as much as ETH, perpetuals ten times spot."""
    ts = days(200)
    wave = 1 + (np.arange(200) % 10) / 10  # 1.0 to 1.9
    price = 50_000 * np.where(np.arange(200) % 2, 1.0, 1.01)
    quote = {"last": 50_500.0, "open_24h": 50_000.0, "high_24h": 51_000.0, "low_24h": 49_000.0}
    rows: list[Row] = [
        ("binance", SPOT, "BTC/USDT", {**quote, "quote_volume_24h": btc}),
        ("binance", SPOT, "ETH/USDT", {**quote, "quote_volume_24h": eth}),
        ("binanceusdm", "perp_linear", "BTC/USDT:USDT", {**quote, "quote_volume_24h": perp}),
    ]
    return snapshot(rows, now=MIDNIGHT + DAY), history(
        bars("binance", "BTC/USDT", ts, price, 1e9 * wave),
        bars("binance", "ETH/USDT", ts, price[::-1] * (1 + wave / 99), np.full(200, 1e9)),
        bars("binanceusdm", "BTC/USDT:USDT", ts, price, 1e10 * wave * np.resize([0.9, 1.1], 200)),
    )


def values(snap: Snapshot, past: History) -> dict[str, dict[str, float]]:
    return measure(snap, past, MarketSection()).values


def test_bitcoin_over_ether_ranks_in_its_own_year() -> None:
    found = values(*market(btc=1.85e9))["ETH/BTC"]
    assert found["volume_ratio"] == pytest.approx(1.85)
    assert found["volume_ratio_rank"] == pytest.approx(90, abs=1)
    assert found["volume_ratio_days"] == 200
    high = values(*market(btc=3e9))["ETH/BTC"]
    assert high["volume_ratio_rank"] > 99
    assert high["volume_ratio_rank_least"] == 99


def test_a_ratio_needs_ninety_common_days_and_both_sides_on_one_venue() -> None:
    snap, past = market()
    key = ("binance", "ETH/USDT", "bars_1d")
    short = bars(
        "binance",
        "ETH/USDT",
        days(200)[-89:],
        np.geomspace(5e4, 6e4, 89) * np.resize([1, 1.02, 0.97], 89),
        np.full(89, 1e9),
    )
    assert math.isnan(
        values(snap, History({**past.series, key: short}))["ETH/BTC"]["volume_ratio_rank"]
    )
    gone = History({k: s for k, s in past.series.items() if k != key})
    assert math.isnan(values(snap, gone)["ETH/BTC"]["volume_ratio"])


def test_the_perpetual_is_set_against_spot_of_the_same_exchange() -> None:
    found = values(*market(btc=2e9, perp=3e10))["BTC"]
    assert found["perp_to_spot"] == pytest.approx(15)
    assert math.isnan(values(*market())["ETH"]["perp_to_spot"]), "ETH has no perpetual here"


def test_perpetuals_over_spot_are_ranked_among_days_of_their_own_class() -> None:
    ts = days(400)
    weekend = (ts // DAY + 3) % 7 >= 5
    ratio = np.where(weekend, 20.0, 10.0) + np.arange(400) % 10 / 10  # spot is thin at weekends
    thursday, sunday = MIDNIGHT - DAY, MIDNIGHT + 2 * DAY  # each the end of a day
    rank, count = turnover.perp_to_spot_rank, turnover.perp_to_spot_days
    assert rank(20.45, ts, ratio, sunday) == pytest.approx(50, abs=6), "usual for a weekend"
    assert rank(20.45, ts, ratio, thursday) > 99
    assert rank(10.45, ts, ratio, thursday) == pytest.approx(50, abs=6)
    assert count(ts, ratio, sunday) == count(ts, ratio, thursday) == 90
    assert math.isnan(rank(20.45, ts, ratio, MIDNIGHT + 8 * HOUR)), "of both classes"


def test_perpetuals_over_spot_need_eighty_days_of_their_class() -> None:
    ts, sunday = days(400), MIDNIGHT + 2 * DAY
    weekend = np.flatnonzero((ts // DAY + 3) % 7 >= 5)
    ratio = np.linspace(10, 20, 400)
    for kept, known in ((80, True), (79, False)):
        first = weekend[-kept]
        found = turnover.perp_to_spot_rank(15.0, ts[first:], ratio[first:], sunday)
        assert math.isfinite(found) is known


def test_impact_is_the_move_per_billion_against_the_same_instruments_days() -> None:
    found = values(*market(btc=5e8))["BTC"]
    assert found["price_turnover_24h"] == 5e8
    assert found["price_impact"] == pytest.approx(1 / 0.5)  # 1% on half a billion
    assert found["price_impact_rank"] > 99  # its days moved 1% on one to two billions
    assert found["price_impact_days"] == 199
    assert values(*market(btc=1.45e9))["BTC"]["price_impact_rank"] == pytest.approx(50, abs=10)


def test_a_day_without_turnover_or_beside_a_gap_has_no_impact() -> None:
    snap, past = market(btc=5e8)
    key = ("binance", "BTC/USDT", "bars_1d")
    data = past.series[key].data.copy()
    data[50, 6] = 0.0
    data = np.delete(data, 100, axis=0)
    holed = type(past.series[key])("binance", "BTC/USDT", "bars_1d", data)
    found = values(snap, History({**past.series, key: holed}))["BTC"]
    # one without turnover, one gone, and the return across the gap
    assert found["price_impact_days"] == 199 - 3


def test_no_number_now_no_ratio() -> None:
    snap, past = market(btc=math.nan)
    found = values(snap, past)
    assert math.isnan(found["ETH/BTC"]["volume_ratio"])
    assert math.isnan(found["BTC"]["price_impact"])
    assert math.isnan(found["BTC"]["perp_to_spot"])
