"""One clock for a whole collection: the present, or a replayed moment that moves on by itself."""

from __future__ import annotations

import time


class Clock:
    """UTC in ms. A replay starts at `moment` and advances with real elapsed time."""

    def __init__(self, moment: int | None = None) -> None:
        self.replay = moment is not None
        self._start = time.time_ns() // 1_000_000 if moment is None else moment
        self._began = time.monotonic()

    @property
    def start(self) -> int:
        return self._start

    def now(self) -> int:
        # The wall clock may be stepped while requests are under way; elapsed time may not.
        return self._start + round((time.monotonic() - self._began) * 1000)
