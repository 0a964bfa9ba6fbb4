"""CME futures and other markets (stock indices, the dollar, yields), from a user's own series.

What such a market did the same day is a fact beside the coin's, never its cause. A step from close
to close counts within 24 hours of the close: on a weekend nothing is said of markets that rested.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws
from generator.measure.optional import (
    LONGEST,
    REOPENS,
    count,
    newest,
    rank,
    start,
    step,
    steps,
)
from generator.measure.ranks import at_least, at_most
from generator.measure.registry import metric
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
FRIDAY = 4  # of a week that begins on Monday


# ---------------------------------------------------------------- CME


@metric("% a year", venue="cme_basis")
def cme_basis(cme_basis_ts: Floats, cme_basis_value: Floats, now: float) -> float:
    """The annualised basis of CME futures over spot, as the vendor gives it."""
    return newest(cme_basis_ts, cme_basis_value, now)


@metric("percentile", venue="cme_basis")
def cme_basis_rank(cme_basis: float, cme_basis_value: Floats) -> float:
    """Mid-rank among the values before (90 at least)."""
    return rank(cme_basis, cme_basis_value[:-1])


@metric("percentile", venue="cme_basis")
def cme_basis_rank_most(cme_basis_rank: float) -> float:
    """Rounded up to a whole percent."""
    return at_most(cme_basis_rank)


@metric("percentile", venue="cme_basis")
def cme_basis_rank_least(cme_basis_rank: float) -> float:
    """Rounded down to a whole percent."""
    return at_least(cme_basis_rank)


@metric("days", venue="cme_basis")
def cme_basis_days(cme_basis_value: Floats) -> float:
    """How many values it is ranked among."""
    return count(cme_basis_value)


@metric("ms", venue="cme_basis")
def cme_basis_start(cme_basis_ts: Floats, cme_basis_value: Floats) -> float:
    """The first of them."""
    return start(cme_basis_ts, cme_basis_value)


@draws("asset")
def put_reopening(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The asset's own price 49 hours after CME's newest close: the hour its futures reopen."""
    closes, hours = inputs.values.get("cme_close_ts"), inputs.values.get("hourly_ts")
    if closes is None or hours is None or not len(closes):
        return
    if (closes[-1] // DAY + 3) % 7 != FRIDAY:  # a close before no weekend
        return
    moment = float(closes[-1]) + REOPENS
    inputs.put("reopening", moment, *inputs.refs["cme_close_ts"])
    i = int(np.searchsorted(hours + HOUR, moment, side="right")) - 1
    if i >= 0 and moment <= desk.now and moment - (hours[i] + HOUR) < HOUR:
        price = float(inputs.values["hourly_close"][i])
        inputs.put("reopening_price", price, *inputs.refs["hourly_close"])


@metric("USD", venue="cme_close")
def cme_last_close(cme_close_value: Floats, reopening: float, now: float) -> float:
    """Friday's close of CME futures, for the day that follows their reopening."""
    return float(cme_close_value[-1]) if 0 <= now - reopening < DAY else NAN


@metric("ms", venue="cme_close")
def cme_closed_at(cme_close_ts: Floats) -> float:
    """When that was."""
    return float(cme_close_ts[-1]) if len(cme_close_ts) else NAN


@metric("ms", venue="price")
def cme_reopened_at(reopening: float) -> float:
    """Forty-nine hours later."""
    return reopening


@metric("USD", venue="price")
def price_at_reopening(reopening_price: float) -> float:
    """The asset's own last hourly close by then, at most an hour old."""
    return reopening_price


@metric("%", venue="price")
def cme_weekend_change(price_at_reopening: float, cme_last_close: float) -> float:
    """That price against Friday's close: two markets, so this is not the gap of either."""
    return (price_at_reopening / cme_last_close - 1) * 100 if cme_last_close > 0 else NAN


# ---------------------------------------------------------------- other markets


def _ranked(ts: Floats, values: Floats, change: float, relative: bool = True) -> float:
    return rank(change, steps(ts, values, relative)[:-1])


def _days(ts: Floats, values: Floats) -> float:
    return float(np.count_nonzero(np.isfinite(steps(ts, values)[:-1][-LONGEST:])))


@metric("%", venue="spx", scope="market")
def spx_change(spx_ts: Floats, spx_value: Floats, now: float) -> float:
    """The S&P stock index from one close to the next; unknown 24 h after its last."""
    return step(spx_ts, spx_value, now)


@metric("percentile", venue="spx", scope="market")
def spx_change_rank(spx_ts: Floats, spx_value: Floats, spx_change: float) -> float:
    """Mid-rank of that step among those before (90 at least)."""
    return _ranked(spx_ts, spx_value, spx_change)


@metric("percentile", venue="spx", scope="market")
def spx_change_rank_most(spx_change_rank: float) -> float:
    """Rounded up to a whole percent."""
    return at_most(spx_change_rank)


@metric("percentile", venue="spx", scope="market")
def spx_change_rank_least(spx_change_rank: float) -> float:
    """Rounded down to a whole percent."""
    return at_least(spx_change_rank)


@metric("days", venue="spx", scope="market")
def spx_change_days(spx_ts: Floats, spx_value: Floats) -> float:
    """How many steps it is ranked among."""
    return _days(spx_ts, spx_value)


@metric("ms", venue="spx", scope="market")
def spx_closed_at(spx_ts: Floats) -> float:
    """When its last close was known."""
    return float(spx_ts[-1]) if len(spx_ts) else NAN


@metric("%", venue="ndx", scope="market")
def ndx_change(ndx_ts: Floats, ndx_value: Floats, now: float) -> float:
    """The Nasdaq stock index from one close to the next; unknown 24 h after its last."""
    return step(ndx_ts, ndx_value, now)


@metric("percentile", venue="ndx", scope="market")
def ndx_change_rank(ndx_ts: Floats, ndx_value: Floats, ndx_change: float) -> float:
    """Mid-rank of that step among those before (90 at least)."""
    return _ranked(ndx_ts, ndx_value, ndx_change)


@metric("percentile", venue="ndx", scope="market")
def ndx_change_rank_most(ndx_change_rank: float) -> float:
    """Rounded up to a whole percent."""
    return at_most(ndx_change_rank)


@metric("percentile", venue="ndx", scope="market")
def ndx_change_rank_least(ndx_change_rank: float) -> float:
    """Rounded down to a whole percent."""
    return at_least(ndx_change_rank)


@metric("days", venue="ndx", scope="market")
def ndx_change_days(ndx_ts: Floats, ndx_value: Floats) -> float:
    """How many steps it is ranked among."""
    return _days(ndx_ts, ndx_value)


@metric("ms", venue="ndx", scope="market")
def ndx_closed_at(ndx_ts: Floats) -> float:
    """When its last close was known."""
    return float(ndx_ts[-1]) if len(ndx_ts) else NAN


@metric("%", venue="dxy", scope="market")
def dxy_change(dxy_ts: Floats, dxy_value: Floats, now: float) -> float:
    """The dollar index from one close to the next; unknown 24 h after its last."""
    return step(dxy_ts, dxy_value, now)


@metric("percentile", venue="dxy", scope="market")
def dxy_change_rank(dxy_ts: Floats, dxy_value: Floats, dxy_change: float) -> float:
    """Mid-rank of that step among those before (90 at least)."""
    return _ranked(dxy_ts, dxy_value, dxy_change)


@metric("percentile", venue="dxy", scope="market")
def dxy_change_rank_most(dxy_change_rank: float) -> float:
    """Rounded up to a whole percent."""
    return at_most(dxy_change_rank)


@metric("percentile", venue="dxy", scope="market")
def dxy_change_rank_least(dxy_change_rank: float) -> float:
    """Rounded down to a whole percent."""
    return at_least(dxy_change_rank)


@metric("days", venue="dxy", scope="market")
def dxy_change_days(dxy_ts: Floats, dxy_value: Floats) -> float:
    """How many steps it is ranked among."""
    return _days(dxy_ts, dxy_value)


@metric("ms", venue="dxy", scope="market")
def dxy_closed_at(dxy_ts: Floats) -> float:
    """When its last close was known."""
    return float(dxy_ts[-1]) if len(dxy_ts) else NAN


@metric("bp", venue="us10y", scope="market")
def us10y_change(us10y_ts: Floats, us10y_value: Floats, now: float) -> float:
    """The ten-year US Treasury yield, close to close; unknown 24 h after the last."""
    return step(us10y_ts, us10y_value, now, relative=False)


@metric("percentile", venue="us10y", scope="market")
def us10y_change_rank(us10y_ts: Floats, us10y_value: Floats, us10y_change: float) -> float:
    """Mid-rank of that step among those before (90 at least)."""
    return _ranked(us10y_ts, us10y_value, us10y_change, relative=False)


@metric("percentile", venue="us10y", scope="market")
def us10y_change_rank_most(us10y_change_rank: float) -> float:
    """Rounded up to a whole percent."""
    return at_most(us10y_change_rank)


@metric("percentile", venue="us10y", scope="market")
def us10y_change_rank_least(us10y_change_rank: float) -> float:
    """Rounded down to a whole percent."""
    return at_least(us10y_change_rank)


@metric("days", venue="us10y", scope="market")
def us10y_change_days(us10y_ts: Floats, us10y_value: Floats) -> float:
    """How many steps it is ranked among."""
    return _days(us10y_ts, us10y_value)


@metric("ms", venue="us10y", scope="market")
def us10y_closed_at(us10y_ts: Floats) -> float:
    """When its last close was known."""
    return float(us10y_ts[-1]) if len(us10y_ts) else NAN
