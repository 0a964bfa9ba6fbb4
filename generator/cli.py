"""The `commentary` command: finds the one command asked for, runs it, answers for its errors.

Each command is a module of `generator/commands/` with three names:

    HELP                              one line for the list of commands
    arguments(parser) -> None         adds the command's own arguments
    run(args, context) -> int         does it; returns an exit code of errors.py

Only the module of the command in question is imported. Data goes to stdout, people are spoken to
on stderr; a CommentaryError becomes two lines on stderr and its exit code.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from generator import __version__
from generator.errors import EXIT_DONE, EXIT_FAILED, CommentaryError, UsageError

if TYPE_CHECKING:
    from generator.settings import Config
    from generator.store import Store

# In the order of a day's work; a name appears as soon as its module exists.
COMMANDS = (
    "collect",
    "preview",
    "recap",
    "explain",
    "check",
    "chart",
    "edit",
    "approve",
    "publish",
    "run",
    "correct",
    "retract",
    "outbox",
    "login",
    "backtest",
    "rules",
    "templates",
    "disclaimers",
    "studio",
    "bulk",
    "history",
    "init",
    "doctor",
    "version",
)
EXIT_INTERRUPTED = 130  # 128 + SIGINT and 128 + SIGPIPE, as every Unix tool has it
EXIT_BROKEN_PIPE = 141
_FOLDER = Path(__file__).resolve().parent / "commands"


@dataclass(frozen=True)
class Context:
    """What every command is given. now_ms is the clock of `--now`, None for the present."""

    folder: Path
    now_ms: int | None = None
    as_json: bool = False

    @cached_property
    def config(self) -> Config:
        from generator.config import load_config

        return load_config(self.folder, os.environ)

    def open_store(self, *, read_only: bool = False) -> Store:
        """The history file of the working folder, created when absent unless read_only."""
        from generator.store import open_store

        return open_store(self.config.history_path, read_only=read_only)

    def say(self, text: str) -> None:
        """A line for people."""
        print(text, file=sys.stderr)

    def give(self, text: str) -> None:
        """Data."""
        print(text)

    def give_json(self, value: Any) -> None:
        print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


class _Parser(argparse.ArgumentParser):
    """argparse whose complaints are UsageErrors, so that all errors look alike."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(self.prog, message, f"`{self.prog} --help` shows what it takes.")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; raises nothing."""
    try:
        _speak_utf8()
        try:
            code = _dispatch(sys.argv[1:] if argv is None else list(argv))
        except SystemExit as stop:  # argparse after --help
            code = stop.code if isinstance(stop.code, int) else EXIT_FAILED
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a reader that has gone is answered for
        return code
    except CommentaryError as error:
        # One line each: a parser's complaint may come in several, with a picture of the place.
        what = _one_line(f"{error.subject}: {error.what}")
        todo = _one_line(error.todo) or "Mend it there, then try again."
        print(f"{what}\n  {todo}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted; nothing half-written was kept.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _abandon_stdout()  # the reader (`| head`) has gone
        return EXIT_BROKEN_PIPE
    except Exception as error:
        return _unforeseen(error)


def _one_line(text: str) -> str:
    """What a terminal shows and never obeys: a name may hold its control sequences."""
    plain = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)


def _speak_utf8() -> None:
    # The same input gives the same bytes, whatever the locale; a minus sign is no ASCII.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _abandon_stdout() -> None:
    """Lets go of a stdout that takes no more; one that still does is left alone."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    try:
        sys.stdout.flush()
    except OSError:
        # What is in the buffer is lost; without this the interpreter tries once more while
        # closing, and complains in its own words.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unforeseen(error: Exception) -> int:
    if os.environ.get("COMMENTARY_DEBUG"):
        raise error
    if isinstance(error, OSError):
        _abandon_stdout()
        subject = str(error.filename or "the system")
        print(f"{subject}: {error.strerror or error}", file=sys.stderr)
        print("  Check the path, its permissions and the free space.", file=sys.stderr)
    else:
        print(f"commentary: a mistake in the program: {error!r}", file=sys.stderr)
        print("  Please report it with the output of COMMENTARY_DEBUG=1.", file=sys.stderr)
    return EXIT_FAILED


def _dispatch(argv: list[str]) -> int:
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(_overview())
        return EXIT_DONE
    name = "version" if argv[0] in ("-V", "--version") else argv[0]
    if name not in _present():
        from generator.coerce import did_you_mean

        raise UsageError("commentary", f"{name!r} is no command", did_you_mean(name, _present()))
    module = importlib.import_module(f"generator.commands.{name}")
    parser = _Parser(f"commentary {name}", description=module.HELP, allow_abbrev=False)
    parser.add_argument("--folder", type=Path, default=Path(), help="working folder (default: .)")
    parser.add_argument("--now", metavar="ISO", help="the clock, UTC, for replays")
    parser.add_argument("--json", action="store_true", help="data as JSON on stdout")
    module.arguments(parser)
    args = parser.parse_args(argv[1:])
    code: int = module.run(args, _context(args))
    return code


def _context(args: argparse.Namespace) -> Context:
    now_ms = None
    if args.now is not None:
        from generator.moments import parse_moment

        now_ms = parse_moment(args.now)
    if not args.folder.is_dir():
        raise UsageError(str(args.folder), "is no folder", "Create it, or leave --folder out.")
    return Context(args.folder.resolve(), now_ms, args.json)


def _present() -> tuple[str, ...]:
    return tuple(name for name in COMMANDS if (_FOLDER / f"{name}.py").is_file())


def _overview() -> str:
    lines = [f"commentary {__version__}: the state of the crypto market as text that is true", ""]
    lines += [f"  {name:<10} {_summary(name)}" for name in _present()]
    lines += ["", "`commentary COMMAND --help` shows what a command takes."]
    return "\n".join(lines)


def _summary(name: str) -> str:
    # Read, not imported: a list of commands should not cost the imports of all of them.
    tree = ast.parse((_FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "HELP":
            return str(ast.literal_eval(node.value))
    return ""
