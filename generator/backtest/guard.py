"""The look-ahead guard: replaces the future of a history and asks whether the past changes.

Every back-test runs it at a few of its own moments. A metric that reads anything later than its
moment, by a bar that has not ended or by a sample from after it, is named, and the back-test is
void.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.backtest.measured import Bench
from generator.model import DAY, LENGTH, History, Series

CUTS = 3


def peeking(bench: Bench, moments: Sequence[int], cuts: int = CUTS) -> dict[str, int]:
    """Metrics (as `name of subject`) that change with the future, and the moment it was seen at.

    The cuts lie evenly among the moments, the last one left out; none are drawn by chance.
    """
    found: dict[str, int] = {}
    inside = list(moments[:-1]) or list(moments)
    picked = {inside[int(i)] for i in np.linspace(len(inside) // 4, len(inside) - 1, cuts)}
    for cut in sorted(picked):
        other = Bench(with_another_future(bench.history, cut), bench.market)
        one, two = bench.row(cut), other.row(cut)
        for subject in sorted({*one.subjects, *two.subjects}):
            if subject not in one.subjects or subject not in two.subjects:
                found.setdefault(f"whether {subject} is among the movers", cut)
                continue
            a = one.values[:, one.subjects.index(subject)]
            b = two.values[:, two.subjects.index(subject)]
            for i in np.flatnonzero((a != b) & ~(np.isnan(a) & np.isnan(b))).tolist():
                found.setdefault(f"{bench.names[i]} of {subject}", cut)
    return found


def with_another_future(history: History, cut: int) -> History:
    """The same rows up to what was known at `cut`; behind them absurd numbers, and more of them."""
    changed = {}
    for key, s in history.series.items():
        known = s.data[:, 0] + LENGTH.get(s.kind, 0) <= cut
        data = s.data.copy()
        data[~known, 1:] = np.abs(data[~known, 1:]) * 17 + 1
        if known.any():
            more = np.repeat(data[-1:], 3, axis=0) * 3.0
            more[:, 0] = max(float(data[-1, 0]), float(cut)) + DAY * np.arange(1, 4)
            data = np.vstack([data, more])
        changed[key] = Series(s.venue, s.symbol, s.kind, data, s.endpoint)
    return History(changed)
