"""Many patterns as one: which of them can begin with which character, worked out beforehand.

Python tries the alternatives of a pattern one by one. Sorted by first character, only the few
that could match at a word are tried there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class Alternation:
    """Patterns tried together at word starts; of those that match at one place the first wins."""

    singles: tuple[str, ...]
    whole: re.Pattern[str]

    def finditer(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        """(number of the pattern, its match), from left to right, none overlapping."""
        at = 0
        while (hit := self.whole.search(text, at)) is not None:
            at = hit.start() + 1
            for i, single in enumerate(self.singles):
                match = _compiled(single).match(text, hit.start())
                if match is not None:
                    yield i, match
                    at = max(at, match.end())
                    break


def alternation(patterns: Iterable[str]) -> Alternation:
    """Compile patterns; ValueError for a capturing group or a beginning `heads` cannot read."""
    listed = list(patterns)
    buckets: dict[str, list[str]] = {}
    for p in listed:
        for char in heads(p):
            buckets.setdefault(char, []).append(p)
    # A branch that begins with a plain character is refused without being entered; the pattern
    # itself is then asked one character back, where it begins.
    branches = [f"{c}(?<=(?=(?:{'|'.join(buckets[c])})){c})" for c in sorted(buckets)]
    whole = re.compile(r"\b(?:" + "|".join(branches) + ")")
    if whole.groups:
        raise ValueError("a capturing group in a pattern; write (?:...)")
    return Alternation(tuple(rf"\b(?:{p})" for p in listed), whole)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when first needed: a text without a banned word never asks which one it was."""
    return re.compile(pattern)


@lru_cache(maxsize=1024)
def heads(pattern: str) -> frozenset[str]:
    """The characters with which a match of `pattern` can begin."""
    found: set[str] = set()
    for alternative in _alternatives(pattern):
        found |= _head(alternative)
    return frozenset(found)


def _head(rest: str) -> set[str]:
    found: set[str] = set()
    while rest:
        if rest.startswith(("(?<", "(?!", "(?=")):
            rest = rest[_closing(rest) + 1 :]  # looks, takes nothing
            continue
        if rest.startswith("(?:"):
            end = _closing(rest)
            first, rest = heads(rest[3:end]), rest[end + 1 :]
        elif rest.startswith(r"\d"):
            first, rest = DIGITS, rest[2:]
        elif rest[0].isalnum():
            first, rest = frozenset(rest[0]), rest[1:]
        else:
            raise ValueError(f"a pattern cannot begin with {rest[:8]!r}; begin with a letter")
        found |= first
        if not rest.startswith(("?", "*", "{0")):
            return found
        rest = re.sub(r"^(?:[?*]|\{0[^}]*\})\??", "", rest)
    return found


def _closing(text: str) -> int:
    """Where the group that opens at 0 closes."""
    depth, i, in_class = 0, 0, False
    while i < len(text):
        char = text[i]
        if char == "\\":
            i += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return i
        i += 1
    raise ValueError(f"unbalanced parentheses in {text!r}")


def _alternatives(pattern: str) -> list[str]:
    """Split at the bars that stand in no group."""
    parts, start, i = [], 0, 0
    while i < len(pattern):
        if pattern[i] == "\\":
            i += 1
        elif pattern[i] == "(":
            i += _closing(pattern[i:])
        elif pattern[i] == "|":
            parts.append(pattern[start:i])
            start = i + 1
        i += 1
    return [*parts, pattern[start:]]
