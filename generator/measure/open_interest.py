"""Open interest: changes in native contracts on one named venue; dollars only as a level.

If price falls 5.5% and no contract closes, open interest in dollars falls 5.5%: a change is only
read in contracts (canon B.2 as corrected). A linear contract is fixed in coins, a coin-margined one
in dollars, so the two are never read in the same unit.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import (
    OI_AGE,
    Desk,
    Inputs,
    Thunk,
    draws,
    observed,
    recorded,
    turnover_24h,
)
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.measure.venues import venue_name
from generator.model import DAY, HOUR, Floats, Series

NAN = float("nan")
NEAR = 5 * 60_000  # how far a sample may lie from the whole hour it stands for
HOURS = 26  # whole hours kept, so that each hour of the last day has both its ends
RECORD = 30 * DAY  # venues keep 30 days; a longer record of our own would be another yardstick


def native(symbol: str) -> str:
    """The column that counts contracts: dollars where they settle in the coin itself, else coins.

    Read in coins, coin-margined open interest grows whenever price falls.
    """
    base, settle = symbol.partition("/")[0], symbol.partition(":")[2].partition("-")[0]
    return "oi_usd" if settle == base else "oi_base"


# ---------------------------------------------------------------- what the metrics are drawn from


@draws("asset")
def draw_open_interest(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The first venue that knows both now and 24 hours ago; else one that knows only now."""
    perps = _perpetuals(desk, asset)
    _draw_venues(inputs, desk, perps)
    linear = [(r, s) for r, s in perps if native(desk.book.instrument(r).symbol) == "oi_base"]
    if not linear:
        return
    paired = [(r, s) for r, s in linear if s is not None and _has(s, desk.now - DAY)]
    row, past = (paired or linear)[0]
    inst, book = desk.book.instrument(row), desk.book
    inputs.scopes["oi"] = venue_name(inst.venue)
    inputs.put("oi_now", book.value(row, "oi_base"), observed(book, row, "oi_base"))
    mark = "mark" if book.value(row, "mark") > 0 else "last"
    inputs.put("oi_price", book.value(row, mark) / inst.multiplier, observed(book, row, mark))
    coins = book.value(row, "base_volume_24h")
    inputs.put("perp_coins", coins, observed(book, row, "base_volume_24h"))
    inputs.put("oi_turnover", *turnover_24h(desk, row))
    if past is not None:
        inputs.put("oi_ts", past.column("ts"), recorded(past, "ts"))
        inputs.put("oi_past", past.column("oi_base"), recorded(past, "oi_base"))
        inputs.put("oi_past_dollars", past.column("oi_usd"), recorded(past, "oi_usd"))
    bars = desk.series(inst.venue, inst.symbol, "bars_1d")
    if bars is not None:
        inputs.put("oi_bar_ts", bars.column("ts"), recorded(bars, "ts"))
        turnover = bars.column("quote_volume")
        inputs.put("oi_bar_turnover", turnover, recorded(bars, "quote_volume"))
    _draw_hours(inputs, desk, inst.venue, linear)


def _perpetuals(desk: Desk, asset: str) -> list[tuple[int, Series | None]]:
    """Rows with a fresh number of open contracts, in order of preference, with their samples."""
    found: list[tuple[int, Series | None]] = []
    for venue in desk.market.perp_venues:
        row = desk.book.rows.get((venue, "perp_linear"), {}).get(asset)
        if row is None:
            continue
        symbol = desk.book.instrument(row).symbol
        if desk.book.value(row, native(symbol)) > 0 and (
            desk.book.age(row, native(symbol)) <= OI_AGE
        ):
            found.append((row, desk.series(venue, symbol, "oi")))
    return found


def _has(samples: Series, moment: float) -> bool:
    return bool(np.any(np.abs(samples.column("ts") - moment) <= HOUR))


def _draw_venues(inputs: Inputs, desk: Desk, perps: list[tuple[int, Series | None]]) -> None:
    """Native contracts now and 24 hours ago, venue by venue."""
    pairs: list[tuple[float, float]] = []
    refs: list[Thunk] = []
    names = []
    for row, past in perps:
        inst = desk.book.instrument(row)
        if past is None or not _has(past, desk.now - DAY):
            continue
        column = native(inst.symbol)
        before = past_coins(past.column("ts"), past.column(column), desk.now - DAY)
        pairs.append((desk.book.value(row, column), before))
        refs += [observed(desk.book, row, column), recorded(past, column)]
        names.append(venue_name(inst.venue))
    if pairs:
        inputs.scopes["oi_venues"] = ", ".join(names)
        inputs.put("oi_by_venue", np.array(pairs), *refs)


def _draw_hours(
    inputs: Inputs, desk: Desk, reference: str, linear: list[tuple[int, Series | None]]
) -> None:
    """Contracts at the whole hours of the last day: of the reference, of others, of the fullest."""
    hours = desk.now // HOUR * HOUR - HOUR * np.arange(HOURS - 1, -1, -1.0)
    known = [(s, at_hours(s.column("ts"), s.column("oi_base"), hours)) for _, s in linear if s]
    known = [(s, v) for s, v in known if np.count_nonzero(np.isfinite(v)) >= HOURS - 2]
    if not known:
        return
    inputs.put("oi_hours", hours)
    first, values = known[0]
    inputs.scopes["oi_hour"] = venue_name(first.venue)
    inputs.put("oi_hourly", values, recorded(first, "oi_base"))
    for samples, values in known:
        if samples.venue == reference:
            inputs.put("oi_reference_hourly", values, recorded(samples, "oi_base"))
    others = [(s, v) for s, v in known if s.venue != reference]
    rows = np.array([v for _, v in others]).reshape(-1, HOURS)
    inputs.put("oi_other_hourly", rows, *[recorded(s, "oi_base") for s, _ in others])


def at_hours(ts: Floats, values: Floats, hours: Floats) -> Floats:
    """The sample at each whole hour, five minutes off at most; NaN where there is none."""
    if not len(ts):
        return np.full(len(hours), NAN)
    i = np.clip(np.searchsorted(ts, hours), 1, max(len(ts) - 1, 1))
    left, right = np.minimum(i - 1, len(ts) - 1), np.minimum(i, len(ts) - 1)
    near = np.where(np.abs(ts[left] - hours) <= np.abs(ts[right] - hours), left, right)
    return np.where(np.abs(ts[near] - hours) <= NEAR, values[near], NAN)


def past_coins(ts: Floats, coins: Floats, moment: float) -> float:
    """The sample nearest to a moment, within an hour; NaN when there is none."""
    if not len(ts):
        return NAN
    i = int(np.argmin(np.abs(ts - moment)))
    return float(coins[i]) if abs(ts[i] - moment) <= HOUR else NAN


# ---------------------------------------------------------------- levels and changes


@metric("coins", venue="oi")
def oi_coins(oi_now: float) -> float:
    """Open contracts in coins, one side, on one venue (canon O01)."""
    return oi_now


@metric("USD", venue="oi")
def oi_dollars(oi_now: float, oi_price: float) -> float:
    """The same in dollars at the venue's mark, or its last price where no mark is given."""
    return oi_now * oi_price


@metric("%", venue="oi", window="24 h")
def oi_change_24h(oi_now: float, oi_ts: Floats, oi_past: Floats, now: float) -> float:
    """Change of open contracts against 24 hours ago on the same venue (canon O02)."""
    return (oi_now / past_coins(oi_ts, oi_past, now - DAY) - 1) * 100


def daily_changes(ts: Floats, coins: Floats, now: float) -> Floats:
    """The 24-hour changes (percent) at every sample of the last 30 days that has a pair."""
    older = (ts <= now - DAY / 2) & (ts >= now - RECORD)
    stamps, values = ts[older], coins[older]
    if len(stamps) < 2:
        return np.empty(0)
    day_before = stamps - DAY
    i = np.clip(np.searchsorted(stamps, day_before), 1, len(stamps) - 1)
    i = np.where(np.abs(stamps[i - 1] - day_before) <= np.abs(stamps[i] - day_before), i - 1, i)
    paired = np.abs(stamps[i] - day_before) <= HOUR
    return (values[paired] / values[i[paired]] - 1) * 100


@metric("percentile", venue="oi", window="24 h")
def oi_change_rank(oi_change_24h: float, oi_ts: Floats, oi_past: Floats, now: float) -> float:
    """Mid-rank of the change in the venue's own last 30 days (at least 7 days of samples)."""
    changes = daily_changes(oi_ts, oi_past, now)
    if oi_record_days(oi_ts, now) < 7:
        return NAN
    return mid_rank(oi_change_24h, changes, 7)


@metric("days", venue="oi")
def oi_record_days(oi_ts: Floats, now: float) -> float:
    """Length of the record that the rank rests on, 30 days at most; days without a sample are none.

    Else two days a month apart would count as a month.
    """
    recent = oi_ts[oi_ts >= now - RECORD]
    if not len(recent):
        return NAN
    return float(min((recent[-1] - recent[0]) // DAY, len(np.unique(recent // DAY))))


@metric("share", venue="oi", window="24 h")
def oi_tail(oi_change_rank: float, oi_record_days: float) -> float:
    """Two-sided tail share of that rank; never rarer than one day of the record and this one.

    The samples of a day overlap: eight days cannot show what happens once in a hundred.
    """
    return max(2 * min(oi_change_rank, 100 - oi_change_rank) / 100, 1 / (oi_record_days + 1))


@metric("venues", venue="oi_venues", window="24 h")
def oi_venues(oi_by_venue: Floats) -> float:
    """Venues whose contracts are known now and 24 hours ago. oi_by_venue: (n x 2) now, before."""
    return float(np.count_nonzero(np.isfinite(oi_by_venue).all(axis=1)))


@metric("venues", venue="oi_venues", window="24 h")
def oi_venues_same_way(oi_by_venue: Floats, oi_change_24h: float) -> float:
    """How many of them, the one told of included, changed in its direction (canon O02 confirm)."""
    if not np.isfinite(oi_change_24h):
        return NAN
    changes = oi_by_venue[:, 0] - oi_by_venue[:, 1]
    return float(np.count_nonzero(np.sign(changes) == np.sign(oi_change_24h)))


# ---------------------------------------------------------------- what cannot be, and single hours


@metric("share", venue="oi", window="24 h")
def oi_change_of_volume(
    oi_now: float, oi_ts: Floats, oi_past: Floats, perp_coins: float, now: float
) -> float:
    """|Change in coins| over coins traded in the same 24 h: above 1 is impossible (canon O08)."""
    return (
        abs(oi_now - past_coins(oi_ts, oi_past, now - DAY)) / perp_coins if perp_coins > 0 else NAN
    )


def hour_changes(coins: Floats) -> Floats:
    """Percent change over each hour, along the last axis; NaN beside a missing sample."""
    return np.asarray((coins[..., 1:] / coins[..., :-1] - 1) * 100)


@metric("%", venue="oi", window="1 h")
def oi_jump_1h(oi_reference_hourly: Floats) -> float:
    """The largest change of open contracts over one hour of the last day (canon O08)."""
    changes = hour_changes(oi_reference_hourly)
    known = np.isfinite(changes)
    return float(changes[np.nanargmax(np.abs(changes))]) if known.any() else NAN


@metric("venues", venue="oi_venues", window="1 h")
def oi_jump_shared(oi_reference_hourly: Floats, oi_other_hourly: Floats) -> float:
    """How many other venues changed at least half as much, the same way, in that hour.

    A venue without hourly samples cannot share it: the count only ever licenses the gate.
    """
    changes = hour_changes(oi_reference_hourly)
    if not np.isfinite(changes).any():
        return NAN
    at = int(np.nanargmax(np.abs(changes)))
    with np.errstate(invalid="ignore"):
        return float(np.count_nonzero(hour_changes(oi_other_hourly)[:, at] / changes[at] >= 0.5))


@metric("%", venue="oi_hour", window="1 h")
def oi_worst_hour_change(worst_hour_start: float, oi_hours: Floats, oi_hourly: Floats) -> float:
    """Change of open contracts, in coins, over the hour of the largest price move (canon L04)."""
    at = np.flatnonzero(oi_hours == worst_hour_start)
    if not len(at) or at[0] + 1 >= len(oi_hourly):
        return NAN
    return float(hour_changes(oi_hourly)[at[0]])
