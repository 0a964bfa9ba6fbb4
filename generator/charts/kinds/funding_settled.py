"""Every settlement of one venue's funding over two weeks: whether it kept its sign is seen."""

from __future__ import annotations

import math

import numpy as np

from generator.charts import scales
from generator.charts.kinds.funding_venues import baseline
from generator.charts.model import Column, Panel, Picture
from generator.charts.view import View
from generator.model import DAY, HOUR

FOR = ("funding/persistently_negative", "funding/sign_flip", "funding/unusually_high")

LENGTH, FEWEST = 14 * DAY, 12
WIDE = 0.8  # of the interval before a settlement, over which its rate was paid

RATE = 0.0001  # percent: the smallest difference of rates that is printed


def picture(view: View) -> Picture | None:
    found = view.series("funding_ts", "funding_rate", "funding_interval")
    if found is None or not math.isfinite(view.value("funding_settled")):
        return None
    ts, rate, hours = found
    shown = (ts >= view.now - LENGTH) & np.isfinite(rate) & (hours > 0)
    if np.count_nonzero(shown) < FEWEST:
        return None
    columns = tuple(
        Column(at - WIDE * every * HOUR, at, value, "orange" if value < 0 else "blue")
        for at, every, value in zip(
            ts[shown].tolist(),
            hours[shown].tolist(),
            (rate * 8 / hours * 100)[shown].tolist(),
            strict=True,
        )
    )
    start = columns[0].left
    scope = view.scope("funding")
    more = {"asset": view.subject, "scope": scope, "base": view.metric("funding_settled")}
    edges = {"start": view.moment(start), "end": view.moment(view.now)}
    view.describe("alt_settled", **more, **edges)
    levels = baseline(view, upright=False)
    panel = Panel(
        x=scales.days(start, view.now, view.scale("axis_day", "ms")),
        y=scales.axis(
            [*(c.value for c in columns), *(x.value for x in levels)],
            view.scale("axis_rate", "% per 8 h"),
            least=RATE,
            zero=True,
            few=4,
        ),
        columns=columns,
        levels=levels,
    )
    title = view.title("title_settled", view.finding)
    return view.picture(title, view.say("subtitle_settled", **more), (panel,))
