"""Doubles as processes of their own, ended with the test that started them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from tests.conftest import ROOT


@dataclass(frozen=True)
class Running:
    """A double that listens; `tell` sets how it behaves, `told` is all it knows."""

    url: str

    def tell(self, **settings: Any) -> dict[str, Any]:
        request = Request(f"{self.url}/_control", json.dumps(settings).encode(), method="POST")
        with urlopen(request, timeout=20) as answer:
            given: dict[str, Any] = json.loads(answer.read())
            return given

    def told(self, *, settled: bool = False) -> dict[str, Any]:
        """settled: once it has finished with all that reached it."""
        asked = f"{self.url}/_control{'?settled' if settled else ''}"
        with urlopen(asked, timeout=20) as answer:
            given: dict[str, Any] = json.loads(answer.read())
            return given


@contextmanager
def running(module: str) -> Iterator[Running]:
    """A double, listening at a port of its own choice."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.publish.doubles.{module}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Running(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.communicate()
