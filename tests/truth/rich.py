"""A market state that feeds every family of metrics at once: nothing in it is left out by chance.

`rich()` is a generated state with four venues and more than a year of bars, to which every series
and field is added that some metric rests on: positions, liquidations, order books, options, market
values, supplies, dated futures, dollar pairs, vendors' series and a calendar.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from generator.measure.past import rebuilt
from generator.model import (
    DAY,
    FIELDS,
    HOUR,
    Event,
    Floats,
    History,
    Instrument,
    InstrumentKind,
    Series,
    SeriesKey,
    SeriesKind,
    Snapshot,
    Source,
)
from tests.states import NOW, random_state

SEED = 130  # binance, coinbase, binanceusdm and bybit; 445 days; an aggregator; headlines
MIDNIGHT = NOW - NOW % DAY
AT = {name: i for i, name in enumerate(FIELDS)}
State = tuple[Snapshot, History]


@cache
def rich() -> State:
    """Saturday 28 February 2026, 08:00 UTC."""
    snapshot, history = random_state(SEED, 0.0)
    rng = np.random.default_rng(SEED)
    series = dict(history.series)

    def keep(venue: str, symbol: str, kind: SeriesKind, *columns: Floats) -> None:
        key: SeriesKey = (venue, symbol, kind)
        series[key] = Series(venue, symbol, kind, np.column_stack(columns), "made")

    def walk(venue: str, symbol: str, step: int, many: int, level: float, last: int = NOW) -> None:
        """An `index` series that wanders around a level."""
        ts = last - step * np.arange(many - 1, -1, -1.0)
        keep(venue, symbol, "index", ts, level * np.exp(rng.normal(0, 0.05, many)))

    for asset in ("BTC", "ETH"):
        _derivatives(rng, keep, asset, _price(snapshot, asset))
        perp, spot = f"{asset}/USDT:USDT", f"{asset}/USDT"
        walk("binanceusdm", f"{perp}#long_short_accounts", HOUR, 720, 1.4)
        walk("binanceusdm", f"{perp}#top_trader_positions", HOUR, 720, 1.2)
        walk("binance", f"{spot}#taker_buy_share", DAY, 400, 0.5, MIDNIGHT)
        walk("gate", f"{perp}#liquidations_long", HOUR, 120 * 24, 1e6)
        walk("gate", f"{perp}#liquidations_short", HOUR, 120 * 24, 1e6)
        walk("binance", f"{spot}#depth_1pct", HOUR // 2, 32 * 48, 2e7)
        walk("binance", f"{spot}#spread_bp", HOUR // 2, 32 * 48, 0.5)
        walk("deribit", f"{asset}-DVOL", HOUR, 400 * 24, 55.0)
        walk("coingecko", f"{asset}#market_cap", DAY, 200, 5e11, MIDNIGHT)
        for name, level in (("ETF_FLOW", 1e8), ("SKEW_25D", -3.0), ("CME_BASIS", 6.0),
                            ("CME_CLOSE", 6e4), ("EXPIRY_NOTIONAL", 2e9)):  # fmt: skip
            walk("Some Vendor", f"{name}_{asset}", DAY, 400, level, NOW - 11 * HOUR)
    for name in ("SPX", "NDX", "DXY", "US10Y"):
        walk("Some Vendor", name, DAY, 400, 100.0, NOW - 11 * HOUR)
    walk("coingecko", "BTC#dominance", DAY, 400, 57.0)
    walk("coingecko", "TOTAL#market_cap", DAY, 400, 2.5e12)
    walk("coinmarketcap", "ALTSEASON", DAY, 20, 50.0)
    walk("alternative.me", "FNG", DAY, 800, 40.0, MIDNIGHT)
    for coin in ("USDT", "USDC"):
        walk("defillama", f"{coin}#supply", DAY, 400, 1e11, MIDNIGHT)
        for venue in ("coinbase", "kraken"):
            for kind, step, many in (("bars_1d", DAY, 400), ("bars_1h", HOUR, 100)):
                price = 1 + rng.normal(0, 2e-4, many)
                ts = NOW // step * step - step * np.arange(many, 0, -1.0)
                keep(venue, f"{coin}/USD", kind, ts, *[price] * 4, *[price * 1e6] * 2)  # type: ignore[arg-type]
    return _more_rows(snapshot), History(series)


@cache
def states() -> tuple[State, ...]:
    """The rich state now and at the last two midnights, as history alone has them."""
    snapshot, history = rich()
    past = [(rebuilt(snapshot, history, MIDNIGHT - k * DAY), history) for k in (0, 1)]
    return ((snapshot, history), *past)


def _price(snapshot: Snapshot, asset: str) -> float:
    rows = [i for i, inst in enumerate(snapshot.instruments) if inst.base == asset]
    return float(snapshot.values[rows[0], AT["last"]])


def _derivatives(rng: np.random.Generator, keep, asset: str, price: float) -> None:  # type: ignore[no-untyped-def]
    symbol = f"{asset}/USDT:USDT"
    settled = NOW - NOW % (8 * HOUR) - 8.0 * HOUR * np.arange(1199, -1, -1.0)
    for venue in ("binanceusdm", "bybit", "bitget", "gate"):
        rates = np.round(rng.normal(1e-5, 8e-5, 1200), 8)
        keep(venue, symbol, "funding", settled, rates, np.full(1200, 8.0))
    hours = NOW - HOUR * np.arange(200 * 24, -1, -1.0)
    for venue in ("binanceusdm", "bybit"):
        coins = 1e5 * np.exp(np.cumsum(rng.normal(0, 0.004, len(hours))))
        keep(venue, symbol, "oi", hours, coins, coins * price)
    premium = rng.normal(-4.5, 3.0, len(hours) - 1)
    keep("binanceusdm", symbol, "premium_1h", hours[:-1], premium)


def _more_rows(snapshot: Snapshot) -> Snapshot:
    """Limits of funding, dated futures, dollar pairs, supplies, sources and a calendar."""
    values = snapshot.values.copy()
    perps = [i for i, inst in enumerate(snapshot.instruments) if inst.kind == "perp_linear"]
    values[perps, AT["funding_cap"]], values[perps, AT["funding_floor"]] = 0.003, -0.003
    rows: list[Instrument] = []
    added: list[Floats] = []

    def add(venue: str, symbol: str, kind: InstrumentKind, base: str, label: str = "",
            **fields: float) -> None:  # fmt: skip
        labels = (("expiry", label),) if label else ()
        rows.append(Instrument(venue, symbol, symbol, kind, base, "USD", labels=labels))
        added.append(np.array([fields.get(f, np.nan) for f in FIELDS]))

    for asset in ("BTC", "ETH"):
        price = _price(snapshot, asset)
        for days in (28, 119):
            add("okx", f"{asset}/USD:{asset}-{days}", "future", asset, str(NOW + days * DAY),
                mark=price * (1 + days / 7300), index=price, quote_volume_24h=5e7)  # fmt: skip
        if not any(i.kind == "aggregate" and i.base == asset for i in snapshot.instruments):
            add("coingecko", asset.lower(), "aggregate", asset, last=price, market_cap_usd=5e11)
    for coin in ("USDT", "USDC"):
        for venue in ("coinbase", "kraken"):
            add(venue, f"{coin}/USD", "spot", coin, last=0.9995, quote_volume_24h=1e8)
        if not any(i.venue == "defillama" and i.base == coin for i in snapshot.instruments):
            add("defillama", coin, "stablecoin", coin,
                last=1.0, supply_usd=1e11, supply_prev_week_usd=0.99e11)  # fmt: skip
    table = np.vstack([values, *added])
    known = ~np.isnan(table)
    kept = len(values)
    return replace(
        snapshot,
        instruments=(*snapshot.instruments, *rows),
        values=table,
        status=known.astype(np.uint8),
        as_of=np.where(known, float(NOW), np.nan),
        received=np.full(table.shape, float(NOW)),
        endpoint=np.zeros(table.shape, dtype=np.int16),
        sources=(
            *snapshot.sources,
            Source("headlines", "ok", "", 0.1, kept),
            Source("calendar", "ok", "", 0.0, 6),
        ),
        events=(
            Event("US CPI", NOW + 5 * HOUR, "macro", "BLS"),
            Event("US PPI", NOW - 14 * HOUR, "macro", "BLS", 0.4, 0.3, 0.2, "%"),
            Event("a venue halted withdrawals", NOW - 3 * HOUR, "venue", "its status page"),
            *(Event("expiry", NOW + HOUR, "expiry", "Deribit", asset=a, amount_usd=3e9)
              for a in ("BTC", "ETH")),
        ),
    )  # fmt: skip
