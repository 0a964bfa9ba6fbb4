"""The universe: which coins breadth is counted over, who moved most, and the value buckets.

One venue's liquid crypto perpetuals, in configured order; the first with thirty of them. Where no
venue has that many, an aggregator's coins; where none has either, breadth stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.measure.inputs import Desk, Inputs, Thunk, observed, put_price, setting, stack
from generator.measure.venues import market_name, venue_name
from generator.model import DAY, Floats, Series, SourceRef

ENOUGH = 30
NEARLY_ALL = 0.9
CANDIDATES = 5  # a side; the note prints three
AGGREGATORS = ("coingecko", "coinmarketcap", "coinpaprika")
PRICE_AGREES = 0.03


@dataclass(frozen=True, eq=False)
class Universe:
    """rows: of the snapshot; returns in percent, turnover in quote currency, both fresh."""

    market: tuple[str, str]
    name: str
    rows: tuple[int, ...]
    bases: tuple[str, ...]
    returns: Floats
    turnover: Floats


def universe(desk: Desk) -> Universe | None:
    for venue in desk.market.perp_venues:
        found = _of_market(desk, (venue, "perp_linear"), f"{venue_name(venue)} perpetuals")
        if found is not None:
            return found
    for venue in AGGREGATORS:
        found = _of_market(desk, (venue, "aggregate"), f"{venue_name(venue)} coins")
        if found is not None:
            return found
    return None


def _of_market(desk: Desk, market: tuple[str, str], name: str) -> Universe | None:
    book, rows = desk.book, desk.book.rows.get(market, {})
    kept, traded = [], 0
    for base in sorted(rows):
        row = rows[base]
        if book.instrument(row).asset_class != "crypto":
            continue
        traded += book.value(row, "quote_volume_24h") >= desk.market.min_turnover_usd
        last, open_ = book.price(row, "last"), book.open_24h(row)
        volume = book.fresh(row, "quote_volume_24h")
        if np.isfinite(last + open_) and volume >= desk.market.min_turnover_usd:
            kept.append((base, row, (last / open_ - 1) * 100, volume))
    # "Of all that traded so much" is only true when nearly all of them are known and fresh.
    if len(kept) < max(ENOUGH, NEARLY_ALL * traded):
        return None
    bases, chosen, returns, volumes = zip(*kept, strict=True)
    return Universe(market, name, chosen, bases, np.array(returns), np.array(volumes))


def counted(desk: Desk, u: Universe, name: str) -> Thunk:
    def ref() -> SourceRef:
        note = (
            f"{len(u.rows)} instruments with at least {desk.market.min_turnover_usd:,.0f} turnover"
        )
        return SourceRef(u.market[0], u.name, name, None, desk.now, note)

    return ref


def market_inputs(desk: Desk, u: Universe | None) -> Inputs:
    """Raw inputs of the market-wide metrics."""
    inputs = Inputs()
    inputs.put("now", float(desk.now))
    if u is not None:
        inputs.scopes["universe"] = u.name
        inputs.put("u_return", u.returns, counted(desk, u, "return_24h"))
        if "BTC" in u.bases:
            i = u.bases.index("BTC")
            inputs.put("btc_return", float(u.returns[i]), observed(desk.book, u.rows[i], "last"))
        _put_buckets(inputs, desk, u)
    _put_funding_breadth(inputs, desk)
    states = [s.state for s in desk.snapshot.sources if s.state != "skipped"]
    if states:
        good = float(states.count("ok"))
        inputs.put("sources_ok", good, setting("sources that answered", good))
        inputs.put(
            "sources_bad", len(states) - good, setting("sources that did not", len(states) - good)
        )
    fng = desk.series("alternative.me", "FNG", "index")
    if fng is not None:
        inputs.scopes["fear_greed"] = "alternative.me"
        ref: Thunk = lambda: SourceRef(  # noqa: E731
            "alternative.me", "FNG", "value", float(fng.data[-1, 1]), int(fng.data[-1, 0])
        )
        inputs.put("fng_ts", fng.column("ts"), ref)
        inputs.put("fng_value", fng.column("value"), ref)
    for name, value in (
        ("movers_min_turnover", desk.market.min_turnover_usd),
        ("movers_min_age", float(desk.market.min_age_days)),
    ):
        inputs.put(name, value, setting(name, value))
    return inputs


def _put_funding_breadth(inputs: Inputs, desk: Desk) -> None:
    """Current rates of all crypto perpetuals of the first venue that gives thirty of them."""
    for venue in desk.market.perp_venues:
        rows = desk.book.rows.get((venue, "perp_linear"), {})
        crypto = [r for r in rows.values() if desk.book.instrument(r).asset_class == "crypto"]
        rates = np.array([desk.book.value(r, "funding_8h") * 100 for r in crypto])
        if np.count_nonzero(np.isfinite(rates)) >= ENOUGH:
            inputs.scopes["universe_funding"] = f"{venue_name(venue)} perpetuals"
            inputs.put("u_funding", rates, _rates(desk, venue, rates))
            return


def _rates(desk: Desk, venue: str, rates: Floats) -> Thunk:
    count = int(np.count_nonzero(np.isfinite(rates)))
    note = f"{count} current rates"
    return lambda: SourceRef(venue, "all crypto perpetuals", "funding_8h", None, desk.now, note)


# ---------------------------------------------------------------- movers


def movers(desk: Desk, u: Universe | None) -> dict[str, Inputs]:
    """Raw inputs of the coins that may be listed as movers: filtered, ranked on both sides."""
    if u is None or u.market[1] != "perp_linear":
        return {}
    known_caps = {b: c for b in u.bases if np.isfinite(c := market_cap(desk, u, b)[0])}
    use_caps = len(known_caps) >= len(u.bases) / 2
    eligible = []
    for base, row, change in zip(u.bases, u.rows, u.returns, strict=True):
        old = age_days(desk, row) >= desk.market.min_age_days
        large = not use_caps or known_caps.get(base, 0.0) >= desk.market.min_cap_usd
        plain = base.isalnum()  # no mark, space or control character in what is printed
        if old and large and plain and base not in desk.market.majors:
            eligible.append((change, base))
    gainers = [b for c, b in sorted(eligible, key=lambda e: (-e[0], e[1])) if c > 0][:CANDIDATES]
    losers = [b for c, b in sorted(eligible) if c < 0][:CANDIDATES]
    out = {}
    for side, names in (("gainer", gainers), ("loser", losers)):
        for rank, base in enumerate(names, 1):
            inputs = out[base] = Inputs()
            inputs.put("now", float(desk.now))
            inputs.put("is_major", 0.0, setting("market.majors", 0.0))
            put_price(inputs, desk, u.market, base)
            row = desk.book.rows[u.market][base]
            inputs.put("age", age_days(desk, row), observed(desk.book, row, "last"))
            inputs.scopes["universe"] = u.name
            inputs.put(f"universe_{side}_rank", float(rank), counted(desk, u, "return_24h"))
            _put_other_venues(inputs, desk, base)
            cap, ref = market_cap(desk, u, base)
            if np.isfinite(cap) and ref is not None:
                inputs.scopes["market_value"] = "market value"
                inputs.put("market_cap", cap, ref)
    return out


def age_days(desk: Desk, row: int) -> float:
    """Days since listing, as the venue states it or its daily bars show at least."""
    inst = desk.book.instrument(row)
    bars = desk.series(inst.venue, inst.symbol, "bars_1d")
    shown = float(len(bars.data)) if bars is not None else float("nan")
    stated = inst.label("listed")
    if stated is None:
        return shown
    return float(np.fmax((desk.now - float(stated)) / DAY, shown))


def _put_other_venues(inputs: Inputs, desk: Desk, base: str) -> None:
    prices, volumes, refs = [], [], []
    for (venue, kind), rows in sorted(desk.book.rows.items()):
        if base in rows and kind in ("spot", "perp_linear"):
            row = rows[base]
            price = desk.book.price(row, "last")
            if np.isfinite(price):
                prices.append(price)
                volumes.append(desk.book.fresh(row, "quote_volume_24h"))
                refs.append(observed(desk.book, row, "last"))
                inputs.scopes["universe"] = market_name(venue, kind)
    inputs.put("mover_prices", np.array(prices), *refs)
    inputs.put("mover_turnovers", np.array(volumes), *refs)


# ---------------------------------------------------------------- buckets of market value


def market_cap(desk: Desk, u: Universe, base: str) -> tuple[float, Thunk | None]:
    """An aggregator's market value, only where its price agrees within 3% (tickers repeat)."""
    price = desk.book.price(u.rows[u.bases.index(base)], "last")
    for row in _aggregated(desk).get(base, ()):
        cap, quoted = desk.book.value(row, "market_cap_usd"), desk.book.value(row, "last")
        if cap > 0 and quoted > 0 and abs(quoted / price - 1) <= PRICE_AGREES:
            return cap, observed(desk.book, row, "market_cap_usd")
    return float("nan"), None


def _aggregated(desk: Desk) -> dict[str, list[int]]:
    """Aggregators' rows by ticker: configured order of aggregators, larger values first."""
    cached: dict[str, list[int]] | None = getattr(desk, "_aggregates", None)
    if cached is None:
        cached = {}
        column = desk.snapshot.column("market_cap_usd")
        for i, inst in enumerate(desk.snapshot.instruments):
            if inst.kind == "aggregate" and inst.venue in AGGREGATORS and column[i] > 0:
                cached.setdefault(inst.base, []).append(i)
        for rows in cached.values():
            rows.sort(
                key=lambda r: (AGGREGATORS.index(desk.snapshot.instruments[r].venue), -column[r])
            )
        desk._aggregates = cached  # type: ignore[attr-defined]
    return cached


def _put_buckets(inputs: Inputs, desk: Desk, u: Universe) -> None:
    caps = [market_cap(desk, u, b) for b in u.bases]
    if np.count_nonzero([np.isfinite(c) for c, _ in caps]) < ENOUGH or "BTC" not in u.bases:
        return
    bars: list[Series | None] = [
        desk.series(u.market[0], desk.book.instrument(r).symbol, "bars_1d") for r in u.rows
    ]
    last_day = desk.now // DAY * DAY - DAY
    days = np.arange(last_day - 70 * DAY, last_day + 1, DAY, dtype=np.float64)
    close, volume = stack(bars, "close", days), stack(bars, "quote_volume", days)
    scale = np.array([desk.book.instrument(r).multiplier for r in u.rows])
    prices = np.array([desk.book.price(r, "last") for r in u.rows])
    value = np.array([c for c, _ in caps]) * (close[-8] / scale) / prices
    refs = [ref for _, ref in caps if ref is not None]
    inputs.scopes["buckets"] = f"{u.name} with a known market value"
    others = np.array([b not in desk.market.majors for b in u.bases])
    inputs.put(
        "bucket_value", np.where(others, value, np.nan), *refs[:1], counted(desk, u, "close")
    )
    inputs.put("bucket_close", close, counted(desk, u, "bars_1d.close"))
    inputs.put("bucket_volume", volume, counted(desk, u, "bars_1d.quote_volume"))
    btc = u.bases.index("BTC")
    inputs.put("bucket_btc_close", close[:, btc], counted(desk, u, "bars_1d.close"))
