"""Liquidations: what named venues report of themselves, or else one vendor's sum.

Canon L03 and L04. Venues' own hourly sums are disjoint and may stand together, each named; what is
not in them is unknown, so the whole is a floor. Vendors' totals are never added to anything.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, observed, recorded
from generator.measure.ranks import at_least
from generator.measure.registry import metric
from generator.measure.statistics import known_median, tail_share
from generator.measure.venues import listed, venue_name
from generator.model import HOUR, Floats, Series

NAN = float("nan")
DAY_HOURS = 24
RECORD_DAYS = 365
MEDIAN_DAYS, LEAST_MEDIAN_DAYS = 30, 25
LEAST_RANK_DAYS = 90
MAX_AGE = 2 * HOUR
VENUES = ("gate", "deribit", "bybit", "okx", "binanceusdm", "bitget", "krakenfutures")
Hours = tuple[Series, Floats, Floats]  # a venue's series of longs, and both sides on the grid


@draws("asset")
def draw_liquidations(inputs: Inputs, desk: Desk, asset: str) -> None:
    """Hourly sums of every venue that has them; where none has, the snapshot's 24-hour number."""
    pairs = _series(desk, asset)
    end = int(min((s.data[-1, 0] for pair in pairs for s in pair), default=0))
    found = [h for pair in pairs if (h := on_grid(*pair, end)) is not None]
    if not found:
        _draw_reported(inputs, desk, asset)
        return
    # A venue whose record began last week would cut everyone's record to a week.
    long = [h for h in found if np.count_nonzero(np.isfinite(h[1])) >= MEDIAN_DAYS * DAY_HOURS]
    kept = long or found
    names = [venue_name(v) for v in dict.fromkeys(h[0].venue for h in kept)]
    inputs.scopes["liquidations"] = listed(names)
    refs = [recorded(h[0], "value") for h in kept]
    longs = np.sum([h[1] for h in kept], axis=0)
    shorts = np.sum([h[2] for h in kept], axis=0)
    total = float(np.sum(longs[:DAY_HOURS] + shorts[:DAY_HOURS]))
    inputs.put("liquidations_total", total, *refs)
    share = float(np.sum(longs[:DAY_HOURS])) / total if total > 0 else NAN
    inputs.put("liquidations_long_share", share, *refs)
    inputs.put("liquidations_hours", longs + shorts, *refs)
    inputs.put("liquidations_end", float(end), *refs)
    inputs.put("liquidations_named", float(len(names)), *refs)


def _series(desk: Desk, asset: str) -> list[tuple[Series, Series]]:
    """(longs, shorts) of every contract in the asset whose venue sums them by the hour."""
    found = []
    for venue in VENUES:
        for symbol in (f"{asset}/USDT:USDT", f"{asset}/USD:{asset}", f"{asset}/USDC:USDC"):
            names = (f"{symbol}#liquidations_{side}" for side in ("long", "short"))
            sides = [s for n in names if (s := desk.series(venue, n, "index")) is not None]
            # The hour that just ended may not be reported yet; a venue that is later is missing.
            if len(sides) == 2 and all(desk.now - s.data[-1, 0] <= MAX_AGE for s in sides):
                found.append((sides[0], sides[1]))
    return found


def on_grid(longs: Series, shorts: Series, end: int) -> Hours | None:
    """Both sides as USD per hour, newest first; None unless the last 24 hours are all known."""
    sides = [newest_first(s.column("ts"), s.column("value"), end) for s in (longs, shorts)]
    if not all(np.isfinite(s[:DAY_HOURS]).all() for s in sides):
        return None
    return longs, sides[0], sides[1]


def newest_first(ts: Floats, values: Floats, end: int) -> Floats:
    """Hourly sums by age: element k ended k hours before `end`; NaN where none is on record."""
    grid = np.full(RECORD_DAYS * DAY_HOURS, NAN)
    age = (end - ts) / HOUR
    whole = (age >= 0) & (age < len(grid)) & (age == np.floor(age))
    grid[age[whole].astype(int)] = values[whole]
    return grid


def _draw_reported(inputs: Inputs, desk: Desk, asset: str) -> None:
    for i, inst in enumerate(desk.snapshot.instruments):
        if inst.base == asset and desk.book.value(i, "liquidations_24h_usd") > 0:
            inputs.scopes["liquidations"] = venue_name(inst.venue)
            for name, column in (
                ("liquidations_total", "liquidations_24h_usd"),
                ("liquidations_long_share", "liquidations_long_share"),
            ):
                inputs.put(name, desk.book.value(i, column), observed(desk.book, i, column))
            inputs.put("liquidations_hours", np.empty(0))
            if inst.kind == "perp_linear":
                inputs.put("liquidations_named", 1.0)
            return


# ---------------------------------------------------------------- the day's sum


@metric("USD", venue="liquidations", window="24 h")
def liquidations_usd(liquidations_total: float) -> float:
    """Forced closes over 24 hours (canon L03)."""
    return liquidations_total


@metric("ms", venue="liquidations")
def liquidations_until(liquidations_end: float) -> float:
    """The whole hour at which the 24 hours ended."""
    return liquidations_end


@metric("venues", venue="liquidations")
def liquidations_venues(liquidations_named: float) -> float:
    """How many venues' own sums these are: a floor. Unknown for a vendor's total."""
    return liquidations_named


@metric("share", venue="liquidations", window="24 h")
def liquidations_long(liquidations_long_share: float) -> float:
    """Share of them that closed long positions."""
    return liquidations_long_share


@metric("share", venue="liquidations", window="24 h")
def liquidations_short(liquidations_long_share: float) -> float:
    """Share of them that closed short positions."""
    return 1 - liquidations_long_share


@metric("share", venue="liquidations", window="24 h")
def liquidations_of_oi(liquidations_total: float, oi_now: float, oi_price: float) -> float:
    """Liquidations over the open interest of the reference venue, in dollars."""
    return liquidations_total / (oi_now * oi_price) if oi_now * oi_price > 0 else NAN


def earlier_days(hours: Floats) -> Floats:
    """Sums of the 24 hours that ended one, two, ... days before these; NaN where an hour is gone.

    hours: newest first, the first 24 of them the day in question.
    """
    whole = len(hours) // DAY_HOURS * DAY_HOURS
    return np.asarray(hours[:whole].reshape(-1, DAY_HOURS).sum(axis=1)[1:])


@metric("days", venue="liquidations")
def liquidations_record_days(liquidations_hours: Floats) -> float:
    """How many earlier days are known whole; 0 where there is only the sum of now."""
    return float(np.count_nonzero(np.isfinite(earlier_days(liquidations_hours))))


@metric("times", venue="liquidations", window="24 h")
def liquidations_multiple(liquidations_usd: float, liquidations_hours: Floats) -> float:
    """The sum over the median of the 30 days before (at least 25 of them known)."""
    days = earlier_days(liquidations_hours)[:MEDIAN_DAYS]
    if np.count_nonzero(np.isfinite(days)) < LEAST_MEDIAN_DAYS:
        return NAN
    middle = float(known_median(days))
    return liquidations_usd / middle if middle > 0 else NAN


@metric("share", venue="liquidations", window="24 h")
def liquidations_tail(liquidations_usd: float, liquidations_hours: Floats) -> float:
    """Share of earlier days (at least 25) whose sum was at least as large."""
    return tail_share(liquidations_usd, earlier_days(liquidations_hours), LEAST_MEDIAN_DAYS)


@metric("percentile", venue="liquidations", window="24 h")
def liquidations_rank(liquidations_tail: float, liquidations_record_days: float) -> float:
    """Percent of earlier days (at least 90) with a smaller sum (canon L03)."""
    return (1 - liquidations_tail) * 100 if liquidations_record_days >= LEAST_RANK_DAYS else NAN


@metric("percentile", venue="liquidations", window="24 h")
def liquidations_rank_least(liquidations_rank: float) -> float:
    """That percentage, rounded down to a whole percent."""
    return at_least(liquidations_rank)


# ---------------------------------------------------------------- the largest hour


def _peak(hours: Floats) -> int:
    """Age in hours of the largest of the last 24; -1 when one is unknown or nothing was closed."""
    day = hours[:DAY_HOURS]
    if len(day) < DAY_HOURS or not np.isfinite(day).all() or not day.max() > 0:
        return -1
    return int(np.argmax(day))


@metric("USD", venue="liquidations", window="1 h")
def liquidations_peak(liquidations_hours: Floats) -> float:
    """The largest hour's sum of the last 24 (canon L04)."""
    at = _peak(liquidations_hours)
    return NAN if at < 0 else float(liquidations_hours[at])


@metric("share", venue="liquidations", window="24 h")
def liquidations_peak_share(liquidations_peak: float, liquidations_usd: float) -> float:
    """That hour's part of the day's sum."""
    return liquidations_peak / liquidations_usd if liquidations_usd > 0 else NAN


@metric("ms", venue="liquidations")
def liquidations_peak_end(liquidations_hours: Floats, liquidations_end: float) -> float:
    """When that hour ended."""
    at = _peak(liquidations_hours)
    return NAN if at < 0 else liquidations_end - at * HOUR
