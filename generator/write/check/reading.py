"""How the gates read a draft: its sentences and clauses, who licensed them, what they print."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from generator.model import (
    MARKET,
    Draft,
    Finding,
    Headline,
    NumberTrace,
    Panel,
    Problem,
    SentenceTrace,
    Story,
)
from generator.write.check.lexicon import Lexicon, Severity, fold
from generator.write.check.script import initials

Span = tuple[int, int]
Name = tuple[int, int, str]  # start, end, subject
SEMICOLONS = (";", "；")
LONGEST = 1_500  # characters of a sentence; no author writes a longer one

SENTENCE_END = re.compile(
    r"(?<=[.!?])[\"”»')\]]*\s+(?=[\"“«'(\[$#¿¡]*[A-ZÀ-ÞĀ-Ž0-9\u4e00-\u9fff])"
    r"|(?<=[。！？])[”」』）]*\s*(?=\S)|\n+"
)
TAG_OR_LINK = re.compile(r"https?://\S+|(?<!\w)[#@]\w+")
ITS_NUMBER = r"(?='s\b|[:,]? (?:at )?\(?[-+−$\d]|（[-+−$\d])"
SIGNED_NUMBER = r"(?='s\b|[:,]? (?:at )?\(?[-+−$]|（[-+−$])"  # "A 90-day beta" names no asset A
QUOTED = re.compile(r"“[^”\n]{3,300}”|\"[^\"\n]{3,300}\"|«[^»\n]{3,300}»|「[^」\n]{3,300}」")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its span in its segment, its folded text, the findings that license it."""

    segment: int
    start: int
    end: int
    low: str
    keys: tuple[str, ...]
    furniture: bool
    clauses: tuple[Span, ...]
    numbers: tuple[NumberTrace, ...]
    quoted: tuple[Span, ...] = ()

    def clause(self, at: int) -> Span:
        """The clause (span in the segment) that holds position `at`."""
        return next((c for c in self.clauses if c[0] <= at < c[1]), (self.start, self.end))

    def part(self, at: int) -> Span:
        """The stretch between semicolons that holds position `at`: an item of a list."""
        here, low = at - self.start, self.low
        start = max(low.rfind(mark, 0, here) for mark in SEMICOLONS) + 1
        ends = [i for mark in SEMICOLONS if (i := low.find(mark, here)) >= 0]
        return start + self.start, min(ends, default=len(low)) + self.start

    def at(self, match: re.Match[str]) -> Span:
        """Where in the segment a match in the sentence's folded text stands."""
        return match.start() + self.start, match.end() + self.start

    def text(self, span: Span) -> str:
        """Folded text of a span of the segment."""
        return self.low[max(0, span[0] - self.start) : span[1] - self.start]

    def in_quotes(self, at: int) -> bool:
        return any(a <= at < b for a, b in self.quoted)


@dataclass(frozen=True)
class Reading:
    """A draft with everything that a gate may ask about it. Nothing in it is ever changed."""

    draft: Draft
    story: Story | None
    findings: Mapping[str, Finding]
    panel: Panel | None
    verdicts: Mapping[str, str] | None
    windows: Mapping[str, str]
    lexicon: Lexicon
    now: int
    low: tuple[str, ...]  # the segments, folded
    sentences: tuple[Sentence, ...]
    headlines: tuple[Headline, ...] | None = None
    blocked: tuple[tuple[str, str, str], ...] = ()  # (word, rule that blocks it, subject)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Every subject that may be named: the panel's, the findings', the traced numbers'."""
        known = set(self.panel.subjects if self.panel else ())
        known |= {f.subject for f in self.findings.values()}
        known |= {n.subject for n in self.draft.numbers} | set(self.lexicon.aliases.values())
        return frozenset(known - {MARKET, ""})

    @cached_property
    def names(self) -> re.Pattern[str]:
        """Tickers as written and coin names in either case, pairs before their parts."""
        return _names(self.subjects, tuple(self.lexicon.aliases))

    @cached_property
    def named(self) -> tuple[tuple[Name, ...], ...]:
        """For each segment: (start, end, subject) of every name in it, in order."""
        return tuple(
            tuple((m.start(), m.end(), self.subject_of(m[0])) for m in self.names.finditer(text))
            for text in self.draft.segments
        )

    @cached_property
    def _starts(self) -> tuple[list[int], ...]:
        return tuple([a for a, _, _ in names] for names in self.named)

    def subject_of(self, name: str) -> str:
        return self.lexicon.aliases.get(fold(name), name)

    def _between(self, segment: int, span: Span) -> tuple[Name, ...]:
        starts = self._starts[segment]
        return self.named[segment][bisect_left(starts, span[0]) : bisect_left(starts, span[1])]

    def names_in(self, sentence: Sentence) -> tuple[Name, ...]:
        """The names that begin in a sentence."""
        return self._between(sentence.segment, (sentence.start, sentence.end))

    def subjects_in(self, segment: int, span: Span) -> list[str]:
        return [s for _, _, s in self._between(segment, span)]

    def is_name(self, segment: int, at: int) -> bool:
        """Whether a name stands at a position: FLOW is a coin there, and no claim of a flow."""
        before = bisect_right(self._starts[segment], at)
        return before > 0 and at < self.named[segment][before - 1][1]

    def met(self, sentence: Sentence) -> frozenset[str]:
        """The beginnings of a sentence's words: several gates look for their words among them."""
        place = sentence.segment, sentence.start
        found = self._met.get(place)
        if found is None:
            found = self._met[place] = self.lexicon.met(sentence.low)
        return found

    @cached_property
    def _met(self) -> dict[Span, frozenset[str]]:
        return {}

    def fired(self, sentence: Sentence) -> tuple[Finding, ...]:
        """The known findings that license a sentence."""
        return tuple(self.findings[k] for k in sentence.keys if k in self.findings)

    def value(self, metric: str, subject: str) -> float:
        return math.nan if self.panel is None else self.panel.value(metric, subject)

    @cached_property
    def body(self) -> tuple[Sentence, ...]:
        return tuple(s for s in self.sentences if not s.furniture)


@lru_cache(maxsize=64)
def _names(subjects: frozenset[str], aliases: tuple[str, ...]) -> re.Pattern[str]:
    tickers = sorted(subjects, key=lambda s: (-len(s), s))
    # A ticker of one letter is also a word or a unit: it is a name where a number follows it.
    number = {"A": SIGNED_NUMBER, "I": SIGNED_NUMBER}
    names = [
        re.escape(s) + ("" if len(s) > 1 else number.get(s.upper(), ITS_NUMBER)) for s in tickers
    ]
    names += [f"(?i:{re.escape(n)})" for n in aliases if n.isascii()]
    plain = "|".join(n for n in aliases if not n.isascii())  # of a script without spaces
    letters = {*subjects, *(c for n in aliases for c in (n[:1].upper(), n[:1].lower()))}
    spaced = initials(letters) + r"(?<![A-Za-z0-9_/])(?:" + "|".join(names)
    spaced += r")(?![A-Za-z_/])" if plain else r")(?![A-Za-z0-9_/])"  # `BTC5%`: no space there
    return re.compile(f"{spaced}|{plain}" if plain else spaced)


def problem(
    gate: str,
    message: str,
    sentence: Sentence | NumberTrace,
    span: Span | None = None,
    severity: Severity = "error",
) -> Problem:
    """A Problem at a span of a sentence's or number's segment; by default, the whole of it."""
    start, end = span or (sentence.start, sentence.end)
    return Problem(gate, severity, message, sentence.segment, start, end)


def unverifiable(
    message: str, sentence: Sentence | NumberTrace, span: Span | None = None
) -> Problem:
    """An answer of its own: nothing known speaks for it or against it. Never a pass."""
    return problem("unverifiable", message, sentence, span, "warning")


def read_draft(
    draft: Draft,
    *,
    story: Story | None,
    findings: tuple[Finding, ...],
    panel: Panel | None,
    verdicts: Mapping[str, str] | None,
    windows: Mapping[str, str] | None,
    lexicon: Lexicon,
    now: int,
    headlines: tuple[Headline, ...] | None = None,
    blocked: tuple[tuple[str, str, str], ...] = (),
) -> Reading:
    """Split a draft into sentences along its own trace."""
    known = {f.key: f for f in findings}
    low = tuple(fold(s) for s in draft.segments)
    numbers: dict[int, list[NumberTrace]] = {}
    for n in sorted(draft.numbers, key=lambda n: (n.segment, n.start)):
        numbers.setdefault(n.segment, []).append(n)
    starts = {segment: [n.start for n in of] for segment, of in numbers.items()}
    sentences = list[Sentence]()
    for trace in sorted(draft.sentences, key=lambda t: (t.segment, t.start)):
        if not 0 <= trace.segment < len(draft.segments):
            continue
        at = starts.get(trace.segment, [])
        here = slice(bisect_left(at, trace.start), bisect_left(at, trace.end))
        own = numbers.get(trace.segment, [])[here]
        text, folded = draft.segments[trace.segment], low[trace.segment]
        sentences += _split(text, folded, trace, own, known, lexicon.clause)
    return Reading(
        draft=draft,
        story=story,
        findings=known,
        panel=panel,
        verdicts=verdicts,
        windows=windows or {},
        lexicon=lexicon,
        now=now,
        low=low,
        sentences=tuple(sentences),
        headlines=headlines,
        blocked=blocked,
    )


def _split(
    text: str,
    folded: str,
    trace: SentenceTrace,
    numbers: list[NumberTrace],
    known: Mapping[str, Finding],
    clause: re.Pattern[str],
) -> list[Sentence]:
    found, start, end = [], trace.start, min(trace.end, len(text))
    starts = [n.start for n in numbers]
    told = [(n.start, n.end) for n in numbers if n.unit == "text"]
    cuts = [(m.start(), m.end()) for m in SENTENCE_END.finditer(text, start, end)] + [(end, end)]
    cuts = list(_bounded(start, cuts))
    if told:  # a quoted title may itself be two sentences
        cuts = [c for c in cuts if not any(a < c[0] < b for a, b in told)]
    headline = any(k in known and known[k].rule.startswith("headline") for k in trace.findings)
    for stop, resume in cuts:
        if text[start:stop].strip():
            quotes = [m.span() for m in QUOTED.finditer(text, start, stop)] if headline else []
            quotes += told
            found.append(
                Sentence(
                    segment=trace.segment,
                    start=start,
                    end=stop,
                    low=folded[start:stop],
                    keys=trace.findings,
                    furniture=trace.furniture,
                    clauses=_clauses(folded, start, stop, clause),
                    numbers=tuple(
                        numbers[bisect_right(starts, start - 1) : bisect_right(starts, stop - 1)]
                    ),
                    quoted=tuple(quotes),
                )
            )
        start = resume
    return found


def _bounded(start: int, cuts: list[Span]) -> Iterator[Span]:
    """Cuts no further apart than LONGEST: parts of a sentence are compared pairwise."""
    for stop, resume in cuts:
        while stop - start > LONGEST:
            start += LONGEST
            yield start, start
        yield stop, resume
        start = resume


def _clauses(folded: str, start: int, stop: int, clause: re.Pattern[str]) -> tuple[Span, ...]:
    spans = []
    for m in clause.finditer(folded, start, stop):
        spans.append((start, m.start()))
        start = m.end()
    return (*spans, (start, stop))
