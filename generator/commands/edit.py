"""`commentary edit RUN`: the draft in the editor of your choice, checked again on saving."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, UsageError

if TYPE_CHECKING:
    from generator.model import Problem
    from generator.networks.base import Network

HELP = "change a text of a run in $EDITOR; it is checked again on saving"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", help="a run: its folder, DATE/NAME or NAME")
    parser.add_argument(
        "--network", default="", metavar="N", help="whose text (default: the first of the settings)"
    )
    parser.add_argument("--undo", action="store_true", help="go back to the text of the run")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.flow import network_of
    from generator.publish.candidate import candidate, run_folder, run_of, text_path
    from generator.publish.ledger import Ledger
    from generator.show.encode import PART
    from generator.show.run_folder import write_run

    folder = run_folder(context.config, args.run)
    network = network_of(context.config, args.network or context.config.previewed[0])
    path = text_path(folder, network.name)
    before = PART.join(candidate(folder, network, chart=False).draft.segments) + "\n"
    if args.undo:
        path.unlink(missing_ok=True)
        after = ""
    else:
        after = _edited(before, f"{run_of(folder).replace('/', '-')}-{network.name}")
        if after == before:
            context.say("Nothing was changed.")
            return EXIT_DONE
        # The original stays beside it; what is not approved anew is not sent.
        write_run(folder, {f"edited/{network.name}.txt": after})
    with Ledger(context.config.state_path) as ledger:
        from generator.publish.clock import SystemClock

        gone = ledger.void(run_of(folder), network.name, SystemClock().now(), "edited since")
    return _answer(context, folder, network, gone)


def _answer(context: Context, folder: Path, network: Network, gone: int) -> int:
    from generator.publish.candidate import candidate, problems_of, run_of, text_path
    from generator.show.encode import problem_rows

    found = candidate(folder, network, chart=False)
    problems = problems_of(found, network, context)
    path = text_path(folder, network.name)
    if context.as_json:
        rows = problem_rows(problems)
        context.give_json(
            {"edited": str(path) if found.edited else None, "voided": gone, "problems": rows}
        )
    else:
        _tell(context, problems)
        if gone:
            context.say("The approval that there was is void.")
        context.say(f"`commentary approve {run_of(folder)} --to {network.name}` approves it.")
    return EXIT_FAILED if any(p.severity == "error" for p in problems) else EXIT_DONE


def _tell(context: Context, problems: tuple[Problem, ...]) -> None:
    for p in problems:
        context.say(f"{p.severity}: {p.gate}: {p.message}")
    errors = sum(p.severity == "error" for p in problems)
    context.say(f"{errors} errors, {len(problems) - errors} warnings")


def _edited(text: str, name: str) -> str:
    """The text as it leaves the editor. Raises UsageError where there is no editor."""
    import tempfile

    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="commentary-") as place:
        path = Path(place) / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        try:
            # The editor speaks to the terminal; stdout is for data.
            done = subprocess.run(
                [*shlex.split(command), str(path)], stdout=sys.stderr, check=False
            )
        except (OSError, ValueError) as error:
            raise UsageError(command, f"cannot be started: {error}", "Set EDITOR.") from None
        if done.returncode:
            what = f"ended with code {done.returncode}; nothing was kept"
            raise UsageError(command, what, "Save and leave it normally.")
        try:
            after = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise UsageError(name, "is not UTF-8 text", "Save it as UTF-8.") from None
    return after.rstrip("\n") + "\n"
