"""The shipped rule book and the shipped phrases, as the tests of this folder read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import nodes

from generator.judge.model import Rule
from generator.judge.rules import RuleBook, load_rules
from generator.measure import catalog
from generator.write.templates import Templates, read

ROOT = Path(__file__).resolve().parents[2]


@cache
def rule_book() -> RuleBook:
    return load_rules([ROOT / "rules"], catalog())


@cache
def templates() -> Templates:
    return Templates([ROOT / "templates"], "en")


def phrase_file(rule: str) -> str:
    return f"phrases/{rule}.j2"


@dataclass(frozen=True)
class Asked:
    """A metric that a phrase file asks of a finding, and the line it does so."""

    metric: str
    line: int


def tree(name: str) -> nodes.Template:
    """The syntax tree of a template; parsed only, so the composer's filters are not needed."""
    path = ROOT / "templates" / "en" / name
    return templates().env.parse(read(path), name, str(path))


def blocks(name: str) -> set[str]:
    return {b.name for b in tree(name).find_all(nodes.Block)}


def spoken(name: str) -> set[str]:
    """The names by which blocks are asked for: a variant's letter taken off."""
    return {re.sub(r"_[a-z]$", "", block) for block in blocks(name)}


def asked(rule: Rule) -> set[Asked]:
    """Every attribute of a finding in a rule's phrase file, and what `move(f)` reads of it."""
    return set(_asked(tree(phrase_file(rule.name))))


def _asked(source: nodes.Template) -> Iterator[Asked]:
    yield from _read_of(source, {"f", *_loop_names(source)})


def _read_of(source: nodes.Node, told: set[str]) -> Iterator[Asked]:
    for found in source.find_all(nodes.Getattr):
        if _is_finding(found.node, told):
            yield Asked(found.attr, found.lineno)
    for call in source.find_all(nodes.Call):
        named = isinstance(call.node, nodes.Name) and call.node.name == "move"
        if named and _is_finding(call.args[0], told):
            yield from (Asked(m, call.lineno) for m in ("return_24h", "move_band"))


def asked_of_another(rule: Rule) -> set[tuple[str, Asked]]:
    """What the blocks `with_RULE` of a rule's phrase file read of the other finding, by its rule."""
    return {
        (re.sub(r"_[a-z]$", "", block.name.removeprefix("with_")), asked)
        for block in tree(phrase_file(rule.name)).find_all(nodes.Block)
        if block.name.startswith("with_")
        for asked in _read_of(block, {"other"})
    }


def _loop_names(source: nodes.Template) -> Iterator[str]:
    for loop in source.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Name) and loop.iter.name == "group":
            assert isinstance(loop.target, nodes.Name)
            yield loop.target.name


def _is_finding(node: nodes.Node, told: set[str]) -> bool:
    """`f`, a loop's name over `group`, or `group[0]`."""
    if isinstance(node, nodes.Name):
        return node.name in told
    return (
        isinstance(node, nodes.Getitem)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "group"
    )
