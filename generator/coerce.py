"""Settings as they are written (TOML values, environment strings) into their declared types."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin

from generator.declared import Compensation, Payment, Position, Positions, declaration
from generator.errors import UsageError

_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}
Pairs = tuple[tuple[str, str], ...]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """One line that names the nearest known names, or lists a dozen when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    if not names:
        return ""
    return f"Known are: {', '.join(names[:12])}" + (" ..." if len(names) > 12 else ".")


def coerce(subject: str, value: Any, kind: Any) -> Any:
    """`value` as `kind`: bool, int, float, str, tuple[str, ...], `Pairs` (a table of strings) or a
    declaration of the house.

    A string, as the environment gives it, is read as the type asked for; lists are separated by
    commas and tables written `name=value,name=value`. Raises UsageError naming `subject`.
    """
    if kind == Pairs:
        return _pairs(subject, value)
    if kind in (Positions, Compensation):
        return declaration(subject, value, Position if kind == Positions else Payment)
    if get_origin(kind) is tuple and get_args(kind) == (str, ...):
        return _strings(subject, value)
    if kind is bool:
        return _bool(subject, value)
    if kind in (int, float):
        return _number(subject, value, kind)
    if not isinstance(value, str):
        raise _wrong(subject, value, "a text")
    return value


def _wrong(subject: str, value: Any, wanted: str) -> UsageError:
    return UsageError(subject, f"{value!r} is not {wanted}", f"Give {wanted}.")


def _bool(subject: str, value: Any) -> bool:
    text = str(value).strip().lower()
    if isinstance(value, bool) or (isinstance(value, str) and text in _YES | _NO):
        return text in _YES
    raise _wrong(subject, value, "true or false")


def _number(subject: str, value: Any, kind: type[int] | type[float]) -> int | float:
    wanted = "a whole number" if kind is int else "a number"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _wrong(subject, value, wanted)
    try:
        number = kind(value)
    except (ValueError, OverflowError):
        raise _wrong(subject, value, wanted) from None
    # int(2.5) is 2 and nan compares false with every bound: neither may slip through.
    if not math.isfinite(number) or (isinstance(value, float) and number != value):
        raise _wrong(subject, value, wanted)
    return number


def _strings(subject: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise _wrong(subject, value, "a list of texts")
    twice = sorted({v for v in value if value.count(v) > 1})
    if twice:
        raise UsageError(subject, f"{twice[0]!r} stands there twice", "Name each once.")
    return tuple(value)


def _pairs(subject: str, value: Any) -> Pairs:
    if isinstance(value, str):
        parts = [part.partition("=") for part in value.split(",") if part.strip()]
        if not all(equals for _, equals, _ in parts):
            raise _wrong(subject, value, "a table of name=value")
        value = {name.strip(): text.strip() for name, _, text in parts}
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
        raise _wrong(subject, value, "a table of texts")
    return tuple((str(name), text) for name, text in value.items())
