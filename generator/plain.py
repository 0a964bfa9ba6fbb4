"""Frozen values as plain data that JSON holds, and back: what `generator.kept` keeps of them.

Lists are told apart by their first entry: the kind of container, or the name of a class. Only the
classes that are given come back, by their own constructors: nothing that stands in a file is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

TUPLE, SET, MAPPING, SHARED = "()", "{}", "{:}", "#"


def plain(value: Any, shared: Mapping[int, int] | None = None) -> Any:
    """The value as plain data. shared: id -> number of what is kept elsewhere, once.

    Raises TypeError for what could not come back as it was.
    """
    if shared and id(value) in shared:
        return [SHARED, shared[id(value)]]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, tuple):
        return [TUPLE, *(plain(v, shared) for v in value)]
    if isinstance(value, frozenset):
        return [SET, *sorted(value)]
    if isinstance(value, dict):
        return [MAPPING, *([k, plain(v, shared)] for k, v in value.items())]
    if is_dataclass(value) and not isinstance(value, type):
        own = (plain(getattr(value, f.name), shared) for f in fields(value))
        return [type(value).__name__, *own]
    raise TypeError(f"{type(value).__name__} is no plain data")


def restorer(
    classes: Iterable[Callable[..., Any]], shared: Sequence[Any] = ()
) -> Callable[[Any], Any]:
    """What makes values of plain data again. It raises LookupError, TypeError or ValueError for
    data that `plain` did not make."""
    made = {c.__name__: c for c in classes}

    def restored(data: Any) -> Any:
        if type(data) is not list:
            return data
        kind = data[0]
        if kind == SHARED:
            return shared[data[1]]
        if kind == MAPPING:
            return {k: restored(v) for k, v in data[1:]}
        if kind == SET:
            return frozenset(data[1:])
        values = [restored(v) if type(v) is list else v for v in data[1:]]
        return tuple(values) if kind == TUPLE else made[kind](*values)

    return restored
