"""What every rule said at every moment: conditions, memory, then who silenced whom.

The same functions as for a note: `judge.blocks` for the conditions, wherever they run, the rules'
memory by `persistence.followed`, and `silence` moment by moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.judge import RuleBook
from generator.judge.blocks import InMemory, evaluate_blocks, whole
from generator.judge.engine import subjects_of
from generator.judge.findings import condition
from generator.judge.kernel import Evaluation, Frame
from generator.judge.model import Rule
from generator.judge.persistence import HELD, ON, UNKNOWN, followed
from generator.judge.silence import Spoken, silence
from generator.model import MARKET, Floats, Panel
from generator.panels import MetricRow, align

Bools = NDArray[np.bool_]
GROUP = 64  # coins judged at once beside the majors: bounds the memory of a panel


@dataclass(frozen=True, eq=False)
class Said:
    """One rule for one subject: (moments,) arrays. spoke: on or held; fired: and not silenced."""

    rule: str
    subject: str
    known: Bools
    spoke: Bools
    fired: Bools


@dataclass(frozen=True, eq=False)
class Course:
    """Every rule and subject over all moments (ms, ascending). prices: USD by subject, NaN."""

    times: NDArray[np.int64]
    said: Mapping[tuple[str, str], Said]
    prices: Mapping[str, Floats]


def judged(
    book: RuleBook,
    rows: Sequence[MetricRow],
    majors: tuple[str, ...],
    *,
    coins: bool = False,
    executor: Executor | None = None,
) -> Course:
    """Judge every row. coins: also the movers, each unknown at the moments it was none.

    executor: where the conditions are evaluated, by blocks of moments; None: here.
    """
    everyone = {s for row in rows for s in row.subjects}
    core = {s for s in everyone if s == MARKET or "/" in s or s in majors}
    others = sorted(everyone - core) if coins else []
    said: dict[tuple[str, str], Said] = {}
    prices: dict[str, Floats] = {}
    times = np.array([row.now for row in rows], dtype=np.int64)
    for group in [[], *(others[i : i + GROUP] for i in range(0, len(others), GROUP))]:
        wanted = frozenset(group) or frozenset(core)
        panel = align([_only(row, core | wanted) for row in rows])
        said |= dict(_said(book, panel, wanted, executor))
        prices |= {s: panel.columns["price"][:, panel.subjects.index(s)] for s in wanted}
    return Course(times, said, prices)


def _only(row: MetricRow, subjects: set[str]) -> MetricRow:
    kept = [i for i, s in enumerate(row.subjects) if s in subjects]
    names = tuple(row.subjects[i] for i in kept)
    return MetricRow(row.now, names, row.scopes, row.units, row.values[:, kept])


def _said(
    book: RuleBook, panel: Panel, wanted: frozenset[str], executor: Executor | None
) -> Iterator[tuple[tuple[str, str], Said]]:
    codes = dict(_codes(book, panel, executor))
    spoke = {k: (c == ON) | (c == HELD) for k, c in codes.items()}
    mute = _silenced(book.rules, codes, spoke, len(panel.times))
    for (rule, subject), code in codes.items():
        if subject in wanted:
            on = spoke[rule, subject]
            key = rule, subject
            yield key, Said(rule, subject, code != UNKNOWN, on, on & ~mute[key])


def _codes(
    book: RuleBook, panel: Panel, executor: Executor | None
) -> Iterator[tuple[tuple[str, str], NDArray[np.int8]]]:
    source = InMemory(panel)
    conditions = whole(book, source, evaluate_blocks(book, source, executor))
    evaluation = Evaluation(Frame(panel), reused=book.nodes.reused)
    for rule in book.active:
        columns = evaluation.columns(rule.scope, rule.subjects)
        clear = None
        if rule.clear_when is not None:
            clear = condition(rule, rule.clear_when, evaluation, columns, 0)
        course = followed(rule, panel.times, conditions[rule.name], clear)
        for j, subject in enumerate(subjects_of(rule, panel)):
            yield (rule.name, subject), course.codes[:, j]


def _silenced(
    rules: Mapping[str, Rule],
    codes: Mapping[tuple[str, str], NDArray[np.int8]],
    spoke: Mapping[tuple[str, str], Bools],
    moments: int,
) -> dict[tuple[str, str], Bools]:
    """Where a rule that spoke was kept silent by another, or by one that is unknown."""
    keys = list(codes)
    place = {key: i for i, key in enumerate(keys)}
    loud = np.array([spoke[k] for k in keys]).reshape(len(keys), moments)
    doubt = np.zeros_like(loud)
    for i, (rule, _) in enumerate(keys):
        if rules[rule].unknown_blocks and (rules[rule].inhibits or rules[rule].blocks):
            doubt[i] = codes[keys[i]] == UNKNOWN
    who = [Spoken(rules[r], s) for r, s in keys]
    mute = np.zeros_like(loud)
    for t in range(moments):
        sayers = [who[i] for i in np.flatnonzero(loud[:, t]).tolist()]
        unsure = [who[i] for i in np.flatnonzero(doubt[:, t]).tolist()]
        for d in silence(sayers, unsure):
            mute[place[d.rule, d.subject], t] = True
    return {key: mute[i] for key, i in place.items()}
