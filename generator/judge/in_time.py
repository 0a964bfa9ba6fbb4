"""Leaves of an expression, and what looks back in time: lags, changes, windows."""

from __future__ import annotations

import numpy as np

from generator.judge import counting, windows
from generator.judge.kernel import Bounds, Columns, Evaluation, Value, operation
from generator.judge.nodes import Node
from generator.judge.windows import Cut
from generator.model import Floats

# A metric beyond this is no measurement; keeping it out means a square can never overflow.
LARGEST = 1e150


@operation("metric")
def _leaf(e: Evaluation, node: Node, columns: Columns, start: int) -> Value:
    name, where = node.value
    table = e.panel.columns.get(name)
    if table is None:
        return np.full((e.stop - start, 1), np.nan)
    rows = table[start : e.stop]
    if where == "":
        picked = rows[:, columns.index]
        if not isinstance(columns.index, slice) and (columns.index < 0).any():
            picked = np.where(columns.index >= 0, picked, np.nan)
    elif where in {"left", "right"}:
        index = columns.left if where == "left" else columns.right
        picked = np.where(index >= 0, rows[:, index], np.nan)
    elif where in e.frame.place:
        at = e.frame.place[where]
        picked = rows[:, at : at + 1]
    else:
        return np.full((e.stop - start, 1), np.nan)
    return bounded(np.asarray(picked, dtype=np.float64))


def bounded(x: Floats) -> Floats:
    """Values that no market has ever had, infinity among them, are unknown."""
    large = np.abs(x) > LARGEST
    return np.where(large, np.nan, x) if large.any() else x


@operation("lag")
def _lag(e: Evaluation, node: Node, columns: Columns, start: int) -> Floats:
    return _lagged(e, node, columns, start)


def _lagged(e: Evaluation, node: Node, columns: Columns, start: int) -> Floats:
    rows = e.clock.lagged(node.value)
    base = e.earlier(rows, start)
    x = e.exact(node.args[0], columns, base)
    wanted = rows[start : e.stop]
    if len(wanted) and wanted[0] >= 0 and (np.diff(wanted) == 1).all():
        return x[wanted[0] - base : wanted[-1] + 1 - base]
    return np.where((wanted >= 0)[:, None], x[np.maximum(wanted - base, 0)], np.nan)


@operation("change")
def _change(e: Evaluation, node: Node, columns: Columns, start: int) -> Floats:
    then = _lagged(e, node, columns, start)
    return np.asarray(e.exact(node.args[0], columns, start) - then)


@operation("pct_change")
def _pct_change(e: Evaluation, node: Node, columns: Columns, start: int) -> Floats:
    """100 (now / then - 1); unknown when the base is not positive: such a percentage misleads."""
    then = _lagged(e, node, columns, start)
    now = e.exact(node.args[0], columns, start)
    with np.errstate(all="ignore"):
        return bounded(100.0 * (now / np.where(then > 0, then, np.nan) - 1.0))


def _windowed(
    e: Evaluation, node: Node, columns: Columns, start: int, prior: bool = False
) -> tuple[Floats, Cut]:
    span = e.clock.span(node.value, prior=prior)
    first = np.where(span.covered, span.first, -1)
    base = e.earlier(first, start)
    return e.exact(node.args[0], columns, base), Cut.of(span, start, e.stop, base)


@operation("mean")
def _mean(e: Evaluation, node: Node, columns: Columns, start: int) -> Floats:
    return windows.rolling_mean(*_windowed(e, node, columns, start))


@operation("std")
def _std(e: Evaluation, node: Node, columns: Columns, start: int) -> Floats:
    return windows.rolling_moments(*_windowed(e, node, columns, start))[1]


@operation("rolling_min", "rolling_max")
def _extreme(e: Evaluation, node: Node, columns: Columns, start: int) -> Floats:
    step = np.minimum if node.op == "rolling_min" else np.maximum
    return windows.rolling(*_windowed(e, node, columns, start), step)


@operation("zscore")
def _zscore(e: Evaluation, node: Node, columns: Columns, start: int) -> Floats:
    """(now - mean) / sd of the window before now, today excluded; unknown when sd is 0."""
    mean, sd = windows.rolling_moments(*_windowed(e, node, columns, start, prior=True))
    now = e.exact(node.args[0], columns, start)
    with np.errstate(all="ignore"):
        return bounded((now - mean) / np.where(sd > 0, sd, np.nan))


@operation("pctile")
def _pctile(e: Evaluation, node: Node, columns: Columns, start: int) -> Bounds:
    span = e.clock.span(node.value, prior=True)
    base = e.earlier(np.where(span.covered, span.first, -1), start)
    x = e.exact(node.args[0], columns, base)
    return Bounds(*counting.mid_rank(x, span, start, e.stop, base))


@operation("count_if_time", "share_time")
def _count_time(e: Evaluation, node: Node, columns: Columns, start: int) -> Bounds:
    span = e.clock.span(node.value, prior=False)
    base = e.earlier(np.where(span.covered, span.first, -1), start)
    pair = e.condition(node.args[0], columns, base)
    rows = e.stop - base
    covered = span.covered[start : e.stop]
    # What is not covered is masked below; until then it may point anywhere inside.
    last = np.arange(start - base, rows)
    first = np.where(covered, span.first[start : e.stop] - base, last)
    size = np.where(covered, last - first + 1, np.nan)[:, None]
    whole = (np.broadcast_to(p, (rows, p.shape[-1])) for p in pair)
    yes, no = (counting.count_in(p, first, last) for p in whole)
    low, high = np.where(covered[:, None], yes, np.nan), size - no
    if node.op == "share_time":
        return Bounds(low / size, high / size)
    return Bounds(low, high)
