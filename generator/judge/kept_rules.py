"""A book of rules as plain data and back, so that its files are read and compiled once.

Every node stands once, in the order in which it was made; rules name nodes by their number. Tests
inside the files were run past the compiler when the book was made, and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.judge.model import Persistence, Rule, WatchRule
from generator.judge.nodes import MetricInfo, Node, Nodes
from generator.plain import plain, restorer


def written(rules: Sequence[Rule], nodes: Nodes) -> list[Any]:
    """The rules and their nodes; each rule's file stands where its document stood."""
    all_nodes = nodes.made
    shared = {id(n): i for i, n in enumerate(all_nodes)}
    told = [
        [n.op, [shared[id(a)] for a in n.args], plain(n.value), n.kind, n.axis, n.text]
        for n in all_nodes
    ]
    return [told, [plain(replace(r, tests=(), document=None), shared) for r in rules]]


def read(data: Any, paths: Sequence[Path]) -> tuple[dict[str, Rule], Nodes]:
    """What `written` wrote: rules by name, in its order, with `paths` as their documents.

    Raises LookupError, TypeError or ValueError for data of another shape.
    """
    told, rules = data
    nodes, made = Nodes(), list[Node]()
    value = restorer(())
    for op, args, own, kind, axis, text in told:
        parts = tuple([made[i] for i in args])
        made.append(nodes.make(op, parts, value(own), kind, axis, text))
    rule = restorer((Rule, WatchRule, Persistence), made)
    found = {}
    for entry, path in zip(rules, paths, strict=True):
        one = rule(entry)
        if type(one) is not Rule or type(one.name) is not str:
            raise ValueError("no rule")
        found[one.name] = replace(one, document=path)
    return found, nodes


def metrics(catalog: Mapping[str, MetricInfo]) -> bytes:
    """What the compiler asks of the catalogue."""
    return repr([(i.name, i.unit, i.scope) for i in catalog.values()]).encode()
