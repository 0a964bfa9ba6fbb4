"""`commentary preview` of a stored snapshot against the imports it cannot do without.

    python benchmarks/preview.py [--rounds 9] [--profile]

A store is filled with 92 snapshots (a month, three a day), their metrics and 400 days of bars; the
preview of the latest (shipped rules and templates; an article, a post and the whole run folder) is
timed in fresh processes, alternating with a fresh process that only imports the packages which the
preview used. The machine is noisy: read the ratio of the bests. Target: 1.5. That is without
charts; beside it stands the whole preview, with five pictures drawn in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generator.errors import NotEnoughData
from generator.flow import Note, note
from generator.folders import shipped_rules, shipped_templates
from generator.gather import remember, slot
from generator.judge import load_rules
from generator.measure import catalog
from generator.model import HOUR, History, Snapshot
from generator.settings import Config
from generator.store import open_store
from generator.write.templates import Templates
from tests.states import random_state

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOTS = 92
SEED = 4  # of a state with several venues, a long record and something to say
HEAVY = ("ccxt", "pandas", "tweepy", "matplotlib", "pyarrow", "aiohttp")

PREVIEW = f"""
import sys
from generator.cli import main
code = main(["preview", "--snapshot", "latest", "--folder", *sys.argv[1:]])
heavy = [m for m in {HEAVY!r} if m in sys.modules]
assert code in (0, 1) and not heavy, (code, heavy)
"""
# What the preview needs of other people's work; its own modules are not in the floor.
FLOOR = "import argparse, json, sqlite3, html, numpy, yaml, jinja2.sandbox, regex, rich.console"


def fill(folder: Path, market: tuple[Snapshot, History], many: int = SNAPSHOTS) -> None:
    """A working folder whose history holds `many` snapshots; the last one is `market`'s own."""
    snapshot, history = market
    config = Config(folder)
    config.output.mkdir(parents=True, exist_ok=True)
    made = written(snapshot, history, config)
    with open_store(config.history_path) as store:
        store.append_series(history.series.values())
        for back in range(many - 1, -1, -1):
            moment = snapshot.now - back * 8 * HOUR
            earlier = replace(snapshot, id=f"snapshot-{moment}", now=moment)
            store.save(earlier)
            if back:
                remember(store, replace(made, snapshot=earlier), slot(moment))


def written(snapshot: Snapshot, history: History, config: Config) -> Note:
    book = load_rules((shipped_rules(),), catalog())
    templates = Templates((shipped_templates(),), "en")
    return note(snapshot, history, config, book, templates, seed="benchmark")


def telling_state() -> tuple[Snapshot, History]:
    """The first generated state from SEED on that has perpetuals enough and a note in it."""
    for seed in range(SEED, SEED + 100):
        snapshot, history = random_state(seed, 0.0)
        venues = {i.venue for i in snapshot.instruments}
        if len(venues) < 4 or max(len(s.data) for s in history.series.values()) < 400:
            continue
        try:
            written(snapshot, history, Config(Path(".")))
        except NotEnoughData:
            continue
        return snapshot, history
    raise AssertionError("no generated state has enough in it")


def environment(bytecode: Path) -> dict[str, str]:
    """As an installed program runs: its modules are compiled once, in the round that warms up."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(bytecode)}


def seconds(argv: Sequence[str], bytecode: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(argv, env=environment(bytecode), capture_output=True, text=True)
    took = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(done.stderr)
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--profile", action="store_true", help="where the time of one goes")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as compiled:
        bytecode = Path(compiled)
        market = telling_state()
        fill(Path(name), market)
        print(f"{len(market[0].instruments)} instruments, {len(market[1].series)} series")
        preview = [sys.executable, "-c", PREVIEW, name, "--no-charts"]
        drawing = preview[:-1]
        if args.profile:
            subprocess.run(
                [sys.executable, "-X", "importtime", *preview[1:]],
                env=environment(bytecode),
                stdout=subprocess.DEVNULL,
            )
            return
        floor = [sys.executable, "-c", FLOOR]
        times: list[tuple[float, ...]] = []
        for _ in range(args.rounds + 1):
            times.append(tuple(seconds(argv, bytecode) for argv in (preview, floor, drawing)))
        cold, (ours, theirs, drawn) = times[0][0], zip(*times[1:], strict=True)
    print(f"preview, nothing compiled yet: {cold:.3f} s")
    print(f"preview: best {min(ours):.3f} s, median {statistics.median(ours):.3f} s")
    print(f"its imports: best {min(theirs):.3f} s, median {statistics.median(theirs):.3f} s")
    print(f"with charts: best {min(drawn):.3f} s, median {statistics.median(drawn):.3f} s")
    print(f"ratio of the bests: {min(ours) / min(theirs):.2f} (target 1.5)")


if __name__ == "__main__":
    main()
