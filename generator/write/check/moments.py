"""Dates and clocks in a text without a trace, held against every moment that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from generator.model import MARKET, Problem
from generator.write.check.reading import Reading, Sentence, Span, problem

GATE = "numbers"
CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)")
YEAR = re.compile(r"\b(?:in|since|of|until|before) ((?:19|20)\d{2})\b(?!,\d)")
AS_OF = re.compile(r"\bas (?:of|at) $|\bas (?:of|at) \d{1,2}:\d{2} (?:utc )?(?:on )?$")
MINUTE, AS_OF_MINUTES = 60_000, 5
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
        """All but the day, the month or the year of a whole date agree, or of a clock's date."""
        wrong = [n for n, v in self.parts if getattr(at, n) != v]
        whole = len(self.parts) >= 3
        return whole and len(wrong) == 1 and wrong[0] in ("day", "month", "year")


@dataclass(frozen=True)
class Moments:
    """Every moment a text may name (ms): of metrics by subject, and of anything else."""

    of: Mapping[str, tuple[tuple[str, float], ...]]  # subject -> (metric, ms)
    deadlines: tuple[float, ...]
    headlines: Mapping[tuple[int, int], float]  # span of a quoted headline -> its stamp
    now: int

    def candidates(self, named: Sequence[str]) -> list[tuple[str, float]]:
        """(whose, ms) of the subjects named and of the market; of all where none is named."""
        subjects = {MARKET, *named, *(p for s in named for p in s.split("/"))}
        chosen = subjects if named else set(self.of)
        return [
            (f"{metric} of {s}", v)
            for s in sorted(chosen & set(self.of))
            for metric, v in self.of[s]
        ]


def told(reading: Reading, sentence: Sentence) -> list[Told]:
    """Dates and clocks of a sentence, a clock joined with the date it stands beside."""
    low = sentence.low
    if not any(c.isdigit() for c in low):
        return []
    dates = list(_dates(reading.lexicon.months, low))
    found, used = [], set[int]()
    for m in CLOCK.finditer(low):
        clock = Told(*m.span(), (("hour", int(m[1])), ("minute", int(m[2]))))
        for i, date in enumerate(dates):
            between = (
                low[m.end() : date.start] if date.start >= m.end() else low[date.end : m.start()]
            )
            ahead = date.start >= m.end()
            if len(between) <= (NEAR if ahead else 4) and not re.search(r"[.;()]", between):
                clock = replace(clock, parts=clock.parts + date.parts)
                used.add(i)
                break
        found.append(clock)
    found += dates
    spans = [(t.start, t.end) for t in found]
    for m in YEAR.finditer(low):
        if not any(a <= m.start(1) < b for a, b in spans):
            found.append(Told(*m.span(1), (("year", int(m[1])),)))
    return found


@lru_cache(maxsize=8)
def _date(months: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(sorted({n for m in months for n in (m, m[:3])}, key=len, reverse=True))
    nth = r"(?:st|nd|rd|th)?"
    return re.compile(
        rf"(?<![\d.,:])(\d{{1,2}}){nth}(?: of)? ({names})\b(?:,? (\d{{4}})\b)?"
        rf"|\b({names})\.? (\d{{1,2}}){nth}(?![\d:%]|[.,]\d)(?:,? (\d{{4}})\b)?"
        r"|(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)"
    )


def _dates(months: tuple[str, ...], low: str) -> Iterator[Told]:
    for m in _date(months).finditer(low):
        if m[7]:
            day, month, year = int(m[9]), int(m[8]), m[7]
        else:
            day, year, name = int(m[1] or m[5]), m[3] or m[6], m[2] or m[4]
            month = next(i for i, n in enumerate(months, 1) if name in (n, n[:3]))
        parts = (("day", day), ("month", month)) + ((("year", int(year)),) if year else ())
        yield Told(*m.span(), parts)


def check_moments(
    reading: Reading, sentence: Sentence, here: Sequence[Told], known: Moments, watched: set[float]
) -> Iterator[Problem]:
    """A date that nothing known falls on is unverifiable; one beside what is known is wrong.

    watched: deadlines of the watch items whose triggers the sentence prints.
    """
    named = reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
    metrics = known.candidates(named)
    others = [("the as-of", v) for v in _as_of(known.now)]
    others += [("a deadline", d) for d in known.deadlines]
    quoted = [v for s, v in known.headlines.items() if sentence.start <= s[0] < sentence.end]
    others += [("a headline", v) for v in (quoted or known.headlines.values())]
    for t in here:
        span = (t.start + sentence.start, t.end + sentence.start)
        text = sentence.low[t.start : t.end]
        must = _as_of(known.now) if AS_OF.search(sentence.low[: t.start]) else quoted
        if must and not any(_is(t, v) for v in must):
            yield problem(GATE, f"{text!r} should be {_utc(must[0])}", sentence, span)
        elif not any(_is(t, v) for _, v in (*metrics, *others)):
            near = [(w, v) for w, v in metrics if named and t.nearly(_at(v))]
            near = near or [("its deadline", d) for d in sorted(watched) if len(t.parts) > 1]
            if near:
                who, at = min(near, key=lambda n: _apart(t, _at(n[1])))
                message = f"{text!r}: {who} is {_utc(at)}"
                yield problem(GATE, message, sentence, span)
            else:
                message = f"{text!r} is unverifiable: nothing known falls on it"
                yield problem(GATE, message, sentence, span, "warning")


def _apart(t: Told, at: datetime) -> int:
    """How far a date as printed is from a moment: the sum of its parts' differences."""
    return sum(abs(int(getattr(at, name)) - value) for name, value in t.parts)


def _as_of(now: int) -> list[float]:
    """Now, or a few minutes before: prices are at most so old when they are collected."""
    return [float(now - k * MINUTE) for k in range(AS_OF_MINUTES + 1)]


def inside(at: int, here: Sequence[Told]) -> bool:
    """Whether a position of a sentence lies in a date or clock."""
    return any(t.start <= at < t.end for t in here)


def _at(ms: float) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _utc(ms: float) -> str:
    return _at(ms).strftime("%Y-%m-%d %H:%M UTC")


def _is(t: Told, ms: float) -> bool:
    """Midnight may also be told with the day that it ends."""
    at = _at(ms)
    ends = at.hour == at.minute == 0 and dict(t.parts).get("hour") == 0
    return t.fits(at) or (ends and _split(t, at))


def _split(t: Told, at: datetime) -> bool:
    before = at - timedelta(days=1)
    return all(getattr(before if n in ("day", "month", "year") else at, n) == v for n, v in t.parts)


def span_of(text: str, title: str) -> Iterator[Span]:
    """Where a title stands in quotation marks."""
    at = text.find(title)
    while title and at >= 0:
        if text[max(0, at - 1) : at] in ("“", '"', "„", "«"):
            yield at, at + len(title)
        at = text.find(title, at + len(title))
