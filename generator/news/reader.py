"""From a title to what it reports and whom it names, in one walk over its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from generator.news import tokens
from generator.news.automaton import Automaton, Hit, Phrase
from generator.news.files import Entity, Form, Kind, Names, Theme, Wanted, phrase
from generator.news.tokens import Title, Word
from generator.printable import unprintable

QUESTION_MARKS = "?？؟;⁇⁈"  # the Greek one looks like a semicolon
FEW = frozenset("two three four five six seven eight nine ten twelve top".split())
SHORT = 2  # letters: "ME token" may be anybody's
KEPT = 4_096  # readings of titles


@dataclass(frozen=True)
class Reading:
    """What one title is about. apart: it reports nothing (a question, an opinion, a forecast).

    kinds: names of the kinds of title it is. themes: what it reports, the first to be told first;
    none for a title of any kind. assets: the tickers of the coins it names.
    """

    apart: bool
    kinds: tuple[str, ...]
    themes: tuple[Theme, ...]
    assets: frozenset[str]


@dataclass
class _Seen:
    """The hits of one title that bear on one file."""

    any: list[Hit] = field(default_factory=list)
    groups: dict[int, list[Hit]] = field(default_factory=dict)
    none: list[Hit] = field(default_factory=list)
    barred: list[Hit] = field(default_factory=list)


class Reader:
    """All themes, kinds and names as one automaton."""

    def __init__(self, themes: Sequence[Theme], kinds: Sequence[Kind], names: Names) -> None:
        self.themes, self.kinds, self.names = tuple(themes), tuple(kinds), names
        self._wanted = [*(k.wanted for k in self.kinds), *(t.wanted for t in self.themes)]
        self._known = {e.name for e in names.entities}
        # The words of coins and authorities: many stories of one day have them.
        self.common_words = frozenset(
            word
            for e in names.entities
            if e.kind in ("asset", "stablecoin", "authority")
            for form in e.forms
            for word in phrase(form)
        )
        uses: dict[Phrase, list[tuple[int, str, int]]] = {}
        classes: dict[str, list[tuple[int, str, int]]] = {}
        for number, wanted in enumerate(self._wanted):
            for slot, group, form in _slots(wanted):
                where = classes if isinstance(form, str) else uses
                where.setdefault(form, []).append((number, slot, group))  # type: ignore[arg-type]
        forms: dict[Phrase, list[tuple[Entity, str]]] = {}
        for entity in names.entities:
            for written in entity.forms:
                forms.setdefault(phrase(written), []).append((entity, written))
        phrases = list(dict.fromkeys((*uses, *forms)))
        self.automaton = Automaton(phrases)
        self._uses = [uses.get(p, []) for p in phrases]
        self._forms = [forms.get(p, []) for p in phrases]
        self._classes = classes
        self.read = lru_cache(KEPT)(self._read)

    def assets(self, title: str, wanted: Iterable[str]) -> frozenset[str]:
        """Which of some assets a title names; one that no file knows is its ticker in capitals."""
        named, text = self.read(title).assets, tokens.read(title)
        return frozenset(
            a for a in wanted if a in named or (a not in self._known and self._bare(text, a))
        )

    def _bare(self, title: Title, asset: str) -> bool:
        common = asset in self.names.ambiguous or len(asset) <= SHORT
        return any(
            w.written == asset and not w.bound and (w.cash or not (common or title.shouted))
            for w in title.words
        )

    def _read(self, title: str) -> Reading:
        text = tokens.read(title)
        hits = self.automaton.find([w.folded for w in text.words])
        named = self._named(text, hits)
        seen = self._sorted(hits, self._classed(text, named))
        first = text.words[0].folded if text.words else ""
        held = [_holds(w, seen.get(i), first) for i, w in enumerate(self._wanted)]
        kinds = tuple(k for k, on in zip(self.kinds, held, strict=False) if on)
        themes = tuple(t for t, on in zip(self.themes, held[len(self.kinds) :], strict=True) if on)
        # Feeds are cleaned when read; a title that cannot be printed was not read by us.
        foreign = bool(unprintable(title)) and not text.hidden
        clear = not (kinds or foreign or text.disguised)
        return Reading(
            apart=foreign or any(k.apart for k in kinds),
            kinds=tuple(k.name for k in kinds),
            themes=themes if clear else (),
            assets=frozenset(e.name for e, _ in named if e.kind in ("asset", "stablecoin")),
        )

    # ---------------------------------------------------------------- names

    def _named(self, title: Title, hits: Sequence[Hit]) -> list[tuple[Entity, Hit]]:
        """Who is named: the longest form at each place, common words only with company."""
        able = [
            (hit, entity, written)
            for hit in hits
            for entity, written in self._forms[hit.phrase]
            if _cased(title.words[hit.start : hit.end], written)
        ]
        able.sort(key=lambda a: (a[0].start, -a[0].end, a[1].name))
        chosen, reached = [], 0
        for hit, entity, written in able:
            if hit.start >= reached:
                reached = hit.end
                chosen.append((hit, entity, written))
        return [
            (e, h) for h, e, w in chosen
            if not _tied(title, h) and self._meant(title, h, e, w, chosen)
        ]  # fmt: skip

    def _meant(self, title: Title, hit: Hit, entity: Entity, written: str,
               chosen: Sequence[tuple[Hit, Entity, str]]) -> bool:  # fmt: skip
        if title.words[hit.start].cash:
            return True
        ticker = written.isupper() and len(phrase(written)) == 1
        short = ticker and len(written) <= SHORT
        if not (short or written in self.names.ambiguous):
            return True
        if any(e is entity and w != written for _, e, w in chosen):
            return True
        if short or (ticker and title.shouted):
            return False
        around = [
            *title.words[max(0, hit.start - 1) : hit.start],
            *title.words[hit.end : hit.end + 1],
        ]
        return any(w.folded in self.names.beside for w in around)

    # ---------------------------------------------------------------- themes and kinds

    def _classed(self, title: Title, named: Sequence[tuple[Entity, Hit]]) -> list[tuple[str, Hit]]:
        found = [(f"<{e.kind}>", h) for e, h in named]
        found += [("<asset>", h) for e, h in named if e.kind == "stablecoin"]
        if any(mark in title.text for mark in QUESTION_MARKS[:3]):
            found.append(("<question>", Hit(-1, 0, 0)))
        if title.words and (title.words[0].folded in FEW or title.words[0].folded.isdecimal()):
            found.append(("<first number>", Hit(-1, 0, 0)))
        return found

    def _sorted(
        self, hits: Sequence[Hit], classed: Sequence[tuple[str, Hit]]
    ) -> Mapping[int, _Seen]:
        seen: dict[int, _Seen] = {}
        uses = [(u, h) for h in hits for u in self._uses[h.phrase]]
        uses += [(u, h) for name, h in classed for u in self._classes.get(name, ())]
        for (number, slot, group), hit in uses:
            own = seen.setdefault(number, _Seen())
            if slot == "all":
                own.groups.setdefault(group, []).append(hit)
            else:
                getattr(own, slot).append(hit)
        return seen


def _slots(wanted: Wanted) -> Iterable[tuple[str, int, Form]]:
    for slot in ("any", "none", "barred"):
        yield from ((slot, 0, form) for form in getattr(wanted, slot))
    for number, group in enumerate(wanted.all):
        yield from (("all", number, form) for form in group)


def _holds(wanted: Wanted, seen: _Seen | None, first: str) -> bool:
    if seen is None:
        return first in wanted.first

    def free(hits: Iterable[Hit]) -> bool:
        return any(
            not any(b.start <= h.start and h.end <= b.end for b in seen.barred) for h in hits
        )

    if free(seen.none):
        return False
    grouped = bool(wanted.all) and all(free(seen.groups.get(i, ())) for i in range(len(wanted.all)))
    return free(seen.any) or grouped or first in wanted.first


def _cased(words: Sequence[Word], written: str) -> bool:
    """Whether words stand in the case that a form is written in."""
    if written.isupper():
        return all(w.capitals for w in words)
    return not written[:1].isupper() or words[0].written[:1].isupper()


def _tied(title: Title, hit: Hit) -> bool:
    """Whether a hyphen ties a name of one word to another word: "Bitcoin-backed" is no bitcoin."""
    return hit.end - hit.start == 1 and title.words[hit.start].bound
