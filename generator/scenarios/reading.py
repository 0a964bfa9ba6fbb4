"""Strict YAML for people's own files: every scalar is read as what its field asks for.

Nothing is guessed from the look of a scalar, so `off` stays a word and `12:30` never becomes 750.
Duplicate keys, anchors, aliases and tags are refused, unknown keys get a "did you mean". Every
error is a ScenarioError whose subject is file:line:column.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import yaml

from generator.errors import ScenarioError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
NUMBER = re.compile(r"[-+]?(\d+(_\d{3})*(\.\d+)?|\.\d+)([eE][-+]?\d{1,3})?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Node:
    """A value in the file and where it stands (file:line:column)."""

    value: str | tuple[Node, ...] | Mapping[str, Node]
    where: str


def read(text: str, name: str) -> Node:
    """The whole document as nodes. Raises ScenarioError for anything that is not plain YAML."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ScenarioError(name, "the file is too large", f"keep it under {MAX_BYTES // 1024} KB")
    try:
        _refuse_tricks(text, name)
        root = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        what = getattr(error, "problem", None) or "not readable as YAML"
        raise ScenarioError(where, str(what).splitlines()[0], "correct the YAML") from None
    if root is None:
        raise ScenarioError(name, "the file is empty", "start from a shipped scenario")
    return _node(root, name)


def _refuse_tricks(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        mark = event.start_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        if getattr(event, "anchor", None) is not None:
            raise ScenarioError(where, "anchors and aliases are not allowed", "write it out")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise ScenarioError(where, f"the tag {tag} is not allowed", "remove the tag")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ScenarioError(where, "nested too deeply", f"at most {MAX_DEPTH} levels")


def _node(node: yaml.Node, name: str) -> Node:
    where = f"{name}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"
    if isinstance(node, yaml.ScalarNode):
        return Node(str(node.value), where)
    if isinstance(node, yaml.SequenceNode):
        return Node(tuple(_node(item, name) for item in node.value), where)
    entries: dict[str, Node] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ScenarioError(where, "a key must be a single word", "rewrite the key")
        if key.value in entries:
            at = f"{name}:{key.start_mark.line + 1}:{key.start_mark.column + 1}"
            raise ScenarioError(at, f"`{key.value}` is given twice", "remove one of them")
        entries[key.value] = _node(value, name)
    return Node(entries, where)


# ---------------------------------------------------------------- one kind of value each


def mapping(node: Node) -> Mapping[str, Node]:
    """Any keys -> nodes."""
    if not isinstance(node.value, Mapping):
        raise ScenarioError(node.where, "expected `key: value` lines", "see a shipped scenario")
    return node.value


def keyed(node: Node, allowed: Iterable[str], required: Iterable[str] = ()) -> Mapping[str, Node]:
    """Only the allowed keys, and all the required ones."""
    entries, names = mapping(node), sorted({*allowed, *required})
    for key, value in entries.items():
        if key not in names:
            close = difflib.get_close_matches(key, names, 1)
            todo = f"did you mean `{close[0]}`?" if close else f"allowed: {', '.join(names)}"
            raise ScenarioError(value.where, f"unknown key `{key}`", todo)
    for key in required:
        if key not in entries:
            raise ScenarioError(node.where, f"`{key}` is missing", f"add `{key}:`")
    return entries


def items(node: Node) -> tuple[Node, ...]:
    """A list."""
    if not isinstance(node.value, tuple):
        raise ScenarioError(node.where, "expected a list", "write [a, b] or lines with `- `")
    return node.value


def text(node: Node, limit: int = 400) -> str:
    """A single line of text without control characters."""
    if not isinstance(node.value, str):
        raise ScenarioError(node.where, "expected a text", "write one line of text")
    value = " ".join(node.value.split())
    if len(value) > limit or not value.isprintable():
        raise ScenarioError(node.where, f"not a plain text of at most {limit} characters", "")
    return value


def word(node: Node, allowed: Iterable[str]) -> str:
    """One of a few words."""
    value, names = text(node), list(allowed)
    if value not in names:
        raise ScenarioError(node.where, f"`{value}` is not known", f"one of: {', '.join(names)}")
    return value


def number(node: Node, low: float, high: float) -> float:
    """A finite decimal number between low and high, both included."""
    raw = node.value
    value = float(raw.replace("_", "")) if isinstance(raw, str) and NUMBER.match(raw) else math.nan
    if not low <= value <= high:
        shown = raw if isinstance(raw, str) else "this"
        raise ScenarioError(
            node.where, f"`{shown[:40]}` is not a usable number", f"between {low:g} and {high:g}"
        )
    return value


def moment(node: Node) -> int:
    """A UTC moment (ISO, with Z) or a date (its midnight), in ms, on a full hour."""
    return stamp(text(node), node.where)


def stamp(raw: str, where: str) -> int:
    """As `moment`, from bare text (keys)."""
    try:
        dated = re.fullmatch(r"\d{4}-\d\d-\d\d", raw, re.ASCII)
        when = datetime.fromisoformat(raw + "T00:00:00+00:00" if dated else raw)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None or when.utcoffset():
        raise ScenarioError(where, f"`{raw[:40]}` is not a UTC moment", "write 2026-06-26T06:00Z")
    if not 2009 <= when.year <= 2100:
        raise ScenarioError(where, f"the year {when.year} is out of range", "2009 to 2100")
    return int(when.astimezone(UTC).timestamp()) * 1000
