"""Funding: ranks by hours, breaks of the formula, turns, limits, spreads and gaps, by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from generator.measure import Measured, funding, funding_gap, funding_venues, measure
from generator.measure.statistics import mid_rank
from generator.measure.venues import DIVIDES_SINCE, formula_since
from generator.model import DAY, FIELDS, HOUR, Floats, History, Instrument, Series, Snapshot
from generator.settings import MarketSection
from tests.conftest import NOW

EIGHT = 8 * HOUR


def prints(f8: Floats, step_h: float = 8.0, last: float = NOW) -> tuple[Floats, Floats, Floats]:
    """(ts, decimal rate per interval, interval) whose rates per 8 h are f8, in percent."""
    n = len(f8)
    ts = last - step_h * HOUR * np.arange(n - 1, -1, -1.0)
    return ts, f8 / 100 * step_h / 8, np.full(n, step_h)


# ---------------------------------------------------------------- records and ranks


def test_with_one_interval_the_rank_by_hours_is_the_mid_rank() -> None:
    past = np.array([0.01] * 200 + [0.004] * 60 + [-0.002] * 40 + [math.nan])
    for value in (-0.01, -0.002, 0.004, 0.0071, 0.01, 0.03):
        by_hours = funding.hours_rank(value, past, np.full(len(past), 8.0))
        assert by_hours == pytest.approx(mid_rank(value, past, 1))


def test_a_month_of_hourly_prints_does_not_outweigh_the_year() -> None:
    slow, quick = np.full(3 * 335, 0.01), np.full(24 * 30, -0.02)
    past = np.concatenate([slow, quick])
    hours = np.concatenate([np.full(len(slow), 8.0), np.full(len(quick), 1.0)])
    rank = funding.hours_rank(0.0, past, hours)
    assert rank == pytest.approx(30 / 365 * 100, abs=0.2)
    assert mid_rank(0.0, past, 1) > 40, "by prints it would stand near the middle"


def test_a_record_of_89_days_ranks_nothing_and_says_since_when_it_is() -> None:
    short, long = prints(np.full(3 * 89, 0.01)), prints(np.full(3 * 91, 0.01))
    assert math.isnan(funding.funding_rank(0.01, *short))
    assert funding.funding_rank(0.01, *long) == pytest.approx(50)
    assert funding.funding_record_start(short[0]) == short[0][0]
    assert funding.funding_record_days(long[0], long[2]) == 90


def test_a_record_with_a_fifth_of_its_hours_missing_ranks_nothing() -> None:
    ts, rate, interval = prints(np.full(3 * 120, 0.01))
    kept = np.ones(len(ts), dtype=bool)
    kept[60:160] = False
    assert math.isnan(funding.funding_rank(0.01, ts[kept], rate[kept], interval[kept]))


def test_a_share_of_the_settlements_since_a_day_needs_nearly_all_of_them() -> None:
    rates = np.tile([-0.01, 0.01], 3 * 69)
    ts, rate, interval = prints(rates)  # 138 days, as of 3 December to 20 April
    assert funding.funding_negative_share(ts, rate, interval) == 0.5
    kept = (ts < ts[0] + 92 * DAY) | (ts >= ts[0] + 125 * DAY)
    assert math.isnan(funding.funding_negative_share(ts[kept], rate[kept], interval[kept]))
    kept = (ts < ts[0] + 92 * DAY) | (ts >= ts[0] + 97 * DAY)
    share = funding.funding_negative_share(ts[kept], rate[kept], interval[kept])
    assert share == pytest.approx(0.5, abs=0.01), "a few missing days leave it true"


def test_no_rank_and_no_share_reaches_back_over_a_year() -> None:
    old, year = np.full(3 * 300, -0.05), np.full(3 * 365, 0.01)
    ts, rate, interval = prints(np.concatenate([old, year]))
    assert funding.funding_record_days(ts, interval) == 365
    assert funding.funding_negative_share(ts, rate, interval) == pytest.approx(0, abs=0.001)
    assert funding.funding_rank(0.005, ts, rate, interval) < 1


def test_binance_contracts_off_eight_hours_begin_when_the_venue_began_to_divide() -> None:
    since = DIVIDES_SINCE["binanceusdm"]
    assert since == 1_758_182_460_000  # 2025-09-18 08:01 UTC
    ts = np.array([since - 2 * DAY, since - DAY, since + DAY])
    assert formula_since("binanceusdm", ts, np.array([8.0, 8.0, 8.0])) == 0
    assert formula_since("binanceusdm", ts, np.array([4.0, 4.0, 4.0])) == since
    assert formula_since("binanceusdm", ts, np.array([4.0, 8.0, 8.0])) == since
    assert formula_since("binanceusdm", ts, np.array([8.0, 8.0, 1.0])) == 0, "after it all divide"
    assert formula_since("binanceusdm", ts[:2], np.array([4.0, 4.0])) == 0, "not yet"
    assert formula_since("okx", ts, np.array([8.0, 8.0, 8.0])) == 1_746_057_600_000
    assert formula_since("bybit", ts, np.array([4.0, 4.0, 4.0])) == 0


# ---------------------------------------------------------------- turns


def turned(f8: list[float], now: float = NOW + 1000) -> float:
    return funding.funding_turned_at(*prints(np.array([0.01] * 20 + f8)), now)


def test_a_turn_takes_two_prints_clear_of_zero() -> None:
    assert turned([-0.003, -0.004]) == NOW
    assert turned([-0.003, -0.004, -0.001]) == NOW - EIGHT, "confirmed a print ago, still below"
    assert turned([0.01, -0.003]) == 0, "one print"
    assert turned([-0.003, -0.0019]) == 0, "the second is within two thousandths of zero"
    assert turned([-0.003, -0.003, 0.004]) == 0, "taken back"


def test_a_turn_is_told_for_a_day_and_once_in_three() -> None:
    assert turned([-0.003] * 4) == NOW - 2 * EIGHT
    assert turned([-0.003] * 5) == 0, "confirmed a day ago"
    back_and_forth = [-0.003, -0.003, 0.004, 0.004]
    assert turned(back_and_forth) == 0, "the turn before was 16 hours earlier"
    ts, rate, interval = prints(np.array([0.01] * 20 + [-0.003] * 9 + [0.004] * 2))
    found = funding.funding_turned_at(ts, rate, interval, NOW + 1000)
    assert found == NOW
    assert funding.funding_days_since_turn(ts, rate, interval, found) == 3


def test_a_missed_settlement_leaves_the_turn_unknown() -> None:
    ts, rate, interval = prints(np.array([0.01] * 20 + [-0.003] * 2))
    kept = np.arange(len(ts)) != len(ts) - 5
    assert math.isnan(funding.funding_turned_at(ts[kept], rate[kept], interval[kept], NOW + 1000))


# ---------------------------------------------------------------- venues and pairs


def series(venue: str, f8: Floats, step_h: float = 8.0, asset: str = "BTC") -> Series:
    data = np.column_stack(prints(f8, step_h))
    return Series(venue, f"{asset}/USDT:USDT", "funding", data)


Rates = dict[tuple[str, str], tuple[Floats, float]]


def measured(rates: Rates, **cells: float) -> Measured:
    """What is measured of settled rates by (venue, asset)."""
    instruments, values = [], []
    for venue in ("binanceusdm", "bybit", "okx", "hyperliquid"):
        for asset in ("BTC", "ETH"):
            instruments.append(
                Instrument(
                    venue,
                    f"{asset}/USDT:USDT",
                    asset,
                    "perp_linear",
                    asset,
                    "USDT",
                    labels=(("funding_kind", "predicted"),),
                )
            )
            own = cells if venue == "okx" and asset == "BTC" else {}
            values.append([own.get(name, math.nan) for name in FIELDS])
    shape = (len(instruments), len(FIELDS))
    stamps = np.full(shape, NOW - cells.get("age", 0.0))
    snapshot = Snapshot("s", NOW, "scenario", tuple(instruments), tuple(FIELDS), np.array(values),
                        np.ones(shape, dtype=np.uint8), stamps, stamps,
                        np.zeros(shape, dtype=np.int16), ("e",), ())  # fmt: skip
    history = History({
        (v, f"{a}/USDT:USDT", "funding"): series(v, f8, h, a) for (v, a), (f8, h) in rates.items()
    })  # fmt: skip
    return measure(snapshot, history, MarketSection())


def market(rates: Rates, **cells: float) -> dict[str, float]:
    """Metrics of BTC (and of ETH/BTC, prefixed) from settled rates by (venue, asset)."""
    found = measured(rates, **cells)
    return {**found.values["BTC"], **{f"pair_{k}": v for k, v in found.values["ETH/BTC"].items()}}


def test_a_spread_is_ranked_among_the_same_venues_own_past() -> None:
    calm = np.full(3 * 100, 0.01)
    apart = calm.copy()
    apart[-1] = -0.02
    names = ("binanceusdm", "bybit", "okx")
    rates = {(v, "BTC"): (calm, 8.0) for v in names}
    found = market({**rates, ("hyperliquid", "BTC"): (np.repeat(apart, 8), 1.0)})
    assert found["funding_spread_venues"] == 4
    assert found["funding_spread"] == pytest.approx(3.0)
    assert found["funding_spread_rank"] > 99
    assert found["funding_spread_record_days"] >= 90


def test_the_ends_of_a_spread_name_who_stands_there_and_all_who_print_alike() -> None:
    calm, low = np.full(300, 0.01), np.append(np.full(299, 0.01), -0.29)
    high = np.append(np.full(299, 0.01), 0.054)
    rates = {("binanceusdm", "BTC"): (low, 8.0), ("bybit", "BTC"): (high, 8.0)}
    rates |= {("okx", "BTC"): (calm, 8.0), ("hyperliquid", "BTC"): (high + 1e-6, 8.0)}
    found = measured(rates)
    assert found.scope("funding_spread_low", "BTC") == "Binance"
    assert found.scope("funding_spread_high", "BTC") == "Bybit and Hyperliquid"
    assert found.scope("funding_spread", "BTC") == "Binance, Bybit, OKX and Hyperliquid"


def test_three_venues_or_a_short_record_have_no_spread() -> None:
    long, short = np.full(3 * 100, 0.01), np.full(3 * 60, 0.01)
    three = {(v, "BTC"): (long, 8.0) for v in ("binanceusdm", "bybit", "okx")}
    assert math.isnan(market(three)["funding_spread"])
    assert math.isnan(market({**three, ("hyperliquid", "BTC"): (short, 8.0)})["funding_spread"])


def test_an_hourly_rate_is_compared_on_eight_hours() -> None:
    rates = {("binanceusdm", "BTC"): (np.full(300, 0.01), 8.0)}
    rates[("hyperliquid", "BTC")] = (np.full(2400, 0.01), 1.0)  # 0.00125% an hour
    found = market(rates)
    assert found["funding_venues_low"] == pytest.approx(found["funding_venues_high"])


def test_a_stale_venue_is_none() -> None:
    late = np.column_stack(prints(np.full(300, 0.01)))
    late[:, 0] -= 2 * EIGHT
    grid = funding_venues.in_force(
        Series("okx", "x", "funding", late), np.array([NOW - 2.0 * EIGHT, NOW - EIGHT, float(NOW)])
    )
    assert grid[:2] == pytest.approx(0.01)
    assert math.isnan(grid[2])


def test_the_gap_of_two_assets_is_of_one_venue_hour_and_interval() -> None:
    steady = np.full(3 * 100, 0.01)
    eth = steady.copy()
    eth[-1] = 0.002
    rates = {("binanceusdm", "BTC"): (steady, 8.0), ("binanceusdm", "ETH"): (eth, 8.0)}
    found = market(rates)
    assert found["pair_funding_gap"] == pytest.approx(-0.8)
    assert found["pair_funding_gap_mean_24h"] == pytest.approx(-0.8 / 3)
    assert found["pair_funding_gap_rank"] < 1
    four = {**rates, ("binanceusdm", "ETH"): (np.repeat(eth, 2), 4.0)}
    assert math.isnan(market(four)["pair_funding_gap"]), "four hours against eight"


def test_two_baselines_tie_at_zero() -> None:
    left = np.full(300, 0.0100000001) - 1e-10
    assert funding_gap.funding_gap(left, np.full(300, 0.01)) == 0


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("rate", "of_limit"), [(0.0147, 0.98), (-0.0015, 0.5), (0.0001, 0.0001 / 0.015)]
)
def test_a_rate_is_held_against_the_cap_or_floor_that_the_venue_states(
    rate: float, of_limit: float
) -> None:
    cells = {"funding_rate": rate, "funding_cap": 0.015, "funding_floor": -0.003}
    assert market({}, **cells)["funding_of_limit"] == pytest.approx(of_limit)


def test_no_cap_and_no_old_estimate_make_a_limit() -> None:
    assert math.isnan(market({}, funding_rate=0.0147)["funding_of_limit"])
    old = market({}, funding_rate=0.0147, funding_cap=0.015, age=16 * 60_000.0)
    assert math.isnan(old["funding_of_limit"])


def test_an_interval_of_before_is_read_two_days_back() -> None:
    ts = NOW - HOUR * np.array([56.0, 48, 40, 32, 24, 20, 16, 12, 8, 4, 0])
    interval = np.array([8.0] * 5 + [4.0] * 6)
    assert funding.funding_interval_before(ts, interval, NOW) == 8
    assert math.isnan(funding.funding_interval_before(ts[5:], interval[5:], NOW))


# ---------------------------------------------------------------- real settlements


def test_real_settlements_of_bitcoin_agree_with_pandas(reference: Path) -> None:
    import pandas as pd

    data = pd.read_parquet(reference / "market" / "binance_usdm_funding.parquet")
    own = data[(data.symbol == "BTCUSDT") & (data.ts <= "2026-03-03T00:00Z")].sort_values("ts")
    rate = own.funding_rate.to_numpy()[-1200:]
    ts = own.ts.astype("datetime64[ms, UTC]").astype("int64").to_numpy()[-1200:].astype(float)
    eight = np.full(len(ts), 8.0)
    last = pd.Series(rate).rolling(3).mean() * 100
    year = last.iloc[-1096:].iloc[2:]  # the first means of the window would reach out of it
    before, value = year.iloc[:-1].round(10), round(last.iloc[-1], 10)
    expected = ((before < value).sum() + (before == value).sum() / 2 + 0.5) / (len(before) + 1)
    mean = funding.funding_mean_24h(ts, rate, eight)
    assert mean == pytest.approx(last.iloc[-1])
    assert funding.funding_rank(mean, ts, rate, eight) == pytest.approx(expected * 100)
    assert funding.funding_negative_hours(ts, rate, eight) == 32
    assert 7 < funding.funding_rank(mean, ts, rate, eight) <= 10


def test_bitcoin_turned_on_2_february_and_not_on_every_crossing(reference: Path) -> None:
    import pandas as pd

    data = pd.read_parquet(reference / "market" / "binance_usdm_funding.parquet")
    own = data[(data.symbol == "BTCUSDT") & (data.ts >= "2025-12-01")].sort_values("ts")
    rate = own.funding_rate.to_numpy()
    ts = own.ts.astype("datetime64[ms, UTC]").astype("int64").to_numpy().astype(float)
    eight = np.full(len(ts), 8.0)
    moment = pd.Timestamp("2026-02-02T16:00Z").value // 10**6
    known = ts <= moment
    told = [funding.funding_turned_at(ts[:k], rate[:k], eight[:k], ts[k - 1] + 1.0)
            for k in range(60, len(ts))]  # fmt: skip
    assert moment in told
    assert known.any()
    crossings = np.count_nonzero(np.diff(np.sign(rate[60:])))
    assert 0 < len({t for t in told if t > 0}) < crossings / 3
