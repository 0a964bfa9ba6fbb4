"""`commentary preview`: the main job. Collects if needed, judges, writes, shows; sends nothing."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, NotEnoughData

if TYPE_CHECKING:
    from generator.charts.child import Easel
    from generator.flow import Memory, Note
    from generator.judge import RuleBook
    from generator.model import History, Snapshot, Source
    from generator.networks.base import Network
    from generator.settings import Config
    from generator.write.templates import Templates

ALL = "all"
HELP = "write the note from the market as it is, show it, send nothing"


def arguments(parser: argparse.ArgumentParser) -> None:
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--snapshot", metavar="ID", help="a stored snapshot, or `latest`")
    state.add_argument("--scenario", metavar="NAME", help="a market state that ships, or a file")
    parser.add_argument(
        "--network",
        action="append",
        metavar="N",
        help="whose text to write, `x:thread` for another form of it, or `all` (default: "
        "networks.preview of the settings); may be given again",
    )
    parser.add_argument(
        "--lang", metavar="L", help="language of the text (default: house.language)"
    )
    parser.add_argument("--slot", metavar="SLOT", help="e.g. 2026-11-23/morning; seeds the phrases")
    parser.add_argument("--no-charts", action="store_true", help="draw no pictures")


def run(args: argparse.Namespace, context: Context) -> int:
    from platformdirs import user_cache_path

    from generator.charts.child import started

    # It loads what it draws with while the text is written.
    cache = user_cache_path("commentary") / "matplotlib"
    easel = None if args.no_charts else started(cache, context.say)
    with easel or nullcontext():
        return _preview(args, context, easel)


def _preview(args: argparse.Namespace, context: Context, easel: Easel | None) -> int:
    from generator.gather import slot

    networks = _networks(args.network, context.config)
    kit = kit_of(context, args.lang or context.config.house.language)
    state = _state(args, context)
    seed = args.slot or slot(state.snapshot.now)
    try:
        written = written_from(state, networks, kit, context, slot=seed)
    except NotEnoughData:
        _tell_sources(state.tried)
        raise
    if not args.no_charts:
        written = drawn(written, kit, context, slot=seed, easel=easel)
    folder = keep(context, written, seed, fresh=not args.snapshot)
    _show(context, written, folder, state.tried)
    return EXIT_FAILED if written.failed else EXIT_DONE


def kit_of(context: Context, lang: str) -> tuple[RuleBook, Templates]:
    """What notes are judged by and written with. Loaded first: a mistake in a rule or a template
    is said before any venue is asked."""
    from platformdirs import user_cache_path

    from generator.commands.rules import rule_book
    from generator.config import template_folders
    from generator.write.templates import Templates

    compiled = user_cache_path("commentary") / "templates"
    return rule_book(context), Templates(template_folders(context.folder), lang, compiled)


def written_from(
    state: State,
    networks: tuple[Network, ...],
    kit: tuple[RuleBook, Templates],
    context: Context,
    *,
    slot: str,
) -> Note:
    """The note of a market state and its texts, without pictures.

    Raises NotEnoughData when nothing true can be said.
    """
    from generator.flow import note
    from generator.gather import looking_back

    config, (book, templates) = context.config, kit
    memory = looking_back(state.memory, state.snapshot, state.history, book, config)
    return note(
        state.snapshot,
        state.history,
        config,
        book,
        templates,
        seed=slot,
        memory=memory,
        networks=networks,
    )


def drawn(
    written: Note,
    kit: tuple[RuleBook, Templates],
    context: Context,
    *,
    slot: str,
    easel: Easel | None,
) -> Note:
    """The note with its pictures; without an easel, with what they would be drawn from."""
    from generator.charts.gallery import drawn_of

    pictures = drawn_of(written, context.config, kit[1], slot, easel, context.say)
    return replace(written, pictures=pictures)


def _networks(asked: list[str] | None, config: Config) -> tuple[Network, ...]:
    """The networks asked for, or else those of the settings; `all` is every one there is."""
    from generator.flow import network_of
    from generator.networks import names

    wanted = [n for a in asked or config.previewed for n in (names() if a == ALL else (a,))]
    return tuple(network_of(config, name) for name in dict.fromkeys(wanted))


@dataclass(frozen=True)
class State:
    """What the note is written from. tried: the sources that were really asked."""

    snapshot: Snapshot
    history: History
    memory: Memory
    tried: tuple[Source, ...]


def _state(args: argparse.Namespace, context: Context) -> State:
    from generator.flow import Memory
    from generator.gather import FALLBACK, blank, collected, known_then, remembered, stored

    if args.scenario:
        from generator.collect.scenario import load_scenario

        snapshot, history = load_scenario(args.scenario)
        return State(snapshot, history, Memory(), snapshot.sources)
    if args.snapshot:
        wanted = None if args.snapshot == "latest" else args.snapshot
        with context.open_store(read_only=True) as store:
            snapshot, history = stored(store, wanted, context.now_ms)
            memory = remembered(store, snapshot.now)
            return State(snapshot, history, memory, snapshot.sources)
    from rich.console import Console

    from generator.show.progress import shown

    console = Console(stderr=True)
    with context.open_store() as store, shown(console) as progress:
        snapshot = collected(context.config, store, context.now_ms, progress)
        tried = snapshot.sources
        if not blank(snapshot):
            memory = remembered(store, snapshot.now)
            return State(snapshot, known_then(store, snapshot), memory, tried)
    from generator.collect.scenario import load_scenario

    if not context.as_json:
        _tell_sources(tried)
    context.say("No venue could be reached; what follows is a SCENARIO, not the market.")
    return State(*load_scenario(FALLBACK), Memory(), tried)


def _tell_sources(tried: tuple[Source, ...]) -> None:
    from rich.console import Console

    from generator.show.terminal import print_sources

    print_sources(Console(stderr=True), tried)


def keep(context: Context, written: Note, slot: str, *, fresh: bool) -> str:
    """The run folder; and of a market just collected, what later notes are to remember.

    Until a note is approved, the latest preview of its slot stands for it.
    """
    from platformdirs import user_cache_path

    from generator.audit import run_files
    from generator.charts.gallery import sweep
    from generator.gather import folder_of, remember
    from generator.show.run_folder import write_run

    folder = folder_of(context.config, written.snapshot)
    compiled = user_cache_path("commentary") / "templates"
    write_run(folder, run_files(written, folder.name, slot, compiled))
    sweep(folder, written.pictures)
    if fresh and written.snapshot.mode != "scenario":
        with context.open_store() as store:
            remember(store, written, slot)
    return str(folder)


def _show(
    context: Context,
    written: Note,
    folder: str,
    tried: tuple[Source, ...],
) -> None:
    from pathlib import Path

    from generator.audit import printed

    run = Path(folder).name
    if context.as_json:
        context.give(printed(written, run, written.drafts, tried))
        return
    from rich.console import Console

    from generator.show.terminal import print_preview

    print_preview(
        Console(stderr=True),
        run=run,
        snapshot=written.snapshot,
        drafts=written.drafts,
        problems=[p for found in written.problems for p in found],
        stamp=written.stamp,
        out=Console(),
    )
    context.say(f"Everything behind it: {folder}/preview.html")
