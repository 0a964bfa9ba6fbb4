"""Rotation: whole buckets of market value against bitcoin, never a list of winners.

`bucket_value` is each coin's market value seven completed days ago (supply held fixed, so that
winners do not migrate into a bucket by winning), `bucket_close` and `bucket_volume` are daily
panels (days x coins) of completed UTC days, `bucket_btc_close` bitcoin's closes on the same days.
Cuts (USD): large from 10 bn, mid 1-10 bn, small 0.1-1 bn, micro 10-100 m. Sources disagree on
"micro", so the cut is printed with the claim (canon M03, M04 with its corrected thresholds).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import median
from generator.model import Floats

NAN = float("nan")
BUCKETS = {"micro": (1e7, 1e8), "small": (1e8, 1e9), "mid": (1e9, 1e10)}
COINS_NEEDED = 20
WEEK, PRIOR = 7, 60


def members(value: Floats, close: Floats, low: float, high: float) -> np.ndarray:
    """Coins in the bucket with closes at both ends of the week."""
    if len(close) <= WEEK:
        return np.zeros(len(value), dtype=bool)
    known = np.isfinite(close[-1]) & np.isfinite(close[-1 - WEEK])
    return np.asarray(known & (value >= low) & (value < high))


def week_returns(close: Floats) -> Floats:
    return np.asarray((close[-1] / close[-1 - WEEK] - 1) * 100, dtype=np.float64)


def volume_share_change(volume: Floats, inside: np.ndarray) -> float:
    """Change (percent) of the bucket's share of turnover: last 7 days against the 60 before.

    Over coins whose volume is known on nine tenths of those days, so that a listing is no inflow.
    """
    if len(volume) < WEEK + PRIOR:
        return NAN
    window = volume[-WEEK - PRIOR :]
    steady = np.isfinite(window).mean(axis=0) >= 0.9
    if np.count_nonzero(inside & steady) < COINS_NEEDED:
        return NAN
    week, prior = window[-WEEK:], window[:PRIOR]
    shares = [
        float(np.nansum(w[:, inside & steady]) / np.nansum(w[:, steady])) for w in (week, prior)
    ]
    return (shares[0] / shares[1] - 1) * 100 if shares[1] > 0 else NAN


def _register(bucket: str, low: float, high: float) -> None:
    def count(bucket_value: Floats, bucket_close: Floats) -> float:
        n = int(np.count_nonzero(members(bucket_value, bucket_close, low, high)))
        return float(n) if n >= COINS_NEEDED else NAN

    def excess_7d(bucket_value: Floats, bucket_close: Floats, bucket_btc_close: Floats) -> float:
        inside = members(bucket_value, bucket_close, low, high)
        if np.count_nonzero(inside) < COINS_NEEDED or len(bucket_btc_close) <= WEEK:
            return NAN
        btc = float(week_returns(bucket_btc_close))
        return float(median(week_returns(bucket_close)[inside])) - btc

    def median_7d(bucket_value: Floats, bucket_close: Floats) -> float:
        inside = members(bucket_value, bucket_close, low, high)
        if np.count_nonzero(inside) < COINS_NEEDED:
            return NAN
        return float(median(week_returns(bucket_close)[inside]))

    def quartile(share: float) -> Callable[..., float]:
        def q(bucket_value: Floats, bucket_close: Floats) -> float:
            inside = members(bucket_value, bucket_close, low, high)
            if np.count_nonzero(inside) < COINS_NEEDED:
                return NAN
            return float(np.quantile(week_returns(bucket_close)[inside], share))

        return q

    def beat_share(bucket_value: Floats, bucket_close: Floats, bucket_btc_close: Floats) -> float:
        inside = members(bucket_value, bucket_close, low, high)
        if np.count_nonzero(inside) < COINS_NEEDED or len(bucket_btc_close) <= WEEK:
            return NAN
        btc = float(week_returns(bucket_btc_close))
        return float(np.mean(week_returns(bucket_close)[inside] > btc)) if btc == btc else NAN

    def volume_change(bucket_value: Floats, bucket_close: Floats, bucket_volume: Floats) -> float:
        return volume_share_change(bucket_volume, members(bucket_value, bucket_close, low, high))

    def floor(bucket_value: Floats) -> float:
        return low

    def ceiling(bucket_value: Floats) -> float:
        return high

    for function, name, unit, window, text in (
        (count, "count", "coins", "7 d", "Coins in the bucket; unknown under twenty."),
        (
            excess_7d,
            "excess_7d",
            "% points",
            "7 d",
            "Median 7-day return of the bucket less BTC's.",
        ),
        (median_7d, "median_7d", "%", "7 d", "Median 7-day return of the bucket."),
        (quartile(0.25), "q25_7d", "%", "7 d", "Lower quartile of the bucket's 7-day returns."),
        (quartile(0.75), "q75_7d", "%", "7 d", "Upper quartile of the bucket's 7-day returns."),
        (
            beat_share,
            "beat_share",
            "share",
            "7 d",
            "Share of the bucket that beat BTC over 7 days.",
        ),
        (
            volume_change,
            "volume_change",
            "%",
            "7 d",
            "Change of its turnover share, 7 d on prior 60.",
        ),
        (floor, "floor", "USD", "", "Lower cut of the bucket (market value)."),
        (ceiling, "ceiling", "USD", "", "Upper cut of the bucket (market value)."),
    ):
        _name(function, f"{bucket}_{name}", text)
        metric(unit, venue="buckets", window=window, scope="market")(function)


def _name(function: Callable[..., float], name: str, text: str) -> None:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{text} Bucket and formula: see this module."


for _bucket, (_low, _high) in BUCKETS.items():
    _register(_bucket, _low, _high)


@metric("%", venue="buckets", window="7 d", scope="market")
def btc_return_7d_utc(bucket_btc_close: Floats) -> float:
    """Bitcoin's return over the same seven completed UTC days."""
    return float(week_returns(bucket_btc_close)) if len(bucket_btc_close) > WEEK else NAN
