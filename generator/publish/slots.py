"""Slots: the times of day at which a text is due, as people keep time where they live.

A slot's key is its local date and its name, `2026-11-23/morning`; all else counts in UTC. Every
local date has exactly one moment for a slot, on the days of a clock change too: a time that the
clocks skip comes an hour later on the wall, and of a time that comes twice the first counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator.coerce import Pairs, did_you_mean
from generator.errors import UsageError

MINUTE = 60_000
DAY = timedelta(days=1)
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ([A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*)", re.ASCII)
_KEY = re.compile(r"(\d{4}-\d\d-\d\d)/([a-z][a-z0-9_-]{0,30})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of day in a zone, by the name that its texts carry."""

    name: str
    at: time
    zone: ZoneInfo

    def moment(self, day: date) -> int:
        """When it is on a local date, in ms."""
        # Of a time that is skipped or comes twice, fold 0 is by the offset before the change.
        wall = datetime.combine(day, self.at, self.zone)
        return int(wall.astimezone(UTC).timestamp()) * 1000

    def latest(self, now: int) -> Due:
        """The last time that it came, up to `now` (ms)."""
        today = datetime.fromtimestamp(now / 1000, self.zone).date()
        day = today if self.moment(today) <= now else today - DAY
        return Due(f"{day.isoformat()}/{self.name}", self.moment(day))

    def coming(self, now: int) -> Due:
        """The next time that it comes, after `now` (ms)."""
        today = datetime.fromtimestamp(now / 1000, self.zone).date()
        day = today if self.moment(today) > now else today + DAY
        return Due(f"{day.isoformat()}/{self.name}", self.moment(day))


@dataclass(frozen=True, slots=True)
class Due:
    """One slot of one day. at: ms, when it is due."""

    key: str
    at: int


def slots_of(written: Pairs, subject: str = "run.slots") -> tuple[Slot, ...]:
    """The slots of the settings: name and `HH:MM Area/City`. Raises UsageError."""
    return tuple(_slot(name, text, f"{subject}.{name}") for name, text in written)


def _slot(name: str, text: str, subject: str) -> Slot:
    todo = 'Write morning = "08:00 Europe/Zurich"; UTC is a zone, too.'
    if not _NAME.fullmatch(name):
        raise UsageError(subject, "is no name of a slot", "Use small letters, digits, - and _.")
    parts = _TIME.fullmatch(text.strip())
    if parts is None:
        raise UsageError(subject, f"{text!r} is no time with its zone", todo)
    try:
        zone = ZoneInfo(parts[3])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(subject, f"{parts[3]!r} is no time zone of this machine", todo) from None
    return Slot(name, time(int(parts[1]), int(parts[2])), zone)


def due(slots: Sequence[Slot], now: int, late_minutes: float) -> Due | None:
    """The slot that came last, unless it came longer ago than a run may be late."""
    last = max((s.latest(now) for s in slots), key=lambda d: d.at)
    return last if now - last.at <= late_minutes * MINUTE else None


def coming(slots: Sequence[Slot], now: int) -> Due:
    """The slot that comes next."""
    return min((s.coming(now) for s in slots), key=lambda d: d.at)


def asked(key: str, slots: Sequence[Slot], now: int, late_minutes: float) -> Due:
    """The slot that somebody named. Raises UsageError for one that is not now.

    Without slots in the settings any name will do, and the date is one that is today somewhere.
    """
    day, name = _parts(key)
    if not slots:
        today = datetime.fromtimestamp(now / 1000, UTC).date()
        if abs(day - today) > DAY:
            raise UsageError(f"slot {key}", f"is not of today, {today}", "Name one of today.")
        return Due(key, now)
    found = next((s for s in slots if s.name == name), None)
    if found is None:
        known = did_you_mean(name, (s.name for s in slots))
        raise UsageError(f"slot {key}", f"{name!r} is not in [run] slots", known)
    at = found.moment(day)
    if at > now:
        what = f"is not due before {_utc(at)}"
        raise UsageError(f"slot {key}", what, "Start it then, or leave --slot out.")
    if now - at > late_minutes * MINUTE:
        what = f"was due at {_utc(at)}, longer ago than [run] late_minutes"
        raise UsageError(f"slot {key}", what, "A slot that passed is not made up for.")
    return Due(key, at)


def _parts(key: str) -> tuple[date, str]:
    todo = "Write it like 2026-11-23/morning."
    parts = _KEY.fullmatch(key)
    if parts is None:
        raise UsageError("--slot", f"{key!r} is no slot", todo)
    try:
        return date.fromisoformat(parts[1]), parts[2]
    except ValueError:
        raise UsageError("--slot", f"{parts[1]} is no date", todo) from None


def _utc(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
