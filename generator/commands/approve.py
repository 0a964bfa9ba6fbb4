"""`commentary approve RUN --to N`: fixes the exact bytes that may be sent."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, CommentaryError

if TYPE_CHECKING:
    from generator.model import Problem
    from generator.publish.base import Post
    from generator.publish.ledger import Approval, Ledger

HELP = "allow exactly one text, and its picture, to be sent to a network"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", help="a run: its folder, DATE/NAME or NAME")
    parser.add_argument(
        "--to",
        action="append",
        required=True,
        metavar="N",
        help="a network, or `x:thread` for another form of its text; may be given again",
    )
    parser.add_argument("--slot", metavar="SLOT", help="the slot it fills (default: the run's own)")
    parser.add_argument("--no-chart", action="store_true", help="send no picture")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.publish.approved import Objected
    from generator.publish.candidate import run_folder
    from generator.publish.ledger import Ledger
    from generator.publish.shown import show, show_problems
    from generator.show.encode import problem_rows

    folder = run_folder(context.config, args.run)
    code, rows = EXIT_DONE, list[dict[str, Any]]()
    with Ledger(context.config.state_path) as ledger:
        for name in dict.fromkeys(args.to):
            try:
                approval, post, warnings = _one(name, folder, args, context, ledger)
            except CommentaryError as error:
                # What is wrong with one text says nothing about another.
                code = max(code, error.exit_code)
                problems = error.problems if isinstance(error, Objected) else ()
                show_problems(context, problems)
                context.say(str(error))
                row = {"network": name, "approved": None, "why": error.what}
                rows.append(row | {"problems": problem_rows(problems)})
                continue
            rows.append(_row(name, approval, post, warnings))
            if not context.as_json:
                show(context, post)
                show_problems(context, warnings)
                context.say(
                    f"Approved for {approval.network}, slot {approval.slot}: {approval.hash}"
                )
    if context.as_json:
        context.give_json({"run": args.run, "approvals": rows})
    return code


def _one(
    name: str, folder: Any, args: argparse.Namespace, context: Context, ledger: Ledger
) -> tuple[Approval, Post, tuple[Problem, ...]]:
    from generator.flow import network_of
    from generator.publish.approved import approve
    from generator.publish.candidate import candidate
    from generator.publish.clock import SystemClock

    network = network_of(context.config, name)
    found = candidate(folder, network, chart=not args.no_chart)
    at = SystemClock().now() if context.now_ms is None else context.now_ms
    approval, warnings = approve(found, network, context, ledger, at=at, slot=args.slot or "")
    return approval, found.post, warnings


def _row(
    name: str, approval: Approval, post: Post, warnings: tuple[Problem, ...]
) -> dict[str, Any]:
    from generator.show.encode import iso, problem_rows

    return {
        "network": name,
        "approved": approval.id,
        "run": approval.run,
        "slot": approval.slot,
        "mode": approval.mode,
        "as_of": iso(approval.as_of),
        "hash": approval.hash,
        "segments": post.body()["segments"],
        "problems": problem_rows(warnings),
    }
