"""`commentary version`: which program, on which Python."""

from __future__ import annotations

import argparse
import platform

from generator import __version__
from generator.cli import Context
from generator.errors import EXIT_DONE

HELP = "the version of the program and of Python"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing of its own."""


def run(args: argparse.Namespace, context: Context) -> int:
    if context.as_json:
        context.give_json({"commentary": __version__, "python": platform.python_version()})
    else:
        context.give(f"commentary {__version__}, Python {platform.python_version()}")
    return EXIT_DONE
