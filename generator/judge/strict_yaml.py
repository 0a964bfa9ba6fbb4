"""YAML read strictly: 1.2 scalars, no duplicate keys, anchors, aliases or tags, known places.

PyYAML reads `off` as False, `12:30` as 750, `010` as 8, `1e6` as text, and keeps the last of two
equal keys. Values are therefore built here, from libyaml's events, each with where it stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.errors import RuleError
from generator.judge.grammar import Text

MAX_BYTES = 64 * 1024
MAX_NESTING = 12

INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
WORDS |= {"true": True, "True": True, "TRUE": True}
WORDS |= {"false": False, "False": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Located:
    """A value with its place. Mappings hold dict[str, Located], sequences list[Located]."""

    value: Any
    file: str
    line: int
    column: int
    raw: str = ""  # the text as it stands in the file, for places inside an expression
    key: tuple[int, int] = (0, 0)  # where the key stands, for errors about the key

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def error(self, what: str, todo: str = "") -> RuleError:
        return RuleError(self.place, what, todo)

    def key_error(self, what: str, todo: str = "") -> RuleError:
        return RuleError(f"{self.file}:{self.key[0]}:{self.key[1]}", what, todo)

    def expression(self) -> Text:
        """The scalar as an expression whose errors point into the file."""
        return Text(str(self.value), self._locate)

    def _locate(self, offset: int) -> str:
        """The n-th visible character of the value is the n-th of the raw text, however folded."""
        if not 0 <= offset <= len(str(self.value)):
            return self.place
        visible = len(re.sub(r"\s", "", str(self.value)[:offset]))
        start = re.match(r"[|>][^\n]*\n|[\"']|", self.raw)
        begin = start.end() if start else 0
        for match in re.finditer(r"\S", self.raw[begin:]):
            if visible == 0:
                return self._place_at(begin + match.start())
            visible -= 1
        return self._place_at(max(begin, len(self.raw.rstrip())))

    def _place_at(self, position: int) -> str:
        before = self.raw[:position]
        down = before.count("\n")
        across = len(before) - (before.rfind("\n") + 1)
        return f"{self.file}:{self.line + down}:{across + (1 if down else self.column)}"


def read(path: Path, name: str = "") -> Located:
    """The single document of a YAML file. Raises RuleError with file, line and column."""
    shown = name or str(path)
    return parse(source(path, shown), shown)


def source(path: Path, shown: str) -> str:
    """The text of a YAML file, refused where it is too large or not UTF-8 (RuleError)."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RuleError(shown, f"larger than {MAX_BYTES // 1024} KB", "Split the file.")
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise RuleError(shown, "not UTF-8 text", "Save the file as UTF-8.") from None
    except OSError as error:
        raise RuleError(shown, f"cannot be read: {error.strerror}", "Check the file.") from None
    return text


def parse(text: str, file: str) -> Located:
    """The single document of a YAML text; `file` is named in errors."""
    events = _events(text, file)
    try:
        document = _Builder(text, file, events).document()
    finally:
        events.close()
    return document


def _events(text: str, file: str) -> Any:
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        raise RuleError(place, f"not YAML: {error.problem}", "Check quotes and indents.") from None
    except yaml.YAMLError as error:
        what = str(error).splitlines()[0]
        raise RuleError(file, f"not YAML: {what}", "Remove the character.") from None


class _Builder:
    def __init__(self, text: str, file: str, events: Iterator[Any]) -> None:
        self.text, self.file, self.events = text, file, events

    def document(self) -> Located:
        found: list[Located] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and found:
                raise self._error(event, "a second document", "One rule per file.")
            if isinstance(event, yaml.NodeEvent):
                found.append(self._node(event, 0))
        if not found:
            raise RuleError(self.file, "the file is empty", "Write a rule, or remove the file.")
        return found[0]

    def _error(self, event: Any, what: str, todo: str = "") -> RuleError:
        mark = event.start_mark
        return RuleError(f"{self.file}:{mark.line + 1}:{mark.column + 1}", what, todo)

    def _located(self, event: Any, value: Any, raw: str = "") -> Located:
        return Located(
            value, self.file, event.start_mark.line + 1, event.start_mark.column + 1, raw
        )

    def _node(self, event: Any, depth: int) -> Located:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._error(event, "anchors and aliases are refused", "Write the value out.")
        if event.tag is not None:
            raise self._error(event, f"the tag {event.tag} is refused", "Write the plain value.")
        if depth > MAX_NESTING:
            raise self._error(event, f"nested deeper than {MAX_NESTING}", "Flatten it.")
        if isinstance(event, yaml.ScalarEvent):
            marks: Any = event
            raw = self.text[marks.start_mark.index : marks.end_mark.index]
            value = self._scalar(event) if event.style is None else event.value
            if event.style == "":
                value = self._scalar(event)
            return self._located(event, value, raw)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(self.events), yaml.SequenceEndEvent):
                items.append(self._node(inner, depth + 1))
            return self._located(event, items)
        return self._mapping(event, depth)

    def _mapping(self, event: Any, depth: int) -> Located:
        found: dict[str, Located] = {}
        while not isinstance(inner := next(self.events), yaml.MappingEndEvent):
            plain = isinstance(inner, yaml.ScalarEvent) and inner.anchor is None
            if not plain or inner.tag is not None:
                raise self._error(inner, "a key must be plain text")
            if inner.value in found:
                raise self._error(inner, f"the key {inner.value!r} stands twice", "Remove one.")
            value = self._node(next(self.events), depth + 1)
            key = (inner.start_mark.line + 1, inner.start_mark.column + 1)
            found[inner.value] = Located(
                value.value, value.file, value.line, value.column, value.raw, key
            )
        return self._located(event, found)

    def _scalar(self, event: Any) -> Any:
        """A plain scalar by the YAML 1.2 core schema; a number with a leading zero is refused."""
        text = event.value
        if text in WORDS:
            return WORDS[text]
        if LEADING_ZERO.fullmatch(text):
            raise self._error(event, f"{text} starts with a zero", "Quote it, or drop the zero.")
        if INTEGER.fullmatch(text):
            return int(text)
        if FLOAT.fullmatch(text) and any(c.isdigit() for c in text):
            number = float(text)
            if not math.isfinite(number):
                raise self._error(event, f"{text} is too large", "Write a finite number.")
            return number
        return text
