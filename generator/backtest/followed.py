"""What followed: the subject's own returns after a rule began to speak, beside all known moments.

Evidence about a rule, never advice. Moments of one run, and runs that lie closer together than the
horizon, share their outcome: they count once, as one independent run. Under eight of those no
interval is given. The base rate's interval is a stationary bootstrap over time (Politis and Romano
1994).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.model import DAY, Floats

HORIZONS = (1, 3, 7)  # days
ENOUGH = 8
DRAWS = 2_000
NONE = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Mean return in percent over `days` after a run began, and of all known moments.

    runs: independent ones whose outcome is known; interval is NaN under eight of them. up: the
    share of those runs after which the price stood higher.
    """

    days: int
    runs: int
    mean: float
    interval: tuple[float, float]
    up: float
    base_moments: int
    base_mean: float
    base_interval: tuple[float, float]
    base_up: float


def returns_after(times: NDArray[np.int64], prices: Floats, days: int) -> Floats:
    """Percent change from each moment to the moment exactly `days` later; NaN where none is."""
    later = np.searchsorted(times, times + days * DAY)
    inside = later < len(times)
    hit = np.where(inside, later, 0)
    inside &= times[hit] == times + days * DAY
    return np.where(inside, (prices[hit] / prices - 1) * 100, np.nan)


def independent(times: NDArray[np.int64], starts: tuple[int, ...], days: int) -> list[int]:
    """Starts that lie at least `days` after the one kept before."""
    kept: list[int] = []
    for start in starts:
        if not kept or times[start] - times[kept[-1]] >= days * DAY:
            kept.append(start)
    return kept


class Base:
    """What happened after all known moments; drawn once for each set of known moments."""

    def __init__(self) -> None:
        self._seen: dict[tuple[bytes, int, str], tuple[int, float, tuple[float, float], float]] = {}

    def of(
        self, after: Floats, known: NDArray[np.bool_], days: int, per_day: float, name: str
    ) -> tuple[int, float, tuple[float, float], float]:
        key = (np.packbits(known).tobytes(), days, name)
        if key not in self._seen:
            values = after[known & np.isfinite(after)]
            block = max(10.0, 2.0 * days) * per_day
            self._seen[key] = (len(values), *_summary(values, stationary(values, block)))
        return self._seen[key]


def outcome(
    times: NDArray[np.int64],
    prices: Floats,
    starts: tuple[int, ...],
    known: NDArray[np.bool_],
    days: int,
    base: Base,
    name: str,
) -> Outcome:
    after = returns_after(times, prices, days)
    ends = [i for i in starts if math.isfinite(after[i])]
    values = after[independent(times, tuple(ends), days)]
    interval = resampled(values) if len(values) >= ENOUGH else NONE
    mean, _, up = _summary(values, interval)
    per_day = len(times) / max(1.0, (float(times[-1]) - float(times[0])) / DAY + 1)
    return Outcome(
        days, len(values), mean, interval, up, *base.of(after, known, days, per_day, name)
    )


def _summary(
    values: Floats, interval: tuple[float, float]
) -> tuple[float, tuple[float, float], float]:
    if not len(values):
        return math.nan, NONE, math.nan
    return float(values.mean()), interval, float(np.mean(values > 0))


def resampled(values: Floats) -> tuple[float, float]:
    """95% percentile interval of the mean over independent runs, drawn with replacement."""
    draws = np.random.default_rng(len(values)).integers(0, len(values), (DRAWS, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def stationary(values: Floats, block: float) -> tuple[float, float]:
    """The same over blocks of geometric length (mean `block`), wrapped around the ends.

    The draws are fixed by the number of values alone: the same input, the same interval.
    """
    n = len(values)
    if n < 2 * ENOUGH:
        return NONE
    rng = np.random.default_rng(n)
    sums = np.append(0.0, np.cumsum(np.concatenate([values, values])))
    draws = DRAWS // 4
    means = np.empty(draws)
    for i in range(draws):
        count = int(n / block * 2) + 20
        length = np.minimum(rng.geometric(min(1.0, 1 / block), count), n)
        while length.sum() < n:
            length = np.append(length, np.minimum(rng.geometric(min(1.0, 1 / block), count), n))
        last = int(np.searchsorted(np.cumsum(length), n))
        length = length[: last + 1]
        length[-1] -= int(length.sum()) - n
        start = rng.integers(0, n, len(length))
        means[i] = (sums[start + length] - sums[start]).sum() / n
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
