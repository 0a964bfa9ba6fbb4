"""Evaluates nodes on panels: numbers as float64 arrays, conditions as pairs (is_true, is_false).

Shapes are (rows x subjects), or (rows x 1) for what is the same for all, or a plain float for a
constant. A row range is asked for from `start`; a node that looks back asks its argument for
earlier rows, so a newest-row pass touches only the tail it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.judge.nodes import Node
from generator.judge.windows import Bools, Clock, Ints
from generator.model import MARKET, Floats, Panel

Number = Floats | float


class Bounds(NamedTuple):
    """The least and the most a number can be, whatever the missing values are."""

    low: Number
    high: Number


class Pair(NamedTuple):
    """Where a condition is true and where it is false; unknown is neither."""

    is_true: Bools
    is_false: Bools


Value = Floats | float | Bounds | Pair

Operation = Callable[["Evaluation", Node, "Columns", int], Value]
COMPUTE: dict[str, Operation] = {}  # filled by the modules `in_time` and `across`


def operation(*names: str) -> Callable[[Operation], Operation]:
    """Register the function that computes the nodes of these names."""

    def register(function: Operation) -> Operation:
        COMPUTE.update(dict.fromkeys(names, function))
        return function

    return register


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The panel columns a node is evaluated on; left and right give a pair's two assets."""

    scope: str
    subjects: tuple[str, ...]
    index: NDArray[np.int64] | slice
    left: Ints
    right: Ints


class Frame:
    """What all evaluations of one panel can share: its times, and where its subjects stand."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.clock = Clock(panel.times)
        self.place = {s: i for i, s in enumerate(panel.subjects)}
        self._columns: dict[tuple[str, tuple[str, ...]], Columns] = {}

    def columns(self, scope: str, subjects: tuple[str, ...] = ()) -> Columns:
        """All subjects of a scope, sorted by name, or those of the given that the panel has."""
        key = (scope, subjects)
        if key not in self._columns:
            self._columns[key] = self._find(scope, subjects)
        return self._columns[key]

    def _find(self, scope: str, subjects: tuple[str, ...]) -> Columns:
        place = self.place
        wanted = [s for s in subjects if s in place] if subjects else list(place)
        found = sorted(s for s in wanted if s != MARKET and ("/" in s) == (scope == "pair"))
        if scope == "market":
            found = [MARKET]
        index = np.array([place.get(s, -1) for s in found], dtype=np.int64)
        sides = [s.partition("/") for s in found] if scope == "pair" else []
        left = np.array([place.get(a, -1) for a, _, _ in sides], dtype=np.int64)
        right = np.array([place.get(b, -1) for _, _, b in sides], dtype=np.int64)
        if len(index) > 1 and (np.diff(index) == 1).all():
            # A slice of the panel is a view; an index array would copy it for every leaf.
            return Columns(scope, tuple(found), slice(index[0], index[-1] + 1), left, right)
        return Columns(scope, tuple(found), index, left, right)


class Evaluation:
    """Nodes' values on the rows of one panel before `stop`; every value is computed once."""

    def __init__(
        self, frame: Frame, stop: int | None = None, reused: Set[Node] | None = None
    ) -> None:
        """stop: one past the last row (default all). reused: what to keep (default everything)."""
        self.frame, self.panel, self.clock = frame, frame.panel, frame.clock
        self.stop = len(self.panel.times) if stop is None else stop
        self.columns = frame.columns
        self.reused = reused
        self._cache: dict[tuple[Node, Columns], tuple[int, Value]] = {}

    def crossed(self, scope: str) -> Columns:
        """All assets, or all pairs: what counts and ranks run across."""
        return self.columns(scope)

    def condition(self, node: Node, columns: Columns, start: int) -> Pair:
        value = self._value(node, columns, start)
        assert isinstance(value, Pair)
        return value

    def number(self, node: Node, columns: Columns, start: int) -> Bounds:
        """The value as bounds; both are the same array when the number is exact."""
        value = self._value(node, columns, start)
        assert not isinstance(value, Pair)
        return value if isinstance(value, Bounds) else Bounds(value, value)

    def exact(self, node: Node, columns: Columns, start: int) -> Floats:
        """The value as an array of at least (rows x 1)."""
        value = self._value(node, columns, start)
        assert not isinstance(value, Pair | Bounds)
        if isinstance(value, float):
            return np.full((self.stop - start, 1), value)
        return value

    # -------------------------------------------------- the cache

    def _value(self, node: Node, columns: Columns, start: int) -> Value:
        if node.op == "const":
            constant: float = node.value
            return constant
        key = (node, columns)
        known = self._cache.get(key)
        if known is not None and known[0] <= start:
            return _rows(known[1], start - known[0])
        value: Value = COMPUTE[node.op](self, node, columns, start)
        if self.reused is None or node in self.reused:
            self._cache[key] = (start, value)
        return value

    def earlier(self, rows: Ints, start: int) -> int:
        """The first row that any of the wanted rows looks back to."""
        wanted = rows[start : self.stop]
        wanted = wanted[wanted >= 0]
        return min(start, int(wanted.min())) if len(wanted) else start


def _rows(value: Value, skip: int) -> Value:
    if skip == 0 or isinstance(value, float):
        return value
    if isinstance(value, Pair):
        return Pair(value.is_true[skip:], value.is_false[skip:])
    if isinstance(value, Bounds):
        low, high = _rows(value.low, skip), _rows(value.high, skip)
        return Bounds(low, high)  # type: ignore[arg-type]  # rows of a number are a number
    return value[skip:]
