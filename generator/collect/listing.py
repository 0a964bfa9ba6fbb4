"""Lists of markets on disk: asked for once a day per venue, the last good one kept.

The key holds the venue, the market types, the URL prefix, the day and - in a replay - the exact
moment, so that a replay never sees another day's listing and a live run never a replay's.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generator.collect.clock import Clock

MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class ListingKey:
    venue: str
    kind: str
    place: str  # what the prefix, the library version and a replay's moment make unlike

    def file(self, folder: Path, day: str) -> Path:
        return folder / "markets" / f"{self.venue}-{self.kind}-{self.place}-{day}.json"


def key_of(venue: str, kind: str, prefix: str, version: str, clock: Clock) -> ListingKey:
    moment = str(clock.start) if clock.replay else "live"
    place = hashlib.sha256(f"{prefix}|{version}|{moment}".encode()).hexdigest()[:10]
    return ListingKey(venue, kind, place)


def day_of(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y%m%d")


def read(folder: Path, key: ListingKey, day: str) -> list[dict[str, Any]] | None:
    """That day's listing, or None when there is none or the file cannot be read."""
    return _load(key.file(folder, day))


def last_good(folder: Path, key: ListingKey, day: str) -> tuple[str, list[dict[str, Any]]] | None:
    """The newest listing of an earlier day under the same key: (day, markets)."""
    pattern = key.file(folder, "*").name
    for file in sorted((folder / "markets").glob(pattern), reverse=True):
        found = file.stem.rsplit("-", 1)[-1]
        if found <= day and (markets := _load(file)):
            return found, markets
    return None


def write(folder: Path, key: ListingKey, day: str, markets: list[dict[str, Any]]) -> None:
    """Atomic; older days of the same key go once the new one is in place."""
    target = key.file(folder, day)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(markets, out)
        os.replace(name, target)
        for old in target.parent.glob(key.file(folder, "*").name):
            if old.name < target.name:
                old.unlink(missing_ok=True)
        _forget(target.parent)
    except OSError:
        return  # a cache that cannot be written costs a request tomorrow, nothing else


def _forget(folder: Path) -> None:
    """Every replayed moment has a listing of its own; the oldest go beyond a fixed number."""
    files = sorted(folder.glob("*.json"), key=lambda f: (f.stat().st_mtime, f.name))
    for file in files[:-MOST_FILES]:
        file.unlink(missing_ok=True)


def _load(file: Path) -> list[dict[str, Any]] | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, list) and data else None
