"""An asset's closes on the story's own market, as points to draw."""

from __future__ import annotations

import math

from generator.charts import scales
from generator.charts.view import View
from generator.model import DAY, HOUR

ENOUGH = {HOUR: 24, DAY: 20}  # bars without which there is no picture worth printing

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
    if now is not None and math.isfinite(now[0]) and points[-1][0] < view.now:
        gap = () if view.now - points[-1][0] <= step else (((points[-1][0] + view.now) / 2, None),)
        points = (*points, *gap, (float(view.now), float(now[0])))
    return step, points
