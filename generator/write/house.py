"""The house style: whose note it is, what it declares, and how its words are turned.

A style changes words and never numbers: what a filter printed, a headline's own words and the
words of a disclaimer pack pass through as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator import disclaimers
from generator.declared import UNDISCLOSED, Payment, Position
from generator.disclaimers import Length, Notice
from generator.model import MARKET, SourceRef
from generator.settings import HouseSection
from generator.write import marks
from generator.write.check.quotes import DISCLAIMER
from generator.write.quantity import Quantity, Recorder

if TYPE_CHECKING:
    from generator.write.templates import Templates

BRISK = "brisk"
# A number, a quotation or a notice: from its mark to its end, others inside it included.
_MARKED = re.compile("\ue000[0-9]+\ue001[^\ue002]*\ue002")

Style = Callable[[str], str]


class HouseView:
    """The house as a template sees it (docs/templates.md). Notices are read when printed: a pack
    without a short form is no fault of a note that needs none."""

    def __init__(self, house: HouseSection, templates: Templates, recorder: Recorder) -> None:
        self._house, self._templates, self._recorder = house, templates, recorder
        said = templates.forms.house  # the settings' own defaults, in this language
        self.name = marks.strip(house.name)
        self.sign_off = marks.strip(said.get(house.sign_off, house.sign_off))
        self.positions, self.holds = self._said(house.positions)
        self.compensation, _ = self._said(house.compensation)
        self.compensated = house.compensation != UNDISCLOSED
        self.reviewed = house.automation == "reviewed"
        self.reviewer = marks.strip(house.reviewer)

    @property
    def warning(self) -> str:
        """What has to stand before everything else, if anything has."""
        return self._told("long", [n for n in self._notices() if n.pack.at_start])

    @property
    def risk(self) -> str:
        """What is said at the end of a long text."""
        return self._told("long", [n for n in self._notices() if not n.pack.at_start])

    @property
    def medium(self) -> str:
        return self._told("medium", self._early())

    @property
    def short(self) -> str:
        return self._told("short", self._early())

    def _said(self, declared: tuple[Position | Payment, ...] | str) -> tuple[str, bool]:
        """A declaration in this language, and whether it lists anything."""
        folders = self._templates.loader.folders
        text = disclaimers.said(declared, folders, self._templates.lang)
        return marks.strip(text), not isinstance(declared, str)

    def _notices(self) -> tuple[Notice, ...]:
        folders = self._templates.loader.folders
        return disclaimers.notices(self._house, folders, self._templates.lang)

    def _early(self) -> list[Notice]:
        return sorted(self._notices(), key=lambda n: not n.pack.at_start)

    def _told(self, length: Length, notices: list[Notice]) -> str:
        return " ".join(self._marked(n, disclaimers.text(n, length)) for n in notices)

    def _marked(self, notice: Notice, text: str) -> str:
        pack = notice.pack
        note = f"version {pack.version}, reviewed {pack.reviewed.isoformat()}"
        ref = SourceRef("disclaimers", pack.name, "text", None, None, note)
        told = Quantity(
            DISCLAIMER, MARKET, float("nan"), "text", "furniture", sources=lambda: (ref,)
        )
        return self._recorder.mark(told, marks.strip(text), unit="text")


def style(house: HouseSection, words: Mapping[str, Any]) -> Style:
    """How this house turns a sentence that was composed: marked text -> marked text.

    The language's words.yaml says what is turned: `tone.brisk` and `spelling.us`, each a table of
    phrases. A language without such a table is left as it is.
    """
    table: dict[str, str] = {}
    if house.tone == BRISK:
        table |= _both_cases(words.get("tone", {}).get(BRISK, {}))
    spelt = words.get("spelling", {}).get(house.spelling, {})
    return _turned(tuple(table.items()), tuple(_both_cases(spelt).items()))


def _both_cases(table: Mapping[str, str]) -> dict[str, str]:
    raised = {k[:1].upper() + k[1:]: v[:1].upper() + v[1:] for k, v in table.items()}
    return {**raised, **table}


@lru_cache(maxsize=16)
def _turned(*tables: tuple[tuple[str, str], ...]) -> Style:
    steps = [_step(dict(t)) for t in tables if t]

    def turn(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return turn


def _step(table: Mapping[str, str]) -> Style:
    longest = sorted(table, key=lambda old: (-len(old), old))
    found = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)")

    def step(text: str) -> str:
        out, at = list[str](), 0
        for kept in _MARKED.finditer(text):
            out += [found.sub(lambda m: table[m[0]], text[at : kept.start()]), kept[0]]
            at = kept.end()
        return "".join(out) + found.sub(lambda m: table[m[0]], text[at:])

    return step


def face(house: HouseSection, words: Mapping[str, Any], moves: list[float]) -> str:
    """A picture character for the day, where the house wants one: `up` or `down` only where every
    major went that way, else `mixed`. moves: their changes in 24 h; an unknown one gives none."""
    if not house.emoji or not moves or not all(map(math.isfinite, moves)):
        return ""
    way = "up" if min(moves) > 0 else "down" if max(moves) < 0 else "mixed"
    return str(words.get("emoji", {}).get(way, ""))


def own_tags(house: HouseSection, aliases: Mapping[str, str]) -> tuple[str, ...]:
    """The tags that this house always sets, with their sign. Those of assets come by themselves,
    where the asset is spoken of. aliases: folded name of a coin -> its ticker."""
    words = (tag.removeprefix("#") for tag in house.hashtags)
    coins = {*aliases.values()}
    return tuple(f"#{w}" for w in words if w.casefold() not in aliases and w.upper() not in coins)
