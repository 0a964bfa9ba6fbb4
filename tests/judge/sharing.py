"""A book of several rules compiled together, as the loader does: equal parts are one node."""

from __future__ import annotations

from collections.abc import Mapping

from generator.judge import strict_yaml
from generator.judge.nodes import MetricInfo, Nodes
from generator.judge.rule_file import build_rule
from generator.judge.rules import RuleBook
from tests.judge.books import CATALOG


def shared_book(
    catalog: Mapping[str, MetricInfo] = CATALOG, family: str = "x", **texts: str
) -> RuleBook:
    nodes = Nodes()
    documents = {n: strict_yaml.parse(t, f"{n}.yaml") for n, t in sorted(texts.items())}
    rules = {n: build_rule(d, n, family, catalog, nodes) for n, d in documents.items()}
    return RuleBook(rules, catalog, nodes)
