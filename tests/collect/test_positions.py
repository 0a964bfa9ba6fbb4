"""What is not a ticker, through the real exchange classes: positions, books, futures, totals."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from generator.collect import Collected, CollectSettings, collect
from generator.collect.depth import measure
from generator.measure import measure as measured
from generator.model import MARKET, History, Series, SeriesKey
from generator.settings import MarketSection
from tests.collect import doubles, positions
from tests.collect.conftest import Collect, row_of, state, values
from tests.collect.doubles import DAY, HOUR, NOW, Double, hang
from tests.collect.positions import EXPIRY

VENUES = ("binance", "binanceusdm", "bybit", "gate", "kraken", "deribit")
DATA = "fapi.binance.com/futures/data"


@pytest.fixture
def double() -> Iterator[Double]:
    made = Double({**doubles.ALL, **positions.MORE})
    server = doubles.start(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """The doubles' venues with their history, collected once."""
    made = Double({**doubles.ALL, **positions.MORE})
    gate = made.routes["api.gateio.ws/api/v4/futures/usdt/contract_stats"]
    made.routes["api.gateio.ws/api/v4/futures/usdt/contract_stats"] = lambda q: (
        positions.liquidations(q) if q["interval"] == "1h" else gate(q)
    )
    server = doubles.start(made)
    chosen = CollectSettings(venues=VENUES, aggregators=("coingecko",), side=("defillama",),
                             feeds=(), url_prefix=made.prefix)  # fmt: skip
    try:
        return collect(chosen, now_ms=NOW, cache_dir=tmp_path_factory.mktemp("full"),
                       newest=lambda key: None)  # fmt: skip
    finally:
        server.shutdown()
        server.server_close()


def index(made: Collected, venue: str, symbol: str) -> Series:
    return next(s for s in made.series if (s.venue, s.symbol, s.kind) == (venue, symbol, "index"))


def has(made: Collected, venue: str, symbol: str) -> bool:
    return any((s.venue, s.symbol) == (venue, symbol) for s in made.series)


def hourly(series: Series, hours: int) -> None:
    """Every hour up to now is there, none twice, none from the future."""
    assert (np.diff(series.data[:, 0]) == HOUR).all()
    assert series.data[-1, 0] == NOW
    assert len(series.data) == hours


def test_binance_ratios_are_kept_hourly_for_the_thirty_days_that_exist(full: Collected) -> None:
    accounts = index(full, "binanceusdm", "BTC/USDT:USDT#long_short_accounts")
    traders = index(full, "binanceusdm", "BTC/USDT:USDT#top_trader_positions")
    hourly(accounts, 30 * 24 - 1)
    hourly(traders, 30 * 24 - 1)
    assert accounts.data[-1, 1] == pytest.approx(1.5 + 8 / 24)
    assert traders.data[-1, 1] == pytest.approx(2.5 + 8 / 24)


def test_bybit_shares_of_accounts_become_a_ratio_every_hour_of_ninety_days(full: Collected) -> None:
    found = index(full, "bybit", "BTC/USDT:USDT#long_short_accounts")
    hourly(found, 90 * 24 + 1)
    assert set(found.column("value")) == {0.6 / 0.4}


def test_okx_ratios_lose_no_hour_at_the_seams_of_pages(gather: Collect) -> None:
    known = NOW - 5 * DAY
    made = gather("okx", backfill=True, newest=lambda key: known if "#" in key[1] else NOW)
    for name in ("long_short_accounts", "top_trader_positions"):
        found = index(made, "okx", f"BTC/USDT:USDT#{name}")
        hourly(found, 5 * 24)
        assert found.data[-1, 1] == pytest.approx(1.8)


def test_the_share_that_buyers_initiated_is_dated_to_the_end_of_its_day(full: Collected) -> None:
    found = index(full, "binance", "BTC/USDT#taker_buy_share")
    assert set(found.column("value")) == {0.48}
    assert (found.data[:, 0] % DAY == 0).all()
    assert found.data[-1, 0] <= NOW
    # every second day of the double has no taker volume: unknown, not nought
    assert (np.diff(found.data[:, 0]) == 2 * DAY).all()


def test_the_taker_share_costs_no_request_of_its_own(gather: Collect, double: Double) -> None:
    made = gather("binance", backfill=True)
    bars = [s for s in made.series if s.kind == "bars_1d"]
    assert has(made, "binance", "BTC/USDT#taker_buy_share")
    assert len(bars) == 2
    # 1,096 days in pages of 1,000, and 1,080 hours likewise, of two coins
    assert double.asked("api.binance.com/api/v3/klines") == 2 * 2 * 2


def test_a_taker_share_that_was_never_kept_is_fetched_though_the_bars_were(
    gather: Collect,
) -> None:
    def newest(key: SeriesKey) -> int | None:
        return None if "#" in key[1] else NOW // DAY * DAY - 3 * DAY

    made = gather("binance", backfill=True, newest=newest)
    assert len(index(made, "binance", "BTC/USDT#taker_buy_share").data) > 500
    bars = next(s for s in made.series if s.kind == "bars_1d")
    assert len(bars.data) == 2


def test_liquidations_are_sums_of_whole_hours_dated_to_their_end(full: Collected) -> None:
    longs = index(full, "gate", "BTC/USDT:USDT#liquidations_long")
    shorts = index(full, "gate", "BTC/USDT:USDT#liquidations_short")
    hourly(longs, 120 * 24 + 1)
    # the sum of the hour from 07:00 to 08:00 stands under 08:00
    assert longs.data[-1, 1] == (NOW // HOUR - 1) % 1000
    assert set(shorts.column("value")) == {7.0}


def test_a_venue_that_keeps_a_month_gives_a_month_and_no_fault(
    gather: Collect, double: Double
) -> None:
    def month(query: doubles.Query) -> object:
        if int(query["from"]) * 1000 < NOW - 31 * DAY:
            raise doubles.Refused(400, '{"label":"INVALID_PARAM_VALUE","message":"from"}')
        return positions.liquidations({**query, "interval": "1h"})

    double.routes["api.gateio.ws/api/v4/futures/usdt/contract_stats"] = month
    made = gather("gate", backfill=True, newest=lambda key: None if "#" in key[1] else NOW)
    found = index(made, "gate", "BTC/USDT:USDT#liquidations_long")
    assert 26 * 24 <= len(found.data) <= 31 * 24 + 1
    assert found.data[-1, 0] == NOW
    assert state(made.snapshot, "gate") == ("ok", "")


def test_a_sum_that_is_not_there_is_no_hour_without_liquidations(
    gather: Collect, double: Double
) -> None:
    place = "api.gateio.ws/api/v4/futures/usdt/contract_stats"

    def without(query: doubles.Query) -> object:
        rows = positions.liquidations({**query, "interval": "1h", "limit": "100"})
        return [{k: v for k, v in r.items() if k != "long_liq_usd"} for r in rows]

    double.routes[place] = without
    made = gather("gate", backfill=True, newest=lambda key: None if "#" in key[1] else NOW)
    assert not has(made, "gate", "BTC/USDT:USDT#liquidations_long")
    assert has(made, "gate", "BTC/USDT:USDT#liquidations_short")


def test_the_volatility_index_is_kept_hourly_for_a_year_across_page_caps(full: Collected) -> None:
    for coin in ("BTC", "ETH"):
        found = index(full, "deribit", f"{coin}-DVOL")
        hourly(found, 365 * 24)
        assert found.data[-1, 1] == 50 + 7  # the close of the hour that ended at 08:00


def test_only_new_hours_are_asked_for_again(gather: Collect, full: Collected) -> None:
    kept = {(s.venue, s.symbol, s.kind): s for s in full.series}

    def newest(key: SeriesKey) -> int | None:
        found = kept.get(key)  # type: ignore[arg-type]
        return None if found is None else int(found.data[-3, 0])

    again = gather("binanceusdm", "deribit", backfill=True, newest=newest).series
    fresh = [s for s in again if s.kind == "index"]
    assert len(fresh) == 4  # two of Binance, two of Deribit
    for s in fresh:
        np.testing.assert_array_equal(s.data, kept[s.venue, s.symbol, s.kind].data[-2:])


def test_nothing_is_asked_again_within_the_hour(gather: Collect, double: Double) -> None:
    gather("binanceusdm", "deribit", backfill=True, newest=lambda key: NOW - HOUR // 2)
    assert double.asked(f"{DATA}/globalLongShort") == double.asked(f"{DATA}/topLongShort") == 0
    assert double.asked("www.deribit.com/api/v2/public/get_volatility") == 0


def test_deribit_futures_are_priced_in_dollars_and_leave_out_the_perpetual(
    full: Collected,
) -> None:
    found = [i for i in full.snapshot.instruments if i.venue == "deribit"]
    assert [(i.symbol, i.kind, i.raw) for i in found] == [
        ("BTC/USD:BTC-260327", "future", "BTC-27MAR26")
    ]
    assert (found[0].label("expiry"), found[0].label("settled_in")) == (str(EXPIRY), "BTC")
    numbers = values(full.snapshot, "deribit", "BTC/USD:BTC-260327")
    assert (numbers["mark"], numbers["index"], numbers["oi_usd"]) == (64_710.5, 64_000, 2.5e8)


def test_okx_futures_are_the_linear_ones_that_end(gather: Collect, double: Double) -> None:
    place = "www.okx.com/api/v5"
    for name, swaps, futures in (
        ("public/instruments", double.routes[f"{place}/public/instruments"],
         lambda: doubles.okx(list(positions.OKX_FUTURES))),
        ("market/tickers", double.routes[f"{place}/market/tickers"], positions.okx_future_tickers),
        ("public/mark-price", double.routes[f"{place}/public/mark-price"],
         positions.okx_future_marks),
    ):  # fmt: skip
        double.routes[f"{place}/{name}"] = lambda q, s=swaps, f=futures: (  # type: ignore[misc]
            f() if q["instType"] == "FUTURES" else s(q)
        )
    snapshot = gather("okx").snapshot
    assert [i.symbol for i in snapshot.instruments if i.kind == "future"] == [
        "BTC/USDT:USDT-260327"
    ]
    found = values(snapshot, "okx", "BTC/USDT:USDT-260327")
    assert (found["last"], found["mark"], found["index"]) == (64_600, 64_610, 64_000)
    assert values(snapshot, "okx", "BTC/USDT:USDT")["oi_base"] == 25_000
    assert state(snapshot, "okx") == ("ok", "")


def test_depth_counts_only_what_lies_within_a_percent_on_both_sides(full: Collected) -> None:
    depth = index(full, "binance", "BTC/USDT#depth_1pct")
    assert depth.data[-1, 1] == 63_990 + 2 * 63_500 + 64_010 + 2 * 64_500
    assert index(full, "binance", "BTC/USDT#spread_bp").data[-1, 1] == pytest.approx(3.125)
    assert depth.data[-1, 0] == NOW  # in a replay, the moment itself


def test_a_book_that_ends_before_a_percent_has_a_spread_and_no_depth(full: Collected) -> None:
    assert not has(full, "binance", "ETH/USDT#depth_1pct")
    assert index(full, "binance", "ETH/USDT#spread_bp").data[-1, 1] == pytest.approx(10)


@pytest.mark.parametrize("bids", [[], [["101", "1"], ["90", "1"]], [["0", "1"]], [["x", "1"]]])
def test_an_empty_or_crossed_book_says_nothing(bids: list[list[str]]) -> None:
    assert measure({"bids": bids, "asks": [["101", "1"], ["110", "1"]]}) == (None, None)


def test_kraken_gives_dollar_prices_and_no_change_of_a_day_that_is_none(full: Collected) -> None:
    pairs = {i.symbol for i in full.snapshot.instruments if i.venue == "kraken"}
    assert pairs == {"BTC/USD", "USDT/USD", "USDC/USD"}
    assert values(full.snapshot, "kraken", "USDT/USD") == {"last": 0.9987}
    row = row_of(full.snapshot, "kraken", "USDT/USD")
    assert full.snapshot.instruments[row].asset_class == "stable"


def test_kraken_bars_are_the_720_it_keeps_less_the_day_in_progress(full: Collected) -> None:
    for symbol in ("BTC/USD", "USDT/USD", "USDC/USD"):
        bars = next(s for s in full.series if (s.venue, s.symbol, s.kind)
                    == ("kraken", symbol, "bars_1d"))  # fmt: skip
        assert len(bars.data) == 718
        assert bars.data[-1, 0] + DAY <= NOW


def test_stablecoin_pairs_have_the_hours_of_the_last_days_too(full: Collected) -> None:
    hours = [s for s in full.series if (s.venue, s.kind) == ("kraken", "bars_1h")]
    assert {s.symbol for s in hours} == {"USDT/USD", "USDC/USD"}
    assert {len(s.data) for s in hours} == {8 * 24}


def test_supply_is_kept_by_day_and_the_running_day_is_not_yet_one(full: Collected) -> None:
    found = index(full, "defillama", "USDT#supply")
    assert (np.diff(found.data[:, 0]) == DAY).all()
    assert found.data[-1, 0] == NOW // DAY * DAY
    assert found.data[-1, 1] == 1.5e11 + 398


def test_market_values_are_sampled_at_each_collection_of_majors_and_daily_of_others(
    gather: Collect, double: Double, full: Collected
) -> None:
    seen = NOW - 57_000
    np.testing.assert_array_equal(
        index(full, "coingecko", "BTC#market_cap").data, [[seen, 1.28e12]]
    )
    coins = double.routes["api.coingecko.com/api/v3/coins/markets"]
    double.routes["api.coingecko.com/api/v3/coins/markets"] = lambda q: [
        *coins(q), *({**coins(q)[0], "id": i, "symbol": "sol", "market_cap": c}
                     for i, c in (("copy", 5e6), ("solana", 9e10), ("other", 1e6)))]  # fmt: skip
    first = gather(aggregators=("coingecko",))
    assert index(first, "coingecko", "SOL#market_cap").data[0, 1] == 9e10
    again = gather(aggregators=("coingecko",), newest=lambda key: seen - HOUR)
    assert has(again, "coingecko", "BTC#market_cap")
    assert not has(again, "coingecko", "SOL#market_cap")


def test_the_whole_market_is_a_sample_as_old_as_its_source_says(full: Collected) -> None:
    total = index(full, "coingecko", "TOTAL#market_cap")
    share = index(full, "coingecko", "BTC#dominance")
    np.testing.assert_array_equal(total.data, [[NOW - 120_000, 2.2e12]])
    np.testing.assert_array_equal(share.data, [[NOW - 120_000, 58.1]])


def test_what_can_be_done_without_costs_a_note_and_not_the_source(
    gather: Collect, double: Double
) -> None:
    del double.routes["api.binance.com/api/v3/depth"]
    del double.routes["api.coingecko.com/api/v3/global"]
    del double.routes["www.deribit.com/api/v2/public/get_volatility_index_data"]
    made = gather("binance", "deribit", aggregators=("coingecko",), backfill=True,
                  newest=lambda key: NOW if key[0] == "binance" else None)  # fmt: skip
    assert values(made.snapshot, "binance", "BTC/USDT")["last"] == 64_000
    assert state(made.snapshot, "binance") == (
        "ok", "without api/v3/depth: HTTP 404: request refused")  # fmt: skip
    assert state(made.snapshot, "coingecko") == (
        "ok", "without global: HTTP 404: request refused")  # fmt: skip
    assert state(made.snapshot, "deribit") == ("partial", "history: HTTP 404: request refused")


def test_a_book_that_hangs_is_left_after_a_moment_and_the_prices_stay(
    gather: Collect, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.collect.context.ASIDE_S", 0.3)
    double.faults["api.binance.com/api/v3/depth"] = hang
    snapshot = gather("binance").snapshot
    assert state(snapshot, "binance") == ("ok", "without api/v3/depth: no answer within 0.3 s")
    assert values(snapshot, "binance", "BTC/USDT")["last"] == 64_000


def test_an_answer_beyond_its_limit_is_given_up_and_named(
    gather: Collect, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.collect.capped.MOST_BYTES", 200_000)
    double.faults["api.kraken.com/0/public/Ticker"] = lambda q: b"[" + b" " * 300_000 + b"]"
    snapshot = gather("kraken", "deribit").snapshot
    assert state(snapshot, "kraken") == ("failed", "answer too large")
    assert double.asked("api.kraken.com/0/public/Ticker") == 1
    assert state(snapshot, "deribit") == ("ok", "")


def test_an_answer_of_no_announced_length_is_given_up_when_it_grows_too_long(
    gather: Collect, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packed, a megabyte of blanks is a kilobyte on the wire."""
    monkeypatch.setattr("generator.collect.capped.MOST_BYTES", 500_000)
    packed = gzip.compress(b"[" + b" " * 1_000_000 + b"]")
    double.faults["api.kraken.com/0/public/Ticker"] = lambda q: packed
    double.headers["Content-Encoding"] = "gzip"
    double.headers_of = "api.kraken.com/0/public/Ticker"
    assert state(gather("kraken").snapshot, "kraken") == ("failed", "answer too large")


def test_what_is_collected_goes_by_the_names_that_the_metrics_read(full: Collected) -> None:
    history = History({(s.venue, s.symbol, s.kind): s for s in full.series})
    values = measured(full.snapshot, history, MarketSection()).values
    for name, value in {
        "account_ratio": 1.5 + 8 / 24, "top_trader_ratio": 2.5 + 8 / 24, "taker_buy_share": 0.48,
        "dvol": 57, "futures_venues": 2, "aggregated_market_value": 1.28e12,
    }.items():  # fmt: skip
        assert values["BTC"][name] == pytest.approx(value), name
    assert values["BTC"]["liquidations_usd"] > 0
    assert values[MARKET]["btc_dominance"] == 58.1
    assert values[MARKET]["usdt_price"] == 0.9987


def test_coinbase_keeps_its_dollar_books(tmp_path: Path) -> None:
    from generator.collect.sources.coinbase import beside_dollars

    listed = {"BTC/USD", "BTC/USDT", "NEW/USDT", "USDT/USD", "USDT/USDC"}
    assert {s for s in listed if not beside_dollars(s, listed)} == {
        "BTC/USD", "NEW/USDT", "USDT/USD", "USDT/USDC"}  # fmt: skip
