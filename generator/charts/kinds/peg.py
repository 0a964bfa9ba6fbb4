"""How far a stablecoin trades from a dollar, on each venue that quotes it in dollars."""

from __future__ import annotations

import math

from generator.charts import scales
from generator.charts.model import Axis, Panel, Picture, Row
from generator.charts.view import View
from generator.measure.venues import NAMES

FOR = ("stablecoins/*_off_peg",)

FEWEST = 2
CENT = 0.01  # percent: the smallest distance that is printed


def picture(view: View) -> Picture | None:
    coin = view.rule.partition("_")[0]
    found = view.series(f"{coin}_prices")
    venues = [ref().venue for ref in view.inputs().refs.get(f"{coin}_prices", ())]
    if found is None or len(found[0]) != len(venues):
        return None
    gaps = [
        ((price - 1) * 100, venue)
        for venue, price in zip(venues, found[0].tolist(), strict=True)
        if math.isfinite(price) and venue in NAMES
    ]
    if len(gaps) < FEWEST:
        return None
    text, more = view.scale("axis_gap", "%"), {"asset": coin.upper()}
    view.describe("alt_peg", **more, venues=view.venues())
    rows = tuple(
        Row(
            view.composer.forms.scope(NAMES[venue]), gap, text(gap), "orange" if gap < 0 else "blue"
        )
        for gap, venue in sorted(gaps, reverse=True)
    )
    panel = Panel(
        x=scales.axis([gap for gap, _ in gaps], text, least=CENT, zero=True, few=4),
        y=Axis(0.0, float(len(rows)), ()),
        rows=rows,
    )
    title = view.title("title_peg", None, **more)
    return view.picture(title, view.say("subtitle_peg", **more), (panel,))
