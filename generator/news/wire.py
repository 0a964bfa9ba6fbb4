"""The headlines of the last day as stories: who is named, which are one story, which come first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from generator.model import DAY, MARKET, Headline
from generator.news import tokens
from generator.news.files import Theme
from generator.news.reader import Reader

ALIKE = 0.8  # of all words of two titles in both: one story
WITHIN = 0.5  # or of the shorter title's words that the theme does not hold
FEWEST = 2  # such words in common
ALL = "told"  # stands for every theme in such a name
NEWS_OF = "news_of_"  # begins, or follows `market_` in, the name of a theme's count
STOP = frozenset(
    "a an the of in on at to for by with from as and or its it is are was has have be over after "
    "into says said report reports reported new us than more per".split()
)


@dataclass(frozen=True)
class Item:
    """A report with what it is about. also: other outlets that carry the same story."""

    headline: Headline
    themes: tuple[Theme, ...] = ()
    assets: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()

    @property
    def theme(self) -> Theme | None:
        """What it is told as: its first theme."""
        return self.themes[0] if self.themes else None

    @property
    def context(self) -> bool:
        """Whether its event may stand before a move. A report of the move itself may not."""
        return not self.themes or self.themes[0].context


class Wire:
    """The dated reports of the last 24 hours, newest first.

    A headline without a time, or dated after now, is left out (a feed once dated a quake of 1925
    into the present); so are questions, opinions and forecasts. naming: per asset all reports that
    name it, told or not. told: per asset, and for MARKET, the stories that may be told, the first
    to be told first; of several outlets' reports of one story the earliest.
    """

    def __init__(
        self, headlines: Sequence[Headline], assets: Sequence[str], now: int, reader: Reader
    ) -> None:
        read = [(h, reader.read(h.title)) for h in headlines if recent(h, now)]
        items = [
            Item(h, r.themes, r.assets | reader.assets(h.title, assets))
            for h, r in read
            if not r.apart
        ]
        items.sort(key=lambda i: (-_at(i), i.headline.source, i.headline.title))
        self.items = len(read)
        self.reports = tuple(items)
        self.naming = {a: tuple(i for i in items if a in i.assets) for a in assets}
        stories = _stories([i for i in items if i.themes], reader.common_words)
        self.told = {a: tuple(s for s in stories if a in s.assets) for a in assets}
        self.told[MARKET] = tuple(s for s in stories if s.themes[0].market)
        self.stories = stories

    def stamps(self, asset: str) -> list[tuple[float, float]]:
        """(published, event or NaN) in ms of the reports that name an asset.

        A report of the move itself has no event that could stand before it.
        """
        return [(float(_at(i)), _event(i)) for i in self.naming[asset]]

    def market_stamps(self) -> list[tuple[float, float]]:
        """The same of what is told whatever it names, if its event may stand before a move."""
        items = [i for i in self.reports if i.themes and i.themes[0].market and i.context]
        return [(float(_at(i)), _event(i)) for i in items]


def recent(headline: Headline, now: int) -> bool:
    """Whether a headline carries a time within the last 24 hours."""
    at = headline.published_at
    return at is not None and now - DAY < at <= now


def _event(item: Item) -> float:
    at = item.headline.event_at if item.context else None
    return float("nan") if at is None else float(at)


def _at(item: Item) -> int:
    return item.headline.published_at or 0


def _stories(items: Sequence[Item], usual: frozenset[str]) -> tuple[Item, ...]:
    """One item for each story, in the order of telling: priority, newest, outlet."""
    found: list[tuple[Item, set[str], list[str]]] = []
    by_word: dict[str, list[int]] = {}  # so that only titles with a word in common are compared
    for item in sorted(items, key=lambda i: (_at(i), i.headline.source, i.headline.title)):
        words = _words(item.headline.title)
        near = sorted({n for w in words for n in by_word.get(w, ())})
        same = next((n for n in near if _same(item, words, *found[n][:2], usual)), None)
        if same is not None:
            found[same][2].append(item.headline.source)
            continue
        for word in words:
            by_word.setdefault(word, []).append(len(found))
        found.append((item, words, []))
    return tuple(sorted(map(_told, found), key=rank))


def _told(story: tuple[Item, set[str], list[str]]) -> Item:
    item, _, more = story
    return replace(item, also=tuple(sorted({s for s in more if s != item.headline.source})))


def rank(item: Item) -> tuple[float, int, str, str]:
    """The order of telling: the theme's priority, the newest, the outlet."""
    priority = item.themes[0].priority if item.themes else math.inf
    return priority, -_at(item), item.headline.source, item.headline.title


def of_themes(items: Sequence[Item], evidence: Sequence[str]) -> tuple[Item, ...]:
    """The stories of the themes whose counts a rule has as evidence; all where it has none."""
    wanted = {e.rpartition(NEWS_OF)[2] for e in evidence if NEWS_OF in e} - {ALL}
    return tuple(i for i in items if not wanted or wanted & {t.name for t in i.themes})


def _same(
    item: Item, words: set[str], other: Item, others: set[str], usual: frozenset[str]
) -> bool:
    """Whether two reports are one story: words in common, and nothing that tells them apart."""
    numbers = [{w for w in side if w[:1].isdigit()} for side in (words, others)]
    apart = all(numbers) and not numbers[0] & numbers[1]
    apart = apart or bool(item.assets and other.assets and item.assets != other.assets)
    if apart or not {t.name for t in item.themes} & {t.name for t in other.themes}:
        return False
    if len(words & others) >= ALIKE * len(words | others):
        return True
    # "SEC rejects A's fund" and "SEC rejects B's fund": what all reports of a theme say says
    # nothing of which story it is.
    usual = usual | _usual(item.themes[0]) | _usual(other.themes[0])
    own, its = words - usual, others - usual
    return len(own & its) >= max(FEWEST, WITHIN * min(len(own), len(its)))


@lru_cache
def _usual(theme: Theme) -> frozenset[str]:
    """The words of a theme's phrases."""
    forms = (*theme.wanted.any, *(f for group in theme.wanted.all for f in group))
    return frozenset(_stem(w) for form in forms if not isinstance(form, str) for w in form)


def _words(title: str) -> set[str]:
    """The words that carry a title: no small words, no plural endings, sums without their units."""
    folded = (w.folded for w in tokens.read(title).words)
    return {_stem(w) for w in folded if w not in STOP}


def _stem(word: str) -> str:
    if word[:1].isdigit():
        return word.rstrip("kmbnt") or word
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word
