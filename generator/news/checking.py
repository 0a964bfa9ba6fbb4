"""The titles that stand inside themes and kinds as their tests, and what those files owe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.news.reader import Reader

OWED = 6  # titles that match, and as many that must not


@dataclass(frozen=True, slots=True)
class NewsProblem:
    """A theme or kind, the place, and one line what is wrong."""

    rule: str
    place: str
    message: str


def check_news(reader: Reader) -> tuple[NewsProblem, ...]:
    """What the files owe: titles on both sides, and no word that another file makes useless."""
    return tuple(_owed(reader))


def run_examples(reader: Reader) -> tuple[tuple[int, tuple[NewsProblem, ...]], ...]:
    """Per theme and kind: how many titles it was tried on, and what failed."""
    found = []
    for theme in reader.themes:
        wrong = tuple(
            NewsProblem(theme.name, e.place, f"{e.title!r} must {'' if e.matches else 'not '}match")
            for e in theme.examples
            if (theme in reader.read(e.title).themes) != e.matches
        )
        found.append((len(theme.examples), wrong))
    for kind in reader.kinds:
        wrong = tuple(
            NewsProblem(kind.name, e.place, f"{e.title!r} must {'' if e.matches else 'not '}match")
            for e in kind.examples
            if (kind.name in reader.read(e.title).kinds) != e.matches
        )
        found.append((len(kind.examples), wrong))
    return tuple(found)


def _owed(reader: Reader) -> Iterator[NewsProblem]:
    for theme in reader.themes:
        sides = [sum(e.matches == side for e in theme.examples) for side in (True, False)]
        if min(sides) < OWED:
            message = f"owes {OWED} titles that match and {OWED} that must not, has {sides}"
            yield NewsProblem(theme.name, theme.place, message)
    for kind in reader.kinds:
        if not kind.examples:
            yield NewsProblem(kind.name, kind.place, "owes titles that match")
