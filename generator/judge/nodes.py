"""The nodes of compiled expressions, and the names that an expression may use.

Every node is a number, a pair of bounds, or a condition. Equal sub-expressions become one node,
across rules too, so that each is computed once per pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Kind = Literal["number", "bounds", "condition"]
Axis = Literal["const", "market", "subject"]
Scope = Literal["asset", "pair", "market"]


class MetricInfo(Protocol):
    """What the catalogue says about a metric; `scope` is asset, pair or market."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def scope(self) -> str: ...


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation. Compared by identity: equal expressions are interned to the same node.

    value is the constant, the comparison sign, the window in ms, or (metric, where) of a leaf,
    where `where` is "" for the rule's own subject, left, right, or another subject's name.
    asks_known: the node is true because something is known, so it may not be negated.
    """

    op: str
    args: tuple[Node, ...]
    value: Any
    kind: Kind
    axis: Axis
    text: str
    asks_known: bool = False

    def __repr__(self) -> str:
        return f"<{self.op} {self.text}>"  # parts are shared: written out they could be 2^n


class Nodes:
    """The table that makes equal nodes one. One for all rules of a book."""

    def __init__(self) -> None:
        self._table: dict[tuple[Any, ...], Node] = {}
        self._seen: set[Node] = set()
        self.depth: dict[Node, int] = {}  # through lets: what evaluates a node goes as deep
        # Nodes worth keeping once computed; all others are freed at once, which keeps the memory
        # that a pass touches small enough for the processor's cache.
        self.reused: set[Node] = set()

    @property
    def made(self) -> tuple[Node, ...]:
        """Every node, in the order in which they were made: none before its parts."""
        return tuple(self._table.values())

    def make(
        self, op: str, args: tuple[Node, ...], value: Any, kind: Kind, axis: Axis, text: str
    ) -> Node:
        # A constant is told apart by its name too, else one rule's param would be shown under
        # the name that another rule gave to the same number.
        named = text if op == "const" else ""
        key = (op, tuple(id(a) for a in args), repr(value), axis, named)
        if key not in self._table:
            # Counting absorbs known(): the count has bounds, and bounds cannot be negated away.
            asks = op == "known" or (
                op in {"and", "or", "not", "if"} and any(a.asks_known for a in args)
            )
            made = self._table[key] = Node(op, args, value, kind, axis, text, asks)
            self.depth[made] = 1 + max((self.depth[a] for a in args), default=0)
            # What a window looks back over is asked for twice: the past and the present.
            self.reused.update(a for a in args if a in self._seen or isinstance(value, int))
            self._seen.update(args)
        return self._table[key]


@dataclass(frozen=True)
class Names:
    """What an expression of one rule may name. lets grow in the order of the file."""

    scope: Scope
    metrics: Mapping[str, MetricInfo]
    params: Mapping[str, float] = field(default_factory=dict)
    lets: dict[str, Node] = field(default_factory=dict)
