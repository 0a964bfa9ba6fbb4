"""Series that a user may import from a vendor of their own: ETF flows, skew, CME, other markets.

The venue of such a series is the vendor's name and is printed as the scope. A value's ts is when it
was known. Without its series a metric is unknown, and no rule of this file's says anything.
Ranks are mid-ranks among up to 365 earlier values, 90 at least, as for every own history.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, Thunk, draws, recorded
from generator.measure.ranks import at_least, at_most
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.model import DAY, HOUR, Floats, Series
from generator.printable import unprintable

NAN = float("nan")
LONGEST, LEAST = 365, 90
DAILY = 36 * HOUR  # a daily value, and half a day for it to arrive
SESSION = 4 * DAY  # the longest step from close to close: a weekend and a holiday
REOPENS = 49 * HOUR  # from Friday's close at CME to Sunday's first trade

# raw input -> (symbol, the scope it gives its name to); {} stands for the asset
OF_ASSET = {
    "etf": "ETF_FLOW_{}",
    "skew": "SKEW_25D_{}",
    "cme_basis": "CME_BASIS_{}",
    "cme_close": "CME_CLOSE_{}",
    "expiries": "EXPIRY_NOTIONAL_{}",
}
OF_MARKET = {"spx": "SPX", "ndx": "NDX", "dxy": "DXY", "us10y": "US10Y"}


def vendors_series(desk: Desk, symbol: str) -> Series | None:
    """The series of that name with the newest value known; of two as new, the first vendor's."""
    found = []
    for venue, name, kind in desk.history.series:
        if name == symbol and kind == "index" and not unprintable(venue):
            series = desk.series(venue, symbol, "index")
            if series is not None and np.isfinite(series.data[-1]).all():
                found.append((-series.data[-1, 0], venue, series))
    return min(found, key=lambda f: f[:2])[2] if found else None


def _put(inputs: Inputs, desk: Desk, name: str, symbol: str) -> None:
    series = vendors_series(desk, symbol)
    if series is None:
        return
    inputs.scopes[name] = series.venue
    ref: Thunk = recorded(series, "value")
    inputs.put(f"{name}_ts", series.column("ts"), ref)
    inputs.put(f"{name}_value", series.column("value"), ref)


@draws("asset")
def put_of_asset(inputs: Inputs, desk: Desk, asset: str) -> None:
    for name, symbol in OF_ASSET.items():
        _put(inputs, desk, name, symbol.format(asset))
    if "expiries_value" in inputs.values:
        values, ref = inputs.values["expiries_value"], inputs.refs["expiries_value"]
        inputs.put("past_expiries", values, *ref)


@draws("market")
def put_of_market(inputs: Inputs, desk: Desk) -> None:
    for name, symbol in OF_MARKET.items():
        _put(inputs, desk, name, symbol)


def newest(ts: Floats, values: Floats, now: float, oldest: float = DAILY) -> float:
    """The last value, unknown when older than `oldest` (ms)."""
    return float(values[-1]) if len(ts) and now - ts[-1] <= oldest else NAN


def rank(value: float, past: Floats) -> float:
    return mid_rank(value, past[-LONGEST:], LEAST)


def start(ts: Floats, values: Floats) -> float:
    """When the record that a value is ranked in begins (ms)."""
    known = ts[:-1][np.isfinite(values[:-1])][-LONGEST:]
    return float(known[0]) if len(known) else NAN


def count(values: Floats) -> float:
    return float(np.count_nonzero(np.isfinite(values[:-1][-LONGEST:])))


def steps(ts: Floats, values: Floats, relative: bool = True) -> Floats:
    """From each value to the next: % or, not relative, the difference x 100. NaN over a gap."""
    if len(ts) < 2:
        return np.full(len(ts), NAN)
    before, after = values[:-1], values[1:]
    change = (after / before - 1) * 100 if relative else (after - before) * 100
    return np.append(NAN, np.where(np.diff(ts) <= SESSION, change, NAN))


def step(ts: Floats, values: Floats, now: float, relative: bool = True) -> float:
    """The newest step, if it ended within the last 24 hours."""
    changes = steps(ts, values, relative)
    return float(changes[-1]) if len(ts) and now - ts[-1] <= DAY else NAN


# ---------------------------------------------------------------- US spot ETFs


@metric("USD", venue="etf")
def etf_flow(etf_ts: Floats, etf_value: Floats, now: float) -> float:
    """Net flow of a day into the funds as the vendor reports it; negative is out of them."""
    return newest(etf_ts, etf_value, now)


@metric("ms", venue="etf")
def etf_flow_at(etf_ts: Floats) -> float:
    """When the vendor's figure was known."""
    return float(etf_ts[-1]) if len(etf_ts) else NAN


@metric("percentile", venue="etf")
def etf_flow_rank(etf_flow: float, etf_value: Floats) -> float:
    """Mid-rank among the daily flows before (90 at least)."""
    return rank(etf_flow, etf_value[:-1])


@metric("percentile", venue="etf")
def etf_flow_rank_most(etf_flow_rank: float) -> float:
    """Rounded up to a whole percent."""
    return at_most(etf_flow_rank)


@metric("percentile", venue="etf")
def etf_flow_rank_least(etf_flow_rank: float) -> float:
    """Rounded down to a whole percent."""
    return at_least(etf_flow_rank)


@metric("days", venue="etf")
def etf_flow_days(etf_value: Floats) -> float:
    """How many days it is ranked among."""
    return count(etf_value)


@metric("ms", venue="etf")
def etf_flow_start(etf_ts: Floats, etf_value: Floats) -> float:
    """The first of them."""
    return start(etf_ts, etf_value)


# ---------------------------------------------------------------- options


@metric("% points", venue="skew")
def skew_25d(skew_ts: Floats, skew_value: Floats, now: float) -> float:
    """Implied volatility of the 25-delta call less that of the put, as the vendor gives it."""
    return newest(skew_ts, skew_value, now)


@metric("percentile", venue="skew")
def skew_25d_rank(skew_25d: float, skew_value: Floats) -> float:
    """Mid-rank among the values before (90 at least)."""
    return rank(skew_25d, skew_value[:-1])


@metric("percentile", venue="skew")
def skew_25d_rank_most(skew_25d_rank: float) -> float:
    """Rounded up to a whole percent."""
    return at_most(skew_25d_rank)


@metric("percentile", venue="skew")
def skew_25d_rank_least(skew_25d_rank: float) -> float:
    """Rounded down to a whole percent."""
    return at_least(skew_25d_rank)


@metric("days", venue="skew")
def skew_25d_days(skew_value: Floats) -> float:
    """How many values it is ranked among."""
    return count(skew_value)


@metric("ms", venue="skew")
def skew_25d_start(skew_ts: Floats, skew_value: Floats) -> float:
    """The first of them."""
    return start(skew_ts, skew_value)
