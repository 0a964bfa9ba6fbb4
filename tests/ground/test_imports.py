"""Start-up stays cheap: what is heavy is imported only by what needs it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = {"ccxt", "pandas", "tweepy", "matplotlib", "pyarrow", "aiohttp"}


def heavy_after(code: str, *argv: str) -> set[str]:
    """Which heavy packages a fresh interpreter has imported after running `code`.

    For commands: `heavy_after(COMMAND, "preview", "--snapshot", id)` runs one in the current folder.
    """
    tail = "\nimport sys\nprint('\\n' + ' '.join(m for m in sys.modules if '.' not in m))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail, *argv],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    return HEAVY & set(done.stdout.splitlines()[-1].split())


COMMAND = """
import sys
from generator.cli import main
code = main(sys.argv[1:])
assert code == 0, code
"""


def test_the_probe_sees_a_heavy_import() -> None:
    assert heavy_after("import pandas") >= {"pandas"}


@pytest.mark.parametrize(
    "module", ["cli", "model", "config", "store", "transfer", "reach", "commands.history"]
)
def test_nothing_heavy_comes_with(module: str) -> None:
    assert heavy_after(f"import generator.{module}") == set()


@pytest.mark.parametrize("argv", [["version"], ["doctor", "--offline"], ["init"]])
def test_nothing_heavy_comes_with_the_command(argv: list[str]) -> None:
    assert heavy_after(COMMAND, *argv) == set()


def test_the_shell_itself_needs_neither_numpy_nor_sqlite() -> None:
    code = "import sys, generator.cli\nassert not {'numpy', 'sqlite3'} & set(sys.modules)"
    assert heavy_after(code) == set()
