"""Basis: the perpetual against its index, from a venue's own premium series."""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, setting
from generator.measure.registry import metric
from generator.measure.statistics import known_median, mid_rank
from generator.measure.venues import DIVIDES_SINCE
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
LEAST_HOURS = 30 * 24  # canon B01: a shorter record ranks nothing
CLAMP = 0.05  # percent: the dead-band of the funding formula (canon B.1)
SMALL = 0.005  # percent per 8 h: under half a basis point a sign says nothing
# Whose premium series is the one its own formula averages, from impact bids and asks. Mark over
# index runs about 1 bp low on several coins, and would contradict rates that are right.
OWN_PREMIUM = frozenset({"Binance", "Bybit", "KuCoin Futures"})


@draws("asset")
def formula(inputs: Inputs, desk: Desk, asset: str) -> None:
    """How the venue of both rate and premium makes one of the other: does it divide by 8/N?

    Left out, so that nothing is compared, where rate and premium are of different venues, where
    the premium is not the formula's own, and where the formula for another interval is not known.
    """
    venue = inputs.scopes.get("funding", "")
    if venue != inputs.scopes.get("premium") or venue not in OWN_PREMIUM:
        return
    last, interval = (float(inputs.values[f"funding_{n}"][-1]) for n in ("ts", "interval"))
    divides = interval == 8
    if not divides and venue == "Binance":
        divides = last >= DIVIDES_SINCE["binanceusdm"]
    elif not divides:
        return
    split = float(divides)
    inputs.put("formula_divides", split, setting(f"{venue} divides by 8/N", split))


def means_8h(ts: Floats, premium: Floats) -> Floats:
    """Mean premium (bp) of every eight hours that end with a sample; NaN where one is missing."""
    if len(ts) < 8:
        return np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(premium, 8)
    whole = ts[7:] - ts[:-7] == 7 * HOUR
    return np.where(whole, windows.mean(axis=1), NAN)


@metric("bp", venue="premium", window="8 h")
def premium_mean_8h(premium_ts: Floats, premium: Floats, now: float) -> float:
    """Mean of the perpetual's premium over its index in the last eight whole hours (canon B01)."""
    means = means_8h(premium_ts, premium)
    fresh = len(premium_ts) > 0 and now - (premium_ts[-1] + HOUR) < 2 * HOUR
    return float(means[-1]) if len(means) and fresh else NAN


def _own(ts: Floats, premium: Floats) -> Floats:
    """The past means of up to 365 days, those that share an hour with the last left out.

    None under 30 days of hours: two stretches far apart are no longer a record than they hold.
    """
    first = int(np.searchsorted(ts, ts[-1] - 365 * DAY)) if len(ts) else 0
    known = np.count_nonzero(np.isfinite(premium[first:]))
    return means_8h(ts[first:], premium[first:])[:-8] if known >= LEAST_HOURS else np.empty(0)


@metric("percentile", venue="premium", window="8 h")
def premium_rank(premium_mean_8h: float, premium_ts: Floats, premium: Floats) -> float:
    """Mid-rank of that mean in the venue's own record (30 days at least)."""
    return mid_rank(premium_mean_8h, _own(premium_ts, premium), 200)


@metric("bp", venue="premium")
def premium_median(premium_ts: Floats, premium: Floats) -> float:
    """Median of the venue's own eight-hour means: what is usual there."""
    own = _own(premium_ts, premium)
    return float(known_median(own)) if np.count_nonzero(np.isfinite(own)) >= 200 else NAN


@metric("share", venue="premium", window="8 h")
def premium_tail(premium_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(premium_rank, 100 - premium_rank) / 100


@metric("days", venue="premium")
def premium_record_days(premium_ts: Floats, premium: Floats) -> float:
    """Days of hours on record that the rank rests on, 365 at most."""
    year = premium_ts > premium_ts[-1] - 365 * DAY if len(premium_ts) else premium_ts > 0
    return float(np.count_nonzero(year & np.isfinite(premium)) // 24)


@metric("% per 8 h", venue="premium", window="settled")
def funding_implied(
    premium_ts: Floats,
    premium: Floats,
    funding_ts: Floats,
    funding_interval: Floats,
    interest_8h: float,
    formula_divides: float,
) -> float:
    """Rate that the premium of a settlement's own hours implies, per 8 h (canon B04).

    With P the mean premium of those N hours in percent, I the interest term of 8 h: where the venue
    divides by 8/N, P + clamp(I - P, -0.05, +0.05); where not, 8/N times P + clamp(I N/8 - P, ...).
    Unknown when an hour is missing.
    """
    if not len(funding_ts) or not len(premium_ts):
        return NAN
    hours = float(funding_interval[-1])
    end = np.round(funding_ts[-1] / HOUR) * HOUR
    inside = (premium_ts >= end - hours * HOUR) & (premium_ts < end)
    if np.count_nonzero(inside) < hours:
        return NAN
    mean, scale = float(np.mean(premium[inside])) / 100, 8 / hours
    interest = interest_8h if formula_divides else interest_8h / scale
    rate = mean + min(max(interest - mean, -CLAMP), CLAMP)
    return rate if formula_divides else rate * scale


@metric("flag", venue="premium", window="8 h")
def funding_incoherent(funding_implied: float, funding_settled: float) -> float:
    """1 when premium and settled rate disagree in sign, unless both rates are under half a bp."""
    if not (np.isfinite(funding_implied) and np.isfinite(funding_settled)):
        return NAN
    if abs(funding_implied) < SMALL and abs(funding_settled) < SMALL:
        return 0.0
    return float(np.sign(funding_implied) != np.sign(funding_settled))
