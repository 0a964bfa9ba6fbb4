"""Time as publishing sees it, so that tests can step it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """now: ms since 1970, UTC."""

    def now(self) -> int: ...

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own time, moved by `offset` ms for replays (`--now`)."""

    offset: int = 0

    def now(self) -> int:
        return time.time_ns() // 1_000_000 + self.offset

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def month_of(now: int) -> int:
    """When the month of a moment began, in ms (UTC)."""
    at = datetime.fromtimestamp(now / 1000, UTC)
    return int(at.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
