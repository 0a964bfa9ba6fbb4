"""Open interest against what stands behind it: the venue's own turnover, the coin's market value.

Canon O07. A ratio says nothing of direction: part of open interest is hedged. Turnover halves at
weekends, so that ratio is ranked among days of the same class only.
"""

from __future__ import annotations

import numpy as np

from generator.measure.day_class import is_weekend, window_class
from generator.measure.inputs import Desk, Inputs, draws, observed, recorded
from generator.measure.ranks import at_least, at_most
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.measure.venues import venue_name
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
RECORD = 180 * DAY
LEAST_DAYS = 90  # of the 180, known days before a rank is given
LEAST_SAME_CLASS = 25
AGGREGATORS = ("coingecko", "coinmarketcap", "coinpaprika")


@draws("asset")
def draw_market_value(inputs: Inputs, desk: Desk, asset: str) -> None:
    """Market value now and before, both from the same aggregator."""
    for venue in AGGREGATORS:
        row = desk.book.rows.get((venue, "aggregate"), {}).get(asset)
        if row is None or not desk.book.value(row, "market_cap_usd") > 0:
            continue
        inputs.scopes["market_value"] = venue_name(venue)
        value = desk.book.value(row, "market_cap_usd")
        inputs.put("market_value_now", value, observed(desk.book, row, "market_cap_usd"))
        past = desk.series(venue, f"{asset}#market_cap", "index")
        if past is not None:
            inputs.put("market_value_ts", past.column("ts"), recorded(past, "ts"))
            inputs.put("market_value_past", past.column("value"), recorded(past, "value"))
        return


def sampled(ts: Floats, values: Floats, moments: Floats) -> Floats:
    """The sample nearest to each moment, an hour off at most; NaN where there is none."""
    if not len(ts):
        return np.full(len(moments), NAN)
    i = np.clip(np.searchsorted(ts, moments), 1, max(len(ts) - 1, 1))
    left, right = np.minimum(i - 1, len(ts) - 1), np.minimum(i, len(ts) - 1)
    near = np.where(np.abs(ts[left] - moments) <= np.abs(ts[right] - moments), left, right)
    return np.where(np.abs(ts[near] - moments) <= HOUR, values[near], NAN)


def turnover_ratios(
    bar_ts: Floats, turnover: Floats, oi_ts: Floats, oi_dollars: Floats, now: float
) -> tuple[Floats, Floats]:
    """(first ms, open interest at the end over turnover) of each whole day of the record."""
    inside = (bar_ts >= now - RECORD - DAY) & (bar_ts + DAY <= now - DAY + HOUR) & (turnover > 0)
    days = bar_ts[inside]
    ratios = sampled(oi_ts, oi_dollars, days + DAY) / turnover[inside]
    known = np.isfinite(ratios)
    return days[known], ratios[known]


@metric("times", venue="oi", window="24 h")
def oi_to_turnover(oi_dollars: float, oi_turnover: float) -> float:
    """Open interest over the venue's own 24-hour turnover in the same contract (canon O07)."""
    return oi_dollars / oi_turnover if oi_turnover > 0 else NAN


@metric("days", venue="oi")
def oi_to_turnover_days(
    oi_bar_ts: Floats, oi_bar_turnover: Floats, oi_ts: Floats, oi_past_dollars: Floats, now: float
) -> float:
    """Whole days of the last 180 for which the ratio is known."""
    return float(len(turnover_ratios(oi_bar_ts, oi_bar_turnover, oi_ts, oi_past_dollars, now)[0]))


@metric("percentile", venue="oi", window="24 h")
def oi_to_turnover_rank(
    oi_to_turnover: float,
    oi_bar_ts: Floats,
    oi_bar_turnover: Floats,
    oi_ts: Floats,
    oi_past_dollars: Floats,
    now: float,
) -> float:
    """Mid-rank among days of the same class, weekday or weekend, of the last 180 days."""
    days, ratios = turnover_ratios(oi_bar_ts, oi_bar_turnover, oi_ts, oi_past_dollars, now)
    wanted = window_class(now)
    if len(days) < LEAST_DAYS or not np.isfinite(wanted):
        return NAN
    return mid_rank(oi_to_turnover, ratios[is_weekend(days) == bool(wanted)], LEAST_SAME_CLASS)


@metric("%", venue="oi")
def oi_to_market_value(oi_dollars: float, market_value_now: float) -> float:
    """Open interest of one venue over the coin's market value as an aggregator gives it."""
    return oi_dollars / market_value_now * 100


@metric("USD", venue="market_value")
def aggregated_market_value(market_value_now: float) -> float:
    """The coin's market value as one aggregator gives it."""
    return market_value_now


def value_ratios(
    ts: Floats, value: Floats, oi_ts: Floats, oi_dollars: Floats, now: float
) -> Floats:
    """Percent of market value, at each sample of market value of the 180 days before today."""
    inside = (ts >= now - RECORD) & (ts <= now - DAY / 2) & (value > 0)
    ratios = sampled(oi_ts, oi_dollars, ts[inside]) / value[inside] * 100
    return np.asarray(ratios[np.isfinite(ratios)])


@metric("days", venue="oi")
def oi_to_market_value_days(
    market_value_ts: Floats,
    market_value_past: Floats,
    oi_ts: Floats,
    oi_past_dollars: Floats,
    now: float,
) -> float:
    """Days of the last 180 for which the ratio is known; several samples of a day are one."""
    inside = (market_value_ts >= now - RECORD) & (market_value_ts <= now - DAY / 2)
    stamps = market_value_ts[inside & (market_value_past > 0)]
    known = np.isfinite(sampled(oi_ts, oi_past_dollars, stamps))
    return float(len(np.unique(stamps[known] // DAY)))


@metric("percentile", venue="oi")
def oi_to_market_value_rank(
    oi_to_market_value: float,
    oi_to_market_value_days: float,
    market_value_ts: Floats,
    market_value_past: Floats,
    oi_ts: Floats,
    oi_past_dollars: Floats,
    now: float,
) -> float:
    """Mid-rank of the share in its own last 180 days (at least 90)."""
    if not oi_to_market_value_days >= LEAST_DAYS:
        return NAN
    past = value_ratios(market_value_ts, market_value_past, oi_ts, oi_past_dollars, now)
    return mid_rank(oi_to_market_value, past, LEAST_DAYS)


@metric("percentile", venue="oi", window="24 h")
def oi_to_turnover_rank_most(oi_to_turnover_rank: float) -> float:
    """The rank, rounded up to a whole percent."""
    return at_most(oi_to_turnover_rank)


@metric("percentile", venue="oi", window="24 h")
def oi_to_turnover_rank_least(oi_to_turnover_rank: float) -> float:
    """The rank, rounded down to a whole percent."""
    return at_least(oi_to_turnover_rank)


@metric("percentile", venue="oi")
def oi_to_market_value_rank_most(oi_to_market_value_rank: float) -> float:
    """The rank, rounded up to a whole percent."""
    return at_most(oi_to_market_value_rank)


@metric("percentile", venue="oi")
def oi_to_market_value_rank_least(oi_to_market_value_rank: float) -> float:
    """The rank, rounded down to a whole percent."""
    return at_least(oi_to_market_value_rank)
