"""What venues are called in text, and a snapshot's rows by venue and coin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from generator.model import Floats, Instrument, Snapshot

NAMES = {
    "binance": "Binance",
    "binanceusdm": "Binance",
    "bybit": "Bybit",
    "okx": "OKX",
    "hyperliquid": "Hyperliquid",
    "coinbase": "Coinbase",
    "kraken": "Kraken",
    "krakenfutures": "Kraken Futures",
    "gate": "Gate",
    "kucoinfutures": "KuCoin Futures",
    "bitget": "Bitget",
    "deribit": "Deribit",
    "coingecko": "CoinGecko",
    "coinmarketcap": "CoinMarketCap",
    "coinpaprika": "CoinPaprika",
    "alternative.me": "alternative.me",
    "defillama": "DefiLlama",
}
# The interest term of each venue's funding formula, percent per 8 h. Venues that are not listed
# have no stated term here: nothing is then said about a baseline.
INTEREST_8H = {"binanceusdm": 0.01, "bybit": 0.01, "okx": 0.01, "bitget": 0.01, "gate": 0.01}
INTEREST_8H |= {"kucoinfutures": 0.01, "hyperliquid": 0.01}
NO_INTEREST = {("binanceusdm", "BNB")}
# Ranks must not span a change of the formula (ms): OKX had no dead-band before April 2025. Binance
# divides by 8/N since 2025-09-18 08:01 UTC, which changes nothing where N was 8 throughout.
FORMULA_SINCE = {"okx": 1_746_057_600_000}
DIVIDES_SINCE = {"binanceusdm": 1_758_182_460_000}
QUOTES = ("USDT", "USD", "USDC")


def formula_since(venue: str, ts: Floats, interval: Floats) -> float:
    """The moment (ms) since when a contract's settled rates follow one formula; 0 for always.

    ts and interval (h) are its prints: only one before the change, at other than 8 h, matters.
    """
    since = float(FORMULA_SINCE.get(venue, 0))
    divides = DIVIDES_SINCE.get(venue)
    if divides is None or not len(ts) or ts[-1] < divides:
        return since
    other = (ts < divides) & np.isfinite(interval) & (interval != 8)
    return max(since, float(divides)) if np.any(other) else since


def venue_name(venue: str) -> str:
    return NAMES.get(venue, venue)


def listed(names: list[str]) -> str:
    """Names as a text lists them: `Binance, Bybit and OKX`; empty for none."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def source_name(source: str) -> str:
    """A source as the coverage line names it: the two Binance sources are told apart."""
    return {"binance": "Binance spot", "binanceusdm": "Binance futures"}.get(
        source, venue_name(source)
    )


def market_name(venue: str, kind: str) -> str:
    """The scope as printed: `Binance spot`, `OKX perpetuals`."""
    suffix = {"spot": " spot", "perp_linear": " perpetuals"}.get(kind, "")
    return venue_name(venue) + suffix


@dataclass(frozen=True, eq=False)
class Book:
    """A snapshot's rows by (venue, kind) and coin, for quick choice of instruments.

    doubted: rows whose unstamped numbers are not taken for numbers of now.
    """

    snapshot: Snapshot
    max_age_ms: float
    rows: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, snapshot: Snapshot, max_age_ms: float) -> Book:
        book = cls(snapshot, max_age_ms)
        for i, inst in enumerate(snapshot.instruments):
            group = book.rows.setdefault((inst.venue, inst.kind), {})
            known = group.get(inst.base)
            if known is None or _preference(inst) < _preference(snapshot.instruments[known]):
                group[inst.base] = i
        book.doubted.update(_alone(snapshot, max_age_ms))
        return book

    def instrument(self, row: int) -> Instrument:
        return self.snapshot.instruments[row]

    def value(self, row: int, name: str) -> float:
        if name not in self.snapshot.fields:
            return float("nan")
        return float(self.snapshot.values[row, self.snapshot.fields.index(name)])

    def age(self, row: int, name: str) -> float:
        """ms between the moment of the snapshot and the exchange's stamp, or else the receipt."""
        col = self.snapshot.fields.index(name)
        stamp = self.snapshot.as_of[row, col]
        stamp = stamp if np.isfinite(stamp) else self.snapshot.received[row, col]
        return float(self.snapshot.now - stamp)

    def fresh(self, row: int, name: str) -> float:
        """The value, or NaN when it is older than a price may be (canon Q03) or doubted."""
        value = self.value(row, name)
        if not np.isfinite(value) or row in self.doubted:
            return float("nan")
        return value if self.age(row, name) <= self.max_age_ms else float("nan")

    def price(self, row: int, name: str) -> float:
        """A fresh price of one coin: the instrument's price over its multiplier."""
        value = self.fresh(row, name)
        return value / self.instrument(row).multiplier if value > 0 else float("nan")

    def open_24h(self, row: int) -> float:
        """The price 24 hours ago: as given, or from a change that the venue states as rolling."""
        given = self.price(row, "open_24h")
        if np.isfinite(given):
            return given
        rolling = self.instrument(row).label("pct_window") in (None, "rolling24h")
        change = self.fresh(row, "pct_24h") if rolling else float("nan")
        last = self.price(row, "last")
        return last / (1 + change / 100) if np.isfinite(change) and change > -100 else float("nan")

    def markets(self, venues: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """(venue, kind) in order of preference; spot before perpetual on the same venue."""
        for venue in venues:
            for kind in ("spot", "perp_linear"):
                if (venue, kind) in self.rows:
                    yield venue, kind


def _preference(inst: Instrument) -> tuple[int, float, str]:
    quote = QUOTES.index(inst.quote) if inst.quote in QUOTES else len(QUOTES)
    return quote, inst.multiplier, inst.symbol


def unstamped(snapshot: Snapshot) -> NDArray[np.int64]:
    """Rows of markets with a price of which the venue does not say when it was, ascending."""
    if "last" not in snapshot.fields:
        return np.empty(0, dtype=np.int64)
    col = snapshot.fields.index("last")
    bare = np.isfinite(snapshot.values[:, col]) & ~np.isfinite(snapshot.as_of[:, col])
    return np.flatnonzero(bare)


def _alone(snapshot: Snapshot, max_age_ms: float) -> set[int]:
    """Unstamped rows of coins whose every stamped price is too old.

    Where all clocks that can be read have stopped, an answer without one is not known to be of
    now: it may come from a cache. Where no venue stamps the coin at all, nothing speaks against it.
    """
    bare = unstamped(snapshot)
    if not len(bare):
        return set()
    col = snapshot.fields.index("last")
    given = np.isfinite(snapshot.values[:, col]) & np.isfinite(snapshot.as_of[:, col])
    recent = given & (snapshot.now - snapshot.as_of[:, col] <= max_age_ms)
    markets = [i.kind in ("spot", "perp_linear") for i in snapshot.instruments]

    def coins(which: NDArray[np.bool_]) -> set[str]:
        return {snapshot.instruments[n].base for n in np.flatnonzero(which) if markets[n]}

    stopped = coins(given) - coins(recent)
    return {int(n) for n in bare if snapshot.instruments[n].base in stopped}
