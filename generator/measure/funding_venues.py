"""Funding across venues and between two assets, and how near a rate stands to its limit.

`venue_funding` holds the last settlement of every venue as rows (rate per 8 h in percent, ms);
`venue_grid` the settled rate per 8 h (percent) of every venue with a record of its own, at each
past 8-hour mark and now, NaN where a venue had none in force.
"""

from __future__ import annotations

import numpy as np

from generator.measure.funding import LEAST, WHOLE, YEAR, per_8h
from generator.measure.inputs import Desk, Inputs, draws, observed, recorded, settled
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.measure.venues import listed, market_name, venue_name
from generator.model import DAY, HOUR, Floats, Series, SourceRef

NAN = float("nan")
CONFLICT = 0.003  # percent per 8 h each side of zero before two venues count as disagreeing
SPREAD_VENUES = 4  # a spread over fewer says more about the list than about the market (canon F09)
PRINTED = 4  # decimals of a rate: venues that print alike share an end of the spread
MARK = 8 * HOUR
LATE = 10 * 60_000  # a settlement is stamped up to this much after its hour
ESTIMATE_AGE = 15 * 60_000  # an older estimate of the next rate is no longer current (canon F11)


# ---------------------------------------------------------------- what is drawn


@draws("asset")
def limits(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The venue whose rate stands nearest to its own cap or floor, as the venues state these."""
    best, book = 0.0, desk.book
    for venue in desk.market.perp_venues:
        row = book.rows.get((venue, "perp_linear"), {}).get(asset)
        if row is None or "funding_rate" not in desk.snapshot.fields:
            continue
        rate = book.value(row, "funding_rate")
        bound = "funding_cap" if rate >= 0 else "funding_floor"
        limit = book.value(row, bound)
        if not (rate * limit > 0 and book.age(row, "funding_rate") <= ESTIMATE_AGE):
            continue
        if rate / limit > best:
            best = rate / limit
            inputs.scopes["funding_limit"] = venue_name(venue)
            inputs.put("limited_rate", rate, observed(book, row, "funding_rate"))
            inputs.put("rate_limit", limit, observed(book, row, bound))
            kind = book.instrument(row).label("funding_kind")
            inputs.put("limited_is_settled", float(kind == "settled"))


@draws("asset")
def venue_records(inputs: Inputs, desk: Desk, asset: str) -> None:
    """Settled rates of all venues with 90 days of them, side by side over a year."""
    found = [(v, s) for v in desk.market.perp_venues if (s := settled(desk, v, asset)) is not None]
    found = [(v, s) for v, s in found if s.data[-1, 0] - s.data[0, 0] >= LEAST]
    if len(found) < SPREAD_VENUES:
        return
    marks = np.arange(desk.now // MARK * MARK - YEAR, desk.now - MARK, MARK, dtype=np.float64)
    moments = np.append(marks + LATE, float(desk.now))
    grid = np.column_stack([in_force(s, moments) for _, s in found])
    refs = [recorded(s, "rate") for _, s in found]
    names = [venue_name(v) for v, _ in found]
    inputs.scopes["funding_spread"] = listed(names)
    now = np.round(grid[-1], PRINTED)
    for end, rate in (("low", now.min()), ("high", now.max())):
        inputs.scopes[f"funding_spread:{end}"] = listed(
            [names[i] for i in np.flatnonzero(now == rate)]
        )
    inputs.put("venue_grid_ts", np.append(marks, float(desk.now)), *refs)
    inputs.put("venue_grid", grid, *refs)


def in_force(prints: Series, moments: Floats) -> Floats:
    """The last settled rate (percent per 8 h) at each moment; NaN where the next was missed."""
    ts, interval = prints.column("ts"), prints.column("interval_h")
    at = np.searchsorted(ts, moments, side="right") - 1
    f8 = per_8h(prints.column("rate"), interval)
    fresh = (at >= 0) & (moments - ts[at] <= interval[at] * HOUR + 2 * LATE)
    return np.where(fresh, f8[at], NAN)


@draws("pair")
def gap_records(inputs: Inputs, desk: Desk, left: str, right: str) -> None:
    """Both assets' settlements of one venue at the same hours, on the same interval."""
    for venue in desk.market.perp_venues:
        a, b = settled(desk, venue, left), settled(desk, venue, right)
        if a is None or b is None:
            continue
        hours = [np.round(s.column("ts") / HOUR) for s in (a, b)]
        common, i, j = np.intersect1d(hours[0], hours[1], return_indices=True)
        same = a.data[i, 2] == b.data[j, 2]
        if not len(common) or not same[-1] or hours[0][-1] != hours[1][-1]:
            continue
        inputs.scopes["funding_gap"] = venue_name(venue)
        for name, series, at in (("left", a, i[same]), ("right", b, j[same])):
            f8 = per_8h(series.data[at, 1], series.data[at, 2])
            inputs.put(f"gap_{name}", f8, recorded(series, "rate"))
        inputs.put("gap_ts", a.data[i[same], 0], recorded(a, "ts"), recorded(b, "ts"))
        inputs.put("gap_interval", a.data[i[same], 2], recorded(a, "interval_h"))
        return


@draws("market")
def estimates(inputs: Inputs, desk: Desk) -> None:
    """Ages (minutes) of the estimates of next rates on the venue that funding breadth is of."""
    name = inputs.scopes.get("universe_funding", "")
    for venue in desk.market.perp_venues:
        if name != market_name(venue, "perp_linear"):
            continue
        rows = desk.book.rows.get((venue, "perp_linear"), {}).values()
        ages = [
            desk.book.age(r, "funding_rate") / 60_000
            for r in rows
            if np.isfinite(desk.book.value(r, "funding_rate"))
            and desk.book.instrument(r).label("funding_kind") == "predicted"
        ]
        ref = lambda: SourceRef(venue, "all perpetuals", "funding_rate", None, desk.now)  # noqa: B023, E731
        inputs.put("estimate_ages", np.array(ages), ref)
        return


@metric("min", venue="universe_funding", window="current", scope="market")
def perps_estimate_age(estimate_ages: Floats) -> float:
    """Median age of the estimates; unknown where rates are settled ones (canon F11)."""
    return float(np.median(estimate_ages)) if len(estimate_ages) else NAN


# ---------------------------------------------------------------- venues side by side


@metric("venues", venue="funding_venues", window="settled")
def funding_venues(venue_funding: Floats) -> float:
    """How many venues have a fresh settled rate for the asset."""
    return float(len(venue_funding))


@metric("venues", venue="funding_venues", window="settled")
def funding_venues_negative(venue_funding: Floats) -> float:
    """On how many of them the last settlement was below zero."""
    return float(np.count_nonzero(venue_funding[:, 0] < 0)) if len(venue_funding) else NAN


@metric("% per 8 h", venue="funding_venues", window="settled")
def funding_venues_low(venue_funding: Floats) -> float:
    """The lowest last settlement over the venues (two at least)."""
    return float(venue_funding[:, 0].min()) if len(venue_funding) > 1 else NAN


@metric("% per 8 h", venue="funding_venues", window="settled")
def funding_venues_high(venue_funding: Floats) -> float:
    """The highest last settlement over the venues (two at least)."""
    return float(venue_funding[:, 0].max()) if len(venue_funding) > 1 else NAN


@metric("% per 8 h", venue="funding_venues", window="settled")
def funding_weighted(venue_funding: Floats, venue_oi: Floats) -> float:
    """OI-weighted settled rate; unknown unless at least two venues have open interest too."""
    if len(venue_funding) < 2 or len(venue_oi) != len(venue_funding):
        return NAN
    known = np.isfinite(venue_oi) & (venue_oi > 0)
    if np.count_nonzero(known) < 2:
        return NAN
    weights = venue_oi[known]
    return float(np.sum(venue_funding[known, 0] * weights) / np.sum(weights))


@metric("flag", venue="funding_venues", window="settled")
def funding_signs_conflict(funding_venues_low: float, funding_venues_high: float) -> float:
    """1 when venues stand at least 0.3 bp on either side of zero (canon F09)."""
    if not np.isfinite(funding_venues_low):
        return NAN
    return float(funding_venues_low <= -CONFLICT and funding_venues_high >= CONFLICT)


def _spreads(venue_grid: Floats) -> Floats:
    return np.asarray(venue_grid.max(axis=1) - venue_grid.min(axis=1))  # NaN where any is


def _known_from(venue_grid_ts: Floats, venue_grid: Floats) -> Floats:
    """Past marks at which every one of today's venues had a rate in force."""
    return venue_grid_ts[:-1][np.isfinite(_spreads(venue_grid)[:-1])]


@metric("venues", venue="funding_spread", window="settled")
def funding_spread_venues(venue_grid: Floats) -> float:
    """How many venues the spread is over: those fresh now and with 90 days of record."""
    return float(venue_grid.shape[1])


@metric("% per 8 h", venue="funding_spread:low", window="settled")
def funding_spread_low(venue_grid: Floats) -> float:
    """The lowest last settlement over these venues; its scope names who has it."""
    return float(venue_grid[-1].min())


@metric("% per 8 h", venue="funding_spread:high", window="settled")
def funding_spread_high(venue_grid: Floats) -> float:
    """The highest last settlement over these venues; its scope names who has it."""
    return float(venue_grid[-1].max())


@metric("bp per 8 h", venue="funding_spread", window="settled")
def funding_spread(funding_spread_low: float, funding_spread_high: float) -> float:
    """Highest less lowest last settlement, each per 8 h (canon F09)."""
    return (funding_spread_high - funding_spread_low) * 100


@metric("percentile", venue="funding_spread", window="settled")
def funding_spread_rank(funding_spread: float, venue_grid_ts: Floats, venue_grid: Floats) -> float:
    """Mid-rank of the spread among the 8-hour marks of up to 365 days, over the same venues."""
    known = _known_from(venue_grid_ts, venue_grid)
    span = float(venue_grid_ts[-1] - known[0]) if len(known) else 0.0
    if span < LEAST or len(known) * MARK < WHOLE * span:
        return NAN
    past = np.round(_spreads(venue_grid)[:-1] * 100, 10)
    return mid_rank(round(funding_spread, 10), past, 1)


@metric("share", venue="funding_spread", window="settled")
def funding_spread_tail(funding_spread_rank: float) -> float:
    """Share of the record with a spread as wide: one-sided, narrow ones are no news."""
    return (100 - funding_spread_rank) / 100


@metric("ms", venue="funding_spread")
def funding_spread_record_start(venue_grid_ts: Floats, venue_grid: Floats) -> float:
    """The first mark at which all of these venues had a rate."""
    known = _known_from(venue_grid_ts, venue_grid)
    return float(known[0]) if len(known) else NAN


@metric("days", venue="funding_spread")
def funding_spread_record_days(venue_grid_ts: Floats, venue_grid: Floats) -> float:
    """Days of marks in that record, 365 at most; unknown where there is none."""
    known = _known_from(venue_grid_ts, venue_grid)
    return float(len(known) * MARK // DAY) if len(known) else NAN


# ---------------------------------------------------------------- limits


@metric("share", venue="funding_limit")
def funding_of_limit(limited_rate: float, rate_limit: float) -> float:
    """The rate over the venue's own cap (floor, when negative): 1 means at the limit (canon F08).

    The cap as the venue states it, never the plateau of 0.005% or 0.01%.
    """
    return limited_rate / rate_limit if rate_limit else NAN


@metric("% per interval", venue="funding_limit")
def funding_limited_rate(limited_rate: float) -> float:
    """The rate of that venue, per its own interval as its limit is."""
    return limited_rate * 100


@metric("% per interval", venue="funding_limit")
def funding_limit(rate_limit: float) -> float:
    """The cap or floor of that venue, per its own interval."""
    return rate_limit * 100


@metric("flag", venue="funding_limit")
def funding_limited_settled(limited_is_settled: float) -> float:
    """1 when that rate is a settled one, 0 when it is the current estimate of the next."""
    return limited_is_settled
