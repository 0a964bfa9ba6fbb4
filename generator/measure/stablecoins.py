"""Dollar stablecoins: the supply of a named set (canon S03), and their price in dollars (S04).

A price against another stablecoin cannot say which of the two is off, so only pairs quoted in USD
count, and only what at least two venues show. Prices are signed distances from one dollar, in %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, observed, recorded
from generator.measure.ranks import at_least, at_most
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.measure.story import FAR_FROM_PEG, USD_VENUES
from generator.measure.venues import listed, venue_name
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
SUPPLY_SOURCE = "defillama"
SUPPLY_SET = ("USDT", "USDC")  # named in the sentence, so the set is the same in every note
LASTED = HOUR // 2  # canon S04: half a percent for half an hour
YEAR, LEAST, WEEK = 365, 90, 7


@dataclass(frozen=True)
class Quoted:
    """A spot instrument quoted in US dollars, and its row in the snapshot."""

    venue: str
    symbol: str
    row: int


def quoted_in_usd(desk: Desk, coin: str) -> list[Quoted]:
    """Spot pairs COIN/USD of the venues that trade real dollars, in their order."""
    book, found = desk.book, []
    wanted = {(v, f"{coin}/USD") for v in USD_VENUES}
    chosen = {
        (i.venue, i.symbol): n
        for n, i in enumerate(book.snapshot.instruments)
        if i.kind == "spot" and i.quote == "USD" and (i.venue, i.symbol) in wanted
    }
    for venue in USD_VENUES:
        row = chosen.get((venue, f"{coin}/USD"))
        if row is not None:
            found.append(Quoted(venue, f"{coin}/USD", row))
    return found


@draws("market")
def put_pegs(inputs: Inputs, desk: Desk) -> None:
    for coin in SUPPLY_SET:
        _put_peg(inputs, desk, coin)


def _put_peg(inputs: Inputs, desk: Desk, coin: str) -> None:
    """Prices now; highs and lows of the last whole hour; closes of whole days, venues by column."""
    pairs = [q for q in quoted_in_usd(desk, coin) if np.isfinite(desk.book.price(q.row, "last"))]
    if not pairs:
        return
    name = coin.lower()
    inputs.scopes[name] = listed([venue_name(q.venue) for q in pairs])
    prices = np.array([desk.book.price(q.row, "last") for q in pairs])
    inputs.put(f"{name}_prices", prices, *[observed(desk.book, q.row, "last") for q in pairs])
    hours = [desk.series(q.venue, q.symbol, "bars_1h") for q in pairs]
    recent = [h for h in hours if h is not None and desk.now - h.data[-1, 0] < 2.5 * HOUR]
    if recent:
        ends = np.array([[h.column("low")[-1], h.column("high")[-1]] for h in recent])
        refs = [recorded(h, side) for h in recent for side in ("low", "high")]
        inputs.put(f"{name}_hour", ends, *refs)
    days = [desk.series(q.venue, q.symbol, "bars_1d") for q in pairs]
    known = [d for d in days if d is not None]
    # without any record no day is known to have closed off: an empty table says so
    stamps = np.unique(np.concatenate([d.column("ts") for d in known] or [np.empty(0)]))
    closes = np.full((len(stamps), len(known)), NAN)
    for k, d in enumerate(known):
        closes[np.searchsorted(stamps, d.column("ts")), k] = d.column("close")
    refs = [recorded(d, "close") for d in known]
    inputs.put(f"{name}_day_ts", stamps, *refs)
    inputs.put(f"{name}_day_closes", closes, *refs)


@draws("market")
def put_supply(inputs: Inputs, desk: Desk) -> None:
    """Supply of the set now and a week ago, from one answer; and its own daily record."""
    rows = desk.book.rows.get((SUPPLY_SOURCE, "stablecoin"), {})
    if not all(c in rows and desk.book.age(rows[c], "supply_usd") <= DAY for c in SUPPLY_SET):
        return
    inputs.scopes["stablecoins"] = venue_name(SUPPLY_SOURCE)
    for name, column in (("supply", "supply_usd"), ("supply_before", "supply_prev_week_usd")):
        refs = [observed(desk.book, rows[c], column) for c in SUPPLY_SET]
        inputs.put(name, sum(desk.book.value(rows[c], column) for c in SUPPLY_SET), *refs)
    kept = [desk.series(SUPPLY_SOURCE, f"{c}#supply", "index") for c in SUPPLY_SET]
    series = [s for s in kept if s is not None]
    if len(series) == len(SUPPLY_SET):
        stamps, first, second = np.intersect1d(
            series[0].column("ts"), series[1].column("ts"), return_indices=True
        )
        total = series[0].column("value")[first] + series[1].column("value")[second]
        refs = [recorded(s, "supply") for s in series]
        inputs.put("supply_ts", stamps, *refs)
        inputs.put("supply_past", total, *refs)


# ---------------------------------------------------------------- S03


@metric("USD", venue="stablecoins", scope="market")
def stablecoin_supply(supply: float) -> float:
    """Coins in circulation of the named set, at one dollar each (canon S03)."""
    return supply


@metric("USD", venue="stablecoins", window="7 d", scope="market")
def stablecoin_supply_added(supply: float, supply_before: float) -> float:
    """Change of that supply against a week ago, in coins of one dollar."""
    return supply - supply_before


@metric("%", venue="stablecoins", window="7 d", scope="market")
def stablecoin_supply_change(supply: float, supply_before: float) -> float:
    """Change of that supply against a week ago."""
    return (supply / supply_before - 1) * 100 if supply_before > 0 else NAN


def _weekly(ts: Floats, supply: Floats, now: float) -> Floats:
    """7-day changes (percent) ending on each UTC day before today; NaN where an end is missing."""
    day = (ts // DAY).astype(np.int64)
    if not len(day):
        return np.empty(0)
    last = np.append(np.flatnonzero(np.diff(day)), len(day) - 1)
    table = np.full(int(day[-1] - day[0]) + 1, NAN)
    table[day[last] - day[0]] = supply[last]
    changes = np.full(len(table), NAN)
    changes[WEEK:] = (table[WEEK:] / table[:-WEEK] - 1) * 100
    days = np.arange(day[0], day[-1] + 1)
    kept = (days < now // DAY) & (days >= now // DAY - YEAR)
    return changes[kept]


@metric("percentile", venue="stablecoins", window="7 d", scope="market")
def stablecoin_supply_rank(
    stablecoin_supply_change: float, supply_ts: Floats, supply_past: Floats, now: float
) -> float:
    """Mid-rank of the weekly change among those of the year before, 90 at least."""
    return mid_rank(stablecoin_supply_change, _weekly(supply_ts, supply_past, now), LEAST)


@metric("days", venue="stablecoins", scope="market")
def stablecoin_supply_days(supply_ts: Floats, supply_past: Floats, now: float) -> float:
    """How many days that rank rests on."""
    return float(np.count_nonzero(np.isfinite(_weekly(supply_ts, supply_past, now))))


@metric("share", venue="stablecoins", window="7 d", scope="market")
def stablecoin_supply_tail(stablecoin_supply_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(stablecoin_supply_rank, 100 - stablecoin_supply_rank) / 100


@metric("percentile", venue="stablecoins", window="7 d", scope="market")
def stablecoin_supply_rank_most(stablecoin_supply_rank: float) -> float:
    """The rank of the change, rounded up to a whole percent."""
    return at_most(stablecoin_supply_rank)


@metric("percentile", venue="stablecoins", window="7 d", scope="market")
def stablecoin_supply_rank_least(stablecoin_supply_rank: float) -> float:
    """The rank of the change, rounded down to a whole percent."""
    return at_least(stablecoin_supply_rank)


# ---------------------------------------------------------------- S04


def shown_by_two(gaps: Floats) -> Floats:
    """The signed gap that at least two venues reach on the same side; 0 where no two do.

    gaps: (..., venues) in percent; NaN where fewer than two are known.
    """
    known = np.isfinite(gaps)
    if gaps.shape[-1] < 2:
        return np.full(gaps.shape[:-1], NAN)
    low = np.sort(np.where(known, gaps, np.inf), axis=-1)[..., 1]
    high = np.sort(np.where(known, gaps, -np.inf), axis=-1)[..., -2]
    gap = np.where(low < 0, low, np.where(high > 0, high, 0.0))
    return np.where(known.sum(axis=-1) >= 2, gap, NAN)


def _off(prices: Floats) -> float:
    return float(shown_by_two((prices - 1) * 100))


def _hour_off(hour: Floats) -> float:
    """The gap that two venues never left within the hour: highs if under the peg, lows if over."""
    below, above = _off(hour[:, 1]), _off(hour[:, 0])
    if below < 0 or above > 0:
        return below if below < 0 else above
    return 0.0 if np.count_nonzero(np.isfinite(hour).all(axis=1)) > 1 else NAN


def _close_off(ts: Floats, closes: Floats, now: float) -> float:
    if not len(ts) or not LASTED <= now - (ts[-1] + DAY) < DAY:
        return NAN
    return _off(closes[-1])


def _far_days(ts: Floats, closes: Floats, now: float) -> float:
    """Unbroken UTC days up to yesterday known to have closed far off; 0 when none is known to."""
    gaps = shown_by_two((closes - 1) * 100)
    if not len(ts) or now - (ts[-1] + DAY) >= DAY:
        return 0.0
    unbroken = np.append(np.diff(ts) == DAY, True)[::-1]
    far = (np.abs(gaps) >= FAR_FROM_PEG)[::-1]
    return float(np.count_nonzero(np.cumprod(far & np.append(True, unbroken[1:]))))


@metric("%", venue="usdt", scope="market")
def usdt_peg_gap(usdt_prices: Floats) -> float:
    """Distance from one dollar that at least two venues show on the same side now (canon S04)."""
    return _off(usdt_prices)


@metric("%", venue="usdt", window="1 h", scope="market")
def usdt_peg_gap_1h(usdt_hour: Floats) -> float:
    """Distance from one dollar that two venues never left within the last whole hour."""
    return _hour_off(usdt_hour)


@metric("%", venue="usdt", scope="market")
def usdt_peg_gap_close(usdt_day_ts: Floats, usdt_day_closes: Floats, now: float) -> float:
    """Distance from one dollar that two venues showed at the last UTC close, if 30 min are past."""
    return _close_off(usdt_day_ts, usdt_day_closes, now)


@metric("USD", venue="usdt", scope="market")
def usdt_least(usdt_prices: Floats) -> float:
    """The lowest of the venues' prices."""
    return float(np.min(usdt_prices))


@metric("USD", venue="usdt", scope="market")
def usdt_most(usdt_prices: Floats) -> float:
    """The highest of the venues' prices."""
    return float(np.max(usdt_prices))


@metric("days", venue="usdt", scope="market")
def usdt_far_days(usdt_day_ts: Floats, usdt_day_closes: Floats, now: float) -> float:
    """Days in a row, up to yesterday, known to have closed 2% or more off on two venues."""
    return _far_days(usdt_day_ts, usdt_day_closes, now)


@metric("%", venue="usdc", scope="market")
def usdc_peg_gap(usdc_prices: Floats) -> float:
    """Distance from one dollar that at least two venues show on the same side now (canon S04)."""
    return _off(usdc_prices)


@metric("%", venue="usdc", window="1 h", scope="market")
def usdc_peg_gap_1h(usdc_hour: Floats) -> float:
    """Distance from one dollar that two venues never left within the last whole hour."""
    return _hour_off(usdc_hour)


@metric("%", venue="usdc", scope="market")
def usdc_peg_gap_close(usdc_day_ts: Floats, usdc_day_closes: Floats, now: float) -> float:
    """Distance from one dollar that two venues showed at the last UTC close, if 30 min are past."""
    return _close_off(usdc_day_ts, usdc_day_closes, now)


@metric("USD", venue="usdc", scope="market")
def usdc_least(usdc_prices: Floats) -> float:
    """The lowest of the venues' prices."""
    return float(np.min(usdc_prices))


@metric("USD", venue="usdc", scope="market")
def usdc_most(usdc_prices: Floats) -> float:
    """The highest of the venues' prices."""
    return float(np.max(usdc_prices))


@metric("days", venue="usdc", scope="market")
def usdc_far_days(usdc_day_ts: Floats, usdc_day_closes: Floats, now: float) -> float:
    """Days in a row, up to yesterday, known to have closed 2% or more off on two venues."""
    return _far_days(usdc_day_ts, usdc_day_closes, now)
