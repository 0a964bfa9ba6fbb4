"""Turnover of the last 24 hours beside whole days before, and the median it is held against."""

from __future__ import annotations

import math

import numpy as np

from generator.charts import scales
from generator.charts.model import Band, Column, Level, Panel, Picture
from generator.charts.view import View
from generator.model import DAY, HOUR

FOR = (
    "volume/heavy_volume",
    "volume/thin_volume",
    "volume/move_on_*_volume",
    "volume/heavy_perp_volume",
)

LENGTH, FEWEST = 45 * DAY, 30
WIDE = 0.8  # of a day


def picture(view: View) -> Picture | None:
    side = "perp" if "perp" in view.rule else "spot"
    found = view.series(f"{side}_volume", f"{side}_daily_ts", f"{side}_daily_volume")
    if found is None:
        return None
    last, ts, past = found
    # A day that the last 24 hours reach into would be counted twice.
    ended = ts + DAY <= view.now - DAY + HOUR
    shown = ended & (ts >= view.now - LENGTH) & np.isfinite(past) & (past > 0)
    if np.count_nonzero(shown) < FEWEST or not last > 0:
        return None
    pairs = zip(ts[shown].tolist(), past[shown].tolist(), strict=True)
    columns = [Column(at, at + WIDE * DAY, value, "grey") for at, value in pairs]
    columns.append(Column(view.now - WIDE * DAY, view.now, float(last)))
    start, f = columns[0].left, view.finding
    more = {"asset": view.subject, "scope": view.scope(side)}
    view.describe("alt_turnover", **more, start=view.moment(start), end=view.moment(view.now))
    multiple = view.value(f"{side}_volume_multiple")
    levels: tuple[Level, ...] = ()
    if math.isfinite(multiple) and multiple > 0:
        levels = (Level(last / multiple, view.say(f"mark_median_{side}", f)),)
    panel = Panel(
        x=scales.days(start, view.now, view.scale("axis_day", "ms")),
        y=view.sums([c.value for c in columns]),
        columns=tuple(columns),
        bands=(Band(view.now - WIDE * DAY, float(view.now), view.say(f"mark_{side}_now", f)),),
        levels=levels,
    )
    title = view.title("title_turnover", None, **more)
    return view.picture(title, view.say("subtitle_turnover", **more), (panel,))
