"""What every rule says, needs and has been tested on, as text for people.

`python -m generator.judge.reference > docs/rules-reference.md` writes the reference of the shipped
rules from their files; `commentary rules explain RULE` prints one section of it. Conditions are
shown as they stand in the file, not as compiled, so that the file and the page can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.judge import fields
from generator.judge.feeds import FEEDS
from generator.judge.model import Rule
from generator.judge.nodes import Node
from generator.judge.rules import RuleBook
from generator.judge.strict_yaml import Located
from generator.measure.registry import MetricInfo, raw_inputs

HEAD = """# The rules

Written from the rule files by `python -m generator.judge.reference`; a test fails when it is not
up to date. How to write a rule: [rules.md](rules.md).
"""


def reference(book: RuleBook, catalog: Mapping[str, MetricInfo]) -> str:
    """The whole page in Markdown: a table of contents by family, then a section per rule."""
    rules = sorted(book.rules.values(), key=lambda r: (r.family, r.name))
    lines = [HEAD, *_table(book, catalog), ""]
    family = ""
    for rule in rules:
        if rule.family != family:
            family = rule.family
            names = [r.name for r in rules if r.family == family]
            lines.append(f"- {family}: " + ", ".join(f"[{n}](#{n})" for n in names))
    for rule in rules:
        lines += ["", *section(rule, catalog)]
    return "\n".join(lines) + "\n"


def _table(book: RuleBook, catalog: Mapping[str, MetricInfo]) -> Iterator[str]:
    """Every rule in one line, by canon id."""
    yield "| canon id | rule | family | role | data | status |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for rule in sorted(book.rules.values(), key=lambda r: (r.id, r.name)):
        data = ", ".join(sorted({catalog[name].venue.partition(":")[0] for name in needs(rule)}))
        name = f"[{rule.name}](#{rule.name})"
        yield f"| {rule.id} | {name} | {rule.family} | {rule.role} | {data} | {rule.status} |"


def fed_by(rule: Rule, catalog: Mapping[str, MetricInfo]) -> dict[str, tuple[str, ...]]:
    """Input family -> the raw inputs of it without which the rule is unknown."""
    found: dict[str, set[str]] = {}
    for name in needs(rule):
        found.setdefault(catalog[name].venue, set()).update(
            i for i in raw_inputs(name) if i != "now"
        )
    return {family: tuple(sorted(found[family])) for family in sorted(found)}


def _fed(rule: Rule, catalog: Mapping[str, MetricInfo]) -> Iterator[str]:
    for family, inputs in fed_by(rule, catalog).items():
        if not inputs or inputs == ("is_major",):
            continue  # a setting and the clock are always there
        shown = ", ".join(f"`{name}`" for name in inputs)
        yield f"- Unknown without {family} ({FEEDS[family].what}): {shown}"


def section(rule: Rule, catalog: Mapping[str, MetricInfo]) -> list[str]:
    """One rule in Markdown, line by line, with the params that are in force."""
    status = "" if rule.status == "stable" else f", {rule.status}"
    lines = [
        f"## {rule.name}",
        f"**{rule.title}** ({rule.id}; {rule.family}, {rule.scope}, {rule.role}{status})",
        "",
        "```",
        *_conditions(rule),
        "```",
        *_facts(rule),
        *_fed(rule, catalog),
        "",
        "| needs | unit | window | data | is |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_need(catalog[name]) for name in needs(rule)]
    lines += ["", "Tested:"]
    lines += [f"- {t.expect}: {t.name}" for t in rule.tests] or ["- nothing"]
    return lines


def needs(rule: Rule) -> tuple[str, ...]:
    """The metrics a rule reads to decide whether it speaks, sorted by name."""
    roots = [rule.when, *rule.requires, *([rule.clear_when] if rule.clear_when else [])]
    return tuple(sorted({leaf.value[0] for leaf in _leaves(roots)}))


def _leaves(roots: Iterable[Node]) -> Iterator[Node]:
    pending, seen = list(roots), set[Node]()
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op == "metric":
            yield node
        pending += node.args


def _conditions(rule: Rule) -> Iterator[str]:
    entries = fields.mapping(rule.document)
    for key, node in _items(entries.get("let")):
        yield f"let {key} = {_text(node)}"
    yield f"when {_text(entries['when'])}"
    if rule.params:
        yield "with " + ", ".join(f"{k} = {v:g}" for k, v in rule.params.items())
    if "for" in entries:
        p = rule.persistence
        days = f"{p.times} of the last {p.units} {'days' if p.unit > 3_600_000 else 'hours'}"
        yield f"for {days if p.times else _text(entries['for'])}"
    if "clear_when" in entries:
        yield f"held until not known: not ({_text(entries['clear_when'])})"


def _facts(rule: Rule) -> Iterator[str]:
    entries = fields.mapping(rule.document)
    listed = (
        ("Subjects", rule.subjects),
        ("Requires", [n.text for n in rule.requires]),
        ("May quote", rule.evidence),
        ("Score", [f"{k} {_text(n)}" for k, n in _items(entries.get("score"))]),
        ("May lead", [_text(entries["may_lead"])] if "may_lead" in entries else []),
        ("Always told", [_text(entries["always"])] if "always" in entries else []),
        ("Opposite", [rule.opposite] if rule.opposite else []),
        ("Conflicts with", rule.conflicts),
        ("Precedes", rule.precedes),
        ("Excludes", rule.excludes),
        ("Silences", rule.inhibits),
        ("Blocks", rule.blocks),
    )
    for name, values in listed:
        if values:
            yield f"- {name}: " + ", ".join(f"`{v}`" for v in values)
    for item in _watched(entries.get("watch")):
        yield f"- Watch, {item}"
    if rule.rationale:
        yield f"- Why: {rule.rationale}"
    for name, several in (
        ("Never to be read as", rule.misreadings),
        ("Caveat", rule.caveats),
        ("Source", rule.sources),
    ):
        yield from (f"- {name}: {text}" for text in several)


def _watched(watch: Located | None) -> Iterator[str]:
    for effect, items in _items(watch):
        for item in fields.sequence(items):
            parts = {key: _text(value) for key, value in _items(item)}
            side = "above" if "above" in parts else "below"
            ends = "within " + parts["within"] if "within" in parts else "at the next settlement"
            yield f"would {effect}: `{parts['metric']}` {side} `{parts[side]}` {ends}"


def _items(node: Located | None) -> list[tuple[str, Located]]:
    return [] if node is None else list(fields.mapping(node).items())


def _text(node: Located) -> str:
    """A scalar on one line; true and false as YAML writes them."""
    value = node.value
    return str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())


def _need(info: MetricInfo) -> str:
    summary = info.summary.replace("|", "\\|")
    return f"| `{info.name}` | {info.unit} | {info.window} | {info.venue} | {summary} |"


def main() -> None:
    """Print the reference of the shipped rules."""
    import sys

    from generator.folders import shipped_rules
    from generator.judge.rules import load_rules
    from generator.measure import catalog

    known = catalog()
    sys.stdout.write(reference(load_rules([shipped_rules()], known), known))


if __name__ == "__main__":
    main()
