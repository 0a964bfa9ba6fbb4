"""Pointwise operations, and those across subjects: ranks, counts, shares.

Where numbers are missing these give bounds; a comparison is true only when both ends agree.
"""

from __future__ import annotations

import numpy as np

from generator.judge.in_time import bounded
from generator.judge.kernel import Bounds, Columns, Evaluation, Number, Pair, Value, operation
from generator.judge.nodes import Node
from generator.judge.windows import Bools, Ints
from generator.model import Floats


@operation("add", "sub", "mul", "div")
def _arithmetic(e: Evaluation, node: Node, columns: Columns, start: int) -> Value:
    a, b = (e.number(arg, columns, start) for arg in node.args)
    with np.errstate(all="ignore"):
        if node.kind == "number":
            return _exact(node.op, a.low, b.low)
        if node.op == "add":
            return Bounds(a.low + b.low, a.high + b.high)
        if node.op == "sub":
            return Bounds(a.low - b.high, a.high - b.low)
        corners = [_exact(node.op, x, y) for x in a for y in b]
        low = np.minimum(np.minimum(corners[0], corners[1]), np.minimum(corners[2], corners[3]))
        high = np.maximum(np.maximum(corners[0], corners[1]), np.maximum(corners[2], corners[3]))
        if node.op == "mul":
            return Bounds(low, high)
        # A divisor that may be zero leaves nothing known.
        through_zero = (np.asarray(b.low) <= 0) & (np.asarray(b.high) >= 0)
        return Bounds(np.where(through_zero, np.nan, low), np.where(through_zero, np.nan, high))


def _exact(op: str, a: Number, b: Number) -> Number:
    if op == "add":
        return a + b
    if op == "sub":
        return a - b
    if op == "mul":
        if isinstance(a, float) or isinstance(b, float):
            return a * b
        return bounded(a * b)
    if isinstance(b, float):
        return a / b if b else a * np.nan
    return bounded(np.asarray(np.divide(a, b)))


@operation("neg")
def _negative(e: Evaluation, node: Node, columns: Columns, start: int) -> Value:
    x = e.number(node.args[0], columns, start)
    return -x.low if node.kind == "number" else Bounds(-x.high, -x.low)


@operation("abs")
def _absolute(e: Evaluation, node: Node, columns: Columns, start: int) -> Value:
    x = e.number(node.args[0], columns, start)
    if node.kind == "number":
        return np.abs(x.low)
    low, high = np.asarray(x.low), np.asarray(x.high)
    nearest = np.where(low > 0, low, np.where(high < 0, -high, 0.0))
    nearest = np.where(np.isnan(low + high), np.nan, nearest)
    return Bounds(nearest, np.maximum(np.abs(low), np.abs(high)))


@operation("sign")
def _sign(e: Evaluation, node: Node, columns: Columns, start: int) -> Value:
    x = e.number(node.args[0], columns, start)
    return np.sign(x.low) if node.kind == "number" else Bounds(np.sign(x.low), np.sign(x.high))


@operation("min", "max")
def _least_or_most(e: Evaluation, node: Node, columns: Columns, start: int) -> Value:
    step = np.minimum if node.op == "min" else np.maximum
    low, high = e.number(node.args[0], columns, start)
    for arg in node.args[1:]:
        other = e.number(arg, columns, start)
        low = step(low, other.low)
        high = low if node.kind == "number" else step(high, other.high)
    return low if node.kind == "number" else Bounds(low, high)


@operation("cmp")
def _compare(e: Evaluation, node: Node, columns: Columns, start: int) -> Pair:
    """True when it holds for every value within the bounds, false when it holds for none."""
    a, b = (e.number(arg, columns, start) for arg in node.args)
    if isinstance(a.low, float) and isinstance(b.low, float):
        same_for_all = np.full((e.stop - start, 1), a.low)
        a = Bounds(same_for_all, same_for_all)
    sign = node.value
    if sign in {"==", "!="}:
        same = (a.low == a.high) & (b.low == b.high) & (a.low == b.low)
        apart = (a.high < b.low) | (a.low > b.high)
        pair = Pair(np.asarray(same), np.asarray(apart))
        return pair if sign == "==" else Pair(pair.is_false, pair.is_true)
    if sign in {"<", "<="}:
        a, b, sign = b, a, {"<": ">", "<=": ">="}[sign]
    if sign == ">":
        return Pair(np.asarray(a.low > b.high), np.asarray(a.high <= b.low))
    return Pair(np.asarray(a.low >= b.high), np.asarray(a.high < b.low))


@operation("and", "or")
def _junction(e: Evaluation, node: Node, columns: Columns, start: int) -> Pair:
    true, false = e.condition(node.args[0], columns, start)
    for arg in node.args[1:]:
        other = e.condition(arg, columns, start)
        if node.op == "and":
            true, false = true & other.is_true, false | other.is_false
        else:
            true, false = true | other.is_true, false & other.is_false
    return Pair(true, false)


@operation("not")
def _not(e: Evaluation, node: Node, columns: Columns, start: int) -> Pair:
    pair = e.condition(node.args[0], columns, start)
    return Pair(pair.is_false, pair.is_true)


@operation("known")
def _known(e: Evaluation, node: Node, columns: Columns, start: int) -> Pair:
    """Never false: that something is missing is no fact about the market."""
    x = e.number(node.args[0], columns, start)
    known = np.broadcast_to(~np.isnan(x.low + x.high), _shape(x.low, e.stop - start))
    return Pair(known, np.zeros_like(known))


def _shape(x: Number, rows: int) -> tuple[int, ...]:
    return (rows, 1) if isinstance(x, float) else x.shape


@operation("if")
def _if(e: Evaluation, node: Node, columns: Columns, start: int) -> Value:
    true, false = e.condition(node.args[0], columns, start)
    if node.kind == "condition":
        yes, no = (e.condition(arg, columns, start) for arg in node.args[1:])
        return Pair(
            (true & yes.is_true) | (false & no.is_true),
            (true & yes.is_false) | (false & no.is_false),
        )
    yes_, no_ = (e.number(arg, columns, start) for arg in node.args[1:])
    low = np.where(true, yes_.low, np.where(false, no_.low, np.nan))
    if node.kind == "number":
        return low
    return Bounds(low, np.where(true, yes_.high, np.where(false, no_.high, np.nan)))


# ---------------------------------------------------------------- across subjects


@operation("count_if", "share")
def _count(e: Evaluation, node: Node, columns: Columns, start: int) -> Bounds:
    crossed = e.crossed(node.value)
    pair = e.condition(node.args[0], crossed, start)
    size = len(crossed.subjects)
    if size == 0:
        unknown = np.full((e.stop - start, 1), np.nan)
        return Bounds(unknown, unknown)
    low, high = _total(pair.is_true, size), size - _total(pair.is_false, size)
    return Bounds(low / size, high / size) if node.op == "share" else Bounds(low, high)


def _total(flags: Bools, size: int) -> Floats:
    """How many of a row's subjects; a condition that is the same for all counts for each."""
    count = np.count_nonzero(flags, axis=1, keepdims=True).astype(np.float64)
    return np.asarray(count * (size / flags.shape[1]))


@operation("rank", "rank_pct")
def _rank(e: Evaluation, node: Node, columns: Columns, start: int) -> Bounds:
    crossed = e.crossed(node.value)
    if columns is not crossed:
        whole = e.number(node, crossed, start)
        place = {s: i for i, s in enumerate(crossed.subjects)}
        pick = np.array([place[s] for s in columns.subjects], dtype=np.int64)
        return Bounds(np.asarray(whole.low)[:, pick], np.asarray(whole.high)[:, pick])
    x = e.exact(node.args[0], columns, start)
    x = np.broadcast_to(x, (len(x), len(crossed.subjects)))
    order = np.argsort(x, axis=1)  # equal values share their places, so their order is free
    ordered = np.take_along_axis(x, order, axis=1)
    differs = ordered[:, 1:] != ordered[:, :-1]
    up_to = _back(order, _run_ends(differs))
    known = np.count_nonzero(x == x, axis=1, keepdims=True)
    missing, size = x.shape[1] - known, x.shape[1]
    if node.op == "rank":  # 1 is the largest; equals share the better place
        low = np.where(x == x, 1.0 + known - up_to, np.nan)
        return Bounds(low, low + missing)
    less = _back(order, size - _run_ends(differs[:, ::-1])[:, ::-1])
    low = np.where(x == x, 100.0 * 0.5 * (less + up_to) / size, np.nan)
    return Bounds(low, low + 100.0 * missing / size)


def _run_ends(differs: Bools) -> Ints:
    """For each place in a sorted row, how many places there are up to the end of its equals."""
    rows, gaps = differs.shape
    last = np.full((rows, gaps + 1), gaps + 1, dtype=np.int64)
    last[:, :-1] = np.where(differs, np.arange(1, gaps + 1), gaps + 1)
    return np.asarray(np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1])


def _back(order: Ints, ranks: Ints) -> Floats:
    """Ranks of sorted rows, put back in the order of the columns."""
    out = np.empty(order.shape)
    np.put_along_axis(out, order, ranks.astype(np.float64), axis=1)
    return out
