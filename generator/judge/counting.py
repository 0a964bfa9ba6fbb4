"""Counts over windows of time: whole numbers, so any order of adding gives the same answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.judge.windows import Bools, Ints, Span, even_rows
from generator.model import Floats

Counts = NDArray[np.integer]
FEW = 24  # up to so many rows, adding shifted rows beats a running total


def count_in(flags: Bools, first: Ints, last: Ints) -> Floats:
    """How many flags are set in rows first..last (inclusive) of each window, as float64."""
    rows = even_rows(first, last)
    if 0 < rows <= FEW:
        total = np.zeros((len(first), flags.shape[1]), dtype=np.int8)
        for back in range(rows):
            at = int(first[0]) + back
            total += flags[at : at + len(first)]
        return total.astype(np.float64)
    running = np.zeros((len(flags) + 1, flags.shape[1]), dtype=np.int32)
    np.cumsum(flags, axis=0, dtype=np.int32, out=running[1:])
    return (running[last + 1] - running[first]).astype(np.float64)


def mid_rank(x: Floats, span: Span, start: int, stop: int, base: int) -> tuple[Floats, Floats]:
    """Bounds of the percentile (0-100) of each row's value among the window before it and itself.

    Mid-rank: 100 (less + (equal + 1) / 2) / (n + 1); every missing value in the window may be
    smaller or larger, which widens the bounds. x starts at row `base`.
    """
    first, last = span.first[start:stop] - base, span.last[start:stop] - base
    covered = span.covered[start:stop]
    now = x[start - base : stop - base]
    if not covered.any():
        nothing = np.full(now.shape, np.nan)
        return nothing, nothing
    size = (last - first + 1).astype(np.float64)[:, None]
    rows = even_rows(first, last) if covered.all() else 0
    if rows:
        below, missing = _compare_shifted(x, now, int(first[0]), rows)
    else:
        below, missing = _compare_rows(x, now, first, last, covered)
    known = covered[:, None] & (now == now)
    low = np.where(known, 100.0 * (0.5 * below + 0.5) / (size + 1), np.nan)
    return low, low + 100.0 * missing / (size + 1)


def _compare_shifted(x: Floats, now: Floats, first: int, rows: int) -> tuple[Counts, Counts]:
    """Less plus less-or-equal, and missing, one shifted panel at a time."""
    small = np.int8 if 2 * rows < 128 else np.int16  # what the largest count needs
    below = np.zeros(now.shape, dtype=small)
    known = np.zeros(now.shape, dtype=small)
    for back in range(rows):
        then = x[first + back : first + back + len(now)]
        below += then < now
        below += then <= now
        known += then == then
    return below, rows - known.astype(np.int16)


def _compare_rows(
    x: Floats, now: Floats, first: Ints, last: Ints, covered: Bools
) -> tuple[Counts, Counts]:
    """The same, one row at a time, for windows of unequal size."""
    below = np.zeros(now.shape, dtype=np.int32)
    missing = np.zeros(now.shape, dtype=np.int32)
    for row in np.flatnonzero(covered).tolist():
        then = x[first[row] : last[row] + 1]
        below[row] = (then < now[row]).sum(axis=0, dtype=np.int32)
        below[row] += (then <= now[row]).sum(axis=0, dtype=np.int32)
        missing[row] = (then != then).sum(axis=0, dtype=np.int32)
    return below, missing
