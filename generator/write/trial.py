"""Trying templates before a market does: every file read, every phrase block rendered.

Phrases of a rule that fires in none of the given states can only be tried on made-up evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import nodes

from generator.coerce import did_you_mean
from generator.errors import TemplateError
from generator.flow import QUIET, judged
from generator.judge import RuleBook
from generator.judge.model import Rule
from generator.measure import Measured, catalog
from generator.measure.inputs import Inputs
from generator.model import MARKET, Finding, Headline, History, Snapshot
from generator.news import Item
from generator.settings import Config
from generator.write.compose import FURNITURE, Composer
from generator.write.plan import Ranking, plan
from generator.write.quantity import FILTERS, Recorder
from generator.write.sandbox import placed
from generator.write.sheet import Desk
from generator.write.templates import Templates, read
from generator.write.views import FindingView, HeadlineView, WatchView, quantity, told_together

ARTICLE = "article.j2"
SHARED_WATCH = "watch.j2"
TOLD = ("finding", "level")  # the roles that speak to a reader


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """Something wrong with a template. place is "file:line" where the line is known."""

    place: str
    message: str


@dataclass
class Tried:
    """Blocks rendered at least once, as (file, block), and what was found on the way."""

    blocks: set[tuple[str, str]]
    flaws: set[Flaw]


def unreadable(templates: Templates) -> Iterator[Flaw]:
    """What stops a file of the language from being read: syntax, lint, a construct not allowed."""
    lend_filters(templates)
    prefix = f"{templates.lang}/"
    for full in templates.loader.list_templates():
        if full.startswith(prefix):
            try:
                templates.blocks(full.removeprefix(prefix))
            except TemplateError as error:
                yield Flaw(error.subject, message(error))


def lend_filters(templates: Templates) -> None:
    """Filters for numbers, without which no template compiles: only a composer brings them."""
    recorder = Recorder(templates.words(), templates.forms)
    for name in FILTERS:
        templates.env.filters[name] = getattr(recorder, name)


def missing(templates: Templates, book: RuleBook) -> Iterator[Flaw]:
    """Blocks that some rule or some other template would look for in vain."""
    for known in book.rules.values():
        # A level has words only if an article asks for it; a finding is told wherever it ranks.
        if known.role == "finding" and known.status != "deprecated":
            yield from _missing_of(templates, known)
    folder = f"{templates.lang}/phrases/"
    for full in templates.loader.list_templates():
        rule = full.removeprefix(folder).removesuffix(".j2")
        if full.startswith(folder) and rule not in book.rules:
            near = did_you_mean(rule, book.rules)
            path = _path(templates, full.removeprefix(f"{templates.lang}/"))
            yield Flaw(path, f"belongs to no rule. {near}")
    furniture = set(templates.blocks(FURNITURE))
    for line, block in _calls(templates, ARTICLE, "fixed"):
        if block not in furniture:
            yield Flaw(f"{_path(templates, ARTICLE)}:{line}", f"{FURNITURE} has no block {block}")
    for line, level in _calls(templates, ARTICLE, "level"):
        if not templates.exists(phrases_of(level)):
            yield Flaw(f"{_path(templates, ARTICLE)}:{line}", f"{phrases_of(level)} is missing")


def _missing_of(templates: Templates, rule: Rule) -> Iterator[Flaw]:
    name = phrases_of(rule.name)
    if not templates.exists(name):
        yield Flaw(f"{templates.lang}/{name}", f"is missing: {rule.name} has no words")
        return
    own = templates.blocks(name)
    if not _variants(own, "body"):
        yield Flaw(_path(templates, name), "has no block body")
    shared = templates.blocks(SHARED_WATCH) if templates.exists(SHARED_WATCH) else ()
    for phrase in dict.fromkeys(w.phrase for w in rule.watch):
        for wanted in (f"watch_{phrase}", f"question_{phrase}"):
            if not _variants(own, wanted) and not _variants(shared, wanted):
                yield Flaw(_path(templates, name), f"has no block {wanted}, nor has {SHARED_WATCH}")


def _calls(templates: Templates, name: str, function: str) -> Iterator[tuple[int, str]]:
    """Line and text of every `function('text')` in a template."""
    for path in templates.sources(name):
        for call in templates.env.parse(read(path), name, str(path)).find_all(nodes.Call):
            named = isinstance(call.node, nodes.Name) and call.node.name == function
            if named and call.args and isinstance(text := call.args[0], nodes.Const):
                yield call.lineno, str(text.value)


def desk_of(
    snapshot: Snapshot, history: History, config: Config, book: RuleBook, templates: Templates
) -> tuple[Desk, tuple[Finding, ...]]:
    """What a note of this state is written from, and every finding of it."""
    measured, _, judgement = judged(snapshot, history, config, book)
    findings = judgement.findings
    quiet = any(f.rule == QUIET for f in findings)
    desk = Desk(
        snapshot=snapshot,
        measured=measured,
        story=plan(findings, ranking=Ranking(), quiet_known=quiet),
        house=config.house,
        templates=templates,
        majors=config.market.majors,
        seed="trial",
        missing="",
        partial="",
    )
    return desk, findings


def render_all(desk: Desk, findings: Iterable[Finding], tried: Tried) -> None:
    """Every block of the phrase file of every finding, whatever the planner chose."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.role in TOLD and desk.templates.exists(phrases_of(finding.rule)):
            groups.setdefault(finding.rule, []).append(finding)
    beside = {f.key: f for found in groups.values() for f in found}
    for found in groups.values():
        for index, finding in enumerate(found):
            _render_finding(desk, found, finding, tried, beside, together=index == 0)


def render_made_up(desk: Desk, rule: Rule, tried: Tried) -> None:
    """The blocks of a rule that fires nowhere, on evidence that is 1 throughout.

    It finds what would fail in every market: a misspelt metric, one that is no evidence, a number
    without a filter. It cannot find what fails only for some values.
    """
    subject = {"market": MARKET, "pair": "/".join(desk.majors[:2][::-1])}.get(
        rule.scope, desk.majors[0]
    )
    values: dict[str, dict[str, float]] = {subject: {}, MARKET: {"mover_floor": 1, "mover_age": 1}}
    for name in rule.evidence:
        if name in catalog():
            values[MARKET if catalog()[name].scope == "market" else subject][name] = 1.0
    title = Item(Headline("a feed", "a headline", "", 0, 0), also=("another feed",))
    measured = Measured(
        desk.measured.now,
        values,
        dict.fromkeys(values, Inputs()),
        {subject: (title,)},
        desk.measured.universe,
    )
    made_up = Finding(
        rule=rule.name,
        subject=subject,
        family=rule.family,
        role=rule.role,
        state="new",
        since=desk.measured.now,
        strength=1.0,
        tail=1.0,
        evidence=rule.evidence,
    )
    render_all(replace(desk, measured=measured), (made_up,), tried)


def _render_finding(
    desk: Desk,
    found: list[Finding],
    finding: Finding,
    tried: Tried,
    beside: Mapping[str, Finding],
    *,
    together: bool,
) -> None:
    composer = Composer(desk)
    also = frozenset(f.rule for f in found if f.subject == finding.subject)
    views = {f.key: FindingView(f, desk.measured, also, composer.forms) for f in found}
    view, name = views[finding.key], phrases_of(finding.rule)
    context = {
        **told_together(list(views.values())),
        **_extras(desk, composer, view),
        "f": view,
        "other": view,
    }
    for block in desk.templates.blocks(name):
        if block.startswith(("watch_", "question_")):
            continue
        if "group" in block and not together:
            continue
        if block.startswith("with_"):
            if (other := beside.get(f"{block.removeprefix('with_')}:{finding.subject}")) is None:
                continue
            context["other"] = FindingView(other, desk.measured, also, composer.forms)
        _try(composer, name, block, context, tried)
    for item in finding.watch:
        watch = {"w": WatchView(item, desk.measured, finding.rule, composer.forms)}
        for wanted in (f"watch_{item.phrase}", f"question_{item.phrase}"):
            for file in (name, SHARED_WATCH):
                options = _variants(desk.templates.blocks(file), wanted)
                for block in options:
                    _try(composer, file, block, watch, tried)
                if options:
                    break


def _try(
    composer: Composer, name: str, block: str, context: Mapping[str, Any], tried: Tried
) -> None:
    templates = composer.desk.templates
    try:
        templates.block(name, block, composer.context(context))
    except TemplateError as error:
        where = placed(error) or f"{_path(templates, name)} (block {block})"
        told = message(error) if error.subject == where else f"{error.subject} {message(error)}"
        tried.flaws.add(Flaw(where, told))
    tried.blocks.add((name, block))


def _extras(desk: Desk, composer: Composer, view: FindingView) -> dict[str, Any]:
    """What the composer gives to lists of movers and to headlines beyond the finding itself."""
    market, rule = desk.measured.universe, view.rule
    more: dict[str, Any] = {
        "scope": composer.forms.scope(market.name) if market else "",
        "floor": quantity(desk.measured, "mover_floor", MARKET, rule),
        "age": quantity(desk.measured, "mover_age", MARKET, rule),
    }
    for item in desk.measured.headlines.get(view.finding.subject, ())[:1]:
        more["h"] = HeadlineView.of(
            view.finding.subject, item, composer.quote, rule, composer.forms
        )
    return more


def untried(templates: Templates, book: RuleBook, tried: Tried) -> tuple[Rule, ...]:
    """Rules that have words and fired in none of the states."""
    done = {name for name, _ in tried.blocks}
    return tuple(
        r
        for r in book.rules.values()
        if r.role in TOLD
        and templates.exists(phrases_of(r.name))
        and phrases_of(r.name) not in done
    )


def phrases_of(rule: str) -> str:
    return f"phrases/{rule}.j2"


def _variants(blocks: Iterable[str], wanted: str) -> list[str]:
    return [b for b in blocks if b == wanted or (b.startswith(f"{wanted}_") and b[-2] == "_")]


def _path(templates: Templates, name: str) -> str:
    return str(templates.loader.find(f"{templates.lang}/{name}") or name)


def message(error: TemplateError) -> str:
    """What happened and what to do, on one line."""
    return f"{error.what}; {error.todo}" if error.todo else error.what
