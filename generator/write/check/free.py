"""Any text, hand-written or edited, without a trace: what can still be said about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from generator.model import Draft, Finding, Headline, NumberTrace, Panel, Problem, SentenceTrace
from generator.write.check.direction import check_coherence
from generator.write.check.lexicon import Lexicon, fold
from generator.write.check.licence import check_blocked, check_needs
from generator.write.check.moments import Moments, check_moments, span_of, told
from generator.write.check.reading import Reading, problem, read_draft
from generator.write.check.scope import check_as_of
from generator.write.check.search import index_of, search_numbers
from generator.write.check.words import check_words
from generator.write.marks import strip


def check_text(
    text: str,
    *,
    lexicon: Lexicon,
    now: int,
    panel: Panel | None = None,
    findings: tuple[Finding, ...] = (),
    windows: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    headlines: tuple[Headline, ...] | None = None,
    fixed: tuple[str, ...] = (),
    blocked: tuple[tuple[str, str, str], ...] = (),
) -> tuple[Problem, ...]:
    """The gates that need no trace, and numbers searched for by value in `panel`.

    A number that some metric of an asset named beside it prints as, at its unit, sign and rounding,
    passes, as does a trigger of a watch item; one that only other assets' metrics print as is a
    warning; one that nothing prints as is an error. A date or clock must be a moment of a metric,
    a deadline, a headline's stamp or the as-of; one that is none of them is a warning, and an error
    where the sentence says which of them it should have been. Without a panel all are unverifiable.

    units and windows: metric -> unit, text of the window. headlines: the snapshot's, whose quoted
    titles are another's words. blocked: words that rules forbid now. fixed: lines of the house
    that claim nothing, such as a sign-off. A number that is true, but that no finding which holds
    may quote, is a warning.
    Licences of whole sentences cannot be checked here; words that need a rule are checked against
    all `findings`.
    """
    titles = _titles(text, headlines or ())
    keys = tuple(f.key for f in findings if headlines is None or not f.rule.startswith("headline"))
    quoted = tuple(
        NumberTrace(0, a, b, text[a:b], "headline_title", "", math.nan, "text", 1.0, -1, "")
        for a, b in titles
    )
    trace = SentenceTrace(0, 0, len(text), keys)
    draft = Draft("text", "", lexicon.language, (text,), quoted, (trace,))
    reading = read_draft(
        draft,
        story=None,
        findings=findings,
        panel=panel,
        verdicts=None,
        windows=windows,
        lexicon=lexicon,
        now=now,
        headlines=headlines,
        blocked=blocked,
    )
    known = _moments(reading, findings, units or {}, titles)
    found = _problems(reading, findings, units or {}, known, {fold(f).strip() for f in fixed})
    return tuple(sorted(found, key=lambda p: (p.start, p.end, p.gate)))


def _titles(text: str, headlines: tuple[Headline, ...]) -> dict[tuple[int, int], Headline]:
    """Spans of quoted headlines, to the letter as the composer prints them."""
    return {
        span: h
        for h in sorted(headlines, key=lambda h: -len(h.title))
        for span in span_of(text, " ".join(strip(h.title).split()))
    }


def _moments(
    reading: Reading,
    findings: tuple[Finding, ...],
    units: Mapping[str, str],
    titles: Mapping[tuple[int, int], Headline],
) -> Moments:
    of: dict[str, list[tuple[str, float]]] = {}
    for metric, unit in units.items():
        if unit == "ms" and reading.panel is not None and metric in reading.panel.columns:
            for subject in reading.panel.subjects:
                value = reading.value(metric, subject)
                if math.isfinite(value):
                    of.setdefault(subject, []).append((metric, value))
    stamps = {s: float(h.published_at) for s, h in titles.items() if h.published_at is not None}
    due = tuple(sorted({float(w.deadline) for f in findings for w in f.watch}))
    return Moments({s: tuple(v) for s, v in of.items()}, due, stamps, reading.now)


def _problems(
    reading: Reading,
    findings: tuple[Finding, ...],
    units: Mapping[str, str],
    known: Moments,
    fixed: set[str],
) -> Iterator[Problem]:
    lexicon = reading.lexicon
    index = None
    if reading.panel is not None:
        index = index_of(reading.panel, findings, units, reading.windows, lexicon)
    for sentence in reading.sentences:
        if sentence.low.strip() in fixed:
            continue
        if not any(p.search(sentence.low) for p in lexicon.furniture.values()):
            # A disclaimer, a line of coverage is no claim about the market.
            if lexicon.topic.search(sentence.low) and not lexicon.scope.search(sentence.low):
                message = "volume, funding, open interest, liquidations or premium without a venue"
                yield problem("scope", message, sentence)
            yield from check_coherence(reading, sentence)
            yield from check_needs(reading, sentence, findings)
            yield from check_blocked(reading, sentence)
        here, watched = told(reading, sentence), set[float]()
        yield from search_numbers(reading, sentence, index, here, watched)
        yield from check_moments(reading, sentence, here, known, watched)
    yield from check_words(reading)
    yield from check_as_of(reading)
