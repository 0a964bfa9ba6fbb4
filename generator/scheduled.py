"""The calendar that the user keeps: `calendar.yaml`, read strictly.

Nothing is shipped and nothing is guessed: what the file does not say is unknown. Names and sources
are printed as they stand, so they may hold no figure, link or character that nobody can see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from generator.coerce import did_you_mean
from generator.errors import UsageError
from generator.judge.strict_yaml import Located, read
from generator.model import DAY, Event, Snapshot, Source
from generator.printable import unprintable

NAME = "calendar"
KINDS = ("macro", "venue", "expiry")
UNITS = ("%", "points", "count")
FIGURES = ("actual", "consensus", "previous", "amount_usd")
KEYS = ("name", "at", "kind", "source", *FIGURES, "unit", "asset")
LONGEST = 60
KEPT = 2 * DAY  # of the calendar, around the moment of a snapshot
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|\+00:00)", re.ASCII)
WHERE = "docs/optional-sources.md shows the form."


def load_calendar(path: Path, *, wanted: bool = False) -> tuple[Event, ...] | None:
    """The events of a calendar file by time; None when there is no file.

    wanted: the file was named in the settings, so its absence is an error. Raises UsageError with
    file, line and column.
    """
    if not path.is_file():
        if wanted:
            raise UsageError(str(path), "there is no such calendar", "Correct [calendar] file.")
        return None
    top = _mapping(read(path, path.name), ("events",))
    if "events" not in top or not isinstance(top["events"].value, list):
        raise UsageError(path.name, "has no list `events`", WHERE)
    events = [_event(node) for node in top["events"].value]
    return tuple(sorted(events, key=lambda e: (e.at, e.kind, e.name)))


def with_calendar(snapshot: Snapshot, events: Sequence[Event] | None) -> Snapshot:
    """The snapshot with the events around its moment, and the calendar among its sources.

    A calendar that does not reach over the moment is `partial`: what it lacks is not known to be
    absent. A figure is dropped from an event that is still to come.
    """
    if events is None:
        return snapshot
    now = snapshot.now
    near = [e if e.at <= now else replace(e, actual=None) for e in events if abs(e.at - now) < KEPT]
    reaches = any(e.at <= now - DAY for e in events) and any(e.at >= now for e in events)
    reason = "" if reaches else "its entries do not reach over the moment"
    row = Source(NAME, "ok" if reaches else "partial", reason, 0.0, len(near))
    return replace(snapshot, events=tuple(near), sources=(*snapshot.sources, row))


def _mapping(node: Located, known: Sequence[str]) -> Mapping[str, Located]:
    if not isinstance(node.value, dict):
        raise node.error("is no mapping", WHERE)
    for key, inner in node.value.items():
        if key not in known:
            raise inner.key_error(f"unknown key {key!r}", did_you_mean(key, known))
    return node.value


def _event(node: Located) -> Event:
    fields = _mapping(node, KEYS)
    for key in ("name", "at"):
        if key not in fields:
            raise node.error(f"an event has no {key!r}", WHERE)
    kind = _choice(fields, "kind", KINDS, "macro")
    numbers = {k: _number(fields, k) for k in FIGURES}
    unit = _choice(fields, "unit", UNITS, "")
    if not unit and any(numbers[k] is not None for k in ("actual", "consensus", "previous")):
        raise node.error("a figure without its unit", f"Add `unit`: {', '.join(UNITS)}.")
    if kind == "expiry" and "asset" not in fields:
        raise node.error("an expiry without its asset", "Add e.g. `asset: BTC`.")
    name, source = _text(fields, "name"), _text(fields, "source")
    asset = _text(fields, "asset")
    return Event(name, _moment(fields["at"]), kind, source, unit=unit, asset=asset, **numbers)  # type: ignore[arg-type]


def _text(fields: Mapping[str, Located], key: str) -> str:
    """One printable line without a figure: a digit in it could not be traced to anything."""
    if key not in fields:
        return ""
    node, value = fields[key], fields[key].value
    if not isinstance(value, str) or not value.strip():
        raise node.error(f"{key} is no text", "Write it in words.")
    if len(value) > LONGEST:
        raise node.error(f"{key} is longer than {LONGEST} characters", "Shorten it.")
    if (bad := unprintable(value)) or "\n" in value:
        raise node.error(f"{key} holds {bad or 'a line break'}", "Remove it.")
    if re.search(r"\d", value):
        raise node.error(
            f"{key} holds a digit", "Write it without: figures have keys of their own."
        )
    return value.strip()


def _choice(fields: Mapping[str, Located], key: str, known: Sequence[str], default: str) -> str:
    if key not in fields:
        return default
    value = fields[key].value
    if value not in known:
        raise fields[key].error(f"{key} {value!r} is not known", did_you_mean(str(value), known))
    return str(value)


def _number(fields: Mapping[str, Located], key: str) -> float | None:
    if key not in fields:
        return None
    value = fields[key].value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fields[key].error(f"{key} is no number", "Remove the line while it is not known.")
    return float(value)


def _moment(node: Located) -> int:
    """UTC, to the minute or second, in ms."""
    raw = str(node.value)
    if not MOMENT.fullmatch(raw):
        raise node.error(f"{raw[:40]!r} is no UTC time", "Write 2026-03-11T12:30Z.")
    try:
        when = datetime.fromisoformat(raw)
    except ValueError:
        raise node.error(f"{raw[:40]!r} is no date", "Write 2026-03-11T12:30Z.") from None
    if not 2009 <= when.year < 2100:
        raise node.error(f"the year {when.year} is out of range", "Use 2009 to 2099.")
    return int(when.astimezone(UTC).timestamp()) * 1000
