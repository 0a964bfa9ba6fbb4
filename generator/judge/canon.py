"""The canon of market conditions: what holds each entry, what feeds it, and when it was seen.

`python -m generator.judge.canon > docs/canon.md` writes the page from `rules/canon.yaml`, the rule
files and the table of feeds; `commentary rules explain RULE` shows a rule's moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from generator.judge import fields, strict_yaml
from generator.judge.feeds import FEEDS, SETTINGS, feed_of
from generator.judge.model import Rule
from generator.judge.reference import needs
from generator.judge.rules import RuleBook
from generator.measure.registry import MetricInfo, raw_inputs

FILE = "canon.yaml"
KEYS = (
    *("id", "name", "rules", "held_by", "fired", "fired_from", "silent", "silent_from"),
    *("status", "checked", "lead"),
)
# Letter -> how many entries the canon's first list has of it.
COUNTED = "P8 V10 F11 O8 B4 L4 R6 M7 X4 S4 N4 Q3"
IDS = frozenset(f"{w[0]}{n:02d}" for w in COUNTED.split() for n in range(1, int(w[1:]) + 1))
TEXTS = ("held_by", "status", "fired", "silent")
From = Literal["recorded", "scenario"]

HEAD = """# The canon, entry by entry

Written from `rules/canon.yaml`, the rule files and the table of sources by
`python -m generator.judge.canon`; a test fails when it is not up to date, when a rule stands in no
entry, or when an entry is held by nothing. The rules in full:
[rules-reference.md](rules-reference.md).

How to read it. *Spoke* and *rightly silent* are moments (UTC) of recorded market data. Those marked
(scenario) are of a prepared state; those marked (test) are made up, because no public record holds
a real one, and name a test of the rule's own file. A midnight moment is told of the day that has
just ended. A check mark: the figures were worked out again from the recorded data by other code.

An entry of several rules has one moment; rule by rule they stand in
[rule-moments.md](rule-moments.md), as the back-test finds them.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. fired and silent are moments with their figures, empty where none is on record.

    status: text in the place of what follows from the feeds, where those do not say all.
    """

    id: str
    name: str
    rules: tuple[str, ...]
    held_by: str
    status: str
    fired: str
    fired_from: From
    silent: str
    silent_from: From
    checked: bool
    lead: bool


def read(folder: Path) -> tuple[Entry, ...]:
    """The entries of a folder of rules. Raises RuleError with file, line and column."""
    path = folder / FILE
    found: dict[str, Entry] = {}
    for node in fields.sequence(strict_yaml.read(path, f"{folder.name}/{FILE}")):
        e = fields.mapping(node, KEYS)
        for key in ("id", "name"):
            if key not in e:
                raise node.error(f"this entry has no {key!r}")
        if "rules" not in e and "held_by" not in e:
            raise node.error("this entry is held by nothing", "Name `rules` or `held_by`.")
        texts = {k: fields.text(e[k]) if k in e else "" for k in TEXTS}
        flags = {k: fields.truth(e[k]) if k in e else False for k in ("checked", "lead")}
        entry = Entry(
            id=fields.text(e["id"]),
            name=fields.text(e["name"]),
            rules=fields.texts(e["rules"]) if "rules" in e else (),
            fired_from=_from(e.get("fired_from")),
            silent_from=_from(e.get("silent_from")),
            held_by=texts["held_by"],
            status=texts["status"],
            fired=texts["fired"],
            silent=texts["silent"],
            checked=flags["checked"],
            lead=flags["lead"],
        )
        if entry.id in found:
            raise e["id"].error(f"{entry.id} stands here twice")
        found[entry.id] = entry
    return tuple(found.values())


def _from(node: strict_yaml.Located | None) -> From:
    if node is None:
        return "recorded"
    return cast(From, fields.choice(node, ("recorded", "scenario")))


def page(entries: Sequence[Entry], book: RuleBook, catalog: Mapping[str, MetricInfo]) -> str:
    """The whole page in Markdown."""
    first = [e for e in entries if e.id in IDS]
    leads = [e for e in entries if e.lead]
    levels = [e for e in entries if e.id not in IDS and not e.lead]
    real = [e for e in entries if e.fired and e.fired_from == "recorded"]
    lines = [
        HEAD,
        f"{len(book.rules)} rules hold {len(first)} entries of the canon (62 conditions and 11 "
        f"gates), {len(leads)} leads that it lacked and {len(levels)} levels that a note needs. "
        f"{len(real)} of the {len(entries)} have a real moment, {sum(e.checked for e in real)} of "
        "them worked out again.",
    ]
    for title, part in (
        ("The canon", first),
        ("Leads that it lacked", leads),
        ("Levels that a note needs", levels),
    ):
        lines += ["", f"## {title}", "", *_table(part, book, catalog)]
    return "\n".join([*lines, "", *_sources()]) + "\n"


def _table(
    entries: Iterable[Entry], book: RuleBook, catalog: Mapping[str, MetricInfo]
) -> Iterator[str]:
    yield "| id | entry | rules | status | data | spoke | rightly silent |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for e in sorted(entries, key=lambda e: e.id):
        rules = [book.rules[n] for n in e.rules if n in book.rules]
        names = ", ".join(f"[{r.name}](rules-reference.md#{r.name})" for r in rules)
        held = "; ".join(t for t in (names, e.held_by) if t)
        data = sorted({f for r in rules for f in families(r, catalog)})
        cells = [
            e.id,
            e.name,
            held,
            e.status or _statuses(rules, catalog),
            ", ".join(data),
            moment(e, rules, spoke=True),
            moment(e, rules, spoke=False),
        ]
        yield "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


def moment(entry: Entry, rules: Sequence[Rule], *, spoke: bool) -> str:
    """A moment as text; of what no record holds, the name of a test in the rule's file."""
    text, kind = (entry.fired, entry.fired_from) if spoke else (entry.silent, entry.silent_from)
    if text:
        mark = " ✓" if spoke and entry.checked else ""
        return f"{text}{mark}" if kind == "recorded" else f"{text} (scenario)"
    wanted = ("on", "held") if spoke else ("off", "unknown")
    tests = [t for r in rules for t in r.tests if t.expect in wanted]
    tests.sort(key=lambda t: t.expect == "unknown")  # what was known and did not hold comes first
    return f"{tests[0].name} (test)" if tests else ""


def families(rule: Rule, catalog: Mapping[str, MetricInfo]) -> tuple[str, ...]:
    """The input families without which a rule is unknown."""
    found = {
        feed_of(raw, catalog[name].venue)
        for name in needs(rule)
        for raw in raw_inputs(name)
        if raw not in SETTINGS
    }
    return tuple(sorted(found))


def status(rule: Rule, catalog: Mapping[str, MetricInfo]) -> str:
    """`speaks`, or what it is unknown without, or how long its record has to grow first."""
    feeds = [FEEDS[f] for f in families(rule, catalog)]
    wanted = dict.fromkeys(f.own.format("...") for f in feeds if f.own and not f.sources)
    if wanted:
        return "unknown without " + " and ".join(wanted)
    grown = dict.fromkeys(f.record for f in feeds if f.record)
    return f"speaks after {' and '.join(grown)}" if grown else "speaks"


def _statuses(rules: Sequence[Rule], catalog: Mapping[str, MetricInfo]) -> str:
    by_status: dict[str, list[str]] = {}
    for rule in rules:
        by_status.setdefault(status(rule, catalog), []).append(rule.name)
    if len(by_status) <= 1:
        return next(iter(by_status), "speaks")
    return "; ".join(f"{', '.join(names)}: {what}" for what, names in by_status.items())


def _sources() -> Iterator[str]:
    yield "## What feeds the data"
    yield ""
    yield "Any one of the sources is enough, unless the text says otherwise. All are keyless but"
    yield "CoinMarketCap. What only a user can bring: [optional-sources.md](optional-sources.md)."
    yield ""
    yield "| data | is | sources | its own record |"
    yield "| --- | --- | --- | --- |"
    for name, feed in sorted(FEEDS.items()):
        sources = ", ".join(feed.sources) or (
            f"yours: {feed.own.format('...')}" if feed.own else ""
        )
        record = f"grows by collecting: {feed.record}" if feed.record else ""
        yield f"| {name} | {feed.what} | {sources} | {record} |"


def seen(rule: Rule) -> tuple[str, ...]:
    """Lines on when the entry that a shipped rule holds was seen; none for a rule of one's own."""
    from generator.folders import shipped_rules

    for entry in read(shipped_rules()):
        if rule.name in entry.rules:
            moments = (("Spoke", entry.fired), ("Rightly silent", entry.silent))
            lines = [f"- {title} ({entry.id}): {text}" for title, text in moments if text]
            return ("", "Seen:", *lines) if lines else ()
    return ()


def main() -> None:
    """Print the page of the shipped rules."""
    import sys

    from generator.folders import shipped_rules
    from generator.judge.rules import load_rules
    from generator.measure import catalog

    book = load_rules([shipped_rules()], catalog())
    sys.stdout.write(page(read(shipped_rules()), book, catalog()))


if __name__ == "__main__":
    main()
