"""Dates and times in text against the moment they stand for (UTC)."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from generator.model import NumberTrace
from generator.write.check.lexicon import Lexicon, fold

CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})(?::\d{2})?\b")
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
YEAR = re.compile(r"\b\d{4}\b")
DAY_OF_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b")
WORD = re.compile(r"[^\W\d_]+")


def wrong_date(trace: NumberTrace, lexicon: Lexicon) -> str | None:
    """What in a date's text is not its moment, in words; None when all of it is.

    Every part that is printed is compared: clock, ISO date, year, month, weekday, day.
    """
    if trace.unit != "ms" or not math.isfinite(trace.value):
        return f"{trace.text!r} has no moment behind it"
    moment = datetime.fromtimestamp(trace.value / 1000, UTC)
    right = moment.strftime("%Y-%m-%d %H:%M UTC")
    rest, parts, good = fold(trace.text), 0, True
    for pattern, want in (
        (CLOCK, (f"{moment:%H}", f"{moment:%M}")),
        (ISO, (f"{moment:%Y}", f"{moment:%m}", f"{moment:%d}")),
    ):
        for m in pattern.finditer(rest):
            parts += 1
            good &= tuple(g.zfill(2) for g in m.groups()) == want
        rest = pattern.sub(" ", rest)
    for m in YEAR.finditer(rest):
        parts, good = parts + 1, good and int(m[0]) == moment.year
    rest = YEAR.sub(" ", rest)
    for m in WORD.finditer(rest):
        for names, want_at in (
            (lexicon.months, moment.month - 1),
            (lexicon.weekdays, moment.weekday()),
        ):
            at = _index(names, m[0])
            if at >= 0:
                parts, good = parts + 1, good and at == want_at
    for m in DAY_OF_MONTH.finditer(rest):
        parts, good = parts + 1, good and int(m[1]) == moment.day
    if not parts:
        return f"{trace.text!r} names no date or time"
    return None if good else f"{trace.text!r} should be {right}"


def _index(names: tuple[str, ...], word: str) -> int:
    """Where a name, whole or cut to three letters, stands in a list; -1 when it does not."""
    return next((i for i, n in enumerate(names) if word in (n, n[:3])), -1)
