"""Bars of one denomination: what was quoted before a re-split is not compared with what came after.

A contract that is re-split at ten or a thousand for one, either way, opens a power of ten from its
last close while its volume in coins moves the other way. History keeps both sides as they were
quoted, so a moment reads the bars since the last re-split it knew of: the record is short, and says
so, instead of holding a crash that no one lost money in. Nothing is scaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from generator.model import COLUMNS, History, Series, SeriesKey

LEAST_JUMP = 5.0  # a power of ten is at least this far from any day's step, cheaply asked first
TOLERANCE = 0.035  # of log10: 8% around the power of ten
VOLUME_SHARE = 0.5  # of the jump, in log10, that volume must move against it
OPEN, CLOSE, VOLUME = (COLUMNS["bars_1d"].index(n) for n in ("open", "close", "base_volume"))
NONE = np.empty(0, dtype=np.int64)

_FOUND: WeakKeyDictionary[History, dict[SeriesKey, NDArray[np.int64]]] = WeakKeyDictionary()


def resplits(bars: Series) -> NDArray[np.int64]:
    """Rows (ascending) that are the first of a new denomination."""
    data = bars.data
    if len(data) < 2:
        return NONE
    opened = np.where(np.isfinite(data[1:, OPEN]), data[1:, OPEN], data[1:, CLOSE])
    with np.errstate(all="ignore"):
        step = opened / data[:-1, CLOSE]
        if not np.any((step > LEAST_JUMP) | (step < 1 / LEAST_JUMP)):
            return NONE
        jump, moved = np.log10(step), np.log10(data[1:, VOLUME] / data[:-1, VOLUME])
        power = np.round(jump)
        near = (power != 0) & (np.abs(jump - power) <= TOLERANCE)
        against = -moved * np.sign(power) >= VOLUME_SHARE * np.abs(power)
    return np.asarray(np.flatnonzero(near & against & np.isfinite(moved)) + 1)


def of_history(history: History) -> Mapping[SeriesKey, NDArray[np.int64]]:
    """The re-splits of every series of bars that has one; worked out once per history."""
    found = _FOUND.get(history)
    if found is None:
        found = {
            key: rows
            for key, series in history.series.items()
            if key[2] in ("bars_1d", "bars_1h") and len(rows := resplits(series))
        }
        _FOUND[history] = found
    return found


def since_resplit(rows: NDArray[np.int64] | None, count: int) -> int:
    """The first of the first `count` rows that is of the denomination of the last of them."""
    if rows is None:
        return 0
    known = rows[rows < count]
    return int(known[-1]) if len(known) else 0


def resplit_between(history: History, key: SeriesKey, first: float, last: float = np.inf) -> bool:
    """Whether a bar that opened in [first, last) began a new denomination."""
    rows, series = of_history(history).get(key), history.get(*key)
    if rows is None or series is None:
        return False
    ts = series.data[rows, 0]
    return bool(np.any((ts >= first) & (ts < last)))
