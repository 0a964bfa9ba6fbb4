"""A process of its own that draws, so that `preview` never waits for matplotlib to load.

It is started first, loads while the text is written, then takes the pictures and draws them while
the rest of the run folder is made. What it does not finish in time is left out: a picture that
fails never costs the note.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from generator.charts.model import Picture

LIMIT_S = 30.0  # for all pictures of one note; the first run of all also builds a font list
NEEDED = ("charts need matplotlib", "pip install 'market-commentary[chart]'")


class Job(NamedTuple):
    """A picture to be drawn in one of the sizes."""

    name: str
    size: str
    picture: Picture


@dataclass(frozen=True)
class Drawn:
    """pngs: (name, size) -> bytes. failed: (name, size) -> reason, for every other job."""

    pngs: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    failed: Mapping[tuple[str, str], str] = field(default_factory=dict)


def available() -> bool:
    """Whether matplotlib is installed; it is looked for, not imported."""
    return importlib.util.find_spec("matplotlib") is not None


def started(cache: Path, say: Callable[[str], None]) -> Easel | None:
    """A drawing process; None, and why is said, where there can be none."""
    if not available():
        say(f"No pictures: {NEEDED[0]}. {NEEDED[1]}")
        return None
    try:
        return Easel(cache)
    except OSError as error:
        say(f"No pictures: the drawing process cannot be started ({error.strerror})")
        return None


class Easel:
    """The drawing process. `start`, `draw`, then `finish`; as a context manager it ends with it."""

    def __init__(self, cache: Path | None = None, limit_s: float = LIMIT_S) -> None:
        """cache: a folder of the user's own, where matplotlib keeps its list of fonts."""
        self.limit_s, self._jobs, self._began = limit_s, tuple[Job, ...](), 0.0
        self._out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed by __exit__; a pipe would fill up
        self._process = subprocess.Popen(
            [sys.executable, "-m", "generator.charts"],
            stdin=subprocess.PIPE,
            stdout=self._out,
            stderr=subprocess.DEVNULL,
            env=_environment(cache),
        )

    def __enter__(self) -> Easel:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process if it is still there, and waits for it: none is left behind."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._out.close()

    def draw(self, jobs: Sequence[Job]) -> None:
        """Hands the pictures over and returns at once."""
        self._jobs, self._began = tuple(jobs), time.monotonic()
        rows = [{**j._asdict(), "picture": j.picture.as_data()} for j in jobs]
        text = json.dumps({"pictures": rows}, allow_nan=False)
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has died; `finish` says so
            self._process.stdin.write(text.encode())
            self._process.stdin.close()

    def finish(self) -> Drawn:
        """Waits for what is not done yet, to the limit, and collects."""
        late = False
        try:
            self._process.wait(max(0.0, self._began + self.limit_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            late = True
            self._process.kill()
            self._process.wait()
        self._out.seek(0)
        reason = (
            f"not drawn within {self.limit_s:g} s"
            if late
            else f"the drawing process ended with code {self._process.returncode}"
        )
        pngs: dict[tuple[str, str], bytes] = {}
        failed = {(job.name, job.size): reason for job in self._jobs}
        for row in _rows(self._out.read()):
            key = (row["name"], row["size"])
            if "png" in row:
                pngs[key] = base64.b64decode(row["png"])
                failed.pop(key, None)
            else:
                failed[key] = row["reason"]
        return Drawn(pngs, failed)


def _rows(out: bytes) -> list[dict[str, Any]]:
    """The whole lines of the answer; a process that was ended may have left half of one."""
    rows = []
    for line in out.splitlines():
        with contextlib.suppress(ValueError):
            rows.append(json.loads(line))
    return rows


def _environment(cache: Path | None) -> dict[str, str]:
    """As here, with the drawing settings of the program and the very package that runs now."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    env = {**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": os.pathsep.join(paths)}
    return env if cache is None else {**env, "MPLCONFIGDIR": str(cache)}
