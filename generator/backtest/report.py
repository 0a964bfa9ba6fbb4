"""A back-test as one value: per rule and subject what it said, how steadily, and what followed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from generator.backtest.counting import Overlap, Runs, frequency, overlap, runs
from generator.backtest.followed import HORIZONS, Base, Outcome, outcome
from generator.backtest.verdicts import Course, Said
from generator.judge import RuleBook
from generator.model import MARKET, Floats

CAUTION = "Evidence about the rule, not advice: what followed before need not follow again."
MOST_OVERLAPS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One rule for one subject. moments and counts are of moments; first and last in ms, 0: never.

    known: moments at which it could be judged at all, since known_from (ms). spoke: on or held;
    fired: not silenced by another rule either. share: fired over known, with its interval.
    """

    rule: str
    id: str
    title: str
    role: str
    subject: str
    moments: int
    known: int
    known_from: int
    spoke: int
    fired: int
    share: float
    interval: tuple[float, float]
    runs: Runs
    first: int
    last: int
    at: tuple[int, ...] = field(repr=False)
    overlaps: tuple[Overlap, ...] = ()
    followed: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """The same rule with another threshold: how often it would have fired."""

    param: str
    value: float
    rule: str
    subject: str
    shipped: float
    fired_shipped: int
    fired: int
    known: int


@dataclass(frozen=True, slots=True)
class Report:
    """since and until in ms; peeking: what the look-ahead guard found; sources: venues read."""

    since: int
    until: int
    moments: int
    lines: tuple[Line, ...]
    variants: tuple[Variant, ...]
    peeking: Mapping[str, int]
    sources: tuple[str, ...]
    reused: int
    times: tuple[int, ...] = field(default=(), repr=False)
    prices: Mapping[str, Floats] = field(default_factory=dict, repr=False)


def lines(course: Course, book: RuleBook, names: Sequence[str]) -> tuple[Line, ...]:
    base = Base()
    wanted = [s for key, s in sorted(course.said.items()) if s.rule in set(names)]
    return tuple(_line(course, book, said, base) for said in wanted if said.known.any())


def _line(course: Course, book: RuleBook, said: Said, base: Base) -> Line:
    rule = book.rules[said.rule]
    known, fired = int(np.count_nonzero(said.known)), int(np.count_nonzero(said.fired))
    found = runs(said.fired, said.known)
    at = course.times[said.fired].tolist()
    return Line(
        rule=rule.name,
        id=rule.id,
        title=rule.title,
        role=rule.role,
        subject=said.subject,
        moments=len(course.times),
        known=known,
        known_from=int(course.times[said.known][0]),
        spoke=int(np.count_nonzero(said.spoke)),
        fired=fired,
        share=fired / known,
        interval=frequency(fired, known, len(found.lengths)),
        runs=found,
        first=at[0] if at else 0,
        last=at[-1] if at else 0,
        at=tuple(at),
        overlaps=_overlaps(course, said),
        followed=_followed(course, said, found, base) if fired else (),
    )


def _overlaps(course: Course, said: Said) -> tuple[Overlap, ...]:
    """The rules that most often fired together with this one, for its subject or the market."""
    found = []
    for (rule, subject), other in course.said.items():
        if subject in (said.subject, MARKET) and other is not said:
            own = said.fired, said.known
            pair = overlap(rule, subject, own, (other.fired, other.known))
            found += [pair] if pair is not None else []
    return tuple(sorted(found, key=lambda o: (-o.both / o.either, o.rule))[:MOST_OVERLAPS])


def _followed(course: Course, said: Said, found: Runs, base: Base) -> tuple[Outcome, ...]:
    name, prices = priced(course, said.subject)
    if prices is None:
        return ()
    return tuple(
        outcome(course.times, prices, found.starts, said.known, days, base, name)
        for days in HORIZONS
    )


def priced(course: Course, subject: str) -> tuple[str, Floats | None]:
    """The price a subject's returns are taken of: its own, a pair's ratio, BTC for the market."""
    if "/" in subject:
        left, right = (course.prices.get(s) for s in subject.split("/"))
        return subject, None if left is None or right is None else left / right
    name = "BTC" if subject == MARKET else subject
    return name, course.prices.get(name)


def variants(
    shipped: Course, others: Mapping[tuple[str, str, float], Course], book: RuleBook
) -> tuple[Variant, ...]:
    """others: (rule, param, value) -> the course with that one threshold changed."""
    out = []
    for (rule, param, value), course in others.items():
        for (name, subject), said in sorted(course.said.items()):
            if name == rule and said.known.any():
                before = shipped.said[name, subject]
                out.append(
                    Variant(
                        param=f"{rule}.{param}",
                        value=value,
                        rule=rule,
                        subject=subject,
                        shipped=book.rules[rule].params[param],
                        fired_shipped=int(np.count_nonzero(before.fired)),
                        fired=int(np.count_nonzero(said.fired)),
                        known=int(np.count_nonzero(said.known)),
                    )
                )
    return tuple(out)


def finite(value: float) -> float | None:
    """For JSON, which has no NaN."""
    return value if math.isfinite(value) else None
