"""How many coins of the universe had a change of each size in 24 hours."""

from __future__ import annotations

import math

import numpy as np

from generator.charts import scales
from generator.charts.model import Axis, Column, Level, Panel, Picture
from generator.charts.view import View

FOR = ("breadth/*",)

WIDE, HALF = 2.0, 14.0  # width of a bar in percent; beyond `HALF` all is counted in the last bar


def picture(view: View) -> Picture | None:
    found = view.series("u_return")
    counts = [view.value(n) for n in ("advancers", "decliners", "universe_count")]
    if found is None or not all(map(math.isfinite, counts)):
        return None
    beyond = bool(np.any(np.abs(found[0]) >= HALF))
    f, more = view.finding, {"scope": view.scope("universe"), "beyond": beyond}
    alt = [view.say("alt_breadth", **more)]
    title = view.say("title_breadth_fell" if counts[1] > counts[0] else "title_breadth_rose", f)
    median = view.value("median_return_24h")
    columns = _columns(found[0])
    panel = Panel(
        x=_axis(view),
        y=scales.axis(
            [c.value for c in columns], view.scale("axis_count", "coins"), least=1.0, zero=True
        ),
        columns=columns,
        levels=(Level(median, view.say("mark_median", f), upright=True),)
        if -HALF < median < HALF
        else (),
    )
    return view.picture(alt, title, view.say("subtitle_breadth", f, beyond=beyond), (panel,))


def _columns(returns: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[Column, ...]:
    """Bars of equal width; what lies beyond either end is counted in the outermost one."""
    inside = np.clip(returns[np.isfinite(returns)], -HALF + WIDE / 2, HALF - WIDE / 2)
    edges = np.arange(-HALF, HALF + WIDE, WIDE)
    # Zero itself is neither a rise nor a fall; it is counted on the right, as bins are half open.
    counts, _ = np.histogram(inside, edges)
    return tuple(
        Column(left, left + WIDE, float(count), "orange" if left < 0 else "blue")
        for left, count in zip(edges[:-1].tolist(), counts.tolist(), strict=True)
        if count
    )


def _axis(view: View) -> Axis:
    text = view.scale("axis_percent", "%")
    return Axis(-HALF, HALF, tuple((at, text(at)) for at in (-12.0, -6.0, 0.0, 6.0, 12.0)))
