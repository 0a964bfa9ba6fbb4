"""The program as a user starts it, on recorded market days: the tape, one run, what it printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CLOSED = "http://127.0.0.1:9/"  # the discard port: nothing listens there

# The tape knows a venue by the host of its requests.
HOSTS = {
    "Binance spot": "api.binance.com",
    "Binance perpetuals": "fapi.binance.com",
    "Bybit": "api.bybit.com",
    "OKX": "www.okx.com",
    "Hyperliquid": "api.hyperliquid.xyz",
    "Kraken Futures": "futures.kraken.com",
}


@dataclass(frozen=True)
class Tape:
    """A running tape and its control plane. prefix ends with a slash."""

    prefix: str

    def ask(self, path: str, method: str = "POST") -> str:
        request = urllib.request.Request(self.prefix + path, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())

    def at(self, moment: str) -> None:
        """Move the clock; faults and log are cleared first."""
        self.ask("__reset")
        self.ask(f"__at/{moment}")

    def fault(self, host: str, kind: str) -> None:
        self.ask(f"__fault/{host}/{kind}")


@contextmanager
def started(script: Path, moment: str) -> Iterator[Tape]:
    """A tape on a free port, its clock standing still at `moment`."""
    command = [sys.executable, str(script), "serve", "--at", moment, "--freeze", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            yield Tape(next(w for w in words if w.startswith("http://")).rstrip("/") + "/")
        finally:
            process.terminate()


@dataclass(frozen=True)
class Run:
    """One `commentary preview --json`: what it printed, and the folder it ran in."""

    moment: str
    folder: Path
    code: int
    stdout: str
    stderr: str
    seconds: float

    @cached_property
    def printed(self) -> dict[str, Any]:
        """The printed object; empty where none was printed."""
        return dict(json.loads(self.stdout)) if self.stdout.strip() else {}

    @property
    def run_folder(self) -> Path:
        return next(self.folder.glob(f"output/*/{self.printed['run']}"))

    def file(self, name: str) -> Any:
        return json.loads((self.run_folder / name).read_text(encoding="utf-8"))

    def draft(self, network: str) -> dict[str, Any]:
        return next(d for d in self.printed["drafts"] if d["network"] == network)

    @property
    def article(self) -> str:
        return "\n".join(self.draft("")["segments"])

    @property
    def body(self) -> str:
        """The article without its furniture: what is said about the market."""
        return self.article.partition("\n\nData coverage:")[0]

    @property
    def text(self) -> str:
        """Every word that could be published, all networks."""
        return "\n\n".join("\n".join(d["segments"]) for d in self.printed["drafts"])

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [p for p in self.printed["problems"] if p["severity"] == "error"]

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """Every printed number of every draft."""
        return [n for d in self.printed["drafts"] for n in d["trace"]]

    @property
    def lead(self) -> str | None:
        """The finding that leads, as `rule:subject`; None on a day without a lead."""
        told = self.file("story.json")["lead"]
        return None if told is None else str(told)

    @property
    def states(self) -> dict[str, str]:
        return {s["name"]: s["state"] for s in self.printed["sources"]}


def environment(folder: Path, prefix: str) -> dict[str, str]:
    """Nothing of the user's: home, caches and durable state lie in the run's own folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COMMENTARY_", "XDG_"))}
    home = folder / "home"
    kept |= {"HOME": str(home), "COMMENTARY_STATE": str(home / "state"), "PYTHONPATH": str(ROOT)}
    if prefix:
        kept["COMMENTARY_URL_PREFIX"] = prefix
    return kept


def preview(
    folder: Path,
    moment: str,
    prefix: str,
    *options: str,
    as_json: bool = True,
    limit_s: float = 240,
) -> Run:
    """The real program in a process of its own, in `folder`, at `moment` (UTC)."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "generator", "preview", "--now", moment, *options]
    command += ["--json"] if as_json else []
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(folder, prefix),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=limit_s,
        check=False,
    )
    spent = time.monotonic() - began
    return Run(moment, folder, done.returncode, done.stdout, done.stderr, spent)
