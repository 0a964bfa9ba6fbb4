"""Loading the rule files of one or more folders into a book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import RuleError
from generator.judge import strict_yaml
from generator.judge.fields import NAME
from generator.judge.grammar import did_you_mean
from generator.judge.model import Rule
from generator.judge.nodes import MetricInfo, Nodes
from generator.judge.rule_file import build_rule

Overrides = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class RuleBook:
    """All rules by name, sorted, compiled against one catalogue."""

    rules: Mapping[str, Rule]
    catalog: Mapping[str, MetricInfo]
    nodes: Nodes

    @property
    def active(self) -> tuple[Rule, ...]:
        """The rules that are judged: all but the deprecated."""
        return tuple(r for r in self.rules.values() if r.status != "deprecated")

    @property
    def families(self) -> frozenset[str]:
        return frozenset(r.family for r in self.rules.values())

    def conflicting(self, a: str, b: str) -> bool:
        """Whether either of two rules declares a conflict with the other."""
        first, second = self.rules.get(a), self.rules.get(b)
        return bool(first and b in first.conflicts) or bool(second and a in second.conflicts)

    def with_params(self, overrides: Overrides) -> RuleBook:
        """The same book with other thresholds: {rule: {param: value}}.

        Raises RuleError for an unknown rule or param, or a value that is no number.
        """
        rules = dict(self.rules)
        for name, values in overrides.items():
            if name not in rules:
                raise RuleError(name, "no such rule", did_you_mean(name, rules))
            old = rules[name]
            rules[name] = build_rule(
                old.document, name, old.family, self.catalog, self.nodes, values
            )
        return RuleBook(rules, self.catalog, self.nodes)

    def without(self, disabled: Sequence[str]) -> RuleBook:
        """The book less some rules, by name. Raises RuleError for an unknown name."""
        for name in disabled:
            if name not in self.rules:
                raise RuleError(name, "no such rule", did_you_mean(name, self.rules))
        kept = {n: r for n, r in self.rules.items() if n not in disabled}
        return RuleBook(kept, self.catalog, self.nodes)


def load_rules(folders: Sequence[Path], catalog: Mapping[str, MetricInfo]) -> RuleBook:
    """Every `<family>/<name>.yaml` of the folders; a later folder overrides the same file.

    A rule's name is its file's name, its family the folder's unless the file says otherwise.
    Raises RuleError with file, line and column for anything that is not a sound rule.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(Path(folder).glob("*/*.yaml")):
            files[path.relative_to(folder).as_posix()] = path
    nodes, rules = Nodes(), dict[str, Rule]()
    for relative, path in sorted(files.items()):
        name, family = path.stem, path.parent.name
        if not NAME.fullmatch(name) or not NAME.fullmatch(family):
            raise RuleError(str(path), "a rule's file and folder are lower_case", "Rename it.")
        rule = build_rule(strict_yaml.read(path), name, family, catalog, nodes)
        if name in rules:
            what = f"another family has a rule {name!r}: {rules[name].place}"
            raise RuleError(f"{path}", what, f"Rename {relative}.")
        rules[name] = rule
    return RuleBook(dict(sorted(rules.items())), catalog, nodes)


def load_text(text: str, name: str, family: str, catalog: Mapping[str, MetricInfo]) -> RuleBook:
    """A book of one rule from its YAML text."""
    nodes = Nodes()
    rule = build_rule(strict_yaml.parse(text, f"{name}.yaml"), name, family, catalog, nodes)
    return RuleBook({name: rule}, catalog, nodes)
