"""Turnover set beside something else: the move (V05), another asset (V06), the perpetual (V07).

Every ratio has both sides from one venue and is told only against its own history: alone none of
these ratios means anything.
"""

from __future__ import annotations

import numpy as np

from generator.measure.day_class import is_weekend, window_class
from generator.measure.inputs import Desk, Inputs, draws, recorded, turnover_24h
from generator.measure.ranks import at_least, at_most
from generator.measure.registry import metric
from generator.measure.statistics import daily_returns, mid_rank, tail_share
from generator.measure.venues import market_name, venue_name
from generator.model import DAY, HOUR, Floats, Series

NAN = float("nan")
YEAR, LEAST = 365, 90  # days that ranks rest on
SHARE_DAYS, LEAST_SHARE_DAYS = 90, 80
# Which perpetual venue trades on the same exchange as a spot venue.
PERPS_OF = {"binance": "binanceusdm", "bybit": "bybit", "okx": "okx", "gate": "gate"}


@draws("asset")
def put_move(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The daily turnover of the instrument that the price comes from."""
    row = desk.book.rows.get(desk.story, {}).get(asset) if desk.story is not None else None
    if row is None:
        return
    inst = desk.book.instrument(row)
    bars = desk.series(inst.venue, inst.symbol, "bars_1d")
    if bars is not None:
        past = bars.column("quote_volume")
        inputs.put("daily_turnover", past, recorded(bars, "quote_volume"))


def _traded(desk: Desk, venue: str, kind: str, asset: str) -> tuple[int, Series] | None:
    """Row and daily bars of an asset's instrument, if both now and the past are known."""
    row = desk.book.rows.get((venue, kind), {}).get(asset)
    if row is None or not turnover_24h(desk, row)[0] > 0:
        return None
    bars = desk.series(venue, desk.book.instrument(row).symbol, "bars_1d")
    return None if bars is None else (row, bars)


def _put_two(inputs: Inputs, desk: Desk, name: str, above: tuple[int, Series],
             below: tuple[int, Series]) -> None:  # fmt: skip
    """`NAME_above`, `NAME_below`: turnover now; `NAME_ts`, `NAME_past`: ratios of common days."""
    for side, (row, _) in (("above", above), ("below", below)):
        inputs.put(f"{name}_{side}", *turnover_24h(desk, row))
    first, second = above[1], below[1]
    common, i, j = np.intersect1d(first.column("ts"), second.column("ts"), return_indices=True)
    top, bottom = first.column("quote_volume")[i], second.column("quote_volume")[j]
    past = np.full(len(common), NAN)
    np.divide(top, bottom, out=past, where=(bottom > 0) & (top > 0))
    refs = (recorded(first, "quote_volume"), recorded(second, "quote_volume"))
    inputs.put(f"{name}_ts", common, *refs)
    inputs.put(f"{name}_past", past, *refs)


@draws("asset")
def put_perp_share(inputs: Inputs, desk: Desk, asset: str) -> None:
    """Perpetual over spot on the first exchange where both are known."""
    for spot in desk.market.price_venues:
        perp = PERPS_OF.get(spot, "")
        pair = _traded(desk, perp, "perp_linear", asset), _traded(desk, spot, "spot", asset)
        if pair[0] is not None and pair[1] is not None:
            inputs.scopes["perp_share"] = venue_name(spot)
            _put_two(inputs, desk, "perp_share", pair[0], pair[1])
            return


@draws("pair")
def put_ratio(inputs: Inputs, desk: Desk, left: str, right: str) -> None:
    """The right asset's spot turnover over the left's (BTC over ETH), on one venue."""
    for venue in desk.market.price_venues:
        pair = _traded(desk, venue, "spot", right), _traded(desk, venue, "spot", left)
        if pair[0] is not None and pair[1] is not None:
            inputs.scopes["volume_ratio"] = market_name(venue, "spot")
            inputs.put("now", float(desk.now))
            _put_two(inputs, desk, "volume_ratio", pair[0], pair[1])
            return


def year_before(ts: Floats, values: Floats, now: float, days: int = YEAR) -> Floats:
    """The known values of the days that ended before the 24 hours to `now`, `days` at most."""
    within = (ts + DAY <= now - DAY + HOUR) & (ts >= now - (days + 2) * DAY) & np.isfinite(values)
    return np.asarray(values[within][-days:], dtype=np.float64)


def same_class(ts: Floats, values: Floats, now: float, days: int) -> Floats:
    """Of the days of the window's own class, weekend or weekday, the newest `days` known ones.

    None for a window of both classes, or of a holiday. At most half as long again is looked back.
    """
    wanted = window_class(now)
    if not np.isfinite(wanted):
        return np.empty(0)
    span = days * 1.5 * 7 / (2 if wanted else 5) * DAY
    within = (ts + DAY <= now - DAY + HOUR) & (ts >= now - span) & np.isfinite(values)
    within &= is_weekend(ts) == bool(wanted)
    return np.asarray(values[within][-days:], dtype=np.float64)


# ---------------------------------------------------------------- V05


@metric("USD", venue="price", window="24 h")
def price_turnover_24h(turnover: float) -> float:
    """Turnover of the instrument that the price comes from, in quote currency."""
    return turnover if turnover > 0 else NAN


@metric("% per USD bn", venue="price", window="24 h")
def price_impact(return_24h: float, price_turnover_24h: float) -> float:
    """|24 h change| per billion of turnover, of one instrument (Amihud 2002; canon V05)."""
    return abs(return_24h) / (price_turnover_24h / 1e9)


def _impacts(ts: Floats, close: Floats, turnover: Floats, now: float) -> Floats:
    sizes = np.full(len(ts), NAN)
    returns = np.abs(daily_returns(ts, close))
    np.divide(returns, turnover / 1e9, out=sizes, where=turnover > 0)
    return year_before(ts, sizes, now)


@metric("percentile", venue="price", window="24 h")
def price_impact_rank(
    price_impact: float, daily_ts: Floats, daily_close: Floats, daily_turnover: Floats, now: float
) -> float:
    """Mid-rank of that among the instrument's own days, 365 at most and 90 at least."""
    return mid_rank(price_impact, _impacts(daily_ts, daily_close, daily_turnover, now), LEAST)


@metric("share", venue="price", window="24 h")
def price_impact_tail(
    price_impact: float, daily_ts: Floats, daily_close: Floats, daily_turnover: Floats, now: float
) -> float:
    """Share of those days that moved at least as far for what was traded."""
    return tail_share(price_impact, _impacts(daily_ts, daily_close, daily_turnover, now), LEAST)


@metric("days", venue="price")
def price_impact_days(
    daily_ts: Floats, daily_close: Floats, daily_turnover: Floats, now: float
) -> float:
    """How many days that rank rests on."""
    return float(len(_impacts(daily_ts, daily_close, daily_turnover, now)))


@metric("percentile", venue="price", window="24 h")
def price_impact_rank_least(price_impact_rank: float) -> float:
    """The rank of the impact, rounded down to a whole percent."""
    return at_least(price_impact_rank)


# ---------------------------------------------------------------- V06


@metric("times", venue="volume_ratio", window="24 h", scope="pair")
def volume_ratio(volume_ratio_above: float, volume_ratio_below: float) -> float:
    """Spot turnover of the right asset over the left's on one venue (canon V06)."""
    return volume_ratio_above / volume_ratio_below


@metric("percentile", venue="volume_ratio", window="24 h", scope="pair")
def volume_ratio_rank(
    volume_ratio: float, volume_ratio_ts: Floats, volume_ratio_past: Floats, now: float
) -> float:
    """Mid-rank of the ratio among its own days, 365 at most and 90 at least."""
    return mid_rank(volume_ratio, year_before(volume_ratio_ts, volume_ratio_past, now), LEAST)


@metric("share", venue="volume_ratio", window="24 h", scope="pair")
def volume_ratio_tail(volume_ratio_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(volume_ratio_rank, 100 - volume_ratio_rank) / 100


@metric("days", venue="volume_ratio", scope="pair")
def volume_ratio_days(volume_ratio_ts: Floats, volume_ratio_past: Floats, now: float) -> float:
    """How many days that rank rests on."""
    return float(len(year_before(volume_ratio_ts, volume_ratio_past, now)))


@metric("percentile", venue="volume_ratio", window="24 h", scope="pair")
def volume_ratio_rank_most(volume_ratio_rank: float) -> float:
    """The rank of the ratio, rounded up to a whole percent."""
    return at_most(volume_ratio_rank)


@metric("percentile", venue="volume_ratio", window="24 h", scope="pair")
def volume_ratio_rank_least(volume_ratio_rank: float) -> float:
    """The rank of the ratio, rounded down to a whole percent."""
    return at_least(volume_ratio_rank)


# ---------------------------------------------------------------- V07


@metric("times", venue="perp_share", window="24 h")
def perp_to_spot(perp_share_above: float, perp_share_below: float) -> float:
    """Turnover of the perpetual over that of the spot pair, same exchange (canon V07)."""
    return perp_share_above / perp_share_below


@metric("percentile", venue="perp_share", window="24 h")
def perp_to_spot_rank(
    perp_to_spot: float, perp_share_ts: Floats, perp_share_past: Floats, now: float
) -> float:
    """Mid-rank of the ratio among its own last 90 days of the same class, 80 at least.

    Spot is thinner at weekends than perpetuals are: among all days every weekend ranks high.
    """
    past = same_class(perp_share_ts, perp_share_past, now, SHARE_DAYS)
    return mid_rank(perp_to_spot, past, LEAST_SHARE_DAYS)


@metric("share", venue="perp_share", window="24 h")
def perp_to_spot_tail(perp_to_spot_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(perp_to_spot_rank, 100 - perp_to_spot_rank) / 100


@metric("days", venue="perp_share")
def perp_to_spot_days(perp_share_ts: Floats, perp_share_past: Floats, now: float) -> float:
    """How many days that rank rests on."""
    return float(len(same_class(perp_share_ts, perp_share_past, now, SHARE_DAYS)))


@metric("percentile", venue="perp_share", window="24 h")
def perp_to_spot_rank_most(perp_to_spot_rank: float) -> float:
    """The rank of the ratio, rounded up to a whole percent."""
    return at_most(perp_to_spot_rank)


@metric("percentile", venue="perp_share", window="24 h")
def perp_to_spot_rank_least(perp_to_spot_rank: float) -> float:
    """The rank of the ratio, rounded down to a whole percent."""
    return at_least(perp_to_spot_rank)
