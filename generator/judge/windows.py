"""Durations over irregular times, and the rolling numbers taken in them.

A window is a stretch of time, never a number of rows. It is unknown when the panel does not reach
back to its start, when a gap in the times is longer than half of it, or when any value in it is
missing: a mean over what happens to be left could say more than the mean over all.

Sums run inside blocks of absolute time as long as the window, so that a window is the end of one
block and the beginning of the next. The result rests on the rows in the window alone: a newest-row
pass and a whole-panel pass agree to the last bit, and no sum is ever subtracted from another.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.model import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MINUTE = 60_000
LEAST_TOLERANCE = 5 * MINUTE
MOST_TOLERANCE = 360 * MINUTE
WIDE = 128  # columns
SMALLEST_GAPS = 2  # a window may miss 1 / SMALLEST_GAPS of its length in one gap


def tolerance(length: int) -> int:
    """How far from the exact moment a lagged row may lie: 1/24 of the lag, 5 min to 6 h, in ms."""
    return min(max(length // 24, LEAST_TOLERANCE), MOST_TOLERANCE)


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Per row of a panel: the window's first and last row, and whether it is covered."""

    first: Ints
    last: Ints
    covered: Bools
    block: Ints


class Clock:
    """What the times of a panel say about each duration; computed once per duration."""

    def __init__(self, times: Ints) -> None:
        self.times = times
        self._spans: dict[tuple[int, bool], Span] = {}
        self._lags: dict[int, Ints] = {}

    def lagged(self, length: int) -> Ints:
        """For each row the row nearest to `length` ms before it, -1 when none is near enough."""
        if length not in self._lags:
            t, wanted = self.times, self.times - length
            after = np.searchsorted(t, wanted, side="left")
            before = np.maximum(after - 1, 0)
            after = np.minimum(after, len(t) - 1)
            nearer_after = np.abs(t[after] - wanted) < np.abs(t[before] - wanted)
            row = np.where(nearer_after, after, before)
            far = np.abs(t[row] - wanted) > tolerance(length)
            self._lags[length] = np.where(far | (t[row] >= t), -1, row)
        return self._lags[length]

    def span(self, length: int, *, prior: bool) -> Span:
        """The window (t - length, t], or [t - length, t) when prior."""
        key = (length, prior)
        if key not in self._spans:
            self._spans[key] = self._span(length, prior)
        return self._spans[key]

    def _span(self, length: int, prior: bool) -> Span:
        t = self.times
        rows = np.arange(len(t), dtype=np.int64)
        first = np.searchsorted(t, t - length, side="left" if prior else "right").astype(np.int64)
        last = rows - 1 if prior else rows
        widest = length // SMALLEST_GAPS
        holes = np.concatenate([[0], np.cumsum(np.diff(t) > widest)]) if len(t) else rows
        inner = np.minimum(first, rows)
        covered = (
            (first <= last)
            & (holes[rows] - holes[inner] == 0)
            & (t[inner] - (t - length) <= widest)
            & (t[0] <= t - length + tolerance(length) if len(t) else True)
        )
        return Span(first, last, covered, t // length)


def _running(x: Floats, block: Ints, step: np.ufunc, backward: bool) -> Floats:
    """step accumulated within each block, from its start, or from its end when backward."""
    out = np.empty_like(x)
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(x)]
    for a, b in itertools.pairwise(edges):
        if backward:
            _accumulate(x[a:b][::-1], step, out[a:b][::-1])
        else:
            _accumulate(x[a:b], step, out[a:b])
    return out


def _accumulate(x: Floats, step: np.ufunc, out: Floats) -> None:
    """`step.accumulate` along the first axis; of a wide table row by row, which is the same sums
    in the same order at a third to a tenth of the time."""
    if x.shape[1] < WIDE or not len(x):
        step.accumulate(x, axis=0, out=out)
        return
    out[0] = before = x[0]
    for row, into in zip(x[1:], out[1:], strict=True):
        before = step(before, row, out=into)


def _running_at(x: Floats, block: Ints, step: np.ufunc, backward: bool, rows: Ints) -> Floats:
    """Rows of `_running`; one row alone is reduced without the running totals on its way.

    Along the first axis of a C-ordered table of several columns a reduction adds row by row, as
    accumulating does, so both give the same bits; one column alone would be summed in pairs.
    """
    if len(rows) != 1 or x.shape[1] < 2:
        return taken(_running(x, block, step, backward), rows)
    row = int(rows[0])
    if backward:
        end = int(np.searchsorted(block, block[row], side="right"))
        part = x[row:end][::-1]
    else:
        part = x[int(np.searchsorted(block, block[row])) : row + 1]
    return np.asarray(step.reduce(np.array(part, order="C"), axis=0)[None])


def taken(x: Floats, rows: Ints) -> Floats:
    """x[rows]; a view where the rows follow one another."""
    if len(rows) > 1 and (np.diff(rows) == 1).all():
        return x[int(rows[0]) : int(rows[-1]) + 1]
    return x[rows]


def even_rows(first: Ints, last: Ints) -> int:
    """The number of rows of every window when it is the same for all and they are in step."""
    if not len(first) or (np.diff(first) != 1).any() or (np.diff(last) != 1).any():
        return 0
    return max(0, int(last[0] - first[0]) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A span cut to the rows that are wanted, with indexes into a child that starts at `base`.

    head is the part of each window in the block of its row, tail the part in the block before.
    """

    head: Ints
    tail: Ints
    has_head: Bools
    has_tail: Bools
    covered: Bools
    block: Ints
    length: NDArray[np.float64]
    all_both: bool
    all_head: bool
    even: int  # how many rows every window has and ends at its own row; 0 when they differ

    @staticmethod
    def of(span: Span, start: int, stop: int, base: int) -> Cut:
        rows = slice(start, stop)
        first, last, own = span.first[rows], span.last[rows], span.block[rows]
        ok = span.covered[rows]
        size = len(span.block) - 1
        own_end = bool(ok.all()) and bool((last == np.arange(start, stop)).all())
        has_head = ok & (span.block[np.maximum(last, 0)] == own)
        has_tail = ok & (span.block[np.minimum(first, size)] != own)
        return Cut(
            head=np.where(has_head, last - base, 0),
            tail=np.where(has_tail, first - base, 0),
            has_head=has_head,
            has_tail=has_tail,
            covered=ok,
            block=span.block[base:stop],
            length=(last - first + 1).astype(np.float64)[:, None],
            all_both=bool((has_head & has_tail).all()),
            all_head=bool(has_head.all()) and not has_tail.any(),
            even=even_rows(first, last) if own_end else 0,
        )

    def join(self, head: Floats, tail: Floats, both: Callable[[Floats, Floats], Floats]) -> Floats:
        """Head and tail parts put together; NaN where the window is not covered."""
        if self.all_both:
            return both(head, tail)
        one = np.where(self.has_head[:, None], head, tail)
        joined = np.where((self.has_head & self.has_tail)[:, None], both(head, tail), one)
        return np.where(self.covered[:, None], joined, np.nan)


def rolling(x: Floats, cut: Cut, step: np.ufunc) -> Floats:
    """Sum, minimum or maximum (np.add, np.minimum, np.maximum) over each window.

    x is (rows from base to stop) x subjects; the result has one row per wanted row. NaN anywhere
    in a window makes it NaN.
    """
    if cut.even and step is not np.add:
        return _extreme(x, cut.even, step)[-len(cut.covered) :]
    head = _running_at(x, cut.block, step, False, cut.head)
    if cut.all_head:
        return head
    tail = _running_at(x, cut.block, step, True, cut.tail)
    joined: Floats = cut.join(head, tail, lambda a, b: step(a, b))
    return joined


def _extreme(x: Floats, rows: int, step: np.ufunc) -> Floats:
    """Windows of equally many rows by doubling; exact, for an extreme is never rounded."""
    width = 1
    while width * 2 <= rows:
        x = step(x[width:], x[:-width])
        width *= 2
    rest = rows - width
    return np.asarray(step(x[rest:], x[:-rest])) if rest else x


def rolling_mean(x: Floats, cut: Cut) -> Floats:
    return np.asarray(rolling(x, cut, np.add) / cut.length)


def rolling_moments(x: Floats, cut: Cut) -> tuple[Floats, Floats]:
    """Mean and sample standard deviation (n - 1) over each window; sd is NaN for n < 2.

    Each block is centred on the value at its own edge, and the two parts of a window are merged by
    Chan, Golub and LeVeque's pairwise formula: a constant series has sd exactly 0.
    """
    n_head, mean_head, square_head = _centred(x, cut, backward=False)
    n_tail, mean_tail, square_tail = _centred(x, cut, backward=True)
    gap = mean_tail - mean_head
    n = n_head + n_tail
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = cut.join(mean_head, mean_tail, lambda a, b: a + gap * (n_tail / n))
        weight = n_head * n_tail / n
        square = cut.join(
            square_head, square_tail, lambda a, b: np.asarray(a + b + gap * gap * weight)
        )
        variance = np.maximum(square, 0.0) / np.where(n > 1, n - 1, np.nan)
    return mean, np.sqrt(variance)


def _centred(x: Floats, cut: Cut, backward: bool) -> tuple[Floats, Floats, Floats]:
    """Count, mean and sum of squared deviations of the head (or tail) part of each window."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(cut.block)) + 1])
    ends = np.concatenate([starts[1:] - 1, [len(x) - 1]])
    which = np.searchsorted(starts, np.arange(len(x)), side="right") - 1
    edge = (ends if backward else starts)[which]
    centred = np.empty_like(x)
    for a, b, at in zip(starts, ends + 1, ends if backward else starts, strict=True):
        np.subtract(x[a:b], x[at], out=centred[a:b])
    rows = cut.tail if backward else cut.head
    present = cut.has_tail if backward else cut.has_head
    total = _running_at(centred, cut.block, np.add, backward, rows)
    np.multiply(centred, centred, out=centred)
    square = _running_at(centred, cut.block, np.add, backward, rows)
    count = np.abs(edge[rows] - rows).astype(np.float64) + 1.0
    count = np.where(present, count, 0.0)[:, None]
    safe = np.where(count > 0, count, 1.0)
    mean = x[edge[rows]] + total / safe
    return count, mean, square - total * total / safe
