"""Completed UTC days on an even grid: a missing day is a hole in it, never a jump across it.

Only the majors get these inputs. `days_close` and its kin have one value a UTC day, oldest first;
the last ended at `days_end`, the newest midnight. `price_7d_ago` and `price_24h_ago` are prices.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, Thunk, draws
from generator.model import DAY, HOUR, Floats

LONGEST = 2_000  # days: as far back as daily bars are kept


def on_days(ts: Floats, values: Floats, end: float, length: int = LONGEST) -> Floats:
    """Daily values by the open of their day, on the grid of days that ends at `end` (ms)."""
    out = np.full(length, np.nan)
    place = length - np.rint((end - ts) / DAY).astype(np.int64)
    inside = (place >= 0) & (place < length) & (ts % DAY == 0)
    out[place[inside]] = values[inside]
    return out


def unbroken(values: Floats) -> Floats:
    """The newest stretch without a hole; empty where the newest value itself is unknown."""
    holes = np.flatnonzero(~np.isfinite(values))
    return values[int(holes[-1]) + 1 :] if len(holes) else values


def rolling(values: Floats, length: int) -> Floats:
    """Windows (n - length + 1, length), oldest first; none where there are too few values."""
    if len(values) < length:
        return np.empty((0, length))
    return np.lib.stride_tricks.sliding_window_view(values, length)


@draws("asset")
def put_days(inputs: Inputs, desk: Desk, asset: str) -> None:
    ts = inputs.values.get("daily_ts")
    if ts is None or not len(ts):
        return
    end = desk.now // DAY * DAY
    inputs.put("days_end", float(end), *inputs.refs["daily_ts"])
    for name in ("open", "high", "low", "close"):
        values = on_days(ts, inputs.values[f"daily_{name}"], end)
        inputs.put(f"days_{name}", values, *inputs.refs[f"daily_{name}"])


@draws("asset")
def put_week_ago(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The price seven days ago: an hour's close or, where that lacks, a day's, at most 1 h old."""
    moment = desk.now - 7 * DAY
    for name, length in (("hourly", HOUR), ("daily", DAY)):
        ts = inputs.values.get(f"{name}_ts")
        if ts is None:
            continue
        i = int(np.searchsorted(ts + length, moment, side="right")) - 1
        if i >= 0 and moment - (ts[i] + length) < HOUR:
            refs: tuple[Thunk, ...] = inputs.refs[f"{name}_close"]
            inputs.put("price_7d_ago", float(inputs.values[f"{name}_close"][i]), *refs)
            return
