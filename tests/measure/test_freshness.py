"""How old a number of now may be (canon Q03): each family has its own age, and none is carried."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from generator.measure import measure
from generator.model import HOUR, MARKET, Series, Source
from generator.settings import MarketSection
from tests.conftest import NOW
from tests.measure.dollars import SPOT, Row, history, snapshot

MIN = 60_000
PERP: Row = (
    "binanceusdm",
    "perp_linear",
    "BTC/USDT:USDT",
    {"last": 60_010.0, "open_24h": 60_000.0, "oi_base": 90_000.0},
)
ROWS: list[Row] = [
    *(
        ("binance", SPOT, f"{a}/USDT", {"last": p, "open_24h": p, "high_24h": p, "low_24h": p})
        for a, p in (("BTC", 60_000.0), ("ETH", 2_000.0))
    ),
    PERP,
]


def btc(row: int = 0, age: int = 0, funding: Series | None = None) -> dict[str, float]:
    past = history(funding) if funding is not None else history()
    return measure(snapshot(ROWS, age={row: age}), past, MarketSection()).values["BTC"]


@pytest.mark.parametrize(("age", "known"), [(5 * MIN, True), (5 * MIN + 1, False)])
def test_a_price_counts_for_five_minutes(age: int, known: bool) -> None:
    assert math.isfinite(btc(0, age)["return_24h"]) is known


@pytest.mark.parametrize(
    ("age", "known"), [(5 * MIN, True), (30 * MIN, True), (30 * MIN + 1, False)]
)
def test_open_interest_counts_for_half_an_hour(age: int, known: bool) -> None:
    assert math.isfinite(btc(2, age)["oi_coins"]) is known


@pytest.mark.parametrize("interval", [1, 4, 8])
@pytest.mark.parametrize(("late", "known"), [(10 * MIN, True), (10 * MIN + 1, False)])
def test_a_settlement_counts_for_its_interval_and_ten_minutes(
    interval: int, late: int, known: bool
) -> None:
    last = NOW - interval * HOUR - late
    ts = last - interval * HOUR * np.arange(9, -1, -1.0)
    data = np.stack([ts, np.full(10, 1e-4), np.full(10, float(interval))], axis=-1)
    funding = Series("binanceusdm", "BTC/USDT:USDT", "funding", data)
    assert math.isfinite(btc(funding=funding)["funding_settled"]) is known


def test_a_source_that_answered_in_part_is_not_one_that_answered() -> None:
    states = ("ok", "ok", "partial", "failed", "blocked", "skipped")
    sources = tuple(Source(s, s, "", 0.0, 0) for s in states)  # type: ignore[arg-type]
    made = measure(replace(snapshot(ROWS), sources=sources), history(), MarketSection())
    assert made.values[MARKET]["sources_answering"] == 2
    assert made.values[MARKET]["sources_missing"] == 3
