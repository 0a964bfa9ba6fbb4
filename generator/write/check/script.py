"""How patterns of a language are compiled: with or without spaces between its words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.write.check.lexicon import fold


def initials(words: Iterable[str], beside: str = "") -> str:
    """What only looks whether one of the words' first letters stands there: nearly everywhere none
    does, and to try all the words takes twice as long. beside: a class of other beginnings."""
    letters = beside + "".join(map(re.escape, sorted({w[0] for w in words if w})))
    return f"(?=[{letters}])" if letters else "(?!)"


@dataclass(frozen=True)
class Script:
    """How patterns are compiled: where words have no spaces, letters are those of ASCII only."""

    cjk: bool

    def compile(self, pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.ASCII if self.cjk else 0)

    @property
    def edge(self) -> str:
        """Before a pattern that may begin inside no word."""
        return "" if self.cjk else r"\b"

    def any(self, patterns: Iterable[str], start: str = "") -> re.Pattern[str]:
        return self.compile(start + "(?:" + "|".join(patterns) + ")")

    def words(self, words: Iterable[str], ending: str = r"(?![\w-])") -> re.Pattern[str]:
        """Whole words, the longest first so that `fell sharply` wins over `fell`."""
        chosen = sorted({fold(str(w)) for w in words}, key=lambda w: (-len(w), w))
        first = initials(chosen)
        if self.cjk:
            return self.compile(first + "(?:" + "|".join(map(self.word, chosen)) + ")")
        return self.compile(
            first + r"(?<![\w-])(?:" + "|".join(map(re.escape, chosen)) + ")" + ending
        )

    def unit(self, unit: str) -> str:
        return re.escape(unit) + ("(?![a-z0-9])" if self.cjk and unit.isascii() else "")

    def word(self, word: str) -> str:
        before = r"(?<![a-z0-9])" if word[0].isascii() else ""
        return before + re.escape(word) + (r"(?![a-z0-9])" if word[-1].isascii() else "")
