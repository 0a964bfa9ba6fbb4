"""Series of the user's own vendors against hand-made numbers; without them nothing is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import catalog, measure
from generator.model import DAY, HOUR, MARKET, Floats, Series
from generator.settings import MarketSection
from tests.conftest import NOW
from tests.measure.dollars import SPOT, Row, bars, history, index, snapshot

MAJORS: tuple[Row, ...] = tuple(
    (
        "binance",
        SPOT,
        f"{a}/USDT",
        {"last": p, "open_24h": p, "high_24h": p * 1.01, "low_24h": p * 0.99},
    )
    for a, p in (("BTC", 60_000.0), ("ETH", 2_000.0))
)


def daily(n: int, last: float = NOW - 2 * HOUR) -> Floats:
    return last - DAY * np.arange(n - 1, -1, -1.0)


def found(*series: Series, subject: str = "BTC", now: int = NOW) -> dict[str, float]:
    rows = snapshot(list(MAJORS), now)
    return measure(rows, history(*series), MarketSection()).values[subject]


def test_a_flow_is_ranked_among_the_days_before_it_and_prints_their_number() -> None:
    values = np.append(np.arange(100.0), 200.0)
    got = found(index("Farside", "ETF_FLOW_BTC", daily(101), values))
    assert got["etf_flow"] == 200
    assert got["etf_flow_days"] == 100
    assert got["etf_flow_rank"] == pytest.approx(100.5 / 101 * 100)
    assert got["etf_flow_start"] == daily(101)[0]


def test_ninety_days_are_needed_to_call_a_flow_large() -> None:
    ok, short = np.arange(91.0), np.arange(90.0)
    assert math.isfinite(found(index("V", "ETF_FLOW_BTC", daily(91), ok))["etf_flow_rank"])
    got = found(index("V", "ETF_FLOW_BTC", daily(90), short))
    assert math.isnan(got["etf_flow_rank"])
    assert got["etf_flow"] == 89


def test_a_value_older_than_a_day_and_a_half_says_nothing() -> None:
    old = daily(120, NOW - 36 * HOUR)
    assert math.isfinite(found(index("V", "SKEW_25D_BTC", old, np.ones(120)))["skew_25d"])
    older = found(index("V", "SKEW_25D_BTC", old - 1, np.ones(120)))
    assert math.isnan(older["skew_25d"])
    assert math.isnan(older["skew_25d_rank"])


def test_what_a_vendor_publishes_later_is_not_known_before() -> None:
    later = index("V", "CME_BASIS_BTC", daily(120, NOW + HOUR), np.append(np.ones(119), 50.0))
    assert found(later)["cme_basis"] == 1


def test_of_two_vendors_the_newer_speaks_and_is_named() -> None:
    series = (
        index("Alpha", "SKEW_25D_BTC", daily(100, NOW - 5 * HOUR), np.full(100, 1.0)),
        index("Beta", "SKEW_25D_BTC", daily(100, NOW - 2 * HOUR), np.full(100, 2.0)),
    )
    known = measure(snapshot(list(MAJORS)), history(*series), MarketSection())
    told = known.metric("skew_25d", "BTC")
    assert (told.value, told.scope) == (2.0, "Beta")


def test_another_market_changes_from_close_to_close_also_over_a_weekend() -> None:
    closes = np.append(np.full(100, 100.0), 98.0)
    ts = daily(101)
    ts[:-1] -= 2 * DAY  # the last step spans three days
    got = found(index("V", "SPX", ts, closes), subject=MARKET)
    assert got["spx_change"] == pytest.approx(-2)
    assert got["spx_change_rank"] == pytest.approx(0.5 / 100 * 100)


def test_a_gap_of_a_week_is_no_days_move() -> None:
    ts = daily(101)
    ts[:-1] -= 4 * DAY
    got = found(index("V", "NDX", ts, np.append(np.full(100, 100.0), 90.0)), subject=MARKET)
    assert math.isnan(got["ndx_change"])


def test_nothing_is_said_of_a_market_that_closed_more_than_a_day_ago() -> None:
    late = index("V", "DXY", daily(101, NOW - 25 * HOUR), np.arange(101.0) + 100)
    assert math.isnan(found(late, subject=MARKET)["dxy_change"])


def test_a_yield_changes_in_basis_points() -> None:
    closes = np.append(np.full(100, 4.0), 4.12)
    got = found(index("V", "US10Y", daily(101), closes), subject=MARKET)
    assert got["us10y_change"] == pytest.approx(12)


SUNDAY = 1_772_402_400_000 + 60 * 60_000  # 2026-03-01 23:00 UTC
FRIDAY = SUNDAY - 49 * HOUR


def weekend(now: int, close_at: float = FRIDAY) -> dict[str, float]:
    hours = SUNDAY - HOUR * np.arange(200.0, -20, -1)
    prices = bars("binance", "BTC/USDT", hours, np.full(220, 61_000.0), kind="bars_1h")
    close = index("CME", "CME_CLOSE_BTC", np.array([close_at]), np.array([60_000.0]))
    return found(prices, close, now=now)


def test_the_weekend_is_told_from_fridays_close_to_the_price_at_the_reopening() -> None:
    got = weekend(SUNDAY + HOUR)
    assert got["cme_weekend_change"] == pytest.approx(100 / 60)
    assert got["cme_reopened_at"] == SUNDAY


def test_before_the_reopening_and_a_day_later_nothing_is_said_of_the_weekend() -> None:
    assert math.isnan(weekend(SUNDAY - 1)["cme_weekend_change"])
    assert math.isnan(weekend(SUNDAY + DAY)["cme_weekend_change"])


def test_a_close_on_another_day_than_friday_is_before_no_weekend() -> None:
    assert math.isnan(weekend(SUNDAY + HOUR, FRIDAY - DAY)["cme_weekend_change"])


def test_without_their_series_all_of_these_are_unknown() -> None:
    both = found() | found(subject=MARKET)
    modules = ("generator.measure.optional", "generator.measure.traditional")
    ours = [n for n, i in catalog().items() if i.function.__module__ in modules]
    assert len(ours) > 40
    assert all(math.isnan(both[n]) for n in ours)
