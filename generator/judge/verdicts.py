"""What every rule says for every subject now, with reasons worked out only when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from generator.judge.explain import Comparison, comparisons, reason_unknown
from generator.judge.kernel import Columns, Evaluation
from generator.judge.model import Rule
from generator.judge.persistence import HELD, OFF, ON, UNKNOWN, VERDICTS
from generator.model import Verdict


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What a rule says for one subject now, why, and each of its comparisons with values."""

    verdict: Verdict
    reason: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One rule at the newest row: a verdict code per subject; courses only where it may speak."""

    rule: Rule
    columns: Columns
    codes: NDArray[np.int8]
    before: Mapping[str, bool]
    since: Mapping[str, int]


class Verdicts(Mapping[tuple[str, str], RuleVerdict]):
    """Verdicts by (rule, subject); reasons and comparisons are worked out when asked for."""

    def __init__(self, answers: Mapping[str, Answer], evaluation: Evaluation) -> None:
        self._answers, self._evaluation = answers, evaluation

    def __getitem__(self, key: tuple[str, str]) -> RuleVerdict:
        answer = self._answers[key[0]]
        if key[1] not in answer.columns.subjects:
            raise KeyError(key)
        code = int(answer.codes[answer.columns.subjects.index(key[1])])
        shown = comparisons(answer.rule, self._evaluation, key[1])
        return RuleVerdict(VERDICTS[code], _reason(code, answer.rule, shown, self, key[1]), shown)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((n, s) for n, a in self._answers.items() for s in a.columns.subjects)

    def __len__(self) -> int:
        return sum(len(a.columns.subjects) for a in self._answers.values())

    def verdict(self, rule: str, subject: str) -> Verdict:
        """The verdict alone; "unknown" for a rule or subject that was not judged."""
        answer = self._answers.get(rule)
        if answer is None or subject not in answer.columns.subjects:
            return "unknown"
        return VERDICTS[int(answer.codes[answer.columns.subjects.index(subject)])]

    @cached_property
    def by_key(self) -> Mapping[str, Verdict]:
        """Every verdict by the key of its finding, `rule:subject`: what a text's licence is."""
        return {
            f"{name}:{subject}": VERDICTS[code]
            for name, answer in self._answers.items()
            for subject, code in zip(answer.columns.subjects, answer.codes.tolist(), strict=True)
        }

    def missing(self, rule: Rule, subject: str) -> tuple[str, ...]:
        """The required metrics that are unknown for a subject now."""
        columns = self._evaluation.columns(rule.scope, (subject,))
        last = self._evaluation.stop - 1
        values = ((n, self._evaluation.number(n, columns, last).low) for n in rule.requires)
        return tuple(n.text for n, v in values if np.isnan(np.asarray(v)).any())


def _reason(
    code: int, rule: Rule, shown: tuple[Comparison, ...], verdicts: Verdicts, subject: str
) -> str:
    if code == UNKNOWN:
        return reason_unknown(verdicts.missing(rule, subject), shown)
    plain = {ON: "the condition holds", HELD: "held until it clears", OFF: "it does not hold"}
    return plain.get(code, "the condition holds, not yet for long enough")
