"""The universe of past days: which of one venue's perpetuals were traded enough on each day.

A day's members are those whose own turnover reached the floor on that day, so coins that were
listed later are not in it and coins that were delisted since are, as far as history holds their
bars (what was delisted before the first collection it cannot hold). Everything is worked out once
per history over all its days; a moment reads the days that had ended then.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from generator.measure.denomination import NONE, of_history
from generator.measure.inputs import Desk, stack
from generator.measure.statistics import known_median
from generator.model import DAY, Floats, History, Series

ENOUGH = 30
MOST_DAYS = 4_000
QUOTES = ("USDT", "USD", "USDC")  # one instrument per coin, the first of these
LATE = 5 * 60_000  # a window that begins so shortly after midnight is still that UTC day's


@dataclass(frozen=True, eq=False)
class Days:
    """Daily panels: days (n,) ms of each day's open; close and turnover (n x coins), NaN unknown.

    share_up, share_down, median (percent) and btc (percent) are per day (n,), over its members;
    NaN where fewer than thirty are known.
    """

    days: Floats
    bases: tuple[str, ...]
    close: Floats
    turnover: Floats
    share_up: Floats
    share_down: Floats
    median: Floats
    btc: Floats

    def before(self, moment: float) -> int:
        """How many of the days had ended at a moment."""
        return int(np.searchsorted(self.days, moment - DAY, side="right"))


_KEPT: WeakKeyDictionary[History, dict[tuple[object, ...], Days | None]] = WeakKeyDictionary()


def daily_universe(desk: Desk) -> Days | None:
    """The days of the venue that breadth is counted on; None for an aggregator or no history."""
    u = desk.universe
    if u is None or u.market[1] != "perp_linear":
        return None
    other = frozenset(i.symbol for i in desk.snapshot.instruments
                      if i.venue == u.market[0] and i.asset_class != "crypto")  # fmt: skip
    key = (u.market[0], desk.market.min_turnover_usd, other)
    kept = _KEPT.setdefault(desk.history, {})
    if key not in kept:
        kept[key] = _build(desk.history, u.market[0], desk.market.min_turnover_usd, other)
    return kept[key]


def _chosen(history: History, venue: str, other: frozenset[str]) -> dict[str, Series]:
    """One daily series per coin: perpetuals only, the preferred quote first.

    What a coin was before a re-split is a coin of its own, which ends there.
    """
    found: dict[str, tuple[int, Series]] = {}
    for (where, symbol, kind), series in history.series.items():
        if where != venue or kind != "bars_1d" or symbol in other or not len(series.data):
            continue
        pair, _, settle = symbol.partition(":")
        base = pair.partition("/")[0]
        if settle in QUOTES:
            place = QUOTES.index(settle)
            if base not in found or place < found[base][0]:
                found[base] = (place, series)
    resplits, out = of_history(history), dict[str, Series]()
    for base in sorted(found):
        series = found[base][1]
        key = (series.venue, series.symbol, series.kind)
        *before, now = np.split(series.data, resplits.get(key, NONE))
        for k, rows in enumerate(before):
            out[f"{base} before re-split {k + 1}"] = Series(*key, rows, series.endpoint)
        out[base] = Series(*key, now, series.endpoint) if before else series
    return out


def _build(history: History, venue: str, floor: float, other: frozenset[str]) -> Days | None:
    series = _chosen(history, venue, other)
    if len(series) < ENOUGH:
        return None
    last = max(s.data[-1, 0] for s in series.values()) // DAY * DAY
    first = min(s.data[0, 0] for s in series.values()) // DAY * DAY
    days = np.arange(max(first, last - MOST_DAYS * DAY), last + 1, DAY, dtype=np.float64)
    bars = list(series.values())
    close, turnover = stack(bars, "close", days), stack(bars, "quote_volume", days)
    bases = tuple(series)
    with np.errstate(all="ignore"):
        returns = np.full(close.shape, np.nan)
        returns[1:] = (close[1:] / close[:-1] - 1) * 100
        own = np.where(turnover >= floor, returns, np.nan)
        count = np.count_nonzero(np.isfinite(own), axis=1).astype(np.float64)
        count[count < ENOUGH] = np.nan
        up, down = (np.count_nonzero(own > 0, axis=1), np.count_nonzero(own < 0, axis=1))
        middle = known_median(own) + 0 * count
    btc = returns[:, bases.index("BTC")] if "BTC" in bases else np.full(len(days), np.nan)
    return Days(days, bases, close, turnover, up / count, down / count, middle, btc)
