"""Premium, coherence of signs and dated futures, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.measure import basis, futures, measure
from generator.measure.venues import DIVIDES_SINCE
from generator.model import DAY, FIELDS, HOUR, Floats, History, Instrument, Series, Snapshot
from generator.settings import MarketSection
from tests.conftest import NOW

LAST = NOW // (8 * HOUR) * (8 * HOUR)


def implied(premium_pct: float, interval: float, divides: float) -> float:
    """The rate per 8 h that a steady premium over the settlement's own hours implies."""
    n = int(interval)
    ts = LAST - HOUR * np.arange(n, 0, -1.0)
    settled = np.array([float(LAST)]), np.array([interval])
    return basis.funding_implied(ts, np.full(n, premium_pct * 100), *settled, 0.01, divides)


@pytest.mark.parametrize("interval", [1.0, 4.0, 8.0])
def test_where_the_venue_divides_the_band_is_minus_four_to_six_on_every_interval(
    interval: float,
) -> None:
    for inside in (-0.04, 0.0, 0.06):
        assert implied(inside, interval, 1.0) == pytest.approx(0.01)
    assert implied(-0.05, interval, 1.0) == pytest.approx(0.0, abs=1e-12)
    assert implied(0.07, interval, 1.0) == pytest.approx(0.02)


def test_before_it_divided_the_four_hour_band_was_half_a_basis_point_lower() -> None:
    for inside in (-0.045, 0.0, 0.055):
        assert implied(inside, 4.0, 0.0) == pytest.approx(0.01), "0.005% per 4 h"
    assert implied(-0.055, 4.0, 0.0) == pytest.approx(-0.01)
    assert implied(0.065, 4.0, 0.0) == pytest.approx(0.03)


def test_an_hour_missing_from_a_settlement_implies_nothing() -> None:
    ts = LAST - HOUR * np.array([4.0, 3.0, 1.0])
    settled = np.array([float(LAST)]), np.array([4.0])
    assert math.isnan(basis.funding_implied(ts, np.zeros(3), *settled, 0.01, 1.0))


@pytest.mark.parametrize(
    ("implied_rate", "settled", "flag"),
    [
        (0.004, -0.004, 0),  # both under half a basis point
        (0.006, -0.004, 1),  # both on the same side of the interest term, and of opposite sign
        (0.004, -0.006, 1),
        (-0.01, -0.02, 0),
        (0.01, 0.03, 0),
        (0.01, -0.02, 1),
    ],
)
def test_signs_must_agree_unless_both_are_next_to_nothing(
    implied_rate: float, settled: float, flag: float
) -> None:
    assert basis.funding_incoherent(implied_rate, settled) == flag


def desk(venue: str, premium_venue: str, step_h: float, last: float = LAST) -> dict[str, float]:
    """Metrics of BTC with 40 days of zero premium and of settlements at 0.01% per 8 h."""
    at = last - step_h * HOUR * np.arange(24 / step_h * 40, -1, -1)
    rates = np.column_stack([at, np.full(len(at), 1e-4 * step_h / 8), np.full(len(at), step_h)])
    hours = last - HOUR * np.arange(24 * 40, 0, -1.0)
    premium = np.column_stack([hours, np.zeros(len(hours))])
    history = History({
        (venue, "BTC/USDT:USDT", "funding"): Series(venue, "BTC/USDT:USDT", "funding", rates),
        (premium_venue, "BTC/USDT:USDT", "premium_1h"): Series(
            premium_venue, "BTC/USDT:USDT", "premium_1h", premium
        ),
    })  # fmt: skip
    return measure(snapshot([], int(last)), history, MarketSection()).values["BTC"]


Cells = dict[str, float]


def snapshot(rows: list[tuple[Instrument, Cells]], now: int = NOW) -> Snapshot:
    instruments = [i for i, _ in rows]
    shape = (len(rows), len(FIELDS))
    values = np.array([[c.get(n, math.nan) for n in FIELDS] for _, c in rows]).reshape(shape)
    stamps = np.full(shape, float(now))
    return Snapshot("s", now, "scenario", tuple(instruments), tuple(FIELDS), values,
                    np.ones(shape, dtype=np.uint8), stamps, stamps,
                    np.zeros(shape, dtype=np.int16), ("e",), ())  # fmt: skip


def test_rate_and_premium_of_different_venues_are_not_held_together() -> None:
    assert desk("binanceusdm", "binanceusdm", 8.0)["funding_incoherent"] == 0
    assert math.isnan(desk("binanceusdm", "bybit", 8.0)["funding_incoherent"])


def test_mark_over_index_is_not_the_premium_of_the_formula() -> None:
    assert math.isnan(desk("okx", "okx", 8.0)["funding_incoherent"])


def test_the_formula_of_a_short_interval_must_be_known() -> None:
    assert desk("binanceusdm", "binanceusdm", 4.0)["funding_implied"] == pytest.approx(0.01)
    assert math.isnan(desk("bybit", "bybit", 4.0)["funding_implied"])
    before = DIVIDES_SINCE["binanceusdm"] // (8 * HOUR) * (8 * HOUR) - DAY
    found = desk("binanceusdm", "binanceusdm", 4.0, before)
    assert found["funding_implied"] == pytest.approx(0.01), "0.005% per 4 h, not divided"
    assert found["funding_record_days"] == 40, "before the change its record was of one formula"


def test_the_usual_premium_is_of_a_year_at_most() -> None:
    n = 24 * 500
    ts = NOW - HOUR * np.arange(n, 0, -1.0)
    premium = np.where(np.arange(n) < 24 * 130, 50.0, -4.5)
    assert basis.premium_median(ts, premium) == pytest.approx(-4.5)
    assert basis.premium_rank(-4.0, ts, premium) > 99
    assert basis.premium_record_days(ts, premium) == 365


# ---------------------------------------------------------------- dated futures


def future(venue: str, days: float, mark: float, index: float = 60_000.0, **more: float) -> tuple[
    Instrument, Cells
]:  # fmt: skip
    expiry = NOW + days * DAY
    inst = Instrument(venue, f"BTC/USD:BTC-{days}", f"BTC-{days}", "future", "BTC", "USD",
                      labels=(("expiry", str(int(expiry))),))  # fmt: skip
    return inst, {"mark": mark, "index": index, **more}


def of(*rows: tuple[Instrument, Cells]) -> dict[str, float]:
    return measure(snapshot(list(rows)), History(), MarketSection()).values["BTC"]


def test_basis_is_annualised_by_the_days_that_are_left() -> None:
    found = of(future("deribit", 73, 60_600), future("deribit", 20, 60_100))
    assert found["futures_basis"] == pytest.approx(1.0 * 365 / 73)
    assert found["futures_days_left"] == pytest.approx(73)
    assert found["futures_front_basis"] == pytest.approx(100 / 60_000 * 365 / 20 * 100)
    assert found["futures_slope"] == pytest.approx(
        found["futures_far_basis"] - found["futures_front_basis"]
    )


def test_the_last_week_of_a_contract_is_left_out() -> None:
    assert math.isnan(of(future("deribit", 6.9, 60_100))["futures_basis"])
    assert of(future("deribit", 7, 60_100))["futures_basis"] > 0
    found = of(future("deribit", 6.9, 59_000), future("deribit", 27, 60_100))
    assert found["futures_front_basis"] > 0


def test_one_contract_is_no_curve() -> None:
    assert math.isnan(of(future("deribit", 30, 60_100))["futures_slope"])


def test_backwardation_is_counted_by_venue() -> None:
    under = 60_000 * (1 - 0.012 * 30 / 365)
    found = of(future("okx", 30, under), future("deribit", 30, under),
               future("bybit", 30, 60_100), future("okx", 90, 58_000))  # fmt: skip
    assert (found["futures_venues"], found["futures_backwardated"]) == (3, 2)
    assert found["futures_front_lowest"] == pytest.approx(-1.2)
    near = of(future("okx", 30, 60_000 * (1 - 0.009 * 30 / 365)))
    assert near["futures_backwardated"] == 0


def test_a_future_without_an_index_or_with_an_old_trade_has_no_basis() -> None:
    assert math.isnan(of(future("okx", 30, 60_100, math.nan))["futures_basis"])
    quiet = future("okx", 30, math.nan, last=60_100.0, quote_volume_24h=1e5)
    traded = future("okx", 30, math.nan, last=60_100.0, quote_volume_24h=1e7)
    assert math.isnan(of(quiet)["futures_basis"])
    assert of(traded)["futures_basis"] > 0


def test_the_index_of_another_currency_is_not_borrowed() -> None:
    inst, cells = future("okx", 30, 60_100, math.nan)
    perp = Instrument("okx", "BTC/USDT:USDT", "p", "perp_linear", "BTC", "USDT")
    assert math.isnan(of((inst, cells), (perp, {"index": 60_000.0}))["futures_basis"])
    dollars = Instrument("okx", "BTC/USD:USD", "p", "perp_linear", "BTC", "USD")
    assert of((inst, cells), (dollars, {"index": 60_000.0}))["futures_basis"] > 0


def test_the_quarter_is_the_contract_nearest_to_three_months() -> None:
    expiries: Floats = NOW + DAY * np.array([8.0, 27.0, 100.0, 190.0])
    assert futures.futures_expiry(expiries, NOW) == NOW + 100 * DAY
