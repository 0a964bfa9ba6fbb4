"""Relative strength of a pair (left against right), both legs from the same venue.

Inputs: the two legs' 24-hour returns (percent), last prices, their daily closes on common days
(`pair_ts`, `left_close`, `right_close`), and of these the days that ended before the 24-hour window
began (`before_ts`, `before_left`, `before_right`): a move is not part of its own normal.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws
from generator.measure.registry import metric
from generator.measure.statistics import daily_returns, mid_rank, tail_share
from generator.model import DAY, Floats

NAN = float("nan")
LATE = 5 * 60_000  # a window that begins so shortly after midnight is still that UTC day's


@draws("pair")
def put_days_before(inputs: Inputs, desk: Desk, left: str, right: str) -> None:
    """The common days that ended before the window."""
    if "pair_ts" not in inputs.values:
        return
    known = inputs.values["pair_ts"] + DAY <= desk.now - DAY + LATE
    for name, of in (("ts", "pair_ts"), ("left", "left_close"), ("right", "right_close")):
        inputs.put(f"before_{name}", inputs.values[of][known], *inputs.refs[of])


@metric("%", venue="pair", window="24 h", scope="pair")
def pair_return_24h(left_return: float, right_return: float) -> float:
    """(1 + r_left) / (1 + r_right) - 1: the cross rate's change, no ratio of falls (R01)."""
    return ((1 + left_return / 100) / (1 + right_return / 100) - 1) * 100


@metric("ratio", venue="pair", scope="pair")
def pair_level(left_last: float, right_last: float) -> float:
    """Left price over right price."""
    return left_last / right_last


def _pair_returns(ts: Floats, left: Floats, right: Floats) -> Floats:
    return daily_returns(ts, left / right)[-365:]


@metric("percentile", venue="pair", window="24 h", scope="pair")
def pair_return_rank(
    pair_return_24h: float, before_ts: Floats, before_left: Floats, before_right: Floats
) -> float:
    """Mid-rank of the change among the daily changes of up to 365 days (90 at least)."""
    return mid_rank(pair_return_24h, _pair_returns(before_ts, before_left, before_right), 90)


@metric("share", venue="pair", window="24 h", scope="pair")
def pair_return_tail(
    pair_return_24h: float, before_ts: Floats, before_left: Floats, before_right: Floats
) -> float:
    """Share of those days on which the pair moved at least as far, either way."""
    return tail_share(pair_return_24h, _pair_returns(before_ts, before_left, before_right), 90)


@metric("percentile", venue="pair", scope="pair")
def pair_level_rank(
    pair_level: float, pair_ts: Floats, left_close: Floats, right_close: Floats
) -> float:
    """Mid-rank of the level among the daily closes of up to 365 days (90 at least)."""
    return mid_rank(pair_level, (left_close / right_close)[-365:], 90)


@metric("days", venue="pair", scope="pair")
def pair_record_days(before_ts: Floats, before_left: Floats, before_right: Floats) -> float:
    """How many daily changes the change is compared with, 365 at most."""
    past = _pair_returns(before_ts, before_left, before_right)
    return float(np.count_nonzero(np.isfinite(past)))


def _beta(ts: Floats, left: Floats, right: Floats) -> tuple[float, Floats]:
    """(beta, residuals in percent) of 90 daily returns; (NaN, empty) with fewer than 80 pairs."""
    x, y = daily_returns(ts, right)[-90:], daily_returns(ts, left)[-90:]
    both = np.isfinite(x) & np.isfinite(y)
    if np.count_nonzero(both) < 80:
        return NAN, np.empty(0)
    x, y = x[both], y[both]
    beta = float(np.cov(y, x, ddof=1)[0, 1] / np.var(x, ddof=1))
    return beta, y - beta * x


@metric("beta", venue="pair", window="90 d", scope="pair")
def pair_beta(before_ts: Floats, before_left: Floats, before_right: Floats) -> float:
    """cov(left, right) / var(right) of 90 daily returns (canon R02)."""
    return _beta(before_ts, before_left, before_right)[0]


@metric("% points", venue="pair", window="24 h", scope="pair")
def beyond_beta(left_return: float, right_return: float, pair_beta: float) -> float:
    """What is left of the left leg's return after beta times the right leg's."""
    return left_return - pair_beta * right_return


@metric("z", venue="pair", window="24 h", scope="pair")
def beyond_beta_z(
    beyond_beta: float, before_ts: Floats, before_left: Floats, before_right: Floats
) -> float:
    """That residual over the standard deviation of the 90 days' residuals."""
    residuals = _beta(before_ts, before_left, before_right)[1]
    return beyond_beta / float(np.std(residuals, ddof=1)) if len(residuals) else NAN


@metric("share", venue="pair", window="24 h", scope="pair")
def beyond_beta_tail(
    beyond_beta: float, before_ts: Floats, before_left: Floats, before_right: Floats
) -> float:
    """Share of the 90 days whose residual was at least as large."""
    return tail_share(beyond_beta, _beta(before_ts, before_left, before_right)[1], 80)


@metric("%", venue="pair", window="24 h", scope="pair")
def left_return_24h(left_return: float) -> float:
    """The left leg's own change."""
    return left_return


@metric("%", venue="pair", window="24 h", scope="pair")
def right_return_24h(right_return: float) -> float:
    """The right leg's own change."""
    return right_return
