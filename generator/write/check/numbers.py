"""Gate 1: every numeral and number word is traced, and says what its metric says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from generator.model import NumberTrace, Problem
from generator.write.check.dates import wrong_date
from generator.write.check.lexicon import Lexicon
from generator.write.check.quotes import HEADLINE_TIME, check_headline_time, check_quote
from generator.write.check.reading import (
    TAG_OR_LINK,
    Reading,
    Sentence,
    Span,
    problem,
    unverifiable,
)
from generator.write.check.windows import (
    WINDOW_OF,
    check_traced_window,
    check_window,
    told_hours,
)

GATE = "numbers"
TRIGGER_OF = "trigger:"  # a watch item's trigger, of that metric
AS_OF = "as_of"  # the one traced moment that is no metric; gate 2 holds it against the clock

DIGITS = re.compile(r"\d(?:[\d,.:]*\d)?")
PRINTED = re.compile(r"([-+−–]?)\s?[$€£]?\s?(\d(?:[\d.,]*\d)?)")

# What one printed percent is worth in a metric's own unit; likewise one basis point.
PERCENT_IN = {"%": 1.0, "share": 0.01, "percentile": 1.0, "bp": 100.0, "decimal": 0.01}
BASIS_IN = {"bp": 1.0, "%": 0.01, "share": 1e-4, "decimal": 1e-4}
ABOUT = 0.12  # "a third", "half", "twice" hold within this share of themselves


def check_numbers(reading: Reading) -> Iterator[Problem]:
    """Traces first, then whatever digits and number words no trace covers."""
    for sentence in reading.sentences:
        for trace in sentence.numbers:
            yield from _check_trace(reading, sentence, trace)
        yield from _check_untraced(reading, sentence)
    yield from _check_outside(reading)


def _check_trace(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    text = reading.draft.segments[trace.segment]
    span = (trace.start, trace.end)
    if text[trace.start : trace.end] != trace.text:
        message = f"the trace says {trace.text!r}, the text {text[trace.start : trace.end]!r}"
        yield problem(GATE, message, trace, span)
        return
    if trace.unit == "text":
        yield from check_quote(reading, trace)
        return
    if trace.metric.startswith(WINDOW_OF):
        yield from check_traced_window(reading, trace)
        return
    if trace.decimals < 0 or trace.unit == "ms":
        wrong = wrong_date(trace, reading.lexicon)
    else:
        wrong = _wrong_print(reading, sentence, trace)
    if wrong:
        yield problem(GATE, wrong, trace, span)
        return
    yield from _check_source(reading, sentence, trace)


def _wrong_print(reading: Reading, sentence: Sentence, trace: NumberTrace) -> str | None:
    """What is wrong with the printed form of a number, in words; None when nothing is."""
    lexicon, low = reading.lexicon, reading.low[trace.segment]
    if not math.isfinite(trace.value) or not trace.scale:
        return f"{trace.text!r} has no value behind it"
    value = trace.value / trace.scale
    inside = low[trace.start : trace.end]
    match = PRINTED.search(inside)
    if match is None:
        return _wrong_word(lexicon, inside, trace, value)
    sign, digits = match[1], match[2]
    before = low[trace.start - 1 : trace.start]
    if not sign and match.start() == 0 and before in ("-", "−", "+"):
        sign = before
    right = lexicon.numerals.show(abs(value), trace.decimals)
    if digits != right:  # seldom: most are printed by the same grammar
        if not lexicon.numerals.grouped(digits):
            return f"{digits!r} has its thousands separators in the wrong places"
        printed, decimals = lexicon.numerals.read(digits)
        if decimals != trace.decimals:
            return f"{trace.text!r} prints {decimals} decimals, its trace says {trace.decimals}"
        if abs(printed - abs(value)) > 0.5 * 10.0**-decimals * (1 + 1e-6) + 1e-12 * abs(value):
            return f"{trace.text!r} should read {right} ({trace.metric} {trace.subject})"
    if digits.strip("0.,") and (wrong := _wrong_sign(sentence, trace, sign, value, lexicon)):
        return wrong
    return _wrong_unit(lexicon, trace, low, (trace.start + match.end(), trace.end + 20))


def _wrong_sign(
    sentence: Sentence, trace: NumberTrace, sign: str, value: float, lex: Lexicon
) -> str | None:
    if sign in ("-", "−") and value > 0:
        return f"{trace.text!r} is printed negative; {trace.metric} is {value:+g}"
    if sign == "+" and value < 0:
        return f"{trace.text!r} is printed positive; {trace.metric} is {value:+g}"
    if value >= 0 or sign in ("-", "−"):
        return None
    for signs in (lex.change, lex.side):
        if any(signs.of[m[0]] < 0 for m in signs.pattern.finditer(sentence.low)):
            return None
    return f"{trace.text!r} lost its sign: {trace.metric} is {value:+g}, and no word says so"


def _wrong_word(lex: Lexicon, inside: str, trace: NumberTrace, value: float) -> str | None:
    words = [w for m in lex.numerals.word.finditer(inside) for w in re.split("[ -]", m[0])]
    if not words:
        return f"{trace.text!r} holds no number"
    word = words[-1]
    if trace.unit == "share" or word in ("half", "halved"):
        fraction = lex.numerals.fractions.get(word, lex.numerals.words[word])
        if len(words) == 2 and word in lex.numerals.fractions:  # "two thirds", "three quarters"
            singular = lex.numerals.fractions.get(word.rstrip("s"), fraction)
            fraction = lex.numerals.words[words[0]] * singular
        close = abs(trace.value - fraction) <= ABOUT * fraction
    else:
        want = math.prod(lex.numerals.words[w] for w in words)
        loose = word in ("double", "doubled", "twice", "triple", "tripled", "thrice")
        close = abs(value - want) <= (ABOUT * want if loose else 1e-9)
    return None if close else f"{trace.text!r} is not {trace.metric}, which is {trace.value:g}"


def _wrong_unit(lex: Lexicon, trace: NumberTrace, low: str, rest: Span) -> str | None:
    match = lex.numerals.suffix.match(low, *rest)
    suffix = match[1] if match else ""
    kind = lex.numerals.suffixes.get(suffix, 0.0) if suffix else 0.0
    unit = "%" if trace.unit.startswith("%") else trace.unit.split(" ")[0]
    if kind < 0:
        table = BASIS_IN if kind == -2.0 else PERCENT_IN
        want = table.get(unit)
        if want is None and unit not in ("points", "count"):
            return f"{trace.text!r} is printed as {suffix!r}; {trace.metric} is in {trace.unit}"
        if want is not None and not math.isclose(trace.scale, want):
            return f"{trace.text!r} in {suffix!r} needs the scale {want:g}, not {trace.scale:g}"
        return None
    if unit in ("%", "bp"):
        return f"{trace.text!r} lost its unit: {trace.metric} is in {trace.unit}"
    magnitude = kind if kind > 1 else 1.0
    if trace.unit not in ("share", "percentile") and not math.isclose(trace.scale, magnitude):
        return (
            f"{trace.text!r} is divided by {trace.scale:g} but printed with {suffix or 'nothing'}"
        )
    return None


def _check_source(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """The value must be the panel's newest, or a watch item's; else it stays unverifiable."""
    span = (trace.start, trace.end)
    if reading.panel is not None and trace.metric in reading.panel.columns:
        known = reading.value(trace.metric, trace.subject)
        if math.isclose(known, trace.value, rel_tol=1e-9, abs_tol=1e-12):
            return
        if _is_watched(reading, trace):
            return
        what = "unknown" if math.isnan(known) else f"{known:g}"
        message = (
            f"{trace.text!r}: {trace.metric} of {trace.subject} is {what}, not {trace.value:g}"
        )
        yield problem(GATE, message, trace, span)
    elif trace.metric == HEADLINE_TIME and reading.headlines is not None:
        yield from check_headline_time(reading, sentence, trace)
    elif not _is_watched(reading, trace) and trace.metric != AS_OF:
        message = f"{trace.text!r}: no metric {trace.metric!r} to verify it against"
        if trace.sources or trace.unit == "ms":
            yield unverifiable(message, trace, span)
        else:
            yield problem(GATE, message, trace, span)


def _is_watched(reading: Reading, trace: NumberTrace) -> bool:
    items = [w for f in reading.findings.values() for w in f.watch]
    items += reading.story.watch if reading.story else ()
    if trace.unit == "ms":
        return trace.value in {w.deadline for w in items}
    metric = trace.metric.removeprefix(TRIGGER_OF)
    return any(
        w.metric == metric and w.subject == trace.subject and trace.value in (w.trigger, w.current)
        for w in items
    )


def _check_untraced(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    if sentence.furniture:
        return
    windows: list[re.Match[str]] | None = None
    known = frozenset[float]()
    for span, word in numerals(reading, sentence):
        at = span[0] - sentence.start
        if windows is None:
            windows = list(reading.lexicon.dates.window.finditer(sentence.low))
            known = told_hours(reading, sentence) if windows else known
        window = next((m for m in windows if m.start() <= at < m.end()), None)
        if window is not None:
            yield from check_window(reading, sentence, window, known)
        elif sentence.in_quotes(span[0]):
            message = f"{word!r} stands in a quoted headline and cannot be verified"
            yield unverifiable(message, sentence, span)
        else:
            message = f"{word!r} is not traced to a metric"
            yield problem(GATE, message, sentence, span)


def numerals(reading: Reading, sentence: Sentence) -> Iterator[tuple[Span, str]]:
    """Digits and number words of a sentence that no trace covers, tickers and tags left out."""
    low, offset, lexicon = sentence.low, sentence.start, reading.lexicon
    found = list(DIGITS.finditer(low))
    if lexicon.numerals.begins.begun(reading.met(sentence)):
        found += lexicon.numerals.word.finditer(low)
    if found and sentence.numbers:
        found = _uncovered(found, [(n.start - offset, n.end - offset) for n in sentence.numbers])
    if not found:  # most sentences: every number in them is traced
        return
    if not all(m[0][0].isdigit() for m in found):  # the word of "5 million" is no other number
        suffix = lexicon.numerals.suffix
        after = {s.end() for m in DIGITS.finditer(low) if (s := suffix.match(low, m.end()))}
        found = [m for m in found if m[0][0].isdigit() or m.end() not in after]
    covered = [(a - offset, b - offset) for a, b, _ in reading.names_in(sentence)]
    if "#" in low or "@" in low or "://" in low:
        covered += [m.span() for m in TAG_OR_LINK.finditer(low)]
    covered += [m.span() for m in lexicon.numerals.exempt.finditer(low)]
    for m in _uncovered(found, covered):
        yield (m.start() + offset, m.end() + offset), m[0]


def _uncovered(found: Sequence[re.Match[str]], covered: Sequence[Span]) -> list[re.Match[str]]:
    """The matches that lie in none of the spans as a whole."""
    out = []
    for m in found:
        start, end = m.span()
        for a, b in covered:
            if a <= start and end <= b:
                break
        else:
            out.append(m)
    return out


def _check_outside(reading: Reading) -> Iterator[Problem]:
    """Traces that lie in no sentence, or in no segment, verify nothing."""
    held = {id(n) for s in reading.sentences for n in s.numbers}
    for trace in reading.draft.numbers:
        if id(trace) not in held:
            message = f"the trace of {trace.text!r} lies in no sentence"
            yield Problem(GATE, "error", message, trace.segment, trace.start, trace.end)
