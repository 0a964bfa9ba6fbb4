"""The catalogue of metrics: a metric's name is its function's name, its inputs its parameters.

A parameter is another metric of the same subject or a raw input from `inputs.py`. Each function is
pure, takes numbers (NaN when unknown) or one-dimensional arrays, and returns a float; its docstring
gives the formula's source. Order follows from the parameter names, by `graphlib`.
"""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal

from generator.errors import UsageError

Scope = Literal["asset", "pair", "market"]


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """What is known about a metric without any data.

    venue names the input family whose instrument is the metric's scope in text (`price`, `spot`,
    `perp`, `funding`, `oi`, `premium`, `universe`, ...), or a part of it that its own number is
    named with (`funding_spread:low`); window is the text of its window.
    """

    name: str
    unit: str
    scope: Scope
    window: str
    venue: str
    inputs: tuple[str, ...]
    function: Callable[..., float]

    @property
    def summary(self) -> str:
        return (self.function.__doc__ or "").strip().split("\n")[0]


_FOUND: dict[str, MetricInfo] = {}


def metric(
    unit: str, *, venue: str, window: str = "", scope: Scope = "asset"
) -> Callable[[Callable[..., float]], Callable[..., float]]:
    """Register a function as a metric. unit, window and venue become part of every trace."""

    def register(function: Callable[..., float]) -> Callable[..., float]:
        name = function.__name__
        known = _FOUND.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise UsageError(name, "two metrics have this name", "rename one of the functions")
        code = inspect.unwrap(function).__code__  # a whole signature takes five times as long
        inputs = code.co_varnames[: code.co_argcount]
        _FOUND[name] = MetricInfo(name, unit, scope, window, venue, inputs, function)
        return function

    return register


def register(info: MetricInfo) -> None:
    """Add a metric of a family whose members are made from a list, as the counts of themes are."""
    _FOUND[info.name] = info


@cache
def catalog() -> dict[str, MetricInfo]:
    """All metrics, from every module in this package: a new family is one new file."""
    import generator.measure as package

    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in {"registry", "inputs"}:
            importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_FOUND.items()))


@cache
def order(scope: Scope) -> tuple[str, ...]:
    """Metric names of one scope, every one after the metrics it takes as parameters."""
    known = {n: i for n, i in catalog().items() if i.scope == scope}
    graph = {n: [p for p in i.inputs if p in known] for n, i in known.items()}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise UsageError("metrics", f"circular: {error.args[1]}", "break the circle") from error


def raw_inputs(name: str) -> tuple[str, ...]:
    """The raw inputs a metric rests on, through all the metrics between."""
    return _raw(name)


@cache
def _raw(name: str) -> tuple[str, ...]:
    known, seen = catalog(), dict[str, None]()
    scope = known[name].scope

    def walk(names: Iterable[str]) -> None:
        for parameter in names:
            info = known.get(parameter)
            if info is not None and info.scope == scope:
                walk(info.inputs)
            else:
                seen[parameter] = None

    walk(known[name].inputs)
    return tuple(seen)


def compute(scope: Scope, inputs: dict[str, Any]) -> dict[str, float]:
    """All metrics of one scope for one subject; NaN where an input is missing.

    inputs maps raw input names to floats or arrays. A raw input that is absent counts as unknown:
    every metric that needs it is NaN, as is one that needs a number which is NaN: Python's `min`
    and comparisons would make a claim of it.
    """
    import numpy as np

    values: dict[str, Any] = dict(inputs)
    plan, raw = _plan(scope)
    unknown = {n for n in raw if _is_unknown(values.get(n))}
    out: dict[str, float] = {}
    with np.errstate(all="ignore"):
        for name, function, needs in plan:
            result = math.nan
            if unknown.isdisjoint(needs):
                # plain floats raise where arrays give infinity: over nothing, nothing is known
                try:
                    result = float(function(*[values[p] for p in needs]))
                except ZeroDivisionError:
                    result = math.nan
            if not math.isfinite(result):
                result = math.nan
                unknown.add(name)
            out[name] = values[name] = result
    return out


def _is_unknown(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


Step = tuple[str, Callable[..., float], tuple[str, ...]]


@cache
def _plan(scope: Scope) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """What `compute` does for every subject, and the raw inputs it may find; worked out once."""
    known, names = catalog(), order(scope)
    steps = tuple((n, known[n].function, known[n].inputs) for n in names if n in known)
    return steps, tuple({p for _, _, needs in steps for p in needs} - {n for n, _, _ in steps})
