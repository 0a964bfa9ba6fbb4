"""The titles that stand inside themes and kinds as their tests, and what those files owe."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from generator.news.files import Example, Kind, Theme
from generator.news.reader import Reader

OWED = 6  # titles that match, and as many that must not


@dataclass(frozen=True, slots=True)
class NewsResult:
    """A title in a file and what came of it, shaped as the result of a rule's test."""

    rule: str
    name: str
    place: str
    expected: str
    verdict: str
    problem: str = ""

    @property
    def passed(self) -> bool:
        return not self.problem


@dataclass(frozen=True, slots=True)
class NewsProblem:
    """A theme or kind, the place, and one line what is wrong."""

    rule: str
    place: str
    message: str


def check_news(reader: Reader) -> tuple[NewsProblem, ...]:
    """What the files owe: titles on both sides."""
    return tuple(_owed(reader))


def run_examples(reader: Reader, names: Collection[str] = ()) -> tuple[NewsResult, ...]:
    """Read every title of every theme and kind (or of those named), in the order of the files."""
    found = [
        _result(theme, e, theme in reader.read(e.title).themes)
        for theme in reader.themes
        for e in theme.examples
    ]
    found += [
        _result(kind, e, kind.name in reader.read(e.title).kinds)
        for kind in reader.kinds
        for e in kind.examples
    ]
    return tuple(r for r in found if not names or r.rule in names)


def _result(file: Theme | Kind, example: Example, matched: bool) -> NewsResult:
    words = {True: "matches", False: "silent"}
    expected, got = words[example.matches], words[matched]
    problem = "" if expected == got else f"expected {expected}, got {got}"
    return NewsResult(file.name, example.title, example.place, expected, got, problem)


def _owed(reader: Reader) -> Iterator[NewsProblem]:
    for theme in reader.themes:
        sides = [sum(e.matches == side for e in theme.examples) for side in (True, False)]
        if min(sides) < OWED:
            message = f"owes {OWED} titles that match and {OWED} that must not, has {sides}"
            yield NewsProblem(theme.name, theme.place, message)
    for kind in reader.kinds:
        if not kind.examples:
            yield NewsProblem(kind.name, kind.place, "owes titles that match")
