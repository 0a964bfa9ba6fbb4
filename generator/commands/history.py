"""`commentary history`: series into and out of the history file, as Parquet or CSV."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli import Context
from generator.errors import EXIT_DONE

HELP = "series into and out of the history file, as Parquet or CSV"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("import", "export"))
    parser.add_argument("path", type=Path, help="a .parquet or .csv file")
    parser.add_argument("--kind", action="append", help="only series of this kind; repeatable")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.transfer import export_series, import_series

    path = context.folder / args.path
    with context.open_store() as store:
        if args.action == "export":
            counts = export_series(store, path, args.kind)
            done = f"{path}: {counts.rows} rows of {counts.series} series written"
        else:
            counts = import_series(store, path, args.kind)
            done = f"{path}: {counts.rows} rows of {counts.series} series merged"
    if context.as_json:
        context.give_json({"path": str(path), "series": counts.series, "rows": counts.rows})
    else:
        context.say(done)
    return EXIT_DONE
