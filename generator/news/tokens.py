"""A title as words: folded for matching, with what was written kept beside it.

Words are letters and digits; a hyphen parts two of them, an inner dot, comma or apostrophe does
not ("5,000", "bitcoin.com"). Look-alike letters of other alphabets are folded to Latin ones, marks
that cannot be seen go, and both are remembered: such a title counts, and is never printed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from generator.printable import hidden

WORD = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*")
POSSESSIVE = ("'s", "’s")
HYPHENS = "-‐‑"
# Letters of the Greek and Cyrillic alphabets that look like Latin ones (Unicode TR 39, in part).
LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеіјорсухѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοινρυ",
    "ABESIJKMHOPCTYXaeijopcyxsdqwABEZHIKMNOPTYXoivpu",
)


@dataclass(frozen=True, slots=True)
class Word:
    """folded: lower case, without a possessive; written: as it stands. cash: a dollar sign stands
    before it; bound: a hyphen ties it to a neighbour, as in "Bitcoin-backed"."""

    folded: str
    written: str
    cash: bool
    bound: bool

    @property
    def capitals(self) -> bool:
        return self.written.isupper()


@dataclass(frozen=True, slots=True)
class Title:
    """words of a title. hidden: with marks that cannot be seen; disguised: with those, or with
    letters of another alphabet that look Latin; shouted: written in capitals throughout, so that
    capitals tell nothing."""

    text: str
    words: tuple[Word, ...]
    hidden: bool
    disguised: bool
    shouted: bool


def read(title: str) -> Title:
    """The words of a title, in time linear in its length."""
    plain = unicodedata.normalize("NFKC", title)
    seen = "".join(c for c in plain if not hidden(c))
    text = seen.translate(LOOK_ALIKE)
    words = tuple(_word(text, m) for m in WORD.finditer(text))
    letters = [c for c in text if c.isalpha()]
    shouted = len(words) > 3 and all(c.isupper() for c in letters)
    unseen = len(seen) != len(plain)
    return Title(text, words, unseen, unseen or _posing(seen, text), shouted)


def _posing(seen: str, text: str) -> bool:
    """Whether look-alikes stand in a title that is otherwise Latin."""
    folded = sum(a != b for a, b in zip(seen, text, strict=True))
    return folded > 0 and any(c.isascii() and c.isalpha() for c in seen)


def _word(text: str, found: re.Match[str]) -> Word:
    written = found[0]
    if written.endswith(POSSESSIVE):
        written = written[:-2]
    start, end = found.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    bound = (bool(before) and before in HYPHENS and text[start - 2 : start - 1].isalnum()) or (
        bool(after) and after in HYPHENS and text[end + 1 : end + 2].isalnum()
    )
    return Word(written.lower().replace("’", "'"), written, before == "$", bound)
