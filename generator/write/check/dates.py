"""Dates and times in text, and the moment they stand for (UTC)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from generator.model import NumberTrace
from generator.write.check.lexicon import Lexicon, fold

CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)")
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
DAY_OF_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?![\da-z])")
WORD = re.compile(r"[^\W\d_]+")
BREAK = re.compile(r"[.;()。；（）]")
NEAR = 30  # characters between a clock and the date it belongs to


@dataclass(frozen=True, slots=True)
class Told:
    """A date, a clock or both as printed: its span in the sentence and its parts by name."""

    start: int
    end: int
    parts: tuple[tuple[str, int], ...]

    def fits(self, at: datetime) -> bool:
        return all(getattr(at, name) == value for name, value in self.parts)

    def nearly(self, at: datetime) -> bool:
        """All but one part of a whole date, or of a clock with its date, agree."""
        wrong = [n for n, v in self.parts if getattr(at, n) != v]
        return len(self.parts) >= 3 and len(wrong) == 1


def told(lexicon: Lexicon, low: str) -> list[Told]:
    """Dates and clocks of a folded text, a clock joined with the date it stands beside."""
    if not any(c.isdigit() for c in low):
        return []
    dates = list(_dates(lexicon, low))
    found = [_joined(low, m, dates) for m in CLOCK.finditer(low)] + dates
    spans = [(t.start, t.end) for t in found]
    for m in lexicon.dates.year.finditer(low):
        start, end = m.span("year")
        if not any(a <= start < b for a, b in spans):
            found.append(Told(start, end, (("year", int(m["year"])),)))
    return found


def _joined(low: str, m: re.Match[str], dates: list[Told]) -> Told:
    clock = Told(*m.span(), (("hour", int(m[1])), ("minute", int(m[2]))))
    for date in dates:
        ahead = date.start >= m.end()
        between = low[m.end() : date.start] if ahead else low[date.end : m.start()]
        if len(between) <= (NEAR if ahead else 4) and not BREAK.search(between):
            return replace(clock, parts=clock.parts + date.parts)
    return clock


def _dates(lexicon: Lexicon, low: str) -> Iterator[Told]:
    taken: list[tuple[int, int]] = []
    for pattern in lexicon.dates.patterns:
        for m in pattern.finditer(low):
            if any(a < m.end() and m.start() < b for a, b in taken):
                continue
            parts = [("day", int(m["day"])), ("month", _month(lexicon, m["month"]))]
            if m["year"]:
                parts.append(("year", int(m["year"])))
            taken.append(m.span())
            yield Told(*m.span(), tuple(parts))


def _month(lexicon: Lexicon, name: str) -> int:
    return int(name) if name.isdigit() else _index(lexicon.dates.months, name) + 1


def wrong_date(trace: NumberTrace, lexicon: Lexicon) -> str | None:
    """What in a date's text is not its moment, in words; None when all of it is.

    Every part that is printed is compared: clock, date, year, month, weekday, day.
    """
    if trace.unit != "ms" or not math.isfinite(trace.value):
        return f"{trace.text!r} has no moment behind it"
    at = datetime.fromtimestamp(trace.value / 1000, UTC)
    low = fold(trace.text)
    if clock := CLOCK.fullmatch(low):  # half of them
        good = (int(clock[1]), int(clock[2])) == (at.hour, at.minute)
        return None if good else _should_be(trace, at)
    whole = list(_dates(lexicon, low))
    good, parts = all(t.fits(at) for t in whole), len(whole)
    for t in whole:
        low = low[: t.start] + " " * (t.end - t.start) + low[t.end :]
    for m in CLOCK.finditer(low):
        parts, good = parts + 1, good and (int(m[1]), int(m[2])) == (at.hour, at.minute)
    low = CLOCK.sub(" ", low)
    for m in YEAR.finditer(low):
        parts, good = parts + 1, good and int(m[0]) == at.year
    for m in WORD.finditer(low):
        for names, want in (
            (lexicon.dates.months, at.month - 1),
            (lexicon.dates.weekdays, at.weekday()),
        ):
            index = _index(names, m[0])
            if index >= 0:
                parts, good = parts + 1, good and index == want
    for m in DAY_OF_MONTH.finditer(YEAR.sub(" ", low)):
        parts, good = parts + 1, good and int(m[1]) == at.day
    if not parts:
        return f"{trace.text!r} names no date or time"
    return None if good else _should_be(trace, at)


def _should_be(trace: NumberTrace, at: datetime) -> str:
    return f"{trace.text!r} should be {at:%Y-%m-%d %H:%M} UTC"


def _index(names: tuple[str, ...], word: str) -> int:
    """Where a name, whole or cut to three letters, stands in a list; -1 when it does not."""
    return next((i for i, n in enumerate(names) if word in (n, n[:3])), -1)
