"""Back-filling: units, bars in progress, only what is missing, and faults that cost no snapshot."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from generator.collect import Collected
from generator.collect.histories import with_intervals
from generator.collect.paging import Rows, windows
from generator.collect.redenomination import after_last_split, jump, power
from generator.model import DAY, HOUR, LENGTH, Series, SeriesKey
from tests.collect.conftest import Collect, state, values
from tests.collect.doubles import NOW, Double


def series(found: tuple[Series, ...], venue: str, kind: str) -> Series:
    return next(s for s in found if (s.venue, s.kind) == (venue, kind))


def test_bars_are_complete_hourly_ones_reach_1080_and_none_is_in_progress(past: Collected) -> None:
    found = past.series
    for s in found:
        assert (np.diff(s.data[:, 0]) > 0).all()
        assert s.data[-1, 0] + LENGTH.get(s.kind, 0) <= NOW
    assert len(series(found, "gate", "bars_1h").data) == 1080
    assert len(series(found, "gate", "bars_1d").data) >= 3 * 365


def test_gate_candles_count_contracts_and_become_coins(past: Collected) -> None:
    bars = series(past.series, "gate", "bars_1d")
    assert bars.column("base_volume")[0] == pytest.approx(50)
    assert bars.column("quote_volume")[0] == 32_000


def test_premium_series_are_in_basis_points_from_either_kind_of_candle(past: Collected) -> None:
    found = past.series
    assert series(found, "gate", "premium_1h").column("premium_bps")[0] == pytest.approx(10)
    assert series(found, "kucoinfutures", "premium_1h").column("premium_bps")[0] == pytest.approx(
        -4
    )
    assert len(series(found, "kucoinfutures", "premium_1h").data) == 90 * 24


def test_pages_capped_by_the_venue_lose_no_settlement(past: Collected) -> None:
    funding = series(past.series, "gate", "funding")
    assert set(np.diff(funding.data[:, 0])) == {4 * HOUR}
    assert len(funding.data) == 365 * 6 + 1
    assert set(funding.column("interval_h")) == {4.0}


def test_a_second_run_asks_only_for_what_is_missing(gather: Collect, past: Collected) -> None:
    first = {(s.venue, s.symbol, s.kind): s for s in past.series}

    def newest(key: SeriesKey) -> int | None:
        found = first.get(key)  # type: ignore[arg-type]
        return None if found is None else int(found.data[-3, 0])

    again = gather("gate", backfill=True, newest=newest).series
    assert {len(s.data) for s in again} == {2}
    for s in again:
        np.testing.assert_array_equal(s.data, first[s.venue, s.symbol, s.kind].data[-2:])


def test_a_fault_in_history_leaves_the_snapshot_whole(gather: Collect, double: Double) -> None:
    del double.routes["api.gateio.ws/api/v4/futures/usdt/funding_rate"]
    made = gather("gate", backfill=True)
    assert values(made.snapshot, "gate", "BTC/USDT:USDT")["last"] == 64_000
    kind, reason = state(made.snapshot, "gate")
    assert kind == "partial"
    assert "history of funding: HTTP 404" in reason


def test_the_index_history_is_kept_by_day(past: Collected) -> None:
    index = series(past.series, "alternative.me", "index")
    assert list(index.column("value")) == [9, 13, 11]


def test_an_interval_that_shortens_is_told_from_a_settlement_that_is_missing() -> None:
    def intervals(*hours: int) -> list[float]:
        data = np.array([[h * HOUR, 0.0001, np.nan] for h in hours])
        return list(with_intervals(data)[:, 2])

    assert intervals(0, 8, 16, 20, 24) == [8, 8, 8, 4, 4]
    missing = intervals(0, 4, 12, 16, 20)
    assert np.isnan(missing[2])
    assert missing[3:] == [4, 4]


@pytest.mark.parametrize("cut", ["newest", "oldest"])
def test_windows_get_everything_whichever_end_a_venue_cuts_off(cut: str) -> None:
    everything = list(range(1000))

    async def page(start: int, end: int, limit: int) -> Rows:
        rows = [[float(t)] for t in everything if start <= t < end]
        return rows[:7] if cut == "newest" else rows[-7:]

    found = asyncio.run(windows(page, 0, 1000, 1, 100))
    assert [int(r[0]) for r in found] == everything


@pytest.mark.parametrize("begins", [0, 400, 1500, 2950, 4000])
def test_an_empty_beginning_of_a_capped_window_hides_nothing_of_its_rest(begins: int) -> None:
    async def page(start: int, end: int, limit: int) -> Rows:
        seen = range(start, min(end, start + 300))  # the cap is counted from the start
        return [[float(t)] for t in seen if t >= begins]

    found = asyncio.run(windows(page, 0, 3000, 1, 1500))
    assert [int(r[0]) for r in found] == list(range(begins, 3000))


def test_a_page_of_binance_futures_is_no_larger_than_ccxt_asks_for() -> None:
    """More days than one answer of ccxt's holds: the pager must not count on the rest."""
    from generator.collect.sources import binance, binanceusdm

    assert ccxt_limit(binanceusdm.HISTORY.bars_page) == binanceusdm.HISTORY.bars_page
    assert ccxt_limit(binanceusdm.HISTORY.premium_page) == binanceusdm.HISTORY.premium_page
    assert ccxt_limit(binance.HISTORY.bars_page) == binance.HISTORY.bars_page


def ccxt_limit(asked: int) -> int:
    """The limit that ccxt puts into its request for candles of Binance when told `asked`."""
    import ccxt

    exchange, sent = ccxt.binanceusdm(), []
    market = {"id": "BTCUSDT", "symbol": "BTC/USDT:USDT", "inverse": False, "option": False}
    exchange.markets = {"BTC/USDT:USDT": market}
    exchange.market = lambda _: {**market, "linear": True}
    exchange.fapiPublicGetKlines = lambda request: sent.append(int(request["limit"])) or []
    exchange.fetch_ohlcv("BTC/USDT:USDT", "1d", 0, asked)
    return sent[0]


def test_only_powers_of_ten_with_inverse_volume_are_splits() -> None:
    assert (power(10.2), power(0.1), power(9.0), power(1.0)) == (1, -1, 0, 0)
    assert jump(100, 10, 1_000, 9_000) == -1
    assert jump(100, 10, 1_000, 1_100) == 0  # a 90% crash is a crash
    bars = np.array([[i * DAY, p, p, p, p, v, np.nan] for i, (p, v) in
                     enumerate([(100, 10), (101, 11), (10, 100), (11, 90)])])  # fmt: skip
    kept, dropped = after_last_split(bars)
    assert (dropped, list(kept[:, 4])) == (2, [10, 11])
