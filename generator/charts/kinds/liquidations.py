"""What named venues report as liquidated, hour by hour of a week; others are not in it."""

from __future__ import annotations

import math

import numpy as np

from generator.charts import scales
from generator.charts.model import Band, Column, Panel, Picture
from generator.charts.view import View
from generator.model import DAY, HOUR

FOR = ("liquidations/*",)

HOURS, FEWEST = 7 * 24, 24


def picture(view: View) -> Picture | None:
    found = view.series("liquidations_hours", "liquidations_end")
    if found is None or not math.isfinite(view.value("liquidations_usd")):
        return None
    hours, end = found[0][:HOURS], float(found[1])
    if np.count_nonzero(np.isfinite(hours)) < FEWEST or not np.nansum(hours) > 0:
        return None
    columns = tuple(
        Column(end - (age + 1) * HOUR, end - age * HOUR, value, "blue" if age < 24 else "grey")
        for age, value in reversed(list(enumerate(hours.tolist())))
        if math.isfinite(value)
    )
    f, start = view.finding, columns[0].left
    more = {"asset": view.subject, "scope": view.scope("liquidations")}
    view.describe("alt_liquidations", **more, start=view.moment(start), end=view.moment(end))
    panel = Panel(
        x=scales.days(start, end, view.scale("axis_day", "ms")),
        y=view.sums([c.value for c in columns]),
        columns=columns,
        bands=(Band(end - DAY, end, view.say("mark_liquidations", f)),),
    )
    title = view.title("title_liquidations", f)
    return view.picture(title, view.say("subtitle_liquidations", **more), (panel,))
