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
from generator.measure.registry import MetricInfo, metric, register
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


# Name, unit of a step, whether it is relative, and what it is a step of.
STEPS = (
    ("spx", "%", True, "The S&P stock index"),
    ("ndx", "%", True, "The Nasdaq stock index"),
    ("dxy", "%", True, "The dollar index"),
    ("us10y", "bp", False, "The ten-year US Treasury yield"),
)


def _register(market: str, unit: str, relative: bool, what: str) -> None:
    """The six metrics of a market's step from one close to the next, and of its rank."""

    def change(ts: Floats, value: Floats, now: float) -> float:
        return step(ts, value, now, relative=relative)

    def change_rank(ts: Floats, value: Floats, stepped: float) -> float:
        """Mid-rank of that step among those before (90 at least)."""
        return _ranked(ts, value, stepped, relative=relative)

    def change_rank_most(ranked: float) -> float:
        """Rounded up to a whole percent."""
        return at_most(ranked)

    def change_rank_least(ranked: float) -> float:
        """Rounded down to a whole percent."""
        return at_least(ranked)

    def change_days(ts: Floats, value: Floats) -> float:
        """How many steps it is ranked among."""
        return _days(ts, value)

    def closed_at(ts: Floats) -> float:
        """When its last close was known."""
        return float(ts[-1]) if len(ts) else NAN

    change.__doc__ = f"{what} from one close to the next; unknown 24 h after its last."
    series, own = (f"{market}_ts", f"{market}_value"), f"{market}_change"
    for function, of, inputs in (
        (change, unit, (*series, "now")),
        (change_rank, "percentile", (*series, own)),
        (change_rank_most, "percentile", (f"{own}_rank",)),
        (change_rank_least, "percentile", (f"{own}_rank",)),
        (change_days, "days", series),
        (closed_at, "ms", series[:1]),
    ):
        name = f"{market}_{function.__name__}"
        register(MetricInfo(name, of, "market", "", market, inputs, function))


for _market in STEPS:
    _register(*_market)
