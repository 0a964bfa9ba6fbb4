"""Loading the rule files of one or more folders into a book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.coerce import did_you_mean
from generator.errors import RuleError
from generator.judge import fields, kept_rules, strict_yaml
from generator.judge.fields import NAME
from generator.judge.model import Rule
from generator.judge.nodes import MetricInfo, Node, Nodes
from generator.judge.rule_file import build_rule
from generator.judge.strict_yaml import Located
from generator.judge.windows import tolerance
from generator.kept import code, digest, kept

if TYPE_CHECKING:
    from generator.news import Reader

THEMES = "themes"  # a folder of files about headlines, which `generator.news` reads
Overrides = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class RuleBook:
    """All rules by name, sorted, compiled against one catalogue."""

    rules: Mapping[str, Rule]
    catalog: Mapping[str, MetricInfo]
    nodes: Nodes
    weights: Mapping[str, float] = field(
        default_factory=dict
    )  # of a family, in choosing what leads
    news: Reader | None = None  # what reads headlines; None for what came with the program

    @property
    def active(self) -> tuple[Rule, ...]:
        """The rules that are judged: all but the deprecated."""
        return tuple(r for r in self.rules.values() if r.status != "deprecated")

    @property
    def families(self) -> frozenset[str]:
        return frozenset(r.family for r in self.rules.values())

    @cached_property
    def reach(self) -> int:
        """How far back (ms) any condition looks: its windows and lags, one in another."""
        known: dict[Node, int] = {}
        return max((_reach(n, known) for r in self.active for n in _roots(r)), default=0)

    @cached_property
    def memory(self) -> int:
        """The same with the time (ms) for which a condition must have held before it speaks."""
        known: dict[Node, int] = {}
        rules = [(r.persistence.duration, n) for r in self.active for n in _roots(r)]
        return max((held + _reach(n, known) for held, n in rules), default=0)

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
            document = old.document
            if isinstance(document, Path):  # kept: its file was not read
                document = strict_yaml.read(document)
            rules[name] = build_rule(document, name, old.family, self.catalog, self.nodes, values)
        return replace(self, rules=rules)

    def without(self, disabled: Sequence[str]) -> RuleBook:
        """The book less some rules, by name. Raises RuleError for an unknown name."""
        for name in disabled:
            if name not in self.rules:
                raise RuleError(name, "no such rule", did_you_mean(name, self.rules))
        kept = {n: r for n, r in self.rules.items() if n not in disabled}
        return replace(self, rules=kept)


def _roots(rule: Rule) -> Iterator[Node]:
    yield from (n for n in (rule.when, rule.clear_when, *rule.requires) if n is not None)


def _reach(node: Node, known: dict[Node, int]) -> int:
    """Nodes are shared: without `known` a few lets, each naming the last twice, never end."""
    if node not in known:
        # Only lags and windows carry a whole number.
        own = node.value + tolerance(node.value) if isinstance(node.value, int) else 0
        known[node] = own + max((_reach(a, known) for a in node.args), default=0)
    return known[node]


def load_rules(
    folders: Sequence[Path], catalog: Mapping[str, MetricInfo], cache: Path | None = None
) -> RuleBook:
    """Every `<family>/<name>.yaml` of the folders; a later folder overrides the same file.

    A rule's name is its file's name, its family the folder's unless the file says otherwise.
    With a cache (a folder of the user's own) files are parsed and compiled only when one has
    changed, and the rules come without the tests inside them, which were checked then.
    Raises RuleError with file, line and column for anything that is not a sound rule.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(Path(folder).glob("*/*.yaml")):
            if path.parent.name != THEMES:
                files[path.relative_to(folder).as_posix()] = path
    for path in files.values():
        if not NAME.fullmatch(path.stem) or not NAME.fullmatch(path.parent.name):
            raise RuleError(str(path), "a rule's file and folder are lower_case", "Rename it.")
    found, weights = dict(sorted(files.items())), _weights(folders)
    from generator.news import reader  # which reads YAML with this package

    news = reader(folders, cache)
    if cache is None:
        return replace(
            _book({p: strict_yaml.read(p) for p in found.values()}, catalog, weights), news=news
        )
    texts = {p: strict_yaml.source(p, str(p)) for p in found.values()}
    names = *found, *map(str, found.values())
    own = code(__file__), kept_rules.metrics(catalog)
    key = digest([*own, *(t.encode() for t in (*names, *texts.values()))])

    def fresh() -> RuleBook:
        return _book({p: strict_yaml.parse(t, str(p)) for p, t in texts.items()}, catalog)

    def compiled() -> list[Any]:
        book = fresh()
        return kept_rules.written([*book.rules.values()], book.nodes)

    data = kept(cache, "rules", key, compiled)
    paths = sorted(found.values(), key=lambda p: p.stem)
    try:
        rules, nodes = kept_rules.read(data, paths)
    except (LookupError, TypeError, ValueError):  # the file is whole, and not of our making
        return replace(fresh(), weights=weights, news=news)
    return RuleBook(rules, catalog, nodes, weights, news)


def _weights(folders: Sequence[Path]) -> dict[str, float]:
    """`weights.yaml` of the folders: family -> weight, a later folder's over an earlier one's."""
    found: dict[str, float] = {}
    for path in (Path(folder) / "weights.yaml" for folder in folders):
        if path.is_file():
            for family, node in fields.mapping(strict_yaml.read(path)).items():
                found[family] = fields.number(node)
                if not 0 <= found[family] <= 1:
                    raise node.error("a weight lies between 0 and 1")
    return found


def _book(
    documents: Mapping[Path, Located],
    catalog: Mapping[str, MetricInfo],
    weights: Mapping[str, float] | None = None,
) -> RuleBook:
    nodes, rules = Nodes(), dict[str, Rule]()
    for path, document in documents.items():
        rule = build_rule(document, path.stem, path.parent.name, catalog, nodes)
        if rule.name in rules:
            what = f"another family has a rule {rule.name!r}: {rules[rule.name].place}"
            relative = f"{path.parent.name}/{path.name}"
            raise RuleError(f"{path}", what, f"Rename {relative}.")
        rules[rule.name] = rule
    return RuleBook(dict(sorted(rules.items())), catalog, nodes, weights or {})


def load_text(text: str, name: str, family: str, catalog: Mapping[str, MetricInfo]) -> RuleBook:
    """A book of one rule from its YAML text."""
    nodes = Nodes()
    rule = build_rule(strict_yaml.parse(text, f"{name}.yaml"), name, family, catalog, nodes)
    return RuleBook({name: rule}, catalog, nodes)
