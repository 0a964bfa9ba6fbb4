"""A finding from a rule that speaks: its state, strength, evidence and what to watch."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from generator.judge.kernel import Columns, Evaluation, Pair
from generator.judge.model import Rule
from generator.judge.nodes import Node
from generator.judge.persistence import Course, follow
from generator.judge.silence import Spoken
from generator.judge.verdicts import Answer
from generator.model import DAY, Finding, State, Watch

MAX_STRENGTH = 3.0
MEMORY = 90 * DAY  # how far back the course of a rule is followed, beyond its own `for`


def condition(rule: Rule, node: Node, evaluation: Evaluation, columns: Columns, start: int) -> Pair:
    """A condition with `requires` applied, as full (rows x subjects) arrays."""
    pair = evaluation.condition(node, columns, start)
    shape = (evaluation.stop - start, len(columns.subjects))
    true, false = (np.broadcast_to(p, shape) for p in pair)
    for needed in rule.requires:
        bounds = evaluation.number(needed, columns, start)
        known = ~np.isnan(np.asarray(bounds.low) + np.asarray(bounds.high))
        true, false = true & known, false & known
    return Pair(true, false)


def course(rule: Rule, evaluation: Evaluation, columns: Columns) -> Course:
    times = evaluation.panel.times
    reach = int(times[-1]) - MEMORY - 2 * rule.persistence.duration
    start = int(np.searchsorted(times, reach))
    when = condition(rule, rule.when, evaluation, columns, start)
    clear = None
    if rule.clear_when is not None:
        clear = condition(rule, rule.clear_when, evaluation, columns, start)
    return follow(rule, times[start:], when, clear)


def finding(answers: Mapping[str, Answer], spoken: Spoken, evaluation: Evaluation) -> Finding:
    rule, subject = spoken.rule, spoken.subject
    answer = answers[rule.name]
    columns = evaluation.columns(rule.scope, (subject,))
    state: State = "persisting" if answer.before[subject] else "new"
    other = answers.get(rule.opposite)
    if state == "new" and other is not None and _was_on(other.rule, subject, evaluation):
        state = "reversed"
    tail = _tail(rule, evaluation, columns)
    return Finding(
        rule=rule.name,
        subject=subject,
        family=rule.family,
        role=rule.role,
        state=state,
        since=answer.since[subject],
        strength=min(MAX_STRENGTH, max(0.0, -math.log10(tail))),
        tail=tail,
        evidence=rule.evidence,
        watch=_watch(rule, evaluation, columns),
        forced_lead=_holds(rule.forced, evaluation, columns),
        may_lead=_holds(rule.may_lead, evaluation, columns),
        always=_holds(rule.always, evaluation, columns),
    )


def _was_on(rule: Rule, subject: str, evaluation: Evaluation) -> bool:
    """Whether a rule spoke for the subject at the row before the newest."""
    columns = evaluation.columns(rule.scope, (subject,))
    if not columns.subjects or (rule.subjects and subject not in rule.subjects):
        return False
    return bool(course(rule, evaluation, columns).before[0])


def _tail(rule: Rule, evaluation: Evaluation, columns: Columns) -> float:
    """The tail probability; 1 (no strength) when there is none or it is not known."""
    if rule.frequency is not None:
        return rule.frequency
    if rule.tail is None:
        return 1.0
    low, high = _now(rule.tail, evaluation, columns)
    # Of two bounds the larger tail claims less.
    return min(1.0, max(1e-300, high)) if low == low and high == high else 1.0


def _now(node: Node, evaluation: Evaluation, columns: Columns) -> tuple[float, float]:
    bounds = evaluation.number(node, columns, evaluation.stop - 1)
    low, high = (float(np.asarray(b).reshape(-1)[-1]) for b in bounds)
    return low, high


def _holds(node: Node | bool, evaluation: Evaluation, columns: Columns) -> bool:
    if isinstance(node, bool):
        return node
    pair = evaluation.condition(node, columns, evaluation.stop - 1)
    return bool(pair.is_true.reshape(-1)[-1])


def _watch(rule: Rule, evaluation: Evaluation, columns: Columns) -> tuple[Watch, ...]:
    """Watch items with numbers; one that is unknown, or already past its trigger, is left out."""
    now = int(evaluation.panel.times[-1])
    found = []
    for item in rule.watch:
        current = _now(item.current, evaluation, columns)[0]
        trigger = _now(item.trigger, evaluation, columns)[0]
        due = now + item.within
        if item.deadline is not None:
            stamp = _now(item.deadline, evaluation, columns)[0]
            if math.isnan(stamp) or stamp <= now:
                continue
            due = int(stamp)
        ahead = current < trigger if item.direction == "above" else current > trigger
        if ahead:
            name, subject = _named(item.metric, item.current, columns.subjects[0])
            found.append(
                Watch(
                    item.effect, name, subject, current, trigger, item.direction, due, item.phrase
                )
            )
    return tuple(found)


def _named(metric: str, node: Node, subject: str) -> tuple[str, str]:
    """The metric's own name and the subject it is of, for `btc.x`, `left.x` or a plain name."""
    where = node.value[1]
    if where in {"left", "right"}:
        left, _, right = subject.partition("/")
        return metric.rpartition(".")[2], left if where == "left" else right
    return metric.rpartition(".")[2], where or subject
