"""Any text, hand-written or edited, without a trace: what can still be said about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from generator.model import Draft, Finding, Panel, Problem, SentenceTrace
from generator.write.check.direction import check_coherence
from generator.write.check.lexicon import Lexicon
from generator.write.check.licence import check_needs
from generator.write.check.numbers import PRINTED, numerals
from generator.write.check.reading import Reading, Sentence, Span, problem, read_draft
from generator.write.check.scope import check_as_of
from generator.write.check.words import check_words


def check_text(
    text: str,
    *,
    lexicon: Lexicon,
    now: int,
    panel: Panel | None = None,
    findings: tuple[Finding, ...] = (),
    windows: Mapping[str, str] | None = None,
) -> tuple[Problem, ...]:
    """The gates that need no trace, and numbers searched for by value in `panel`.

    A number that some metric of a named asset prints as is passes; one that only other assets'
    metrics print as is a warning; one that nothing prints as is an error. Without a panel every
    number is reported as unverifiable. Licences of whole sentences cannot be checked here; words
    that need a rule are checked against all `findings`.
    """
    trace = SentenceTrace(0, 0, len(text), tuple(f.key for f in findings))
    draft = Draft("text", "", lexicon.language, (text,), (), (trace,))
    reading = read_draft(
        draft,
        story=None,
        findings=findings,
        panel=panel,
        verdicts=None,
        windows=windows,
        lexicon=lexicon,
        now=now,
    )
    return tuple(sorted(_problems(reading, findings), key=lambda p: (p.start, p.end, p.gate)))


def _problems(reading: Reading, findings: tuple[Finding, ...]) -> Iterator[Problem]:
    lexicon = reading.lexicon
    index = _index(reading.panel) if reading.panel is not None else None
    for sentence in reading.sentences:
        if any(p.search(sentence.low) for p in lexicon.furniture.values()):
            continue  # a disclaimer, a line of coverage: not a claim about the market
        if lexicon.topic.search(sentence.low) and not lexicon.scope.search(sentence.low):
            message = "volume, funding, open interest, liquidations or premium without a venue"
            yield problem("scope", message, sentence)
        yield from check_coherence(reading, sentence)
        yield from check_needs(reading, sentence, findings)
        yield from _search_numbers(reading, sentence, index)
    yield from check_words(reading)
    yield from check_as_of(reading)


Index = tuple[np.ndarray[tuple[int], np.dtype[np.float64]], list[tuple[str, str]]]


def _index(panel: Panel) -> Index:
    """The newest finite magnitudes of a panel and whose they are."""
    values, names = [], []
    for metric, column in panel.columns.items():
        for value, subject in zip(column[-1] if len(column) else (), panel.subjects, strict=False):
            if math.isfinite(value):
                values.append(abs(float(value)))
                names.append((metric, subject))
    return np.array(values), names


def _search_numbers(reading: Reading, sentence: Sentence, index: Index | None) -> Iterator[Problem]:
    lexicon = reading.lexicon
    labels = [
        m.span()
        for m in (*lexicon.window.finditer(sentence.low), *lexicon.as_of.finditer(sentence.low))
    ]
    named = reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
    for span, word in numerals(reading, sentence):
        at = span[0] - sentence.start
        if any(a <= at < b for a, b in labels):
            continue
        if index is None:
            message = f"{word!r} is unverifiable: there is no run to check it against"
            yield problem("numbers", message, sentence, span, "warning")
            continue
        owners = _owners(reading, sentence, span, index)
        if owners is None:
            message = f"{word!r} is unverifiable: neither a plain number nor a label"
            yield problem("numbers", message, sentence, span, "warning")
        elif not owners:
            message = f"no metric prints as {word!r}"
            yield problem("numbers", message, sentence, span)
        elif named and not any(s in named for _, s in owners):
            metric, subject = owners[0]
            message = f"{word!r} is {metric} of {subject}, which this sentence does not name"
            yield problem("numbers", message, sentence, span, "warning")


def _owners(
    reading: Reading, sentence: Sentence, span: Span, index: Index
) -> list[tuple[str, str]] | None:
    """Metrics whose value, at the printed rounding and magnitude, is this number."""
    low = reading.low[sentence.segment]
    match = PRINTED.fullmatch(low[span[0] : span[1]])
    if match is None:
        return None
    decimals = len(match[2].partition(".")[2])
    printed = float(match[2].replace(",", ""))
    suffix = reading.lexicon.suffix.match(low[span[1] : span[1] + 20])
    kind = reading.lexicon.suffixes[suffix[1]] if suffix else 1.0
    scales = (1.0, 0.01) if kind == -1.0 else (1.0,) if kind == -2.0 else (kind,)
    values, names = index
    hits = np.zeros(len(values), bool)
    for scale in scales:
        hits |= np.abs(values / scale - printed) <= 0.5 * 10.0**-decimals * (1 + 1e-6)
    return [names[i] for i in np.flatnonzero(hits)]
