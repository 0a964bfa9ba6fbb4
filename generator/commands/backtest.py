"""`commentary backtest`: what the rules would have said over the history, and how steadily."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, UsageError

if TYPE_CHECKING:
    from generator.backtest import Report

PATIENCE_S = 10.0  # for a scheduler to answer
HELP = "what the rules would have said over the history; evidence about rules, not advice"


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("rules", nargs="*", metavar="RULE", help="a rule, family or canon id (default: all)")
    add("--pack", type=Path, metavar="PATH", help="a folder of rules to report on")
    add("--history", type=Path, metavar="FILE", help="an exported history instead of the store")
    add("--since", metavar="D", help="first moment (default: the first prices)")
    add("--until", metavar="D", help="last moment (default: the last prices)")
    add("--at", action="append", metavar="HH:00", help="times of day, or every:4h (default 00:00)")
    add("--set", action="append", metavar="RULE.PARAM=VALUE", help="a threshold to try")
    add("--sweep", action="append", metavar="RULE.PARAM=A,B,C", help="several thresholds to try")
    add("--market-universe", action="store_true", help="also the coins that moved most")
    add("--chart", type=Path, metavar="FILE.png", help="draw the report (needs matplotlib)")
    add("--processes", type=int, default=0, metavar="N", help="default: the processors, 4 at most")
    add("--cluster", metavar="ADDRESS", help="judge on a dask cluster, e.g. tcp://10.0.0.5:8786")
    add("--fresh", action="store_true", help="measure anew what earlier runs have kept")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.backtest.table import as_data, printed

    if args.chart is not None and args.chart.suffix.lower() != ".png":
        raise UsageError("--chart", f"{args.chart} is no .png file", "Name it like rules.png.")
    report = _tested(args, context)
    if args.chart is not None:
        from generator.backtest.chart import draw

        draw(report, context.folder / args.chart)
        context.say(f"{context.folder / args.chart} written")
    if context.as_json:
        context.give_json(as_data(report))
    else:
        for line in printed(report):
            context.give(line)
    return EXIT_FAILED if report.peeking else EXIT_DONE


def _tested(args: argparse.Namespace, context: Context) -> Report:
    from generator.backtest import backtest
    from generator.backtest.measured import KEPT
    from generator.backtest.moments import moments, times_of_day
    from generator.backtest.options import book_of, changes, history_of
    from generator.moments import parse_moment

    since = None if args.since is None else parse_moment(args.since, "--since")
    until = None if args.until is None else parse_moment(args.until, "--until")
    at = times_of_day(args.at or ["00:00"])
    if args.processes < 0:
        raise UsageError("--processes", f"{args.processes} is no number of processes", "Use 1.")
    rules = book_of(context, args.pack, args.rules)
    tried = changes(rules.book, args.set or (), args.sweep or ())
    history = history_of(context, args.history)
    wanted = moments(history, since, until, at)
    # A threshold is asked about: its rule is what the report is about.
    names = rules.names if args.rules or not tried else tuple({c[0]: None for c in tried})
    from generator.show.progress import counted

    with _executor(args) as executor, counted("measuring past moments") as progress:
        return backtest(
            history,
            rules.book,
            context.config.market,
            wanted,
            rules=names,
            changes=tried,
            coins=args.market_universe,
            processes=args.processes or min(4, os.cpu_count() or 1),
            cache=None if args.fresh else context.config.cache_path / KEPT,
            progress=progress,
            executor=executor,
        )


@contextmanager
def _executor(args: argparse.Namespace) -> Iterator[Executor | None]:
    """Where conditions are evaluated: a cluster's workers, processes for many coins, or here."""
    if args.cluster:
        try:
            connect: Any = import_module("distributed").Client  # it carries no types
        except ImportError as error:
            todo = "Install it: pip install distributed"
            raise UsageError("--cluster", "needs the package distributed", todo) from error
        try:
            client = connect(args.cluster, timeout=PATIENCE_S)
        except (OSError, ValueError) as error:
            what = f"no scheduler answers at {args.cluster}: {error}"
            raise UsageError("--cluster", what, "Start one with `dask scheduler`.") from error
        with client:
            yield client.get_executor()
    elif args.market_universe and args.processes != 1:
        from multiprocessing import get_context

        with ProcessPoolExecutor(args.processes or None, get_context("spawn")) as pool:
            yield pool
    else:
        yield None
