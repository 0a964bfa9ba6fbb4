"""Which headlines are about an asset, what they report, and which may stand beside a move.

Themes, kinds of title and names stand in files (`rules/themes`, `rules/headline_kinds.yaml`,
`rules/entities.yaml`); docs/news-rules.md tells how to write them. A headline is told in its own
words only, and only if a theme licenses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from generator.folders import shipped_rules
from generator.judge.rules import THEMES
from generator.judge.strict_yaml import __file__ as strict_yaml
from generator.judge.strict_yaml import source
from generator.kept import code, digest, kept
from generator.model import Headline
from generator.news.files import (
    ENTITIES,
    KINDS,
    Entity,
    Example,
    Kind,
    Names,
    Theme,
    Wanted,
    read_kinds,
    read_names,
    read_themes,
    sources,
)
from generator.news.reader import Reader, Reading
from generator.news.wire import NEWS_OF, Item, Wire, of_themes, rank, recent
from generator.plain import plain, restorer

__all__ = [
    "ENTITIES", "KINDS", "NEWS_OF", "THEMES", "Item", "Reader", "Reading", "Wire", "linked",
    "of_themes", "rank", "reader", "recent", "shipped",
]  # fmt: skip


def reader(folders: Sequence[Path], cache: Path | None = None) -> Reader:
    """The reader of some rule folders. Raises RuleError with file, line and column.

    cache: a folder of the user's own for what the files say, until one of them changes.
    """

    def read() -> tuple[Any, ...]:
        return read_themes(folders), read_kinds(folders), read_names(folders)

    if cache is None:
        return Reader(*read())
    texts = ((str(p).encode(), source(p, str(p)).encode()) for p in sources(folders))
    key = digest([code(__file__), code(strict_yaml), *(part for pair in texts for part in pair)])
    data = kept(cache, "news", key, lambda: plain(read()))
    try:
        return Reader(*restorer((Theme, Kind, Names, Entity, Wanted, Example))(data))
    except (LookupError, TypeError, ValueError, AttributeError):  # whole, and not of our making
        return Reader(*read())


@cache
def shipped() -> Reader:
    """The reader of the files that came with the program."""
    return reader((shipped_rules(),))


def linked(
    headlines: Sequence[Headline], assets: Sequence[str], now: int
) -> dict[str, tuple[Headline, ...]]:
    """Per asset the dated reports of the last 24 hours that name it, newest first."""
    wire = Wire(headlines, assets, now, shipped())
    return {a: tuple(i.headline for i in wire.naming[a]) for a in assets}
