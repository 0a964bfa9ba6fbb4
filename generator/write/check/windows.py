"""Windows of time (`24 h`): of a metric, by its definition or name, and as a text prints them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from generator.model import NumberTrace, Problem
from generator.write.check.lexicon import Lexicon, fold
from generator.write.check.reading import Reading, Sentence, problem, unverifiable

GATE = "numbers"

WINDOW_OF = "window:"  # a traced window label names the metric whose window it is
WINDOW = re.compile(r"(?<![\w.,])(\d+) ?(h|d|days)\b")  # of a metric's definition
HOURS_IN_NAME = re.compile(r"(?:^|_)(\d+)(h|d)(?:_|$)")


def check_traced_window(reading: Reading, trace: NumberTrace) -> Iterator[Problem]:
    """A traced window label (`24 h`) against what is known of its metric's window."""
    lexicon, base = reading.lexicon, trace.metric.removeprefix(WINDOW_OF)
    span = (trace.start, trace.end)
    known = _hours(reading, base).union(
        *(defined_hours(n.unit) for n in reading.draft.numbers if n.metric == base)
    )
    here = parse_hours(lexicon, fold(trace.text))
    if not here or trace.value * lexicon.dates.hours.get(trace.unit, math.nan) not in here:
        message = f"{trace.text!r} is not the window {trace.value:g} {trace.unit} of its trace"
        yield problem(GATE, message, trace, span)
    elif known and not here <= known:
        have = ", ".join(f"{h:g} h" for h in sorted(known))
        yield problem(GATE, f"{trace.text!r}: the window of {base} is {have}", trace, span)
    elif not known:
        yield unverifiable(f"{trace.text!r}: the window of {base} is unknown", trace, span)


def told_hours(reading: Reading, sentence: Sentence) -> frozenset[float]:
    """The windows of the metrics that a sentence rests on."""
    metrics = {n.metric.rpartition(":")[2] for n in sentence.numbers}
    for finding in reading.fired(sentence):
        metrics.update(finding.evidence, (w.metric for w in finding.watch))
    known = {h for n in sentence.numbers for h in defined_hours(n.unit)}
    return frozenset(known.union(*(_hours(reading, m) for m in metrics)))


def check_window(
    reading: Reading, sentence: Sentence, match: re.Match[str], known: frozenset[float]
) -> Iterator[Problem]:
    """A window's label must be one of those `known`: of a metric that the sentence rests on."""
    lexicon = reading.lexicon
    size = lexicon.numerals.words.get(match[1]) or float(match[1] if match[1].isdigit() else "nan")
    hours = size * lexicon.dates.hours[match[2]]
    span = sentence.at(match)
    if hours in known:
        return
    if known:
        have = ", ".join(f"{h:g} h" for h in sorted(known))
        message = f"{match[0]!r} is not a window of this sentence's metrics ({have})"
        yield problem(GATE, message, sentence, span)
    else:
        message = f"{match[0]!r}: no metric of this sentence names a window to verify it against"
        yield unverifiable(message, sentence, span)


def _hours(reading: Reading, metric: str) -> frozenset[float]:
    return _window_hours(metric, reading.windows.get(metric, ""))


@lru_cache(maxsize=4096)
def _window_hours(metric: str, window: str) -> frozenset[float]:
    return defined_hours(window) | named_hours(metric)


@lru_cache(maxsize=1024)
def named_hours(metric: str) -> frozenset[float]:
    """Windows in a metric's own name: `return_24h`, `daily_mad_60d`."""
    found = HOURS_IN_NAME.findall(metric)
    return frozenset(float(size) * (24.0 if unit == "d" else 1.0) for size, unit in found)


@lru_cache(maxsize=1024)
def defined_hours(text: str) -> frozenset[float]:
    """Windows in a metric's definition or unit: `24 h`, `% per 8 h`, `60 d`."""
    return frozenset(float(n) * (1.0 if unit == "h" else 24.0) for n, unit in WINDOW.findall(text))


def parse_hours(lexicon: Lexicon, text: str) -> set[float]:
    """Windows that a folded text names, in its own language."""
    return {
        float(m[1]) * lexicon.dates.hours[m[2]]
        for m in lexicon.dates.window.finditer(text)
        if m[1].isdigit()
    }
