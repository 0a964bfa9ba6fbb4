"""`commentary check FILE`: what is wrong with a text, held against a run's data."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, UsageError
from generator.model import History, Problem, Snapshot

if TYPE_CHECKING:
    from generator.flow import Memory

HELP = "fact-check any text against a run, a scenario or the latest snapshot"
LARGEST = 256_000


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a text or Markdown file, or - for standard input")
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--against", metavar="RUN", type=Path, help="a run folder under output/")
    state.add_argument("--snapshot", metavar="ID", help="a stored snapshot (default: the latest)")
    state.add_argument("--scenario", metavar="NAME", help="a market state that ships")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.commands.rules import rule_book
    from generator.config import template_folders
    from generator.flow import judged, windows
    from generator.gather import looking_back
    from generator.measure import catalog
    from generator.write.check import check_text
    from generator.write.templates import Templates

    text = _read(args.file)
    snapshot, history, memory = _state(args, context)
    book = rule_book(context)
    memory = looking_back(memory, snapshot, history, book, context.config)
    _, rows, judgement = judged(snapshot, history, context.config, book, memory)
    lexicon = Templates(template_folders(context.folder), context.config.house.language).lexicon
    problems = check_text(
        text,
        lexicon=lexicon,
        now=snapshot.now,
        panel=rows,
        findings=judgement.findings,
        windows=windows(),
        units={name: info.unit for name, info in catalog().items()},
        headlines=snapshot.headlines,
        blocked=judgement.blocked_words,
        fixed=(context.config.house.sign_off,),
    )
    _tell(context, args.file, text, snapshot, problems)
    return EXIT_FAILED if any(p.severity == "error" for p in problems) else EXIT_DONE


def _read(name: str) -> str:
    if name == "-":
        return sys.stdin.read(LARGEST)
    path = Path(name)
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(name, "is larger than 256 kB", "Check one text at a time.")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(name, error.strerror or "cannot be read", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise UsageError(name, "is not UTF-8 text", "Save it as UTF-8.") from error


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
    from generator.show.audit import load_snapshot_json

    path = args.against / "snapshot.json"
    if not path.is_file():
        raise UsageError(str(args.against), "is no run folder", "Name one under output/.")
    snapshot = load_snapshot_json(path.read_text(encoding="utf-8"), str(path))
    if snapshot.mode == "scenario":
        return (*load_scenario(snapshot.scenario), Memory())
    with context.open_store(read_only=True) as store:
        return snapshot, known_then(store, snapshot), remembered(store, snapshot.now)


def _tell(
    context: Context, name: str, text: str, snapshot: Snapshot, problems: tuple[Problem, ...]
) -> None:
    from generator.show.encode import problem_rows

    if context.as_json:
        context.give_json({"against": snapshot.id, "problems": problem_rows(problems)})
        return
    for p in problems:
        line = text.count("\n", 0, max(p.start, 0)) + 1
        column = max(p.start, 0) - (text.rfind("\n", 0, max(p.start, 0)) + 1) + 1
        context.give(f"{name}:{line}:{column}: {p.severity}: {p.gate}: {p.message}")
    errors = sum(p.severity == "error" for p in problems)
    rest = len(problems) - errors
    context.say(f"{errors} errors, {rest} warnings against {snapshot.id} ({snapshot.mode})")
