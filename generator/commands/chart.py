"""`commentary chart RUN`: draws the pictures of a run again, in any size."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, UsageError

if TYPE_CHECKING:
    from generator.charts.model import Picture

HELP = "draw the charts of a run again, for a post, square or for a newsletter"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run folder, e.g. output/2026-02-28/0800-…")
    parser.add_argument("--kind", metavar="K", help="only charts of this kind, e.g. price")
    parser.add_argument(
        "--size", action="append", metavar="S", help="post, square or newsletter (default: all)"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    from platformdirs import user_cache_path

    from generator.charts.child import NEEDED, Easel, Job, available
    from generator.charts.gallery import file_of
    from generator.charts.model import SIZES
    from generator.publish.candidate import run_folder
    from generator.show.run_folder import write_run

    folder = run_folder(context.config, args.run)
    pictures = _pictures(folder, args.kind)
    for size in args.size or ():
        if size not in SIZES:
            raise UsageError(size, "is no size", f"There are: {', '.join(SIZES)}.")
    if not available():
        raise UsageError("chart", *NEEDED)
    wanted = [Job(name, s, p) for name, p in pictures.items() for s in args.size or SIZES]
    with Easel(user_cache_path("commentary") / "matplotlib") as easel:
        easel.draw(wanted)
        drawn = easel.finish()
    files = {file_of(*key): png for key, png in drawn.pngs.items()}
    write_run(folder, files)
    failed = [f"{name} ({size}): {why}" for (name, size), why in sorted(drawn.failed.items())]
    if context.as_json:
        context.give_json({"run": folder.name, "files": sorted(files), "failed": failed})
    else:
        for name in sorted(files):
            context.give(str(folder / name))
        for line in failed:
            context.say(f"Not drawn: {line}")
    return EXIT_FAILED if failed else EXIT_DONE


def _pictures(folder: Path, kind: str | None) -> dict[str, Picture]:
    from generator.charts.gallery import kept

    found = kept(folder)
    chosen = {n: p for n, p in found.items() if kind in (None, p.kind)}
    if not chosen:
        there = ", ".join(sorted({p.kind for p in found.values()}))
        what = f"has no chart of kind {kind!r}" if kind else "has no charts"
        todo = f"There are: {there}." if there else "A day's story may have none to draw."
        raise UsageError(str(folder), what, todo)
    return chosen
