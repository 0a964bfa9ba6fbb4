"""Peak memory of `commentary preview` for a stored snapshot of 540 perpetuals.

    python benchmarks/memory.py [--perps 540]

The market is a generated state whose perpetuals are repeated under other names, each with its own
400 days of bars. Prints the peak resident set of the preview's process and of one that only makes
the same imports.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.preview import FLOOR, PREVIEW, ROOT, fill, telling_state
from generator.model import History, Series, Snapshot

# Not getrusage: what it gives begins with the parent's own memory.
PEAK = """
status = open("/proc/self/status").read()
print("peak", status.split("VmHWM:")[1].split()[0])
"""


def widened(snapshot: Snapshot, history: History, perps: int) -> tuple[Snapshot, History]:
    """The market with the perpetuals of its largest venue repeated until there are so many."""
    rows = [i for i, inst in enumerate(snapshot.instruments) if inst.kind == "perp_linear"]
    venue = snapshot.instruments[rows[0]].venue
    own = [i for i in rows if snapshot.instruments[i].venue == venue]
    copies = [(own[n % len(own)], n // len(own)) for n in range(perps - len(own))]
    instruments, series = list(snapshot.instruments), dict(history.series)
    for row, round_ in copies:
        old = snapshot.instruments[row]
        base = f"{old.base}{round_}X"
        new = replace(
            old, base=base, raw=base + old.quote, symbol=f"{base}/{old.quote}:{old.quote}"
        )
        instruments.append(new)
        for (v, symbol, kind), s in history.series.items():
            if (v, symbol) == (old.venue, old.symbol) and kind == "bars_1d":
                series[v, new.symbol, kind] = Series(v, new.symbol, s.kind, s.data, s.endpoint)
    at = np.array([*range(len(snapshot.instruments)), *(row for row, _ in copies)])
    arrays = {
        n: getattr(snapshot, n)[at] for n in ("values", "status", "as_of", "received", "endpoint")
    }
    return replace(snapshot, instruments=tuple(instruments), **arrays), History(series)


def peak(code: str, *argv: str) -> float:
    """MB of the largest resident set of a fresh process that runs `code`."""
    done = subprocess.run(
        [sys.executable, "-c", code + PEAK, *argv],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return int(done.stdout.rsplit("peak ", 1)[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--perps", type=int, default=540)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        snapshot, history = widened(*telling_state(), args.perps)
        fill(Path(name), (snapshot, history), 12)
        size = (Path(name) / "output" / "history.sqlite3").stat().st_size / 1e6
        print(f"{len(snapshot.instruments)} instruments ({args.perps} perpetuals of one venue)")
        print(f"{len(history.series)} series, a history file of {size:.0f} MB")
        print(f"preview: peak {peak(PREVIEW, name):.0f} MB")
        print(f"its imports alone: peak {peak(FLOOR):.0f} MB")


if __name__ == "__main__":
    main()
