"""Ratios of accounts and liquidations, by numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import Measured, measure, positioning
from generator.measure import liquidations as liq
from generator.model import DAY, HOUR, Floats, History, Series, SeriesKey
from generator.settings import MarketSection
from tests.conftest import NOW
from tests.measure.states_of_positions import hourly, snapshot

MARKET = MarketSection()
PERP = "BTC/USDT:USDT"
COIN = "BTC/USD:BTC"


def stamps(n: int, last: float = NOW) -> Floats:
    return last - HOUR * np.arange(n - 1, -1, -1.0)


# ---------------------------------------------------------------- ratios


def test_a_ratio_is_ranked_in_the_days_before_today() -> None:
    ts = stamps(29 * 24)
    ratios = np.linspace(1.0, 2.0, len(ts))
    rank = positioning.account_ratio_rank(float(ratios[-1]), ts, ratios, NOW)
    known = np.count_nonzero(ts <= NOW - DAY)
    assert rank == pytest.approx((known + 0.5) / (known + 1) * 100)
    assert positioning.account_ratio_tail(rank, 28.0) == pytest.approx(1 / 29)
    assert positioning.account_ratio_tail(90.0, 28.0) == pytest.approx(0.2)
    assert positioning.top_trader_ratio_rank(1.4, ts, ratios, NOW) == pytest.approx(41.4, abs=0.5)


def test_above_one_is_nothing_by_itself() -> None:
    """More accounts long than short, all month long, is this contract's middle."""
    ts = stamps(29 * 24)
    ratios = 2.4 + np.sin(np.arange(len(ts)) / 5) / 10
    assert 40 < positioning.account_ratio_rank(2.4, ts, ratios, NOW) < 60
    assert positioning.account_ratio_rank(1.2, ts, ratios, NOW) < 1


def test_fewer_than_twenty_five_days_rank_nothing() -> None:
    ts = stamps(24 * 24)
    assert math.isnan(positioning.account_ratio_rank(3.0, ts, np.ones(len(ts)), NOW))
    holed = ts[(ts // DAY) % 3 > 0]
    assert math.isnan(positioning.account_ratio_rank(3.0, holed, np.ones(len(holed)), NOW))
    assert positioning.account_ratio_days(stamps(29 * 24), NOW) == 28


def ratios_at(age_h: float) -> float:
    key = ("binanceusdm", f"{PERP}#long_short_accounts", "index")
    series = hourly(*key[:2], "index", np.full(700, 1.5), last=int(NOW - age_h * HOUR))
    state = snapshot({"oi_base": {"binanceusdm": 100.0}})
    return measure(state, History({key: series}), MARKET).values["BTC"]["account_ratio"]


def test_a_ratio_older_than_two_hours_is_not_now() -> None:
    assert ratios_at(2) == 1.5
    assert math.isnan(ratios_at(2.1))


# ---------------------------------------------------------------- liquidations


def reported(
    *venues: tuple[str, str, Floats, Floats],
    last: int = NOW,
    now: int = NOW,
    vendor: dict[str, float] | None = None,
) -> Measured:
    series: dict[SeriesKey, Series] = {}
    for venue, symbol, longs, shorts in venues:
        for name, values in (("long", longs), ("short", shorts)):
            full = f"{symbol}#liquidations_{name}"
            series[venue, full, "index"] = hourly(venue, full, "index", values, last=last)
    given = {k: {"binanceusdm": v} for k, v in {"oi_base": 100.0, **(vendor or {})}.items()}
    return measure(snapshot(given, now=now), History(series), MARKET)


def flat(days: int, usd: float) -> Floats:
    return np.full(days * 24, usd)


def test_two_venues_own_sums_stand_together_and_both_are_named() -> None:
    found = reported(
        ("gate", PERP, flat(40, 3e4), flat(40, 1e4)), ("deribit", COIN, flat(40, 1e4), flat(40, 0))
    )
    values = found.values["BTC"]
    assert found.metric("liquidations_usd", "BTC").scope == "Gate and Deribit"
    assert values["liquidations_usd"] == 24 * 5e4
    assert values["liquidations_long"] == pytest.approx(0.8)
    assert values["liquidations_short"] == pytest.approx(0.2)
    assert values["liquidations_venues"] == 2
    assert values["liquidations_multiple"] == pytest.approx(1.0)
    assert values["liquidations_until"] == NOW


def test_a_vendors_number_is_never_added_and_never_told_beside_a_venues() -> None:
    vendor = {"liquidations_24h_usd": 9e8, "liquidations_long_share": 0.9}
    found = reported(("gate", PERP, flat(2, 3e4), flat(2, 1e4)), vendor=vendor)
    assert found.values["BTC"]["liquidations_usd"] == 24 * 4e4
    alone = reported(vendor=vendor).values["BTC"]
    assert alone["liquidations_usd"] == 9e8
    assert alone["liquidations_record_days"] == 0
    assert math.isnan(alone["liquidations_multiple"])
    assert math.isnan(alone["liquidations_peak_share"]), "a day's sum has no hours"


def test_a_missing_hour_leaves_the_day_unknown_and_a_venue_out() -> None:
    holed = flat(40, 3e4)
    holed[-5] = np.nan
    found = reported(("gate", PERP, holed, flat(40, 1e4)))
    assert math.isnan(found.values["BTC"]["liquidations_usd"])
    both = reported(
        ("gate", PERP, holed, flat(40, 1e4)), ("deribit", COIN, flat(40, 1e4), flat(40, 0))
    )
    assert both.metric("liquidations_usd", "BTC").scope == "Deribit"


def test_a_new_venue_does_not_cut_the_record_of_an_old_one() -> None:
    found = reported(
        ("gate", PERP, flat(120, 3e4), flat(120, 1e4)), ("deribit", COIN, flat(3, 9e5), flat(3, 0))
    )
    assert found.metric("liquidations_usd", "BTC").scope == "Gate"
    assert found.values["BTC"]["liquidations_record_days"] == 119


def test_hours_may_be_an_hour_or_two_late_and_no_later() -> None:
    now = NOW + 40 * 60_000
    late = reported(("gate", PERP, flat(3, 3e4), flat(3, 1e4)), last=NOW - HOUR, now=now)
    assert late.values["BTC"]["liquidations_until"] == NOW - HOUR
    later = reported(("gate", PERP, flat(3, 3e4), flat(3, 1e4)), last=NOW - 2 * HOUR, now=now)
    assert math.isnan(later.values["BTC"]["liquidations_usd"])


def newest_first(*days: float) -> Floats:
    return np.repeat(np.array(days) / 24, 24)


def test_a_day_is_sized_against_the_median_of_thirty_before_it() -> None:
    hours = newest_first(90.0, *[20.0, 30.0, 40.0] * 10, *[1_000.0] * 60)
    assert liq.liquidations_multiple(90.0, hours) == pytest.approx(3.0)
    assert liq.liquidations_record_days(hours) == 90
    assert liq.liquidations_tail(90.0, hours) == pytest.approx(60.5 / 91)
    assert liq.liquidations_rank(0.005, 90.0) == pytest.approx(99.5)
    assert math.isnan(liq.liquidations_rank(0.005, 89.0))


def test_a_day_with_a_missing_hour_is_no_day_of_the_record() -> None:
    hours = newest_first(90.0, *[30.0] * 26)
    hours[24 * 3 + 5] = np.nan
    assert liq.liquidations_record_days(hours) == 25
    assert liq.liquidations_multiple(90.0, hours) == pytest.approx(3.0)
    hours[24 * 7 + 5] = np.nan
    assert math.isnan(liq.liquidations_multiple(90.0, hours))
    assert math.isnan(liq.liquidations_tail(90.0, hours))


def test_the_largest_hour_is_named_by_its_end() -> None:
    hours = np.full(24, 1.0)
    hours[18] = 17.0
    assert liq.liquidations_peak(hours) == 17
    assert liq.liquidations_peak_share(17.0, 40.0) == pytest.approx(0.425)
    assert liq.liquidations_peak_end(hours, float(NOW)) == NOW - 18 * HOUR
    assert math.isnan(liq.liquidations_peak(np.zeros(24))), "nothing was closed"
    assert math.isnan(liq.liquidations_peak(np.ones(23)))
