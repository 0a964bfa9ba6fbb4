"""The real exchange classes against strict doubles: what each number means, per venue."""

from __future__ import annotations

import numpy as np
import pytest

from generator.model import Snapshot, Status
from tests.collect.conftest import Collect, row_of, state, values
from tests.collect.doubles import HOUR, NEXT, NOW, Double, Query


def test_binance_intervals_are_reported_or_documented_and_never_assumed(world: Snapshot) -> None:
    snapshot = world
    btc = values(snapshot, "binanceusdm", "BTC/USDT:USDT")
    pepe = values(snapshot, "binanceusdm", "1000PEPE/USDT:USDT")
    assert (btc["funding_interval_h"], pepe["funding_interval_h"]) == (8, 4)
    assert pepe["funding_8h"] == pytest.approx(-0.0004)
    labels = snapshot.instruments[row_of(snapshot, "binanceusdm", "BTC/USDT:USDT")]
    assert labels.label("interval_source") == "documented"
    assert (pepe["funding_cap"], pepe["funding_floor"]) == (0.02, -0.02)


def test_without_the_interval_list_no_interval_is_known_and_the_field_counts_as_failed(
    gather: Collect, double: Double
) -> None:
    del double.routes["fapi.binance.com/fapi/v1/fundingInfo"]
    snapshot = gather("binanceusdm").snapshot
    btc = values(snapshot, "binanceusdm", "BTC/USDT:USDT")
    assert btc["funding_rate"] == 0
    assert not {"funding_interval_h", "funding_8h"} & set(btc)
    row = row_of(snapshot, "binanceusdm", "BTC/USDT:USDT")
    assert snapshot.observation(row, "funding_8h").status is Status.FAILED
    assert state(snapshot, "binanceusdm")[0] == "partial"


def test_a_flat_coin_is_zero_percent_and_a_zero_rate_is_a_rate(world: Snapshot) -> None:
    snapshot = world
    assert values(snapshot, "binanceusdm", "BTC/USDT:USDT")["pct_24h"] == 0
    assert values(snapshot, "binanceusdm", "BTC/USDT:USDT")["funding_rate"] == 0
    assert values(snapshot, "gate", "FLAT/USDT:USDT")["pct_24h"] == 0


def test_a_price_of_zero_nan_and_a_schedule_of_1970_are_missing(world: Snapshot) -> None:
    zero = values(world, "binanceusdm", "ZERO/USDT:USDT")
    assert not {"last", "pct_24h", "mark", "index", "funding_rate", "next_funding_ts",
                "oi_base", "premium_bps"} & set(zero)  # fmt: skip


def test_unlisted_and_delisted_contracts_stay_out(world: Snapshot) -> None:
    snapshot = world
    symbols = {i.symbol for i in snapshot.instruments}
    assert "BTC/USDT:USDT" in symbols
    assert not [s for s in symbols if "0G" in s or "UNLISTED" in s or "GONE" in s]


def test_a_dated_future_is_one_of_its_own_kind_with_its_expiry_and_no_funding(
    world: Snapshot,
) -> None:
    row = row_of(world, "binanceusdm", "BTC/USDT:USDT-260327")
    instrument = world.instruments[row]
    assert (instrument.kind, instrument.base) == ("future", "BTC")
    assert instrument.label("expiry") == "1774598400000"
    found = values(world, "binanceusdm", "BTC/USDT:USDT-260327")
    assert (found["last"], found["mark"], found["index"]) == (64_500, 64_500, 64_000)
    assert not {"funding_rate", "funding_8h", "funding_interval_h", "premium_bps"} & set(found)
    assert [i.kind for i in world.instruments if "-26" in i.symbol] == ["future"]


def test_multipliers_are_split_and_coins_counted_in_the_base(world: Snapshot) -> None:
    snapshot = world
    pepe = snapshot.instruments[row_of(snapshot, "binanceusdm", "1000PEPE/USDT:USDT")]
    assert (pepe.base, pepe.multiplier) == ("PEPE", 1000)
    found = values(snapshot, "binanceusdm", "1000PEPE/USDT:USDT")
    assert found["oi_base"] == 5000 * 1000
    assert found["oi_usd"] == pytest.approx(5000 * 0.0035)
    # KuCoin: lots x contract size x multiplier
    bonk = values(snapshot, "kucoinfutures", "1000BONK/USDT:USDT")
    assert bonk["oi_base"] == 8_000_000 * 10 * 1000


def test_stocks_are_tagged_by_name_and_by_the_venues_own_category(world: Snapshot) -> None:
    snapshot = world
    kinds = {i.symbol: i.asset_class for i in snapshot.instruments}
    assert kinds["AAPL/USDT:USDT"] == kinds["ACME/USDT:USDT"] == "stock"
    assert kinds["BTC/USDT:USDT"] == "crypto"


def test_okx_volume_is_in_coins_and_open_interest_is_not_contracts(world: Snapshot) -> None:
    swap = values(world, "okx", "BTC/USDT:USDT")
    assert swap["base_volume_24h"] == 12_000
    assert swap["quote_volume_24h"] == 12_000 * 64_000
    instrument = world.instruments[row_of(world, "okx", "BTC/USDT:USDT")]
    assert instrument.label("turnover_at") == "last"  # which is not what was paid
    assert swap["oi_base"] == 25_000
    assert swap["oi_usd"] == 25_000 * 64_010


def test_legs_over_sixty_seconds_apart_give_no_premium_over_them(world: Snapshot) -> None:
    snapshot = world  # the double's index is 61 s older than its marks
    row = row_of(snapshot, "okx", "BTC/USDT:USDT")
    assert snapshot.instruments[row].label("premium_ref") == "spot"
    found = snapshot.observation(row, "premium_bps")
    assert found.value == pytest.approx((64_000 / 64_020 - 1) * 1e4)
    assert found.status is Status.DERIVED


def test_okx_without_its_spot_book_still_gives_swaps_and_says_so(
    gather: Collect, double: Double
) -> None:
    swaps = double.routes["www.okx.com/api/v5/public/instruments"]
    double.routes["www.okx.com/api/v5/public/instruments"] = lambda q: (
        {"code": "51000", "msg": "no", "data": []} if q["instType"] == "SPOT" else swaps(q)
    )
    snapshot = gather("okx").snapshot
    assert values(snapshot, "okx", "BTC/USDT:USDT")["last"] == 64_000
    kind, reason = state(snapshot, "okx")
    assert kind == "partial"
    assert "spot" in reason


def test_gate_contracts_become_coins_and_seconds_become_hours(world: Snapshot) -> None:
    btc = values(world, "gate", "BTC/USDT:USDT")
    assert btc["oi_base"] == 200
    assert btc["funding_interval_h"] == 4
    assert btc["funding_8h"] == pytest.approx(0.0001)
    assert btc["next_funding_ts"] == NEXT - 4 * HOUR
    assert "open_24h" not in btc  # a rounded percentage gives no price back
    assert "oi_base" not in values(world, "gate", "FLAT/USDT:USDT")


def test_kucoin_time_that_remains_is_counted_from_the_answer(world: Snapshot) -> None:
    snapshot = world
    row = row_of(snapshot, "kucoinfutures", "BTC/USDT:USDT")
    found = snapshot.observation(row, "next_funding_ts")
    assert found.value == found.received_at + 20_022_985
    assert snapshot.observation(row, "last").as_of is None  # this answer carries no stamp


def test_bitget_intervals_come_from_its_funding_call(world: Snapshot) -> None:
    btc = values(world, "bitget", "BTC/USDT:USDT")
    assert (btc["funding_interval_h"], btc["oi_base"]) == (4, 7452.5)
    assert btc["pct_24h"] == pytest.approx((64 / 65 - 1) * 100)
    assert btc["premium_bps"] == pytest.approx((63_990 / 64_000 - 1) * 1e4)


def test_every_number_has_an_endpoint_and_a_time_of_arrival(world: Snapshot) -> None:
    snapshot = world
    there = ~np.isnan(snapshot.values)
    assert there.sum() > 80
    assert (snapshot.endpoint[there] > 0).all()
    assert (snapshot.received[there] >= NOW).all()
    assert ((snapshot.status == Status.MISSING) | (snapshot.status == Status.FAILED))[~there].all()


def test_a_ten_for_one_split_is_dropped_and_named(gather: Collect, double: Double) -> None:
    tickers = double.routes["fapi.binance.com/fapi/v1/ticker/24hr"]

    def split(query: Query) -> object:
        rows = tickers(query)
        rows[0].update(lastPrice="6400", openPrice="64000", lowPrice="6300")
        return rows

    double.routes["fapi.binance.com/fapi/v1/ticker/24hr"] = split
    snapshot = gather("binanceusdm", "bitget", "okx").snapshot
    assert not {"last", "pct_24h", "oi_base"} & set(
        values(snapshot, "binanceusdm", "BTC/USDT:USDT")
    )
    assert "BTC/USDT:USDT: price is off by a power of ten" in state(snapshot, "binanceusdm")[1]
    assert values(snapshot, "bitget", "BTC/USDT:USDT")["last"] == 64_000


def test_the_same_answers_give_the_same_snapshot_id(gather: Collect) -> None:
    first, second = gather("gate", "bitget").snapshot, gather("gate", "bitget").snapshot
    assert first.id == second.id
    assert first.id.startswith("20260228T080000Z-")
    assert (first.mode, first.now) == ("replay", NOW)
