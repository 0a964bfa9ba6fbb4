"""How much a series of notes repeats itself, and how hard its sentences are to read.

Pure functions of text. Numbers and dates are masked first, because templates that differ only in
their figures look varied and are not. Furniture (coverage, disclaimer, sign-off, tags) is left out by
the caller: it is meant to be the same every day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

GRAM = 4
BACK = 14  # notes that a note is held against
WEEK = 7
OPENING = 6  # words
# A figure with its sign, currency, digits and unit of size: one masked word. A moment too, whole.
FIGURE = re.compile(r"[-+−]?[$€]?\d[\d.,:]*\s*%?(?:bn|m|k|h|d)?(?![^\W\d_])", re.I)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
MESES = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
MOMENT = re.compile(
    rf"(?:\d\d:\d\d UTC(?:,? on)? )?\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?"
    rf"|(?:\d\d:\d\d UTC del )?\d{{1,2}} de (?:{MESES})(?: de \d{{4}})?|\d\d:\d\d UTC"
    r"|(?:UTC ?)?(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:\d\d:\d\d)?|UTC ?\d\d:\d\d"
)
WORD = re.compile(r"#|[^\W\d_]+(?:['’/-][^\W\d_]+)*")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z\u201c\"$])|\n+")
VOWELS = re.compile(r"[aeiouy]+")


def words(text: str) -> list[str]:
    """Lower-case words, every figure one `#`; of Chinese every character is a word."""
    masked = FIGURE.sub(" # ", MOMENT.sub(" # ", text))
    masked = HAN.sub(lambda m: f" {m[0]} ", masked)
    return WORD.findall(masked.lower())


def grams(text: str) -> frozenset[tuple[str, ...]]:
    told = words(text)
    return frozenset(tuple(told[i : i + GRAM]) for i in range(len(told) - GRAM + 1))


def containment(text: str, other: str) -> float:
    """The share of a text's 4-grams that stand in another; 0 of a text too short for one."""
    mine = grams(text)
    return len(mine & grams(other)) / len(mine) if mine else 0.0


@dataclass(frozen=True)
class Repetition:
    """Of notes in order: containment of each in each of the 14 before it, and equal openings.

    openings: pairs of places of notes within a week of one another whose first six words agree.
    """

    mean: float
    most: float
    openings: tuple[tuple[int, int], ...]


def repetition(notes: Sequence[str]) -> Repetition:
    """One note a day, the oldest first."""
    seen = [grams(n) for n in notes]
    found = [
        len(seen[i] & seen[j]) / max(1, len(seen[i]))
        for i in range(len(notes))
        for j in range(max(0, i - BACK), i)
    ]
    first = [tuple(words(n)[:OPENING]) for n in notes]
    same = [
        (j, i)
        for i in range(len(notes))
        for j in range(max(0, i - WEEK + 1), i)
        if first[i] == first[j]
    ]
    return Repetition(fmean(found or [0.0]), max(found, default=0.0), tuple(same))


@dataclass(frozen=True)
class Readability:
    """Words, words per sentence, the longest sentence, figures per 100 words, school grade."""

    words: int
    per_sentence: float
    longest: int
    figures: float
    grade: float


def readability(text: str) -> Readability:
    """Of an English text. Grade after Flesch and Kincaid (1975): 0.39 words per sentence +
    11.8 syllables per word - 15.59; a figure counts as a word of one syllable."""
    sentences = [s for s in map(words, SENTENCE.split(text)) if s]
    told = [w for s in sentences for w in s]
    per = len(told) / max(1, len(sentences))
    heard = sum(map(_syllables, told)) / max(1, len(told))
    return Readability(
        len(told),
        per,
        max(map(len, sentences), default=0),
        100 * told.count("#") / max(1, len(told)),
        0.39 * per + 11.8 * heard - 15.59,
    )


def _syllables(word: str) -> int:
    count = len(VOWELS.findall(word))
    if word.endswith("e") and not word.endswith("le") and count > 1:
        count -= 1
    return max(1, count)


def told_most(notes: Iterable[str], most: int = 40) -> list[tuple[int, str]]:
    """The 4-grams that stand in the most notes: where more variety would pay."""
    counts: dict[tuple[str, ...], int] = {}
    for note in notes:
        for gram in grams(note):
            counts[gram] = counts.get(gram, 0) + 1
    ranked = sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))
    return [(n, " ".join(g)) for g, n in ranked[:most]]
