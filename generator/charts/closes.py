"""An asset's closes on the story's own market, as points to draw."""

from __future__ import annotations

import numpy as np

from generator.charts import scales
from generator.charts.model import Reach
from generator.charts.view import View
from generator.model import DAY, HOUR

ENOUGH = {HOUR: 24, DAY: 20}  # bars without which there is no picture worth printing
SAME = 1e-6  # of a price: a ticker's low and a bar's are the same number
CENT = 0.01  # the smallest difference of prices that an axis prints

Points = tuple[tuple[float, float | None], ...]


def closes(view: View, step: int, length: int, subject: str = "") -> tuple[int, Points] | None:
    """(step, points): closes at the ends of their bars, then the price now; None where too few."""
    prefix = "hourly" if step == HOUR else "daily"
    found = view.series(f"{prefix}_ts", f"{prefix}_close", subject=subject)
    if found is None or not len(found[0]):
        return None
    points = scales.broken(found[0] + step, found[1], step, view.now - length)
    if len(scales.known(points)) < ENOUGH[step]:
        return None
    now = view.series("last", subject=subject)
    if now is not None:
        points = scales.ending(points, view.now, now[0], step)
    return step, points


def reaches(view: View, step: int, length: int) -> tuple[Reach, ...]:
    """From the low to the high of every bar drawn by `closes`; none where they are not known."""
    prefix = "hourly" if step == HOUR else "daily"
    found = view.series(*(f"{prefix}_{name}" for name in ("ts", "low", "high")))
    if found is None:
        return ()
    ts, low, high = found
    shown = (ts + step >= view.now - length) & np.isfinite(low) & np.isfinite(high)
    rows = zip(ts[shown].tolist(), low[shown].tolist(), high[shown].tolist(), strict=True)
    start = view.now - length
    return tuple(Reach(max(at, start), min(at + step, view.now), a, b) for at, a, b in rows)


def reached_at(view: View, value: float, side: str) -> float | None:
    """The middle of the hour of the last 24 in which the price reached a low or a high, if its
    bars say so; the hour that has not ended has no bar yet."""
    found = view.series("hourly_ts", f"hourly_{side}")
    if found is None:
        return None
    ts, prices = found
    day = (ts > view.now - DAY - HOUR) & np.isfinite(prices)
    hits = ts[day & (np.abs(prices - value) <= SAME * value)]
    return float(hits[-1]) + HOUR / 2 if len(hits) else None
