"""Correlation of a pair's daily log returns, and whether it has changed (canon R05).

Windows of n = 30 and 90 completed UTC days. A change is one where Fisher's 95% intervals,
tanh(atanh(r) +- 1.96 / sqrt(n - 3)), of the last n days and of the n days before do not overlap,
and still do not with any single day of either window left out: one outlier is no regime.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, setting
from generator.measure.registry import metric
from generator.model import DAY, Floats

NAN = float("nan")
Z95, CONFIDENCE = 1.96, 95.0
RECENT = 8  # days back to which a change is dated


def log_returns(ts: Floats, close: Floats) -> Floats:
    """Log return of each day, NaN on the first and across a gap. Shape (n,)."""
    out = np.full(len(close), NAN)
    if len(close) > 1:
        out[1:] = np.where(np.diff(ts) == DAY, np.log(close[1:] / close[:-1]), NAN)
    return out


def pearson(x: Floats, y: Floats) -> Floats:
    """Pearson's r along the last axis; NaN where anything is unknown or nothing varies."""
    dx, dy = x - x.mean(-1, keepdims=True), y - y.mean(-1, keepdims=True)
    return np.asarray((dx * dy).sum(-1) / np.sqrt((dx**2).sum(-1) * (dy**2).sum(-1)))


def interval(r: Floats, n: int) -> tuple[Floats, Floats]:
    """Fisher's 95% interval of r from n pairs."""
    z, half = np.arctanh(r), Z95 / np.sqrt(n - 3)
    return np.tanh(z - half), np.tanh(z + half)


def left_out(x: Floats, y: Floats) -> Floats:
    """r with each single pair left out, from sums. Shape (..., n) as the inputs."""
    n = x.shape[-1]
    x, y = x - x.mean(-1, keepdims=True), y - y.mean(-1, keepdims=True)
    # Without pair k: sum of products less x_k y_k, less the product of the new means times n - 1.
    scale = n / (n - 1)
    xy = (x * y).sum(-1, keepdims=True) - x * y * scale
    xx = (x * x).sum(-1, keepdims=True) - x * x * scale
    yy = (y * y).sum(-1, keepdims=True) - y * y * scale
    return np.asarray(xy / np.sqrt(xx * yy))


def apart(x: Floats, y: Floats, n: int) -> Floats:
    """For pairs (..., 2n): 1 where r of the last n is higher than before them, -1 lower, else 0.

    Neither whole nor with any one day left out may the intervals overlap. NaN where unknown.
    """
    old, new = (x[..., :n], y[..., :n]), (x[..., n:], y[..., n:])
    whole = [interval(pearson(*w), n) for w in (old, new)]
    single = [interval(left_out(*w), n - 1) for w in (old, new)]
    lows = [np.minimum(w[0], s[0].min(-1)) for w, s in zip(whole, single, strict=True)]
    highs = [np.maximum(w[1], s[1].max(-1)) for w, s in zip(whole, single, strict=True)]
    signs = np.where(lows[1] > highs[0], 1.0, np.where(highs[1] < lows[0], -1.0, 0.0))
    return np.asarray(np.where(np.isfinite(lows[0] + lows[1]), signs, NAN))


def _logs(ts: Floats, left: Floats, right: Floats, n: int) -> tuple[Floats, Floats]:
    return log_returns(ts, left)[-n:], log_returns(ts, right)[-n:]


def days_apart(ts: Floats, left: Floats, right: Floats, n: int) -> float:
    """For how many days in a row, up to eight, the windows ending then were apart the same way.

    Negative where the correlation fell, 0 where it has not changed, NaN where unknown.
    """
    x, y = _logs(ts, left, right, 2 * n + RECENT - 1)
    if len(x) < 2 * n + RECENT - 1:
        return NAN
    view = np.lib.stride_tricks.sliding_window_view
    signs = apart(view(x, 2 * n), view(y, 2 * n), n)[::-1]  # today first
    if not np.isfinite(signs[0]) or signs[0] == 0:
        return float(signs[0])
    other = np.flatnonzero(signs != signs[0])
    if len(other) and not np.isfinite(signs[other[0]]):
        return NAN  # since when cannot be said
    return float(signs[0] * (other[0] if len(other) else len(signs)))


def _of_window(ts: Floats, left: Floats, right: Floats, n: int, back: int) -> float:
    """r of the n days that ended `back` days before the last one."""
    x, y = _logs(ts, left, right, n + back)
    return float(pearson(x[:n], y[:n])) if len(x) == n + back else NAN


@draws("pair")
def put_pair_now(inputs: Inputs, desk: Desk, left: str, right: str) -> None:
    """The common closes, if they reach up to the last completed day: an old r is not today's."""
    inputs.put("interval_percent", CONFIDENCE, setting("interval of a correlation", CONFIDENCE))
    ts = inputs.values.get("pair_ts")
    if ts is None or not len(ts) or ts[-1] != desk.now // DAY * DAY - DAY:
        return
    for name in ("pair_ts", "left_close", "right_close"):
        inputs.put(f"recent_{name}", inputs.values[name], *inputs.refs[name])


@metric("%", venue="pair", scope="pair")
def correlation_confidence(interval_percent: float) -> float:
    """The confidence of the intervals, in percent."""
    return interval_percent


def _register(n: int) -> None:
    def changed(
        recent_pair_ts: Floats, recent_left_close: Floats, recent_right_close: Floats
    ) -> float:
        return days_apart(recent_pair_ts, recent_left_close, recent_right_close, n)

    text = "Days in a row on which the window and the one before were apart, signed."
    _metric(changed, f"correlation_days_{n}d", "days", n, text)
    for name, back, text in (
        ("correlation", 0, f"Pearson's r of the last {n} daily log returns."),
        ("correlation_before", n, f"Pearson's r of the {n} days before the last {n}."),
    ):
        _metric(_r(n, back), f"{name}_{n}d", "r", n, text)
        for edge, side in enumerate(("low", "high")):
            told = f"The {side} end of its 95% interval."
            _metric(_bound(n, back, edge), f"{name}_{n}d_{side}", "r", n, told)


def _r(n: int, back: int) -> Callable[..., float]:
    def r(recent_pair_ts: Floats, recent_left_close: Floats, recent_right_close: Floats) -> float:
        return _of_window(recent_pair_ts, recent_left_close, recent_right_close, n, back)

    return r


def _bound(n: int, back: int, edge: int) -> Callable[..., float]:
    def end(recent_pair_ts: Floats, recent_left_close: Floats, recent_right_close: Floats) -> float:
        r = _of_window(recent_pair_ts, recent_left_close, recent_right_close, n, back)
        return float(interval(np.asarray(r), n)[edge])

    return end


def _metric(function: Callable[..., float], name: str, unit: str, n: int, text: str) -> None:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{text} See this module."
    metric(unit, venue="pair", window=f"{n} d", scope="pair")(function)


for _n in (30, 90):
    _register(_n)
