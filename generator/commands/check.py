"""`commentary check FILE`: what is wrong with a text, held against a run's data."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, EXIT_NO_DATA, UsageError
from generator.model import Draft, History, Problem, Snapshot

if TYPE_CHECKING:
    from generator.flow import Memory
    from generator.write.check import Known, Lexicon

HELP = "fact-check any text against a run, a scenario or the latest snapshot"
LARGEST = 1_000_000  # bytes; a text of 300 words has two thousand
ARTICLE = 120  # words; a longer text is taken for one unless it is said what it is
PART = "\n---\n"  # between the posts of a thread, on a line of its own
UNVERIFIABLE = "unverifiable"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a text or Markdown file, or - for standard input")
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--against", metavar="RUN", help="a run, by its folder or its name")
    state.add_argument("--snapshot", metavar="ID", help="a stored snapshot (default: the latest)")
    state.add_argument("--scenario", metavar="NAME", help="a market state that ships")
    parser.add_argument("--network", metavar="N", help="also hold it to this network's limits")
    parser.add_argument(
        "--form",
        choices=("article", "post", "text"),
        help="which lines it must carry: all, a disclaimer, none (default: by its length)",
    )
    parser.add_argument("--lang", metavar="L", help="the language of the text")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.config import template_folders
    from generator.disclaimers import figures
    from generator.write.check import check_text
    from generator.write.templates import Templates

    text = _read(args.file)
    language = args.lang or context.config.house.language
    folders, house = template_folders(context.folder), context.config.house
    lexicon = Templates(folders, language).lexicon
    form = args.form or _form(text, args.network)
    snapshot, told = _known(args, context, lexicon)
    problems = check_text(
        text,
        lexicon=lexicon,
        now=snapshot.now,
        known=told,
        fixed=(house.sign_off, *figures(house, folders, lexicon.language)),
        form=form,
    )
    problems += _of_network(text, args.network, lexicon.language, context)
    problems += _of_house(text, form, args.network, lexicon.language, context)
    _tell(context, args.file, text, snapshot, problems)
    if any(p.severity == "error" for p in problems):
        return EXIT_FAILED
    return EXIT_NO_DATA if any(p.gate == UNVERIFIABLE for p in problems) else EXIT_DONE


def _form(text: str, network: str | None) -> str:
    if len(text.split()) > ARTICLE:
        return "article"
    return "post" if network else "text"


def _of_house(
    text: str, form: str, name: str | None, language: str, context: Context
) -> tuple[Problem, ...]:
    """Disclaimer packs that the settings name and the text does not carry to the letter."""
    if form == "text" or "house.disclaimers" not in context.config.origins:
        return ()
    from generator.config import template_folders
    from generator.disclaimers import lacking
    from generator.flow import network_of

    limit = network_of(context.config, name).limits.limit if name else None
    least = limit if name or form == "article" else 0
    house, folders = context.config.house, template_folders(context.folder)
    return tuple(
        Problem("furniture", "error", f"the words of the disclaimer {pack} are missing or changed")
        for pack in lacking(text, house, least, folders, language)
    )


def _of_network(
    text: str, name: str | None, language: str, context: Context
) -> tuple[Problem, ...]:
    """What a network would refuse of the text, its parts divided by lines of `---`."""
    if name is None:
        return ()
    from generator.flow import network_of

    network = network_of(context.config, name)
    segments, places, at = [], [], 0
    for part in text.split(PART):
        lead = len(part) - len(part.lstrip())
        segments.append(part.strip())
        places.append(at + lead)
        at += len(part) + len(PART)
    draft = Draft("post", name, language, tuple(segments), (), ())
    return tuple(
        Problem(
            p.gate, p.severity, p.message, 0, p.start + places[p.segment], p.end + places[p.segment]
        )
        if p.start >= 0
        else p
        for p in network.check(draft)
    )


def _read(name: str) -> str:
    """At most LARGEST bytes of UTF-8; what is cut off would not have been checked."""
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(name, error.strerror or "cannot be read", "Check the path.") from error
    if len(raw) > LARGEST:
        raise UsageError(name, "is larger than 1 MB", "Check one text at a time.")
    try:
        return raw.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(name, "is not UTF-8 text", "Save it as UTF-8.") from error


def _known(args: argparse.Namespace, context: Context, lexicon: Lexicon) -> tuple[Snapshot, Known]:
    """What the run knows, and what it would put first."""
    from generator.commands.rules import rule_book
    from generator.flow import known
    from generator.gather import looking_back

    snapshot, history, memory = _state(args, context)
    book = rule_book(context)
    memory = looking_back(memory, snapshot, history, book, context.config)
    return snapshot, known(snapshot, history, context.config, book, lexicon, memory)


def _state(args: argparse.Namespace, context: Context) -> tuple[Snapshot, History, Memory]:
    from generator.collect.scenario import load_scenario
    from generator.flow import Memory
    from generator.gather import known_then, remembered, stored

    if args.scenario:
        return (*load_scenario(args.scenario), Memory())
    if args.against is None:
        with context.open_store(read_only=True) as store:
            snapshot, history = stored(store, args.snapshot, context.now_ms)
            return snapshot, history, remembered(store, snapshot.now)
    from generator.publish.candidate import run_folder
    from generator.show.audit import load_snapshot_json

    path = run_folder(context.config, args.against) / "snapshot.json"
    snapshot = load_snapshot_json(path.read_text(encoding="utf-8"), str(path))
    if snapshot.mode == "scenario":
        return (*load_scenario(snapshot.scenario), Memory())
    with context.open_store(read_only=True) as store:
        return snapshot, known_then(store, snapshot), remembered(store, snapshot.now)


def _tell(
    context: Context, name: str, text: str, snapshot: Snapshot, problems: tuple[Problem, ...]
) -> None:
    from generator.show.encode import problem_rows

    errors = sum(p.severity == "error" for p in problems)
    unsure = sum(p.gate == UNVERIFIABLE for p in problems)
    verdict = "failed" if errors else UNVERIFIABLE if unsure else "passed"
    if context.as_json:
        context.give_json(
            {"against": snapshot.id, "verdict": verdict, "problems": problem_rows(problems)}
        )
        return
    for p in problems:
        line = text.count("\n", 0, max(p.start, 0)) + 1
        column = max(p.start, 0) - (text.rfind("\n", 0, max(p.start, 0)) + 1) + 1
        context.give(f"{name}:{line}:{column}: {p.severity}: {p.gate}: {p.message}")
    rest = len(problems) - errors - unsure
    counts = f"{errors} errors, {unsure} unverifiable, {rest} warnings"
    context.say(f"{verdict}: {counts} against {snapshot.id} ({snapshot.mode})")
