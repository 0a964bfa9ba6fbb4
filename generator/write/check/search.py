"""Numbers without a trace, searched for by value among everything the run knows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from generator.model import MARKET, Finding, Floats, Panel, Problem
from generator.write.check.lexicon import Lexicon
from generator.write.check.moments import Told, inside
from generator.write.check.numbers import PRINTED, named_hours, numerals, parse_hours
from generator.write.check.reading import Reading, Sentence, Span, problem

GATE = "numbers"
SMALL = 1e-6


@dataclass(frozen=True, eq=False)
class Index:
    """The newest finite numbers of a panel and of watch items, with whose they are.

    values are in the metric's unit; kinds is one of `%`, `share`, `USD`, `bp`, `times`, `time`,
    `plain`, or "" where the unit is not known; deadlines, beside triggers, are in ms, else NaN.
    """

    values: Floats
    kinds: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    deadlines: Floats
    hours: frozenset[float]  # every window that a metric has
    per: frozenset[float]  # every interval that a rate is quoted per, in hours
    licensed: frozenset[tuple[str, str]]  # (metric, subject) that a finding may quote or watch


def index_of(
    panel: Panel,
    findings: tuple[Finding, ...],
    units: Mapping[str, str],
    windows: Mapping[str, str],
    lexicon: Lexicon,
) -> Index:
    rows: list[tuple[float, str, tuple[str, str], float]] = []
    for metric, column in panel.columns.items():
        unit = units.get(metric, "")
        if unit == "ms" or not len(column):
            continue
        newest = column[-1]
        rows += [
            (float(newest[i]), _kind(unit), (metric, panel.subjects[i]), math.nan)
            for i in np.flatnonzero(np.isfinite(newest))
        ]
    for f in findings:
        for w in f.watch:
            kind, base = _kind(units.get(w.metric, "")), (w.metric, w.subject)
            rows.append((w.trigger, kind, base, float(w.deadline)))
            rows.append((w.current, kind, base, math.nan))
    hours = {h for m in panel.columns for h in named_hours(m)}
    hours |= {h for text in set(windows.values()) for h in parse_hours(lexicon, text)}
    per = {h for text in set(units.values()) for h in parse_hours(lexicon, text)}
    licensed = {(w.metric, w.subject) for f in findings for w in f.watch}
    licensed |= {quoted(written, f.subject) for f in findings for written in f.evidence}
    values, kinds, names, deadlines = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Index(
        np.array(values),
        kinds,
        names,
        np.array(deadlines),
        frozenset(hours),
        frozenset(per),
        frozenset(licensed),
    )


def quoted(written: str, subject: str) -> tuple[str, str]:
    """The metric and whose it is, of an entry of a rule's evidence; "" for the market's own."""
    side, _, metric = written.rpartition(".")
    left, _, right = subject.partition("/")
    return metric, {"": subject, "left": left, "right": right}.get(side, side.upper())


def _kind(unit: str) -> str:
    if unit.startswith("%") or unit in ("percentile", "points"):
        return "%"
    if unit in ("share", "bp", ""):
        return unit
    if unit.startswith("USD"):
        return "USD"
    if unit in ("h", "days"):
        return "time"
    return "times" if unit in ("times", "ratio") else "plain"


def search_numbers(
    reading: Reading, sentence: Sentence, index: Index | None, here: list[Told], due: set[float]
) -> Iterator[Problem]:
    """Problems of a sentence's numbers. Adds to `due` the deadlines of the triggers it prints."""
    windows = list(reading.lexicon.window.finditer(sentence.low))
    for span, word in numerals(reading, sentence):
        at = span[0] - sentence.start
        if inside(at, here):
            continue
        label = next((m for m in windows if m.start() <= at < m.end()), None)
        if index is None:
            if label is None:
                message = f"{word!r} is unverifiable: there is no run to check it against"
                yield problem(GATE, message, sentence, span, "warning")
            continue
        hits = _hits(reading, sentence, span, index)
        due |= {float(d) for d in index.deadlines[hits] if math.isfinite(d)} if hits else set()
        if label is not None:
            if not _is_window(reading.lexicon, sentence.low, label, index, hits or []):
                message = f"{label[0]!r} is unverifiable: no metric has this window"
                yield problem(GATE, message, sentence, span, "warning")
        elif hits is None:
            message = f"{word!r} is unverifiable: neither a plain number nor a label"
            yield problem(GATE, message, sentence, span, "warning")
        elif not hits:
            yield problem(GATE, f"no metric prints as {word!r}", sentence, span)
        else:
            owners = [index.names[i] for i in hits]
            yield from _whose(reading, sentence, span, word, owners, index.licensed)


def _is_window(
    lexicon: Lexicon, low: str, label: re.Match[str], index: Index, hits: list[int]
) -> bool:
    """A label is a window of some metric, a rate's interval, or itself a count of hours or days."""
    size = lexicon.number_words.get(label[1]) or float(label[1])
    hours = size * lexicon.window_hours[label[2]]
    if low[: label.start()].endswith("per ") and index.per:
        return hours in index.per
    return hours in index.hours or any(index.kinds[i] in ("time", "") for i in hits)


def _whose(
    reading: Reading,
    sentence: Sentence,
    span: Span,
    word: str,
    owners: list[tuple[str, str]],
    licensed: frozenset[tuple[str, str]],
) -> Iterator[Problem]:
    """A number belongs to an asset named in its clause, else last before it, else to the market;
    and a finding that holds must be there to say it."""
    close = reading.subjects_in(sentence.segment, sentence.clause(span[0]))
    named = close or reading.subjects_in(sentence.segment, (sentence.start, span[0]))[-1:]
    named = named or reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
    own = [
        (metric, s)
        for metric, s in owners
        if not named or s in named or s == MARKET or any(p in named for p in s.split("/"))
    ]
    if own:
        if not any(o in licensed or (o[0], MARKET) in licensed for o in own):
            message = f"{word!r} is {own[0][0]} of {own[0][1]}, which no finding that holds says"
            yield problem(GATE, message, sentence, span, "warning")
        return
    metric, subject = owners[0]
    message = f"{word!r} is {metric} of {subject}, which stands elsewhere"
    yield problem(GATE, message, sentence, span, "warning")


def _hits(reading: Reading, sentence: Sentence, span: Span, index: Index) -> list[int] | None:
    """Rows whose value, at the printed rounding, unit, sign and magnitude, is this number."""
    low, lexicon = reading.low[sentence.segment], reading.lexicon
    word = low[span[0] : span[1]]
    match = PRINTED.fullmatch(word)
    if match is None:
        value = lexicon.fractions.get(word, lexicon.number_words.get(word))
        found = (
            [] if value is None else np.flatnonzero(np.abs(index.values - value) < 1e-9).tolist()
        )
        return found or None
    decimals = len(match[2].partition(".")[2])
    printed = float(match[2].replace(",", ""))
    suffix = lexicon.suffix.match(low[span[1] : span[1] + 20])
    kind = lexicon.suffixes[suffix[1]] if suffix else 0.0
    before = low[max(0, span[0] - 2) : span[0]]
    money = before[-1:] in ("$", "€", "£")
    half = 0.5 * 10.0**-decimals * (1 + SMALL)
    sign = _sign(before[:-1] if money else before)
    values = index.values * sign if sign else np.abs(index.values)
    found = []
    for name, scale in _scales(kind, money).items():
        close = np.abs(values / scale - printed) <= half + SMALL**2 * np.abs(values)
        found += [i for i in np.flatnonzero(close).tolist() if index.kinds[i] in (name, "")]
    return sorted(set(found))


def _sign(before: str) -> int:
    """-1 or 1 where a sign is glued to the number, 0 where none is."""
    last, further = before[-1:], before[-2:-1]
    if last not in ("+", "-", "−") or further.isalnum():  # "8-month": a hyphen
        return 0
    return 1 if last == "+" else -1


def _scales(kind: float, money: bool) -> dict[str, float]:
    """Which kinds of unit a printed number may be of, and what one of it is worth there."""
    if kind == -1.0:
        return {"%": 1.0, "share": 0.01}
    if kind == -2.0:
        return {"bp": 1.0, "%": 0.01}
    scale = kind if kind > 1 else 1.0
    if money:
        return {"USD": scale}
    if kind == 1.0:
        return {"times": 1.0}
    return {"USD": scale, "plain": scale, "times": scale, "time": scale}
