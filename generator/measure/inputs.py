"""From a snapshot and its history to the raw inputs of the metrics, each with its source.

Choices are made here once: which instrument speaks for an asset, which venue for funding, which
for open interest. A choice that cannot be made leaves the input out, and every metric that would
have needed it unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.measure.denomination import of_history, since_resplit
from generator.measure.story import copied, dollars_first, story_market
from generator.measure.venues import (
    INTEREST_8H,
    NO_INTEREST,
    Book,
    formula_since,
    market_name,
    venue_name,
)
from generator.model import (
    HOUR,
    LENGTH,
    Floats,
    History,
    Series,
    SeriesKey,
    Snapshot,
    SourceRef,
)
from generator.settings import MarketSection

Thunk = Callable[[], SourceRef]
NO_STAMP = "time of receipt; the venue gave none"
LATE = 5 * 60_000  # the bar of an hour that has just ended may not be there yet
OI_AGE = 30 * 60_000  # an older open interest is no longer now's


@dataclass(eq=False)
class Inputs:
    """One subject's raw inputs, where each came from, and the scope text of each input family."""

    values: dict[str, Any] = field(default_factory=dict)
    refs: dict[str, tuple[Thunk, ...]] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: Any, *refs: Thunk) -> None:
        self.values[name] = value
        self.refs[name] = refs


@lru_cache(maxsize=4096)
def day(ms: float) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")


def observed(book: Book, row: int, name: str) -> Thunk:
    def ref() -> SourceRef:
        snapshot, instrument = book.snapshot, book.instrument(row)
        place = row, snapshot.fields.index(name)
        value, stamp = float(snapshot.values[place]), float(snapshot.as_of[place])
        note, moment = "", stamp
        if math.isnan(stamp):
            note, moment = NO_STAMP, float(snapshot.received[place])
        if any(key == "illustrative" and given for key, given in instrument.labels):
            note = "illustrative figure"
        known = None if math.isnan(value) else value
        return SourceRef(instrument.venue, instrument.symbol, name, known, int(moment), note)

    return ref


def recorded(series: Series, name: str) -> Thunk:
    def ref() -> SourceRef:
        stamps = series.data[:, 0]
        span = f"{len(stamps)} values, {day(stamps[0])} to {day(stamps[-1])}" if len(stamps) else ""
        last = float(series.data[-1, -1]) if len(stamps) and series.kind == "index" else None
        as_of = int(stamps[-1]) if len(stamps) else None
        return SourceRef(series.venue, series.symbol, f"{series.kind}.{name}", last, as_of, span)

    return ref


def setting(name: str, value: float) -> Thunk:
    return lambda: SourceRef("setting", name, name, value, None, "a setting of this program")


Scope = Literal["asset", "pair", "market"]
_DRAWN: dict[str, dict[str, Callable[..., None]]] = {"asset": {}, "pair": {}, "market": {}}


def draws(scope: Scope) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function that puts raw inputs: a family's inputs stand beside its metrics.

    asset: f(inputs, desk, asset), for each major; pair: f(inputs, desk, left, right), assets;
    market: f(inputs, desk). What cannot be had is left out, and every metric that needs it unknown.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        _DRAWN[scope][f"{function.__module__}.{function.__name__}"] = function
        return function

    return register


def drawn(scope: Scope, inputs: Inputs, desk: Desk, *subject: str) -> None:
    """Let every registered family put its inputs; in the order of their names."""
    for _, function in sorted(_DRAWN[scope].items()):
        function(inputs, desk, *subject)


class Desk:
    """Everything the inputs are drawn from, with the choices of instruments made once.

    universe: the coins that breadth is counted over (`universe.Universe`), None where unknown.
    wire: the reports of the last day (`generator.news.Wire`).
    """

    universe: Any = None
    wire: Any = None

    def __init__(self, snapshot: Snapshot, history: History, market: MarketSection) -> None:
        self.snapshot, self.market, self.now = snapshot, market, snapshot.now
        self.history = history
        self.book = Book.of(snapshot, market.max_price_age_s * 1000)
        self.series_of: dict[SeriesKey, Series | None] = {}

        def days(venue: str, symbol: str) -> Series | None:
            return self.series(venue, symbol, "bars_1d")

        self.book.doubted.update(copied(self.book, days, market.majors))
        venues = dollars_first(self.book, market.price_venues, market.majors)
        self.story = story_market(self.book, venues, market.majors, days)

    def series(self, venue: str, symbol: str, kind: str) -> Series | None:
        """What was known of a series at the moment of the snapshot; None where nothing was."""
        key = (venue, symbol, kind)
        if key not in self.series_of:
            found = self.history.get(*key)
            rows = of_history(self.history).get(key) if found is not None else None
            self.series_of[key] = None if found is None else known_at(found, self.now, rows)
        return self.series_of[key]


def known_at(
    series: Series, moment: int, resplits: NDArray[np.int64] | None = None
) -> Series | None:
    """As `Series.until`, without a copy: stamps ascend, so what was known is a beginning.

    resplits: rows that begin a new denomination; those before the last one known are left out.
    """
    last = moment - LENGTH.get(series.kind, 0)
    count = int(series.data[:, 0].searchsorted(last, side="right"))
    first = since_resplit(resplits, count)
    if count == len(series.data) and not first:
        return series if count else None
    known = series.data[first:count]
    return (
        Series(series.venue, series.symbol, series.kind, known, series.endpoint) if count else None
    )


# ---------------------------------------------------------------- price and volume


def put_price(inputs: Inputs, desk: Desk, market: tuple[str, str], asset: str) -> None:
    book, row = desk.book, desk.book.rows.get(market, {}).get(asset)
    if row is None:
        return
    inst = book.instrument(row)
    inputs.scopes["price"] = market_name(inst.venue, inst.kind)
    inputs.put("last", book.price(row, "last"), observed(book, row, "last"))
    given = "open_24h" if np.isfinite(book.price(row, "open_24h")) else "pct_24h"
    inputs.put("open_24h", book.open_24h(row), observed(book, row, given))
    for name in ("high_24h", "low_24h"):
        inputs.put(name, book.price(row, name), observed(book, row, name))
    inputs.put("turnover", *turnover_24h(desk, row))
    for prefix, kind in (("daily", "bars_1d"), ("hourly", "bars_1h")):
        bars = desk.series(inst.venue, inst.symbol, kind)
        if bars is None:
            if prefix == "hourly" and "daily_ts" in inputs.values:
                # With no hour on record a whole day can still be compared with whole days.
                none = np.empty(0)
                for name in ("ts", "open", "high", "low", "close", "volume"):
                    inputs.put(f"hourly_{name}", none)
            continue
        inputs.put(f"{prefix}_ts", bars.column("ts"), recorded(bars, "ts"))
        for name in ("open", "high", "low", "close"):
            values = bars.column(name) / inst.multiplier
            inputs.put(f"{prefix}_{name}", values, recorded(bars, name))
        inputs.put(f"{prefix}_volume", bars.column("base_volume"), recorded(bars, "base_volume"))


def turnover_24h(desk: Desk, row: int) -> tuple[float, Thunk]:
    """Quote turnover of 24 h as it was traded, and where that is from; NaN where it is not known.

    A venue that gives coins alone (label `turnover_at`: `last`) has them valued at one price when
    collected: 4-5% off on a large day. Its 24 hourly bars say what was paid, to the last hour.
    """
    book, inst = desk.book, desk.book.instrument(row)
    if inst.label("turnover_at") is None:
        return book.fresh(row, "quote_volume_24h"), observed(book, row, "quote_volume_24h")
    bars = desk.series(inst.venue, inst.symbol, "bars_1h")
    if bars is None or desk.now - bars.data[-1, 0] > 2 * HOUR + LATE:
        return float("nan"), observed(book, row, "quote_volume_24h")
    day = bars.data[-24:]
    whole = len(day) == 24 and day[-1, 0] - day[0, 0] == 23 * HOUR
    last = Series(inst.venue, inst.symbol, "bars_1h", day, bars.endpoint)
    value = float(last.column("quote_volume").sum()) if whole else float("nan")
    return value, recorded(last, "quote_volume")


def put_volume(inputs: Inputs, desk: Desk, asset: str) -> None:
    """Spot and perpetual turnover, each on one named venue whose past is known where possible."""
    for prefix, kind, venues in (
        ("spot", "spot", desk.market.price_venues),
        ("perp", "perp_linear", desk.market.perp_venues),
    ):
        best: tuple[int, Series | None] | None = None
        for venue in venues:
            row = desk.book.rows.get((venue, kind), {}).get(asset)
            if row is None or not turnover_24h(desk, row)[0] > 0:
                continue
            bars = desk.series(venue, desk.book.instrument(row).symbol, "bars_1d")
            best = best or (row, bars)
            if bars is not None and np.isfinite(bars.column("quote_volume")).sum() >= 60:
                best = (row, bars)
                break
        if best is None:
            continue
        row, bars = best
        inst = desk.book.instrument(row)
        inputs.scopes[prefix] = market_name(inst.venue, kind)
        inputs.put(f"{prefix}_volume", *turnover_24h(desk, row))
        if bars is not None:
            inputs.put(f"{prefix}_daily_ts", bars.column("ts"), recorded(bars, "ts"))
            past = bars.column("quote_volume")
            inputs.put(f"{prefix}_daily_volume", past, recorded(bars, "quote_volume"))


# ---------------------------------------------------------------- derivatives


def settled(desk: Desk, venue: str, asset: str) -> Series | None:
    """A venue's settled prints for an asset, if the last one is as recent as its interval."""
    row = desk.book.rows.get((venue, "perp_linear"), {}).get(asset)
    symbols = [desk.book.instrument(row).symbol] if row is not None else []
    symbols += [f"{asset}/{q}:{q}" for q in ("USDT", "USD", "USDC")]
    for symbol in symbols:
        prints = desk.series(venue, symbol, "funding")
        if prints is None or not len(prints.data):
            continue
        ts, _, interval = prints.data[-1]
        if desk.now - ts <= interval * HOUR + 10 * 60_000:  # canon Q03; NaN interval fails
            since = formula_since(venue, prints.data[:, 0], prints.data[:, 2])
            kept = prints.data[(prints.data[:, 0] >= since) & np.isfinite(prints.data).all(axis=1)]
            return Series(venue, symbol, "funding", kept, prints.endpoint) if len(kept) else None
    return None


def put_funding(inputs: Inputs, desk: Desk, asset: str) -> None:
    venues = [(v, s) for v in desk.market.perp_venues if (s := settled(desk, v, asset)) is not None]
    if not venues:
        return
    venue, prints = venues[0]
    inputs.scopes["funding"] = venue_name(venue)
    names = [venue_name(v) for v, _ in venues]
    inputs.scopes["funding_venues"] = ", ".join(names)
    for name, column in (("ts", "ts"), ("rate", "rate"), ("interval", "interval_h")):
        inputs.put(f"funding_{name}", prints.column(column), recorded(prints, column))
    last = np.array([[s.data[-1, 1] * 8 / s.data[-1, 2] * 100, s.data[-1, 0]] for _, s in venues])
    inputs.put("venue_funding", last, *[recorded(s, "rate") for _, s in venues])
    oi, refs = [], []
    for v, _ in venues:
        row = desk.book.rows.get((v, "perp_linear"), {}).get(asset)
        fresh = row is not None and desk.book.age(row, "oi_base") <= OI_AGE
        oi.append(desk.book.value(row, "oi_base") if row is not None and fresh else float("nan"))
        if row is not None and np.isfinite(oi[-1]):
            refs.append(observed(desk.book, row, "oi_base"))
    inputs.put("venue_oi", np.array(oi), *refs)
    if venue in INTEREST_8H:
        interest = 0.0 if (venue, asset) in NO_INTEREST else INTEREST_8H[venue]
        inputs.put("interest_8h", interest, setting(f"{venue} interest term", interest))


def put_premium(inputs: Inputs, desk: Desk, asset: str) -> None:
    for venue in desk.market.perp_venues:
        row = desk.book.rows.get((venue, "perp_linear"), {}).get(asset)
        symbols = [desk.book.instrument(row).symbol] if row is not None else []
        for symbol in [*symbols, f"{asset}/USDT:USDT"]:
            found = desk.series(venue, symbol, "premium_1h")
            if found is not None and len(found.data) >= 8:
                inputs.scopes["premium"] = venue_name(venue)
                inputs.put("premium_ts", found.column("ts"), recorded(found, "ts"))
                inputs.put("premium", found.column("premium_bps"), recorded(found, "premium_bps"))
                return


# ---------------------------------------------------------------- subjects


def asset_inputs(
    desk: Desk, asset: str, headlines: Sequence[tuple[float, float]], feed_items: float
) -> Inputs:
    """All raw inputs of one major. headlines: (published, event or NaN) in ms, linked to it."""
    inputs = Inputs()
    inputs.put("now", float(desk.now))
    inputs.put("is_major", 1.0, setting("market.majors", 1.0))
    if desk.story is not None:
        put_price(inputs, desk, desk.story, asset)
    put_volume(inputs, desk, asset)
    put_funding(inputs, desk, asset)
    put_premium(inputs, desk, asset)
    pairs = np.array(headlines, dtype=np.float64).reshape(-1, 2)
    feeds = [s.name for s in desk.snapshot.sources if s.state == "ok"]
    ref = lambda: SourceRef("feeds", ", ".join(feeds), "headlines", None, desk.now)  # noqa: E731
    inputs.put("news_published", pairs[:, 0], ref)
    inputs.put("news_events", pairs[np.isfinite(pairs[:, 1]), 1], ref)
    inputs.put("feed_items", float(feed_items), ref)
    inputs.scopes["news"] = "the feeds"
    drawn("asset", inputs, desk, asset)
    return inputs


def pair_inputs(left: Inputs, right: Inputs, returns: tuple[float, float]) -> Inputs:
    """Raw inputs of left/right from the two assets' own (same venue, same kind)."""
    inputs = Inputs()
    inputs.scopes["pair"] = left.scopes.get("price", "")

    def both(*names: str) -> tuple[Thunk, ...]:
        return tuple(t for n in names for side in (left, right) for t in side.refs.get(n, ()))

    for side, own, value in (("left", left, returns[0]), ("right", right, returns[1])):
        if "last" not in own.values:
            return inputs
        inputs.put(f"{side}_return", value, *own.refs["last"], *own.refs["open_24h"])
        inputs.put(f"{side}_last", own.values["last"], *own.refs["last"])
    if "daily_ts" in left.values and "daily_ts" in right.values:
        common, i, j = np.intersect1d(
            left.values["daily_ts"], right.values["daily_ts"], return_indices=True
        )
        inputs.put("pair_ts", common, *both("daily_close"))
        inputs.put("left_close", left.values["daily_close"][i], *left.refs["daily_close"])
        inputs.put("right_close", right.values["daily_close"][j], *right.refs["daily_close"])
    return inputs


def stack(bars: Sequence[Series | None], column: str, days: Floats) -> Floats:
    """Daily panel (days x series), NaN where a series has no bar."""
    out = np.full((len(days), len(bars)), np.nan)
    for k, series in enumerate(bars):
        if series is not None:
            at = np.searchsorted(days, series.column("ts"))
            inside = (at < len(days)) & (days[np.minimum(at, len(days) - 1)] == series.column("ts"))
            out[at[inside], k] = series.column(column)[inside]
    return out
