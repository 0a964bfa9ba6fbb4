"""What the page and the terminal show of a draft: text cut at sentences, numbers and lines.

Nothing is added to the text: joining all pieces of a segment gives the segment back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.model import Draft, Metric, NumberTrace, Problem, SentenceTrace
from generator.show.encode import iso


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One observation behind a number, as text."""

    venue: str
    instrument: str
    field: str
    value: str
    as_of: str
    note: str


@dataclass(frozen=True, slots=True)
class Card:
    """What stands behind one printed number."""

    metric: str
    subject: str
    value: str
    window: str
    scope: str
    rule: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text within one sentence; a number carries its card and what is wrong. link:
    the network makes a link of it."""

    text: str
    card: Card | None = None
    wrong: Problem | None = None
    link: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """Pieces licensed by the same rules; no rules for furniture and for gaps."""

    pieces: tuple[Piece, ...]
    rules: tuple[str, ...]
    furniture: bool


Paragraph = tuple[Sentence, ...]


def visible(text: str) -> str:
    """Text from outside, for a terminal: no escape sequence, no hidden or reordering character."""
    return "".join(
        c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs")
    )


def clock(ms: int | None) -> str:
    """ms -> 2026-06-26 06:00 UTC, or `no stamp`."""
    return "no stamp" if ms is None else f"{iso(ms)}"[:16].replace("T", " ") + " UTC"


def full(value: float | None, unit: str) -> str:
    """A number at full precision with its unit; times as ISO."""
    if value is None or value != value:
        return "unknown"
    if unit == "ms":
        return clock(int(value))
    # Fifteen digits are what a double holds for certain; more would print the machine's rounding.
    shown = f"{value:,.2f}" if abs(value) >= 1e6 else f"{value:.15g}"
    return f"{shown} {unit}".strip()


def card(number: NumberTrace, metrics: Mapping[tuple[str, str], Metric]) -> Card:
    """The card of a printed number: its metric, and every observation it rests on."""
    metric = metrics.get((number.metric, number.subject))
    sources = number.sources or (metric.sources if metric else ())
    return Card(
        metric=number.metric,
        subject=number.subject,
        value=full(number.value, number.unit),
        window=metric.window if metric else "",
        scope=metric.scope if metric else "",
        rule=number.rule,
        sources=tuple(
            SourceLine(
                s.venue,
                s.instrument,
                s.field,
                full(s.value, ""),
                clock(s.as_of),
                s.note,
            )
            for s in sources
        ),
    )


def network_name(network: str) -> str:
    """How a network is written for people."""
    from generator.errors import UsageError
    from generator.networks import named

    try:
        return named(network).title
    except UsageError:  # it came with another package, which is gone
        return network.capitalize()


def linked(draft: Draft, segment: int) -> tuple[tuple[int, int], ...]:
    """The tags and addresses of a segment that its network makes links of (code points)."""
    from generator.errors import UsageError
    from generator.networks import named

    try:
        entities = named(draft.network).entities(draft.segments[segment])
    except UsageError:
        return ()
    return tuple(sorted((start, end) for _, start, end, _ in entities))


def weights(draft: Draft) -> tuple[int, ...]:
    """The network's own length of every segment; code points where it was not counted."""
    return (*draft.length, *(len(s) for s in draft.segments[len(draft.length) :]))


def paragraphs(
    draft: Draft,
    segment: int,
    metrics: Mapping[tuple[str, str], Metric],
    problems: Sequence[Problem] = (),
) -> tuple[Paragraph, ...]:
    """One segment as paragraphs (split at blank lines) of sentences of pieces."""
    text = draft.segments[segment]
    links = linked(draft, segment) if draft.network else ()
    out: list[Paragraph] = []
    start = 0
    for block in text.split("\n\n"):
        end = start + len(block)
        spans = _sentences(draft, segment, start, end)
        found = tuple(
            _sentence(draft, segment, a, b, s, metrics, problems, links) for a, b, s in spans
        )
        if block.strip():
            out.append(found)
        start = end + 2
    return tuple(out)


def _sentences(
    draft: Draft, segment: int, start: int, end: int
) -> list[tuple[int, int, SentenceTrace | None]]:
    """The stretch start..end cut at the traced sentences; what none covers has no trace."""
    spans: list[tuple[int, int, SentenceTrace | None]] = []
    at = start
    for s in sorted(draft.sentences, key=lambda s: (s.start, s.end)):
        a, b = max(s.start, at), min(s.end, end)
        if s.segment != segment or a >= b:
            continue
        if a > at:
            spans.append((at, a, None))
        spans.append((a, b, s))
        at = b
    if at < end:
        spans.append((at, end, None))
    return spans


def _sentence(
    draft: Draft,
    segment: int,
    start: int,
    end: int,
    trace: SentenceTrace | None,
    metrics: Mapping[tuple[str, str], Metric],
    problems: Sequence[Problem],
    links: Sequence[tuple[int, int]],
) -> Sentence:
    text, at = draft.segments[segment], start
    pieces: list[Piece] = []
    for n in sorted(draft.numbers, key=lambda n: n.start):
        if n.segment == segment and at <= n.start < n.end <= end:
            pieces += _plain(text, at, n.start, links)
            wrong = _wrong(problems, segment, n.start, n.end)
            pieces.append(Piece(text[n.start : n.end], card(n, metrics), wrong))
            at = n.end
    pieces += _plain(text, at, end, links)
    rules = trace.findings if trace else ()
    return Sentence(tuple(pieces), rules, trace.furniture if trace else True)


def _plain(text: str, start: int, end: int, links: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """The stretch start..end, its links by themselves."""
    for a, b in links:
        if start <= a and b <= end:
            if a > start:
                yield Piece(text[start:a])
            yield Piece(text[a:b], link=True)
            start = b
    if start < end:
        yield Piece(text[start:end])


def _wrong(problems: Sequence[Problem], segment: int, start: int, end: int) -> Problem | None:
    """What a gate found in this stretch, the gravest first."""
    hits = [p for p in problems if p.segment == segment and p.start < end and start < p.end]
    return min(hits, key=lambda p: p.severity, default=None)  # "error" sorts before "warning"
