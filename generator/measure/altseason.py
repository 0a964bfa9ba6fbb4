"""A vendor's index of how many large coins beat bitcoin over 90 days (canon M07).

Quoted, never computed: the vendor chooses the coins. Only the series of that vendor feeds it.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, recorded
from generator.measure.registry import metric
from generator.measure.venues import venue_name
from generator.model import DAY, Floats

NAN = float("nan")
VENDOR, SYMBOL = "coinmarketcap", "ALTSEASON"
WEEK = 7


@draws("market")
def put_altseason(inputs: Inputs, desk: Desk) -> None:
    """The vendor's daily readings."""
    found = desk.series(VENDOR, SYMBOL, "index")
    if found is not None:
        inputs.scopes["altseason"] = venue_name(VENDOR)
        inputs.put("altseason_ts", found.column("ts"), recorded(found, "value"))
        inputs.put("altseason_value", found.column("value"), recorded(found, "value"))


@metric("index points", venue="altseason", window="90 d", scope="market")
def altseason_index(altseason_ts: Floats, altseason_value: Floats, now: float) -> float:
    """The last reading, if it is at most two days old."""
    recent = len(altseason_ts) and 0 <= now - altseason_ts[-1] <= 2 * DAY
    return float(altseason_value[-1]) if recent else NAN


def _week(ts: Floats, value: Floats) -> Floats:
    """The readings of the seven days before the last one; empty unless every day has one."""
    before = (ts >= ts[-1] - WEEK * DAY) & (ts < ts[-1]) if len(ts) else np.zeros(0, dtype=bool)
    days = np.unique(ts[before] // DAY)
    known = value[before]
    return known if len(days) >= WEEK and np.isfinite(known).all() else np.empty(0)


@metric("index points", venue="altseason", window="7 d", scope="market")
def altseason_week_high(altseason_ts: Floats, altseason_value: Floats) -> float:
    """The highest reading of the seven days before the last one."""
    week = _week(altseason_ts, altseason_value)
    return float(week.max()) if len(week) else NAN


@metric("index points", venue="altseason", window="7 d", scope="market")
def altseason_week_low(altseason_ts: Floats, altseason_value: Floats) -> float:
    """The lowest reading of the seven days before the last one."""
    week = _week(altseason_ts, altseason_value)
    return float(week.min()) if len(week) else NAN
