"""The moments that a back-test judges: one or several times a day, in UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.errors import NotEnoughData, UsageError
from generator.model import DAY, HOUR, History

MINUTE = 60_000
TODO = "Write it like 00:00 or 08:00,20:00; times are UTC."


def times_of_day(texts: Sequence[str]) -> tuple[int, ...]:
    """ms after midnight, ascending, each once: `08:00,20:00`, or `every:4h` for six a day.

    Hours only: a moment inside a day is rebuilt from whole hourly bars. Raises UsageError.
    """
    found: set[int] = set()
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        if step := re.fullmatch(r"every:(\d{1,2})h", text):
            hours = int(step[1])
            if not 0 < hours <= 24 or 24 % hours:
                raise UsageError("--at", f"{text!r} does not divide a day", TODO)
            found |= set(range(0, DAY, hours * HOUR))
        elif (clock := re.fullmatch(r"(\d{2}):00", text)) and int(clock[1]) < 24:
            found.add(int(clock[1]) * HOUR)
        else:
            raise UsageError("--at", f"{text!r} is no full hour of a day", TODO)
    return tuple(sorted(found))


def moments(
    history: History, since: int | None, until: int | None, at: Sequence[int]
) -> tuple[int, ...]:
    """Every wanted moment from `since` to `until`, both included; by default all of the prices'.

    Raises NotEnoughData where there are no bars at all or none of these moments lies among them.
    """
    bars = [s for (_, _, kind), s in history.series.items() if kind.startswith("bars_")]
    bars = [s for s in bars if len(s.data)]
    if not bars:
        what, todo = "there are no bars to test on", "`commentary history import` takes a file"
        raise NotEnoughData("history", what, todo)
    first = int(min(s.data[0, 0] for s in bars))
    last = int(max(s.data[-1, 0] + (DAY if s.kind == "bars_1d" else HOUR) for s in bars))
    start = max(first, since) if since is not None else first
    stop = min(last, until) if until is not None else last
    days = range(start // DAY * DAY, stop + 1, DAY)
    found = tuple(d + t for d in days for t in at if start <= d + t <= stop)
    if not found:
        what = "no moment lies between --since and --until where prices are known"
        raise NotEnoughData("--since, --until", what, "Leave them out to see the whole record.")
    return found
