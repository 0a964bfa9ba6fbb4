"""`commentary templates check`: are the words sound, are any missing, does every block render."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.judge import RuleBook
    from generator.judge.model import Rule
    from generator.model import History, Snapshot
    from generator.write.templates import Templates
    from generator.write.trial import Flaw

HELP = "check the templates: read, lint and render them all against the scenarios"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("check",))
    parser.add_argument("--lang", action="append", metavar="L", help="only this language (all)")
    parser.add_argument(
        "--scenario", action="append", metavar="NAME", help="try only this market state (all)"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.collect.scenario import scenario_names
    from generator.commands.rules import rule_book
    from generator.config import template_folders
    from generator.write.templates import Templates

    folders = template_folders(context.folder)
    book = rule_book(context)
    scenarios = tuple(args.scenario or scenario_names())
    reports = [
        _checked(context, Templates(folders, lang), book, scenarios)
        for lang in _languages(args.lang, folders)
    ]
    flaws = sum(len(r["problems"]) for r in reports)
    if context.as_json:
        context.give_json({"languages": reports})
        return EXIT_FAILED if flaws else EXIT_DONE
    for report in reports:
        for problem in report["problems"]:
            context.give(f"{problem['place']}: {problem['message']}")
        context.say(
            f"{report['lang']}: {report['templates']} templates, {report['rendered']} blocks "
            f"rendered, {len(report['problems'])} problems"
        )
        if report["plainer"]:
            context.say(f"  finer words in English: {', '.join(report['plainer'])}")
        if report["made_up"]:
            context.say(
                f"  on made-up evidence, no scenario has them: {', '.join(report['made_up'])}"
            )
    return EXIT_FAILED if flaws else EXIT_DONE


def _languages(asked: list[str] | None, folders: tuple[Path, ...]) -> list[str]:
    """Those asked for, or every folder of templates; UsageError for one that is not there."""
    from generator.coerce import did_you_mean
    from generator.write.templates import Folders

    known = Folders(folders).languages()
    for lang in asked or ():
        if lang not in known:
            what = "there are no templates in this language"
            raise UsageError(lang, what, did_you_mean(lang, known))
    return asked or known


def _checked(
    context: Context, templates: Templates, book: RuleBook, scenarios: tuple[str, ...]
) -> dict[str, Any]:
    from generator.collect.scenario import load_scenario
    from generator.write.parity import lacking, plainer
    from generator.write.trial import (
        Tried,
        desk_of,
        missing,
        render_all,
        render_made_up,
        unreadable,
        untried,
    )

    tried, desk = Tried(set(), set(unreadable(templates))), None
    made_up: tuple[Rule, ...] = ()
    # What cannot be read, or is missing, would fail again, less clearly, in all that uses it.
    if not tried.flaws:
        tried.flaws |= {*missing(templates, book), *lacking(templates, book)}
    if not tried.flaws:
        for name in scenarios:
            snapshot, history = load_scenario(name)
            desk, findings = desk_of(snapshot, history, context.config, book, templates)
            render_all(desk, findings, tried)
            tried.flaws |= set(_whole(name, snapshot, history, context, book, templates))
    if desk is not None:
        made_up = untried(templates, book, tried)
        for rule in made_up:
            render_made_up(desk, rule, tried)
    prefix = f"{templates.lang}/"
    return {
        "lang": templates.lang,
        "templates": sum(n.startswith(prefix) for n in templates.loader.list_templates()),
        "rendered": len(tried.blocks),
        "made_up": [rule.name for rule in made_up],
        "plainer": [] if tried.flaws else plainer(templates),
        "problems": [{"place": f.place, "message": f.message} for f in sorted(tried.flaws)],
    }


def _whole(
    name: str,
    snapshot: Snapshot,
    history: History,
    context: Context,
    book: RuleBook,
    templates: Templates,
) -> Iterator[Flaw]:
    """What a whole note of this scenario fails at: its writing, or a gate."""
    from generator.errors import TemplateError
    from generator.flow import note
    from generator.gather import slot
    from generator.write.sandbox import placed
    from generator.write.trial import Flaw, message

    try:
        seed = slot(snapshot.now)
        written = note(snapshot, history, context.config, book, templates, seed=seed)
    except TemplateError as error:
        yield Flaw(placed(error) or error.subject, f"{error.subject} {message(error)}")
        return
    for problem in (p for found in written.problems for p in found):
        if problem.severity == "error":
            yield Flaw(f"scenario {name}", f"{problem.gate}: {problem.message}")
