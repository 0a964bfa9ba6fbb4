"""What the kept runs of a week opened with, from the run folders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from generator.model import DAY
from generator.recap.facts import Led
from generator.write.check.reading import SENTENCE_END


def led_by(output: Path, start: int, end: int, stamp: str, lang: str) -> tuple[Led, ...]:
    """The first sentence of the newest kept note of each day from start to end (ms, UTC).

    stamp: "" for notes of the present market, "REPLAY" for those of replays, whatever word their
    language has beside it; a scenario's never count. A folder that is no run, or is of another
    language, is passed over.
    """
    out = []
    for day in range(start, end, DAY):
        folder = output / f"{datetime.fromtimestamp(day / 1000, UTC):%Y-%m-%d}"
        found = [led for run in sorted(folder.glob("*/")) for led in _read(run, day, stamp, lang)]
        out += [max(found, key=lambda led: (led.at, led.run))] if found else []
    return tuple(out)


def _read(run: Path, day: int, stamp: str, lang: str) -> Iterator[Led]:
    try:
        text = (run / "draft.md").read_text("utf-8")
        trace = json.loads((run / "trace.json").read_text("utf-8"))
    except (OSError, ValueError):
        return
    kept, first = text.split("\n\n"), ""
    if kept[0].startswith("["):
        first = kept.pop(0)
    moments = [n for d in trace[:1] for n in d["numbers"] if n["metric"] == "as_of"]
    token = first.partition("]")[0].lstrip("[").partition(" ")[0]
    if token != stamp or trace[0]["lang"] != lang or not moments:
        return
    at = int(moments[0]["value"])
    if day <= at < day + DAY:
        yield Led(day, at, f"{run.parent.name}/{run.name}", SENTENCE_END.split(kept[0])[0].strip())
