"""Judging: rule files and a panel of metrics in, findings out. Pure but for reading the files."""

from __future__ import annotations

from generator.judge.engine import Judgement, evaluate, judge, subjects_of
from generator.judge.explain import Comparison, explain
from generator.judge.rules import RuleBook, load_rules
from generator.judge.silence import Dropped
from generator.judge.verdicts import RuleVerdict

__all__ = [
    "Comparison",
    "Dropped",
    "Judgement",
    "RuleBook",
    "RuleVerdict",
    "evaluate",
    "explain",
    "judge",
    "load_rules",
    "subjects_of",
]
