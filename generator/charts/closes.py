"""An asset's closes on the story's own market, as points to draw."""

from __future__ import annotations

from generator.charts import scales
from generator.charts.view import View
from generator.model import DAY, HOUR

ENOUGH = {HOUR: 24, DAY: 20}  # bars without which there is no picture worth printing
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
