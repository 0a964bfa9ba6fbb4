"""The week of the median coin in each class of market value, beside bitcoin's."""

from __future__ import annotations

import math

from generator.charts import scales
from generator.charts.model import Axis, Panel, Picture, Row
from generator.charts.view import View
from generator.measure.rotation import BUCKETS
from generator.model import MARKET

FOR = ("rotation/*_rotation",)

FEWEST = 2  # bitcoin and a class
TENTH = 0.1  # percent: the smallest change that is printed


def picture(view: View) -> Picture | None:
    values = view.desk.measured.values.get(MARKET, {})
    if view.series("bucket_value", "bucket_close", "bucket_btc_close", subject=MARKET) is None:
        return None
    text = view.scale("axis_change", "%")
    found = [(f"{b}_median_7d", _class(view, *BUCKETS[b])) for b in BUCKETS]
    found.append(("btc_return_7d_utc", "BTC"))
    rows = tuple(
        Row(name, change, text(change), "grey" if name == "BTC" else "blue")
        for metric, name in found
        if math.isfinite(change := values.get(metric, math.nan))
    )
    if len(rows) < FEWEST or rows[-1].name != "BTC":
        return None
    base = view.metric("btc_return_7d_utc", MARKET)
    more = {"scope": view.scope("buckets"), "base": base}
    view.describe("alt_rotation", **more)
    panel = Panel(
        x=scales.axis([r.value for r in rows], text, least=TENTH, zero=True, few=4),
        y=Axis(0.0, float(len(rows)), ()),
        rows=rows,
    )
    title = view.title("title_rotation", None, **more)
    return view.picture(title, view.say("subtitle_rotation", **more), (panel,))


def _class(view: View, low: float, high: float) -> str:
    """A class by the market value of its coins, as one reads it on an axis."""
    text = view.scale("axis_worth", "USD")
    return f"{text(low)}\N{EN DASH}{text(high)}"
