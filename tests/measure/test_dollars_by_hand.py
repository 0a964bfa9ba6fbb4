"""Stablecoins and premia against hand-made numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from generator.gather import sampled
from generator.measure import measure
from generator.measure.stablecoins import shown_by_two
from generator.model import DAY, HOUR, MARKET, History, Series
from generator.settings import MarketSection
from tests.conftest import NOW
from tests.measure.dollars import MIDNIGHT, SPOT, Row, bars, days, history, index, snapshot

MAJORS: tuple[Row, ...] = tuple(
    (
        "binance",
        SPOT,
        f"{a}/USDT",
        {"last": p, "open_24h": p, "high_24h": p * 1.01, "low_24h": p * 0.99},
    )
    for a, p in (("BTC", 60_000.0), ("ETH", 2_000.0))
)


def found(
    rows: list[Row], past: History | None = None, subject: str = MARKET,
    age: Mapping[int, int] | None = None,
) -> dict[str, float]:  # fmt: skip
    snap = snapshot([*MAJORS, *rows], age=age)
    return measure(snap, past or History(), MarketSection()).values[subject]


def pegs(coinbase: float, kraken: float) -> list[Row]:
    return [
        ("coinbase", SPOT, "USDT/USD", {"last": coinbase}),
        ("kraken", SPOT, "USDT/USD", {"last": kraken}),
    ]


# ---------------------------------------------------------------- off peg


@pytest.mark.parametrize(
    ("gaps", "shown"),
    [
        ([-3.0, -2.0], -2.0),
        ([3.0, 2.0], 2.0),
        ([-3.0, 2.0], 0.0),
        ([-3.0, 0.0], 0.0),
        ([-3.0, -2.5, 0.1], -2.5),
        ([-3.0, math.nan], math.nan),
        ([-3.0], math.nan),
    ],
)
def test_only_what_two_venues_show_on_one_side_is_a_gap(gaps: list[float], shown: float) -> None:
    np.testing.assert_equal(float(shown_by_two(np.array(gaps))), shown)


def test_a_coin_under_its_peg_on_two_venues() -> None:
    values = found(pegs(0.962, 0.969))
    assert values["usdt_peg_gap"] == pytest.approx(-3.1)
    assert (values["usdt_least"], values["usdt_most"]) == (0.962, 0.969)
    assert values["usdt_far_days"] == 0
    assert math.isnan(values["usdt_peg_gap_1h"]), "nothing is known of the hour"
    assert math.isnan(values["usdc_peg_gap"])


def test_one_venue_or_a_stale_price_says_nothing_of_the_peg() -> None:
    assert math.isnan(found(pegs(0.962, 0.969)[:1])["usdt_peg_gap"])
    assert math.isnan(found(pegs(0.962, 0.969), age={3: HOUR})["usdt_peg_gap"])


def test_a_pair_in_another_coin_is_no_dollar_price() -> None:
    rows: list[Row] = [*pegs(0.962, 0.969)[:1], ("kraken", SPOT, "USDT/EUR", {"last": 0.9})]
    assert math.isnan(found(rows)["usdt_peg_gap"])


def hourly(venue: str, low: float, high: float, opened: float) -> Series:
    series = bars(venue, "USDT/USD", np.array([opened]), np.array([low]), kind="bars_1h")
    series.data[:, 2], series.data[:, 3] = high, low
    return series


def test_the_hour_counts_by_how_near_the_price_came() -> None:
    opened = NOW - HOUR
    hours = history(hourly("coinbase", 0.95, 0.98, opened), hourly("kraken", 0.96, 0.99, opened))
    assert found(pegs(0.96, 0.97), hours)["usdt_peg_gap_1h"] == pytest.approx(-1.0)
    over = history(hourly("coinbase", 1.01, 1.05, opened), hourly("kraken", 1.02, 1.04, opened))
    assert found(pegs(1.02, 1.03), over)["usdt_peg_gap_1h"] == pytest.approx(1.0)
    wide = history(hourly("coinbase", 0.95, 1.0, opened), hourly("kraken", 0.96, 1.01, opened))
    assert found(pegs(0.96, 0.97), wide)["usdt_peg_gap_1h"] == 0
    old = history(*(hourly(v, 0.9, 0.91, NOW - 4 * HOUR) for v in ("coinbase", "kraken")))
    assert math.isnan(found(pegs(0.96, 0.97), old)["usdt_peg_gap_1h"])


def closes(values: list[float], last: float = MIDNIGHT) -> History:
    ts, close = days(len(values), last), np.array(values)
    return history(*(bars(v, "USDT/USD", ts, close) for v in ("coinbase", "kraken")))


def test_days_off_the_peg_are_counted_back_from_yesterday() -> None:
    assert found(pegs(0.97, 0.97), closes([0.97, 1.0, 0.98, 0.97]))["usdt_far_days"] == 2
    assert found(pegs(0.97, 0.97), closes([0.97, 0.97, 1.0]))["usdt_far_days"] == 0
    gap = closes([0.97, 0.97, 0.97, 0.97])
    holed = History({k: Series(s.venue, s.symbol, s.kind, np.delete(s.data, 1, axis=0))
                     for k, s in gap.series.items()})  # fmt: skip
    assert found(pegs(0.97, 0.97), holed)["usdt_far_days"] == 2
    assert found(pegs(0.97, 0.97), closes([0.97, 0.97], MIDNIGHT - DAY))["usdt_far_days"] == 0


def test_the_last_close_counts_from_half_an_hour_on() -> None:
    assert found(pegs(0.99, 0.99), closes([1.0, 0.992]))["usdt_peg_gap_close"] == pytest.approx(
        -0.8
    )
    old = closes([1.0, 0.992], MIDNIGHT - DAY)
    assert math.isnan(found(pegs(0.99, 0.99), old)["usdt_peg_gap_close"])


# ---------------------------------------------------------------- supply


def minted(now: float, before: float) -> list[Row]:
    half = {"supply_usd": now / 2, "supply_prev_week_usd": before / 2}
    return [("defillama", "stablecoin", c, half) for c in ("USDT", "USDC")]


def test_supply_is_of_both_coins_or_unknown() -> None:
    values = found(minted(255e9, 250e9))
    assert values["stablecoin_supply"] == 255e9
    assert values["stablecoin_supply_added"] == 5e9
    assert values["stablecoin_supply_change"] == pytest.approx(2.0)
    assert math.isnan(values["stablecoin_supply_rank"])
    assert math.isnan(found(minted(255e9, 250e9)[:1])["stablecoin_supply_change"])


def test_the_weekly_change_ranks_among_its_own_weeks() -> None:
    ts = MIDNIGHT + HOUR - DAY * np.arange(150, 0, -1.0)
    growth = 125e9 * 1.001 ** np.arange(150)
    past = history(*(index("defillama", f"{c}#supply", ts, growth) for c in ("USDT", "USDC")))
    values = found(minted(255e9, 250e9), past)
    assert values["stablecoin_supply_rank"] > 99
    assert values["stablecoin_supply_days"] == 150 - 7
    assert found(minted(250e9, 250e9), past)["stablecoin_supply_rank"] < 1
    late = history(
        *(index("defillama", f"{c}#supply", ts[-96:], growth[-96:]) for c in ("USDT", "USDC"))
    )
    assert math.isnan(found(minted(255e9, 250e9), late)["stablecoin_supply_rank"]), "89 weeks"


def test_a_snapshot_leaves_its_supply_to_history() -> None:
    kept = sampled(snapshot(minted(255e9, 250e9)))
    assert [(s.venue, s.symbol, s.kind) for s in kept] == [
        ("defillama", "USDT#supply", "index"),
        ("defillama", "USDC#supply", "index"),
    ]
    np.testing.assert_array_equal(kept[0].data, [[NOW, 127.5e9]])


# ---------------------------------------------------------------- premia


def test_usdt_ranks_among_the_closes_of_its_year() -> None:
    past = closes([1.0 + (k % 11 - 5) / 10_000 for k in range(120)])
    values = found(pegs(0.9991, 0.9991), past)
    assert values["usdt_premium"] == pytest.approx(-9)
    assert values["usdt_premium_rank"] < 1
    assert values["usdt_premium_days"] == 120
    assert math.isnan(found(pegs(0.9991, 0.9991), closes([1.0] * 89))["usdt_premium_rank"])


def coinbase(btc: float, usdt: float = 1.0) -> list[Row]:
    return [
        ("coinbase", SPOT, "BTC/USD", {"last": btc}),
        ("coinbase", SPOT, "USDT/USD", {"last": usdt}),
    ]


def premia(n: int = 120) -> History:
    ts = days(n)
    flat = np.full(n, 60_000.0)
    wave = flat * (1 + (np.arange(n) % 11 - 5) / 10_000)
    return history(
        bars("coinbase", "BTC/USD", ts, wave),
        bars("binance", "BTC/USDT", ts, flat),
        bars("coinbase", "USDT/USD", ts, np.ones(n)),
    )


def test_a_premium_is_between_two_prices_in_dollars() -> None:
    values = found(coinbase(60_060.0), premia(), "BTC")
    assert values["coinbase_premium"] == pytest.approx(10)
    assert values["coinbase_premium_rank"] > 99
    assert values["coinbase_premium_days"] == 120
    cheap = found(coinbase(59_940.0, 0.999), premia(), "BTC")
    assert cheap["coinbase_premium"] == pytest.approx(0, abs=1e-6), "it was USDT that was cheap"


def test_legs_of_different_moments_make_no_premium() -> None:
    assert math.isfinite(
        found(coinbase(60_060.0), age={2: 60_000}, subject="BTC")["coinbase_premium"]
    )
    apart = found(coinbase(60_060.0), age={2: 60_001}, subject="BTC")
    assert math.isnan(apart["coinbase_premium"])


def test_without_one_leg_there_is_no_premium() -> None:
    assert math.isnan(found(coinbase(60_060.0)[:1], premia(), "BTC")["coinbase_premium"])
    assert math.isnan(found(coinbase(60_060.0), premia(), "ETH")["coinbase_premium"])


def test_only_days_that_all_three_legs_closed_are_compared() -> None:
    past = premia(120)
    key = ("coinbase", "USDT/USD", "bars_1d")
    fewer = Series("coinbase", "USDT/USD", "bars_1d", past.series[key].data[31:])
    values = found(coinbase(60_060.0), History({**past.series, key: fewer}), "BTC")
    assert values["coinbase_premium_days"] == 89
    assert math.isnan(values["coinbase_premium_rank"])


def test_what_comes_after_the_moment_changes_nothing() -> None:
    longer = {}
    for key, s in premia().series.items():
        future = s.data[-3:] * 17.0
        future[:, 0] = MIDNIGHT + DAY * np.arange(3)
        longer[key] = Series(s.venue, s.symbol, s.kind, np.vstack([s.data, future]))
    one = found(coinbase(60_060.0), premia(), "BTC")
    other = found(coinbase(60_060.0), History(longer), "BTC")
    assert repr(one) == repr(other)
