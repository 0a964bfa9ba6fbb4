"""Every shipped scenario is coherent, and says what its name promises."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from generator.collect.scenario import load_scenario, scenario_names
from generator.model import COLUMNS, DAY, HOUR, History, Snapshot
from generator.scenarios.paths import by_day

EVERY = scenario_names()
NAMES = {
    "micro_cap_rotation", "one_hour_crash", "quiet_sunday",
    "short_squeeze", "source_article", "venue_outage",
}  # fmt: skip


@pytest.fixture(scope="module", params=EVERY)
def state(request: pytest.FixtureRequest) -> tuple[Snapshot, History]:
    return load_scenario(request.param)


def field(snapshot: Snapshot, venue: str, symbol: str, name: str) -> float:
    row = next(
        i
        for i, inst in enumerate(snapshot.instruments)
        if (inst.venue, inst.symbol) == (venue, symbol)
    )
    return float(snapshot.column(name)[row])


def ms(iso: str) -> int:
    return int(datetime.fromisoformat(iso).replace(tzinfo=UTC).timestamp()) * 1000


def test_six_scenarios_are_shipped() -> None:
    assert set(EVERY) == NAMES


def test_bars_end_now_and_agree_with_the_snapshot(state: tuple[Snapshot, History]) -> None:
    snapshot, history = state
    hourly = [s for s in history.series.values() if s.kind == "bars_1h"]
    assert len(hourly) >= 8
    for series in hourly:
        key, bars = (series.venue, series.symbol), series.data[-24:]
        assert bars[-1, 0] + HOUR == snapshot.now
        assert len(series.data) >= 45 * 24
        assert bars[-1, 4] == field(snapshot, *key, "last")
        assert bars[0, 1] == series.data[-25, 4] == field(snapshot, *key, "open_24h")
        assert bars[:, 3].min() == field(snapshot, *key, "low_24h")
        assert bars[:, 2].max() == field(snapshot, *key, "high_24h")
        turnover = field(snapshot, *key, "quote_volume_24h")
        if not np.isnan(turnover):
            assert bars[:, 6].sum() == pytest.approx(turnover, rel=1e-6)


def test_hourly_bars_aggregate_into_the_daily_ones(state: tuple[Snapshot, History]) -> None:
    snapshot, history = state
    for (venue, symbol, kind), series in history.series.items():
        if kind != "bars_1h":
            continue
        daily = history.get(venue, symbol, "bars_1d")
        assert daily is not None
        midnight = snapshot.now - snapshot.now % DAY
        whole = by_day(series.data[series.data[:, 0] < midnight])
        np.testing.assert_array_equal(whole, daily.data[-len(whole) :])


def test_every_bar_and_every_series_is_well_formed(state: tuple[Snapshot, History]) -> None:
    snapshot, history = state
    for series in history.series.values():
        data = series.data
        assert data.shape[1] == len(COLUMNS[series.kind])
        assert (np.diff(data[:, 0]) > 0).all()
        assert len(series.until(snapshot.now).data) == len(data)
        if series.kind in ("bars_1d", "bars_1h"):
            low, high = data[:, 3], data[:, 2]
            assert (low > 0).all()
            assert (low <= np.minimum(data[:, 1], data[:, 4])).all()
            assert (high >= np.maximum(data[:, 1], data[:, 4])).all()
            np.testing.assert_array_equal(data[1:, 1], data[:-1, 4])


def test_histories_are_long_enough_to_judge(state: tuple[Snapshot, History]) -> None:
    _, history = state
    shortest = {
        "funding": 100 * 3,
        "oi": 30 * 24,
        "premium_1h": 30 * 24,
        "index": 400,
        "bars_1d": 60,
    }
    for series in history.series.values():
        assert len(series.data) >= shortest.get(series.kind, 1)
    majors = [s for s in history.series.values() if s.symbol[:4] in ("BTC/", "ETH/")]
    assert all(len(s.data) >= 400 for s in majors if s.kind == "bars_1d")


def test_the_newest_open_interest_sample_is_the_level_in_the_snapshot(
    state: tuple[Snapshot, History],
) -> None:
    snapshot, history = state
    for series in history.series.values():
        if series.kind == "oi":
            assert series.data[-1, 0] == snapshot.now
            level = field(snapshot, series.venue, series.symbol, "oi_base")
            assert series.data[-1, 1] == pytest.approx(level)
            assert snapshot.now - DAY in series.data[:, 0]
            assert snapshot.now - snapshot.now % DAY in series.data[:, 0]


def test_the_premium_before_a_settlement_explains_its_rate(
    state: tuple[Snapshot, History],
) -> None:
    _, history = state
    checked = 0
    for (venue, symbol, kind), series in history.series.items():
        if kind != "premium_1h" or (venue, symbol, "funding") not in history.series:
            continue
        at, rate, interval = history.series[venue, symbol, "funding"].data[-1]
        window = (series.data[:, 0] >= at - interval * HOUR) & (series.data[:, 0] < at)
        mean = series.data[window, 1].mean()
        implied = mean + np.clip(1.0 - mean, -5.0, 5.0)  # bp per 8 h, interest 1 bp, clamp 5 bp
        assert implied == pytest.approx(rate * 8 / interval * 1e4, abs=0.06)
        checked += 1
    assert checked >= 4


def test_loading_twice_gives_the_same_bytes(state: tuple[Snapshot, History]) -> None:
    snapshot, history = state
    again, past = load_scenario(snapshot.scenario)
    assert again.values.tobytes() == snapshot.values.tobytes()
    assert again.instruments == snapshot.instruments
    for key, series in history.series.items():
        assert past.series[key].data.tobytes() == series.data.tobytes()


def test_scenarios_are_marked_as_such(state: tuple[Snapshot, History]) -> None:
    snapshot, _ = state
    assert snapshot.mode == "scenario"
    assert snapshot.scenario in EVERY
    perps = [i for i in snapshot.instruments if i.kind == "perp_linear"]
    assert len(perps) >= 150
    assert all(i.label("illustrative") == "yes" for i in perps)
    assert len({(i.venue, i.symbol) for i in snapshot.instruments}) == len(snapshot.instruments)


# ---------------------------------------------------------------- what each one promises


def test_the_source_article_prints_the_articles_figures() -> None:
    snapshot, _ = load_scenario("source_article")
    assert snapshot.now == ms("2026-06-26T06:00")
    figures = [
        ("binance", "BTC/USDT", 59_982.0, -2.67, 2.03e9),
        ("binance", "ETH/USDT", 1_558.10, -5.53, 7.649e8),
    ]
    for venue, symbol, price, change, volume in figures:
        assert field(snapshot, venue, symbol, "last") == price
        assert round(field(snapshot, venue, symbol, "pct_24h"), 2) == change
        assert field(snapshot, venue, symbol, "quote_volume_24h") == volume
    spot = next(i for i in snapshot.instruments if i.venue == "binance")
    assert spot.label("illustrative") is None


@pytest.mark.parametrize(("ticker", "change"), [("BEAT", 37.5), ("TAC", 19.4), ("M", 18.6)])
def test_the_source_article_has_its_three_movers(ticker: str, change: float) -> None:
    snapshot, _ = load_scenario("source_article")
    got = field(snapshot, "binanceusdm", f"{ticker}/USDT:USDT", "pct_24h")
    assert got == pytest.approx(change, abs=0.05)


def test_the_source_articles_low_is_the_lowest_since_september_2024() -> None:
    _, history = load_scenario("source_article")
    bars = history.series["binance", "BTC/USDT", "bars_1d"].data
    low = bars[bars[:, 0] == ms("2026-06-25T00:00"), 3]
    assert low == 58_115.01
    lower = bars[(bars[:, 3] < 58_115.01), 0]
    assert lower.max() == ms("2024-09-17T00:00")


def test_the_source_articles_fall_came_in_one_hour() -> None:
    _, history = load_scenario("source_article")
    for symbol, fall in (("BTC/USDT", -4.82), ("ETH/USDT", -5.97)):
        bars = history.series["binance", symbol, "bars_1h"].data
        row = bars[bars[:, 0] == ms("2026-06-25T13:00")][0]
        assert (row[4] / row[1] - 1) * 100 == pytest.approx(fall, abs=0.01)


def test_the_crash_hour_holds_most_of_the_crash() -> None:
    snapshot, history = load_scenario("one_hour_crash")
    bars = history.series["binance", "BTC/USDT", "bars_1h"].data[-24:]
    worst = (bars[:, 4] / bars[:, 1] - 1).min() * 100
    share = worst / field(snapshot, "binance", "BTC/USDT", "pct_24h")
    assert worst < -6
    assert 0.6 <= share <= 1.2


def test_the_quiet_sunday_is_a_sunday_and_quiet() -> None:
    snapshot, history = load_scenario("quiet_sunday")
    assert datetime.fromtimestamp(snapshot.now / 1000, UTC).weekday() == 6
    bars = history.series["binance", "BTC/USDT", "bars_1h"].data
    moves = np.diff(np.log(bars[:, 4]))
    assert np.abs(moves[-24:]).max() < 4 * moves[-720:].std()
    assert abs(field(snapshot, "binance", "BTC/USDT", "pct_24h")) < 0.5


def test_the_squeeze_closes_contracts_while_price_rises_and_funding_is_negative() -> None:
    snapshot, history = load_scenario("short_squeeze")
    for symbol in ("BTC/USDT:USDT", "ETH/USDT:USDT"):
        oi = history.series["binanceusdm", symbol, "oi"].data
        assert oi[-1, 1] / oi[-25, 1] < 0.97
        assert field(snapshot, "binanceusdm", symbol, "pct_24h") > 5
        assert (history.series["binanceusdm", symbol, "funding"].data[-4:, 1] < 0).all()


def test_the_rotation_is_broad_lasting_and_on_growing_volume() -> None:
    snapshot, history = load_scenario("micro_cap_rotation")
    caps = {i.base: snapshot.column("market_cap_usd")[k] for k, i in enumerate(snapshot.instruments) if i.kind == "aggregate"}  # fmt: skip
    day = [s.data for (v, y, k), s in history.series.items() if k == "bars_1d" and v == "binanceusdm" and 1e7 <= caps.get(y.split("/")[0], 0) < 1e9]  # fmt: skip
    assert len(day) >= 40
    bitcoin = history.series["binanceusdm", "BTC/USDT:USDT", "bars_1d"].data
    for back in (1, 2, 3):
        week = [b[-back, 4] / b[-back - 7, 4] - 1 for b in day]
        btc = bitcoin[-back, 4] / bitcoin[-back - 7, 4] - 1
        if back < 3:
            assert np.median(week) - btc >= 0.05
            assert np.mean(np.array(week) > btc) >= 0.6
    total = sum(b[:, 6][-60:] for b in day)
    share = total / (total + bitcoin[-60:, 6])
    assert share[-7:].mean() >= 1.1 * share[:-7].mean()


def test_two_size_classes_hold_twenty_coins_each() -> None:
    snapshot, _ = load_scenario("micro_cap_rotation")
    caps = snapshot.column("market_cap_usd")
    for low, high in ((1e7, 1e8), (1e8, 1e9), (1e9, 1e10)):
        assert ((caps >= low) & (caps < high)).sum() >= 20


def test_in_the_outage_no_row_comes_from_a_blocked_venue() -> None:
    snapshot, history = load_scenario("venue_outage")
    blocked = {s.name for s in snapshot.sources if s.state == "blocked"}
    assert blocked == {"binance", "binanceusdm", "bybit"}
    used = {i.venue for i in snapshot.instruments}
    assert not used & blocked
    assert not {k[0] for k in history.series} & blocked
    assert {"okx", "hyperliquid", "krakenfutures", "coinbase"} <= used
    assert "alternative.me" not in used
    assert all(s.reason for s in snapshot.sources if s.state != "ok")
