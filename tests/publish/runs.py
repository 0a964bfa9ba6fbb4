"""A working folder with one run of a prepared market, as live as a test can have it."""

from __future__ import annotations

import atexit
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from generator.cli import Context, main
from generator.collect.scenario import load_scenario
from generator.publish import candidate
from generator.store import open_store

AT = "2026-06-26T06:10:00Z"  # ten minutes after the run's numbers
RUN = "2026-06-26/0600-abcdef"
NETWORKS = ("x", "x:thread", "bluesky", "mastodon", "telegram")


def working_folder(place: Path, name: str = "desk") -> Path:
    """A copy of a folder in which `commentary preview` has just written a run."""
    folder = place / name
    shutil.copytree(_prepared(), folder)
    return folder


@cache
def _prepared() -> Path:
    folder = Path(mkdtemp(prefix="commentary-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    snapshot, history = load_scenario("source_article")
    snapshot = replace(snapshot, id="20260626T060000-abcdef", mode="live", scenario="")
    with open_store(folder / "output" / "history.sqlite3") as store:
        store.append_series(history.series.values())
        store.save(snapshot)
    asked = [part for name in NETWORKS for part in ("--network", name)]
    code = main(["preview", "--folder", str(folder), "--snapshot", "latest", "--json", *asked])
    assert code == 0
    return folder


_known = candidate._known
_seen: dict[str, Any] = {}


def known_once(found: candidate.Candidate, context: Context, lexicon: Any) -> Any:
    """What a run knows, worked out once for each run."""
    if found.run not in _seen:
        _seen[found.run] = _known(found, context, lexicon)
    return _seen[found.run]
