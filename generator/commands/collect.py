"""`commentary collect`: one snapshot of the market into the history file."""

from __future__ import annotations

import argparse

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_NO_DATA

HELP = "one snapshot of the market into the store"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-backfill", action="store_true", help="only the snapshot, no history")


def run(args: argparse.Namespace, context: Context) -> int:
    from dataclasses import replace

    from rich.console import Console

    from generator.gather import blank, collected
    from generator.show.encode import source_rows
    from generator.show.progress import shown
    from generator.show.terminal import print_sources

    config = context.config
    if args.no_backfill:
        config = replace(config, collect=replace(config.collect, backfill=False))
    console = Console(stderr=True)
    with context.open_store() as store, shown(console) as progress:
        snapshot = collected(config, store, context.now_ms, progress)
    if context.as_json:
        context.give_json(
            {
                "snapshot": snapshot.id,
                "as_of": snapshot.now,
                "instruments": len(snapshot.instruments),
                "headlines": len(snapshot.headlines),
                "sources": source_rows(snapshot.sources),
            }
        )
    else:
        print_sources(console, snapshot.sources)
        context.give(snapshot.id)
    return EXIT_NO_DATA if blank(snapshot) else EXIT_DONE
