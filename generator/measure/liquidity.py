"""Resting liquidity and who initiated trades: order-book depth and spread (V09), takers (V10).

A single look at an order book says nothing: now is the median of at least three samples of the
last three hours, and it is set against the same three hours of each of the last 30 days.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, recorded
from generator.measure.ranks import at_least, at_most
from generator.measure.registry import metric
from generator.measure.statistics import known_median, mid_rank
from generator.measure.venues import market_name
from generator.model import DAY, HOUR, Floats, Series

NAN = float("nan")
SPAN = 3 * HOUR
SAMPLES = 3  # canon V09: fewer are one look, not a state
DAYS, LEAST_DAYS = 30, 20
YEAR, LEAST = 365, 90
FRESH = 30 * HOUR  # a UTC day's share is told until the next day's should be there


def _sampled(desk: Desk, asset: str, name: str) -> tuple[str, Series] | None:
    """Scope and series `<symbol>#<name>` of the first venue that has it, spot before perpetual."""
    for kind, venues in (
        ("spot", desk.market.price_venues),
        ("perp_linear", desk.market.perp_venues),
    ):
        for venue in venues:
            row = desk.book.rows.get((venue, kind), {}).get(asset)
            if row is None:
                continue
            symbol = desk.book.instrument(row).symbol
            found = desk.series(venue, f"{symbol}#{name}", "index")
            if found is not None:
                return market_name(venue, kind), found
    return None


@draws("asset")
def put_books(inputs: Inputs, desk: Desk, asset: str) -> None:
    for name, series in (("depth", "depth_1pct"), ("spread", "spread_bp"),
                         ("taker", "taker_buy_share")):  # fmt: skip
        found = _sampled(desk, asset, series)
        if found is not None:
            inputs.scopes[name] = found[0]
            inputs.put(f"{name}_ts", found[1].column("ts"), recorded(found[1], "ts"))
            inputs.put(f"{name}_values", found[1].column("value"), recorded(found[1], series))


def same_hours(ts: Floats, values: Floats, now: float) -> tuple[float, Floats]:
    """(median of the last three hours' samples, those of the same hours of 30 days before).

    Shapes: ts, values (n,), the second (30,) with the newest day first; NaN where fewer than
    three samples are known.
    """
    age = now - ts
    near = (age >= 0) & (age % DAY <= SPAN) & (age < (DAYS + 1) * DAY) & np.isfinite(values)
    day, kept = (age[near] // DAY).astype(int), values[near]
    counts = np.bincount(day, minlength=DAYS + 1)
    table = np.full((DAYS + 1, max(1, int(counts.max(initial=0)))), NAN)
    order = np.argsort(day, kind="stable")
    starts = np.cumsum(counts) - counts
    table[day[order], np.arange(len(order)) - starts[day[order]]] = kept[order]
    medians = np.where(counts >= SAMPLES, known_median(table), NAN)
    return float(medians[0]), np.asarray(medians[1:])


def _rank(ts: Floats, values: Floats, now: float) -> float:
    current, past = same_hours(ts, values, now)
    return mid_rank(current, past, LEAST_DAYS)


@metric("USD", venue="depth", window="3 h")
def book_depth(depth_ts: Floats, depth_values: Floats, now: float) -> float:
    """Bids and asks within 1% of the middle, median of the last 3 h, 3 samples at least (V09)."""
    return same_hours(depth_ts, depth_values, now)[0]


@metric("percentile", venue="depth", window="3 h")
def book_depth_rank(depth_ts: Floats, depth_values: Floats, now: float) -> float:
    """Mid-rank of that among the same hours of the last 30 days, 20 at least."""
    return _rank(depth_ts, depth_values, now)


@metric("days", venue="depth")
def book_depth_days(depth_ts: Floats, depth_values: Floats, now: float) -> float:
    """How many days that rank rests on."""
    return float(np.count_nonzero(np.isfinite(same_hours(depth_ts, depth_values, now)[1])))


@metric("share", venue="depth", window="3 h")
def book_depth_tail(book_depth_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(book_depth_rank, 100 - book_depth_rank) / 100


@metric("bp", venue="spread", window="3 h")
def book_spread(spread_ts: Floats, spread_values: Floats, now: float) -> float:
    """Quoted spread over the middle, median of the last 3 h, 3 samples at least (canon V09)."""
    return same_hours(spread_ts, spread_values, now)[0]


@metric("percentile", venue="spread", window="3 h")
def book_spread_rank(spread_ts: Floats, spread_values: Floats, now: float) -> float:
    """Mid-rank of that among the same hours of the last 30 days, 20 at least."""
    return _rank(spread_ts, spread_values, now)


@metric("days", venue="spread")
def book_spread_days(spread_ts: Floats, spread_values: Floats, now: float) -> float:
    """How many days that rank rests on."""
    return float(np.count_nonzero(np.isfinite(same_hours(spread_ts, spread_values, now)[1])))


@metric("share", venue="spread", window="3 h")
def book_spread_tail(book_spread_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(book_spread_rank, 100 - book_spread_rank) / 100


# ---------------------------------------------------------------- V10


def _last_day(ts: Floats, now: float) -> bool:
    return len(ts) > 0 and now - ts[-1] <= FRESH


def _taker_past(ts: Floats, values: Floats) -> Floats:
    within = ts[:-1] >= ts[-1] - YEAR * DAY
    return np.asarray(values[:-1][within], dtype=np.float64)


@metric("share", venue="taker")
def taker_buy_share(taker_ts: Floats, taker_values: Floats, now: float) -> float:
    """Share of the last whole UTC day's turnover that buyers initiated (canon V10)."""
    return float(taker_values[-1]) if _last_day(taker_ts, now) else NAN


@metric("ms", venue="taker")
def taker_buy_day(taker_ts: Floats, now: float) -> float:
    """The UTC day (its first ms) which that share is of."""
    return float(taker_ts[-1] - DAY) if _last_day(taker_ts, now) else NAN


@metric("percentile", venue="taker")
def taker_buy_rank(taker_buy_share: float, taker_ts: Floats, taker_values: Floats) -> float:
    """Mid-rank of the share among the days of the year before, 90 at least."""
    return mid_rank(taker_buy_share, _taker_past(taker_ts, taker_values), LEAST)


@metric("days", venue="taker")
def taker_buy_days(taker_ts: Floats, taker_values: Floats) -> float:
    """How many days that rank rests on."""
    if not len(taker_ts):
        return NAN
    return float(np.count_nonzero(np.isfinite(_taker_past(taker_ts, taker_values))))


@metric("share", venue="taker")
def taker_buy_tail(taker_buy_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(taker_buy_rank, 100 - taker_buy_rank) / 100


@metric("percentile", venue="taker")
def taker_buy_rank_most(taker_buy_rank: float) -> float:
    """The rank of the share, rounded up to a whole percent."""
    return at_most(taker_buy_rank)


@metric("percentile", venue="taker")
def taker_buy_rank_least(taker_buy_rank: float) -> float:
    """The rank of the share, rounded down to a whole percent."""
    return at_least(taker_buy_rank)
