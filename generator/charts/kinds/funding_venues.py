"""The last settled funding rate of each venue, side by side, as percent per 8 hours."""

from __future__ import annotations

import math

from generator.charts import scales
from generator.charts.model import Axis, Level, Panel, Picture, Row
from generator.charts.view import View

FOR = ("funding/*",)

FEWEST, MOST = 2, 8


def picture(view: View) -> Picture | None:
    found = view.series("venue_funding")
    names = view.inputs().scopes.get("funding_venues", "").split(", ")
    if found is None or len(found[0]) != len(names):
        return None
    rates = [(n, float(r)) for n, r in zip(names, found[0][:, 0], strict=True) if math.isfinite(r)]
    if not FEWEST <= len(rates) <= MOST:
        return None
    rates.sort(key=lambda rate: (-rate[1], rate[0]))
    text = view.scale("axis_rate", "% per 8 h")
    more = {"asset": view.subject, "base": view.metric("funding_settled")}
    view.describe("alt_funding", **more, venues=view.venues())
    rows = tuple(
        Row(view.composer.forms.scope(n), r, text(r), "orange" if r < 0 else "blue")
        for n, r in rates
    )
    levels = baseline(view)
    panel = Panel(
        x=scales.axis(
            [*(r for _, r in rates), *(x.value for x in levels)],
            text,
            least=0.0001,
            zero=True,
            few=4,
        ),
        y=Axis(0.0, float(len(rows)), ()),
        rows=rows,
        levels=levels,
    )
    ends = {
        "high": view.metric("funding_venues_high"),
        "low": view.metric("funding_venues_low"),
        "first": rows[0].name,
        "last": rows[-1].name,
    }
    title = view.say("title_funding", **more, **ends)
    return view.picture(title, view.say("subtitle_funding", **more), (panel,))


def baseline(view: View, *, upright: bool = True) -> tuple[Level, ...]:
    """The rate that the reference venue's formula starts from, where it is known."""
    rate = view.metric("funding_baseline")
    if not math.isfinite(rate.value):
        return ()
    label = view.say("mark_baseline", rate=rate)
    return (Level(rate.value, label, upright=upright),)
