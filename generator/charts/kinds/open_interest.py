"""Open interest in coins under the price, each on its own scale.

Two scales on one frame would let the reader see a relation that the choice of scales made.
"""

from __future__ import annotations

import math

from generator.charts import scales
from generator.charts.closes import CENT, Points, closes
from generator.charts.model import Band, Colour, Line, Panel, Picture
from generator.charts.view import View
from generator.model import DAY, HOUR

FOR = ("open_interest/*",)

LENGTH, FEWEST = 7 * DAY, 24
LONGEST = 8 * HOUR  # between two samples that a line may join, however rarely they are taken


def picture(view: View) -> Picture | None:
    price, found = closes(view, HOUR, LENGTH), view.series("oi_ts", "oi_past")
    if price is None or price[0] != HOUR or found is None:
        return None
    ts, coins = found
    every = scales.every(ts, LENGTH, LONGEST)
    points = scales.broken(ts, coins, every, view.now - LENGTH)
    if (now := view.series("oi_now")) is not None:
        points = scales.ending(points, view.now, now[0], every)
    if len(scales.known(points)) < FEWEST:
        return None
    start = price[1][0][0]
    more = {"asset": view.subject, "scope": view.scope("price"), "venue": view.scope("oi")}
    edges = {"start": view.moment(start), "end": view.moment(view.now)}
    view.describe("alt_open_interest", **more, **edges)
    change = math.isfinite(view.value("oi_change_24h"))
    title = (
        view.say("title_open_interest", view.finding)
        if change
        else view.say("title_open_interest_bare", **more)
    )
    axis = scales.days(start, view.now, view.scale("axis_day", "ms"))
    bands = (Band(float(view.now - DAY), float(view.now)),) if change else ()

    def panel(
        name: str, shown: Points, colour: Colour, text: str, unit: str, least: float
    ) -> Panel:
        return Panel(
            x=axis,
            y=scales.axis(scales.known(shown), view.scale(text, unit), least=least, few=3),
            name=view.say(f"panel_{name}", **more),
            lines=(Line(shown, colour),),
            bands=bands,
        )

    panels = (
        panel("price", price[1], "blue", "axis_money", "USD", CENT),
        panel("open_interest", points, "orange", "axis_coins", "coins", 1.0),
    )
    return view.picture(title, "", panels)
