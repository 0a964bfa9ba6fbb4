"""`commentary recap`: the last seven UTC days, or a calendar week, from what is kept here."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, UsageError

if TYPE_CHECKING:
    from generator.model import History, Snapshot
    from generator.recap.written import Recap

HELP = "the week as it was, day by day, from kept history and kept notes"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--week", metavar="W", help="a calendar week, e.g. 2026-W09 (default: the last seven days)"
    )
    parser.add_argument("--scenario", metavar="NAME", help="a market state that ships, or a file")
    parser.add_argument("--lang", metavar="L", help="language (default: house.language)")


def run(args: argparse.Namespace, context: Context) -> int:
    from platformdirs import user_cache_path

    from generator.commands.rules import rule_book
    from generator.config import template_folders
    from generator.recap.written import written
    from generator.show.run_folder import write_run
    from generator.write.templates import Templates

    lang = args.lang or context.config.house.language
    compiled = user_cache_path("commentary") / "templates"
    templates = Templates(template_folders(context.folder), lang, compiled)
    asked = None if args.week is None else _end_of(args.week)
    snapshot, history = _state(args, context, asked)
    end = asked if asked is not None else snapshot.now // DAY_MS * DAY_MS
    if end > snapshot.now:
        at = f"{datetime.fromtimestamp(snapshot.now / 1000, UTC):%Y-%m-%d %H:%M}"
        raise UsageError(
            f"--week {args.week}", f"has not ended by {at} UTC", "Name an earlier one."
        )
    made = written(snapshot, history, context.config, rule_book(context), templates, end)
    folder = context.config.output / f"{datetime.fromtimestamp(end / 1000, UTC):%Y-%m-%d}" / "recap"
    write_run(folder, made.files)
    _show(context, made, str(folder))
    return EXIT_FAILED if any(p.severity == "error" for p in made.problems) else EXIT_DONE


DAY_MS = 86_400_000


def _end_of(week: str) -> int:
    """The midnight after a calendar week (ISO 8601: Monday to Sunday), in ms."""
    try:
        monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"--week {week}", "is no calendar week", "Write it as 2026-W09.") from None
    return int(monday.timestamp() * 1000) + 7 * DAY_MS


def _state(args: argparse.Namespace, context: Context, end: int | None) -> tuple[Snapshot, History]:
    """The snapshot a recap is written at: the newest, or of a week asked for the last within a day
    of its end, so that rules may speak of it."""
    from generator.gather import stored

    if args.scenario:
        from generator.collect.scenario import load_scenario

        return load_scenario(args.scenario)
    with context.open_store(read_only=True) as store:
        near = [
            info.id
            for info in store.snapshots()
            if end is not None and info.mode != "scenario" and 0 <= info.now - end < DAY_MS
        ]
        return stored(store, near[-1] if near else None, context.now_ms)


def _show(context: Context, made: Recap, folder: str) -> None:
    if context.as_json:
        context.give_json(made.as_json)
    else:
        context.give(made.stamp + made.draft.segments[0])
    for p in made.problems:
        context.say(f"{p.severity}: {p.gate}: {p.message}")
    context.say(f"Nothing was sent. Files: {folder}")
