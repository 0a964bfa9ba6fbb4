"""A pair's ratio (ETH/BTC) at daily closes of both legs on one market."""

from __future__ import annotations

import math

import numpy as np

from generator.charts import scales
from generator.charts.model import Level, Line, Panel, Picture
from generator.charts.view import View
from generator.model import DAY

FOR = ("relative/eth_*", "relative/diverging_day")

LENGTH, FEWEST = 91 * DAY, 20


def picture(view: View) -> Picture | None:
    found = view.series("pair_ts", "left_close", "right_close")
    if found is None:
        return None
    ts, left, right = found
    with np.errstate(all="ignore"):
        points = scales.broken(ts + DAY, left / right, DAY, view.now - LENGTH)
    if len(scales.known(points)) < FEWEST:
        return None
    latest = view.series("left_last", "right_last")
    if latest is not None and latest[1] > 0:
        points = scales.ending(points, view.now, latest[0] / latest[1], DAY)
    start, scope = points[0][0], view.scope("pair")
    more = {"asset": view.subject, "scope": scope}
    edges = {"start": view.moment(start), "end": view.moment(view.now)}
    view.describe("alt_days", **more, **edges)
    own = view.finding if math.isfinite(view.value("pair_level")) else view.level("eth_btc_level")
    closed, day = view.value("pair_closing_level"), view.value("pair_closing_day")
    levels: tuple[Level, ...] = ()
    if math.isfinite(closed) and day >= start:
        levels = (Level(closed, view.say("mark_pair_close", view.finding), at=day + DAY),)
    title = view.title("title_pair" if own else "title_price_bare", own, **more)
    panel = Panel(
        x=scales.days(start, view.now, view.scale("axis_day", "ms")),
        y=scales.axis(
            scales.known(points),
            view.scale("axis_ratio", "ratio"),
            least=scales.significant(max(scales.known(points)), 4),
        ),
        lines=(Line(points),),
        levels=levels,
    )
    return view.picture(title, view.say("subtitle_days", **more, ranges=False), (panel,))
