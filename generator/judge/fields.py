"""Readers of single values in a rule file; each raises RuleError with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from generator.coerce import did_you_mean
from generator.judge.strict_yaml import Located
from generator.model import DAY, HOUR

DURATION = re.compile(r"(-?[0-9]{1,5}(?:\.[0-9]{1,3})?)(m|h|d)")
UNITS: Mapping[str, int] = {"m": 60_000, "h": HOUR, "d": DAY}
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
MAX_TEXT = 4_000


def mapping(
    node: Located, known: Iterable[str] | None = None, what: str = "key"
) -> dict[str, Located]:
    """The entries of a mapping; an entry outside `known` is an error with a suggestion."""
    if not isinstance(node.value, dict):
        raise node.error("a mapping of keys and values is needed here")
    entries: dict[str, Located] = node.value
    if known is not None:
        names = tuple(known)
        for key, value in entries.items():
            if key not in names:
                raise value.key_error(f"unknown {what} {key!r}", did_you_mean(key, names))
    return entries


def sequence(node: Located) -> list[Located]:
    """A list; a single value stands for a list of one."""
    if isinstance(node.value, list):
        return list(node.value)
    return [] if node.value is None else [node]


def text(node: Located) -> str:
    if not isinstance(node.value, str) or not node.value.strip():
        raise node.error("text is needed here", "Quote it if it looks like a number.")
    if len(node.value) > MAX_TEXT:
        raise node.error(f"longer than {MAX_TEXT} characters", "Shorten it.")
    return node.value.strip()


def texts(node: Located) -> tuple[str, ...]:
    return tuple(text(item) for item in sequence(node))


def name(node: Located) -> str:
    word = text(node)
    if not NAME.fullmatch(word):
        raise node.error(f"{word!r} is no name", "Use lower-case letters, digits and _.")
    return word


def number(node: Located) -> float:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise node.error(f"a number is needed here, not {node.value!r}")
    return float(node.value)


def truth(node: Located) -> bool:
    if not isinstance(node.value, bool):
        raise node.error(f"true or false is needed here, not {node.value!r}")
    return node.value


def choice(node: Located, options: tuple[str, ...]) -> str:
    word = text(node)
    if word not in options:
        raise node.error(
            f"{word!r} is not one of {', '.join(options)}", did_you_mean(word, options)
        )
    return word


def duration(node: Located, *, negative: bool = False) -> int:
    """'30m', '24h' or '3d' in ms."""
    found = DURATION.fullmatch(str(node.value)) if isinstance(node.value, str) else None
    if found is None:
        raise node.error(f"{node.value!r} is no duration", "Write 30m, 24h or 3d.")
    length = round(float(found[1]) * UNITS[found[2]])
    if (length < 0) != negative and length != 0:
        raise node.error("the sign of this duration is wrong")
    if abs(length) > 2_000 * DAY:
        raise node.error("longer than 2,000 days")
    return length
