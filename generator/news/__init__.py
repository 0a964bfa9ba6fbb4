"""Which headlines are about an asset, what they report, and which may stand beside a move.

Themes, kinds of title and names stand in files (`rules/themes`, `rules/headline_kinds.yaml`,
`rules/entities.yaml`); docs/news-rules.md tells how to write them. A headline is told in its own
words only, and only if a theme licenses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from generator.folders import shipped_rules
from generator.judge.rules import THEMES
from generator.model import Headline
from generator.news.files import ENTITIES, KINDS, read_kinds, read_names, read_themes
from generator.news.reader import Reader, Reading
from generator.news.wire import NEWS_OF, Item, Wire, of_themes, rank, recent

__all__ = [
    "ENTITIES", "KINDS", "NEWS_OF", "THEMES", "Item", "Reader", "Reading", "Wire", "linked",
    "of_themes", "rank", "reader", "recent", "shipped",
]  # fmt: skip


def reader(folders: Sequence[Path]) -> Reader:
    """The reader of some rule folders. Raises RuleError with file, line and column."""
    return Reader(read_themes(folders), read_kinds(folders), read_names(folders))


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
