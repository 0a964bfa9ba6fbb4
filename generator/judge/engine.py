"""The engine: which rules hold now, for whom, since when, and what each finding may say.

Pure: a book and a panel in, a judgement out. The newest row is evaluated first, for all subjects;
only where a rule may speak is its course followed back in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.judge import across, in_time  # noqa: F401  # they register the operations
from generator.judge.findings import condition, course, finding
from generator.judge.kernel import Evaluation, Frame, Pair
from generator.judge.model import Rule
from generator.judge.persistence import OFF, UNKNOWN
from generator.judge.rules import Overrides, RuleBook
from generator.judge.silence import Dropped, Spoken, blocked_words, silence
from generator.judge.verdicts import Answer, Verdicts
from generator.model import Finding, Panel

CHUNK = 128_000  # array elements per step of a whole-panel pass: the temporaries stay in cache


@dataclass(frozen=True, eq=False)
class Judgement:
    """Findings sorted by rule and subject, every verdict, and what was kept silent and why.

    blocked_words: words no text may use now, with the rule and subject that block each.
    """

    findings: tuple[Finding, ...]
    verdicts: Verdicts
    dropped: tuple[Dropped, ...] = ()
    blocked_words: tuple[tuple[str, str, str], ...] = ()


def judge(book: RuleBook, panel: Panel, *, overrides: Overrides | None = None) -> Judgement:
    """Judge the newest row of a panel.

    overrides: {rule: {param: value}}. Raises RuleError for an unknown rule or param. An empty
    panel yields no findings.
    """
    book = book.with_params(overrides) if overrides else book
    evaluation = Evaluation(Frame(panel))
    if not len(panel.times):
        return Judgement((), Verdicts({}, evaluation))
    answers = {r.name: _answer(r, evaluation) for r in book.active}
    verdicts = Verdicts(answers, evaluation)
    spoken = [Spoken(a.rule, s) for a in answers.values() for s in sorted(a.since)]
    unknown = [
        Spoken(a.rule, a.columns.subjects[i])
        for a in answers.values()
        if a.rule.unknown_blocks and (a.rule.inhibits or a.rule.blocks)
        for i in np.flatnonzero(a.codes == UNKNOWN).tolist()
    ]
    dropped = silence(spoken, unknown)
    silent = {(d.rule, d.subject) for d in dropped}
    findings = tuple(
        finding(answers, s, evaluation)
        for s in spoken
        if s.rule.role != "veto" and (s.rule.name, s.subject) not in silent
    )
    words = blocked_words(book, spoken, unknown)
    ordered = tuple(sorted(findings, key=lambda f: (f.rule, f.subject)))
    return Judgement(ordered, verdicts, dropped, words)


def evaluate(book: RuleBook, panel: Panel, *, threads: int = 1) -> dict[str, Pair]:
    """Every active rule's own condition over a whole panel: {rule: (is_true, is_false)}.

    Arrays are (times x the rule's subjects, sorted by name); see `subjects_of`. The work goes in
    blocks of rows, so its temporaries stay in cache; the result does not depend on their size.
    For a history that does not fit in memory, or more than one machine: `blocks`.
    """
    return conditions(book, panel, 0, threads=threads)


def conditions(book: RuleBook, panel: Panel, first: int, *, threads: int = 1) -> dict[str, Pair]:
    """As `evaluate`, for the rows from `first` on; those before are looked back at only."""
    frame = Frame(panel)
    rows = len(panel.times)
    step = max(16, CHUNK // max(1, len(panel.subjects)))
    rules = [(r, frame.columns(r.scope, r.subjects)) for r in book.active]
    out = {}
    for rule, columns in rules:
        shape = (rows - first, len(columns.subjects))
        out[rule.name] = Pair(np.zeros(shape, np.bool_), np.zeros(shape, np.bool_))

    def block(start: int) -> None:
        evaluation = Evaluation(frame, min(rows, start + step), book.nodes.reused)
        for rule, columns in rules:
            pair = condition(rule, rule.when, evaluation, columns, start)
            for kept, part in zip(out[rule.name], pair, strict=True):
                kept[start - first : evaluation.stop - first] = part

    starts = range(first, rows, step)
    if threads <= 1:
        for start in starts:
            block(start)
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(block, starts))
    return out


def subjects_of(rule: Rule, panel: Panel) -> tuple[str, ...]:
    """The subjects a rule judges in a panel, in the order of `evaluate`'s columns."""
    return Frame(panel).columns(rule.scope, rule.subjects).subjects


def _answer(rule: Rule, evaluation: Evaluation) -> Answer:
    last = evaluation.stop - 1
    columns = evaluation.columns(rule.scope, rule.subjects)
    true, false = (p[-1] for p in condition(rule, rule.when, evaluation, columns, last))
    codes = np.where(false, OFF, UNKNOWN).astype(np.int8)
    may_speak = true
    if rule.clear_when is not None:
        clear = condition(rule, rule.clear_when, evaluation, columns, last)
        may_speak = true | clear.is_false[-1]
    rows = np.flatnonzero(may_speak)
    if not len(rows):
        return Answer(rule, columns, codes, {}, {})
    names = tuple(columns.subjects[i] for i in rows.tolist())
    few = columns if len(rows) == len(columns.subjects) else evaluation.columns(rule.scope, names)
    followed = course(rule, evaluation, few)
    codes[rows] = followed.codes
    since = zip(names, followed.since.tolist(), followed.before.tolist(), strict=True)
    found = [(s, int(t), b) for s, t, b in since if t == t]  # NaN: it is silent
    return Answer(rule, columns, codes, {s: b for s, _, b in found}, {s: t for s, t, _ in found})
