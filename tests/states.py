"""Generated market states for property tests: anything a bad day can bring, fixed by the seed.

`random_state(seed, missing)` draws 1-4 price venues, 30-120 assets, calm or crashing paths, negative
funding, gaps, zeros, stale stamps, market values and headlines now and then. It is deliberately
independent of the scenarios: they are written to be coherent, these are drawn to be awkward.
"""

from __future__ import annotations

import numpy as np

from generator.model import (
    DAY,
    FIELDS,
    HOUR,
    Floats,
    Headline,
    History,
    Instrument,
    InstrumentKind,
    Series,
    SeriesKey,
    SeriesKind,
    Snapshot,
    Source,
    SourceState,
    Status,
)

NOW = 1_772_265_600_000  # 2026-02-28 08:00 UTC
NAMES = (
    "BTC ETH XRP BNB SOL TRX DOGE ADA HYPE BCH LINK XLM LTC AVAX SUI HBAR TON UNI DOT AAVE TAO NEAR "
    "ICP ETC PEPE ONDO APT ENA WLD POL ALGO ATOM KAS RENDER M ARB FIL VET SEI BONK JUP FET INJ STX "
    "OP TIA CRV LDO IMX GRT FLOKI PENDLE SAND MANA AXS GALA THETA ENS EIGEN STRK PYTH JTO DYDX COMP "
    "RUNE KAVA ZRO BEAT TAC BLUR MAGIC GMT CELO ZIL ONE ICX BAND STORJ SKL CELR CHR COTI ALICE API3 "
    "LQTY RDNT PERP HIGH HOOK EDU ARKM CYBER MAV PIXEL ACE NFP XAI PORTAL SAGA OMNI REZ DUSK ZEC XMR "
    "DASH NEO QTUM IOTA EGLD FLOW MINA KSM ZEN SUSHI YFI SNX UMA BAL ANKR CHZ ENJ LRC OGN"
)
TICKERS = tuple(NAMES.split())
VENUES: tuple[tuple[str, InstrumentKind, str], ...] = (
    ("binance", "spot", "USDT"),
    ("coinbase", "spot", "USD"),
    ("binanceusdm", "perp_linear", "USDT"),
    ("okx", "perp_linear", "USDT"),
    ("bybit", "perp_linear", "USDT"),
    ("hyperliquid", "perp_linear", "USDC"),
)
STATES: tuple[SourceState, ...] = ("ok", "partial", "blocked", "failed", "skipped")
HOSTILE = (
    "<script>alert(1)</script> BTC to the moon",
    "Bitcoin fell 12% because of @someone, visit x.example",
    "{{ 7 * 7 }} ETH 100% guaranteed",
    "Ether slips as markets wait",
    "BTC crosses $1,000,000",
)
Rng = np.random.Generator


def random_state(seed: int, missing: float = 0.1) -> tuple[Snapshot, History]:
    """A market state with about `missing` (0 to 1) of its numbers gone. Same seed, same bytes."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n = int(rng.integers(30, min(121, len(TICKERS) + 1)))
    chosen = rng.permutation(len(VENUES))[: int(rng.integers(1, 5))]
    venues = [VENUES[i] for i in sorted(chosen)]
    opens, closes, daily = _prices(rng, n)
    rows: list[Instrument] = []
    values: list[Floats] = []
    series: dict[SeriesKey, Series] = {}
    for venue, kind, quote in venues:
        size = n if rng.random() < 0.8 else max(2, n // 2)
        factor = 1 + rng.normal(0, 3e-4)
        rows += [_instrument(venue, kind, quote, t) for t in TICKERS[:size]]
        values.append(_quotes(rng, kind, opens[:, :size] * factor, closes[:, :size] * factor))
        whole = daily[:, :size] * factor, closes * factor, opens * factor
        _history(rng, series, rows[-size:], *whole, missing)
    _side(rng, rows, values, series, closes[-1])
    _gaps(rng, series, missing)
    return _snapshot(rng, missing, rows, np.vstack(values), venues, seed), History(series)


def _prices(rng: Rng, n: int) -> tuple[Floats, Floats, Floats]:
    """Hourly opens and closes (45 d) and daily closes (up to 400 d before), times x assets."""
    hours, days = 45 * 24 + NOW % DAY // HOUR, int(rng.choice([5, 70, 400]))
    scale = float(rng.choice([0.001, 0.5, 1.0, 1.0, 3.0]))
    beta = np.concatenate([[1.0, 1.3], rng.uniform(-0.2, 2.0, n - 2)])
    market = rng.normal(0, 0.004, hours)
    if rng.random() < 0.4:  # a shock somewhere in the last day and a bit
        market[-int(rng.integers(1, 30))] += float(rng.choice([-0.12, -0.06, 0.05, 0.1]))
    own = rng.normal(0, 0.005, (hours, n))
    steps = scale * (market[:, None] * beta + own)
    start = np.exp(rng.uniform(-12, 7, n))
    start[:2] = 60_000.0, 1_900.0
    path = start * np.exp(np.vstack([np.zeros(n), np.cumsum(steps, axis=0)]))
    older = scale * (rng.normal(0, 0.02, (days, 1)) * beta + rng.normal(0, 0.025, (days, n)))
    return path[:-1], path[1:], start * np.exp(-np.cumsum(older, axis=0))[::-1]


def _instrument(venue: str, kind: InstrumentKind, quote: str, base: str) -> Instrument:
    symbol = f"{base}/{quote}:{quote}" if kind == "perp_linear" else f"{base}/{quote}"
    labels = (("pct_window", "rolling24h"), ("premium_ref", "index"), ("funding_kind", "predicted"))
    return Instrument(venue, symbol, base + quote, kind, base, quote, labels=labels)


def _quotes(rng: Rng, kind: str, opens: Floats, closes: Floats) -> Floats:
    n = opens.shape[1]
    out = np.full((n, len(FIELDS)), np.nan)
    put = dict(zip(FIELDS, out.T, strict=True))
    last, before = closes[-1], opens[-24]
    put["last"][:], put["open_24h"][:] = last, before
    put["high_24h"][:] = np.maximum(opens[-24:], closes[-24:]).max(0) * 1.001
    put["low_24h"][:] = np.minimum(opens[-24:], closes[-24:]).min(0) * 0.999
    put["pct_24h"][:] = (last / before - 1) * 100
    turnover = np.exp(rng.normal(17, 2, n))
    put["quote_volume_24h"][:], put["base_volume_24h"][:] = turnover, turnover / last
    if kind != "perp_linear":
        return out
    premium = rng.normal(-4.5, 4, n)
    interval = rng.choice([1.0, 4.0, 8.0], n)
    rate = np.where(rng.random(n) < 0.4, 1e-4, rng.normal(0, 2e-4, n)) * interval / 8
    put["mark"][:], put["index"][:] = last, last / (1 + premium / 1e4)
    put["premium_bps"][:] = premium
    put["funding_rate"][:], put["funding_interval_h"][:] = rate, interval
    put["funding_8h"][:] = rate * 8 / interval
    put["next_funding_ts"][:] = NOW - NOW % (interval * HOUR) + interval * HOUR
    put["oi_base"][:] = turnover / last * 0.3
    put["oi_usd"][:] = turnover * 0.3
    return out


def _history(
    rng: Rng,
    series: dict[SeriesKey, Series],
    rows: list[Instrument],
    daily: Floats,
    closes: Floats,
    opens: Floats,
    missing: float,
) -> None:
    midnight = NOW - NOW % DAY
    count = len(closes) - NOW % DAY // HOUR
    for i, inst in enumerate(rows):
        if rng.random() < missing:
            continue
        hourly = _bars(rng, opens[:, i], closes[:, i], NOW - len(closes) * HOUR, HOUR)
        recent = hourly[:count].reshape(-1, 24, 7)
        ends = np.concatenate([daily[:, i], recent[:1, 0, 1]])
        first = midnight - DAY * (len(recent) + len(daily))
        old = _bars(rng, ends[:-1], ends[1:], first, DAY)
        new = np.column_stack(
            [
                recent[:, 0, 0],
                recent[:, 0, 1],
                recent[:, :, 2].max(1),
                recent[:, :, 3].min(1),
                recent[:, -1, 4],
                recent[:, :, 5:].sum(1),
            ]
        )
        _keep(series, inst, "bars_1d", np.vstack([old, new]))
        if i < 2:
            _keep(series, inst, "bars_1h", hourly)
        if i < 2 and inst.kind == "perp_linear":
            _derivatives(rng, series, inst, closes[-1, i])


def _bars(rng: Rng, opens: Floats, closes: Floats, first: int, length: int) -> Floats:
    reach = 1 + np.abs(rng.normal(0, 0.002, len(opens)))
    high, low = np.maximum(opens, closes) * reach, np.minimum(opens, closes) / reach
    quote = np.exp(rng.normal(15, 0.5, len(opens)))
    ts = first + length * np.arange(len(opens), dtype=float)
    return np.column_stack([ts, opens, high, low, closes, quote / closes, quote])


def _derivatives(rng: Rng, series: dict[SeriesKey, Series], inst: Instrument, price: float) -> None:
    back = np.arange(359, -1, -1)
    negative = rng.random() < 0.3
    rates = rng.normal(-2e-4 if negative else 5e-5, 5e-5, 360)
    settled = [NOW - NOW % (8 * HOUR) - back * 8.0 * HOUR, rates, np.full(360, 8.0)]
    _keep(series, inst, "funding", np.column_stack(settled))
    oi = 1e5 * np.exp(np.cumsum(rng.normal(0, 0.01, 181)))
    _keep(series, inst, "oi", np.column_stack([NOW - 4.0 * HOUR * back[-181:], oi, oi * price]))
    hours = np.arange(31 * 24, 0, -1)
    premium = rng.normal(-4.5, 2.0, len(hours))
    _keep(series, inst, "premium_1h", np.column_stack([NOW - 1.0 * HOUR * hours, premium]))


def _keep(
    series: dict[SeriesKey, Series], inst: Instrument, kind: SeriesKind, data: Floats
) -> None:
    key = (inst.venue, inst.symbol, kind)
    series[key] = Series(inst.venue, inst.symbol, kind, data, "generated")


def _gaps(rng: Rng, series: dict[SeriesKey, Series], missing: float) -> None:
    """Take stretches, single samples and single cells out of some series."""
    for key in list(series):
        if rng.random() >= missing:
            continue
        data = series[key].data.copy()
        start = int(rng.integers(0, len(data)))
        kept = np.ones(len(data), dtype=bool)
        kept[start : start + int(rng.integers(1, 30))] = False
        data[rng.random(len(data)) < missing / 4, int(rng.integers(1, data.shape[1]))] = np.nan
        series[key] = Series(*key[:2], series[key].kind, data[kept], "generated")


def _side(
    rng: Rng,
    rows: list[Instrument],
    values: list[Floats],
    series: dict[SeriesKey, Series],
    last: Floats,
) -> None:
    def add(inst: Instrument, **fields: float) -> None:
        rows.append(inst)
        values.append(np.array([[fields.get(f, np.nan) for f in FIELDS]]))

    if rng.random() < 0.5:
        caps = np.exp(rng.uniform(15, 24, len(last)))
        for i, price in enumerate(last):
            inst = Instrument("coingecko", TICKERS[i].lower(), "", "aggregate", TICKERS[i], "USD")
            add(inst, last=float(price), market_cap_usd=float(caps[i]))
    if rng.random() < 0.5:
        inst = Instrument("alternative.me", "FNG", "FNG", "index", "MARKET", "USD")
        index = np.clip(50 + np.cumsum(rng.normal(0, 3, 200)), 0, 100).round()
        ts = NOW - NOW % DAY - DAY * np.arange(199.0, -1, -1)
        _keep(series, inst, "index", np.column_stack([ts, index]))
        add(inst, index_value=float(index[-1]))
    if rng.random() < 0.3:
        inst = Instrument("defillama", "USDT", "USDT", "stablecoin", "USDT", "USD", 1, "stable")
        price = float(rng.choice([1.0, 0.9995, 0.97]))
        add(inst, last=price, supply_usd=1.8e11, supply_prev_week_usd=1.79e11)


def _snapshot(
    rng: Rng,
    missing: float,
    rows: list[Instrument],
    values: Floats,
    venues: list[tuple[str, InstrumentKind, str]],
    seed: int,
) -> Snapshot:
    shape = values.shape
    values[rng.random(shape) < missing] = np.nan
    values[rng.random(shape) < missing / 50] = 0.0
    known = ~np.isnan(values)
    stale = np.where(rng.random(shape) < missing / 3, rng.integers(1, 48, shape) * HOUR, 0)
    stamps = np.where(known, NOW - stale.astype(float), np.nan)
    stamps[rng.random(shape) < 0.1] = np.nan  # venues that give no stamp at all
    gone = [v for v, *_ in VENUES if v not in {name for name, *_ in venues}]
    sources = [Source(v, "ok", "", 1.0, len(rows)) for v, *_ in venues]
    sources += [Source(v, STATES[int(rng.integers(1, 5))], "drawn", 0.2, 0) for v in gone]
    titles = [HOSTILE[i] for i in rng.permutation(len(HOSTILE))[: int(rng.integers(0, 4))]]
    headlines = tuple(
        Headline(
            "CoinDesk", t, "https://news.example/1", NOW - int(rng.integers(0, 40)) * HOUR, NOW
        )
        for t in titles
    )
    return Snapshot(
        id=f"generated-{seed}",
        now=NOW,
        mode="replay",
        instruments=tuple(rows),
        fields=tuple(FIELDS),
        values=values,
        status=np.where(known, Status.OK, Status.MISSING).astype(np.uint8),
        as_of=stamps,
        received=np.full(shape, float(NOW)),
        endpoint=np.zeros(shape, dtype=np.int16),
        endpoints=("generated",),
        sources=tuple(sources),
        headlines=headlines,
    )
