"""How many coins of the universe had a change of each size in 24 hours."""

from __future__ import annotations

import math

import numpy as np

from generator.charts import scales
from generator.charts.model import Axis, Column, Level, Panel, Picture
from generator.charts.view import View
from generator.model import Floats

FOR = ("breadth/*",)

WIDTHS = (0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0)  # of a bar, in percent
MOST = 18  # bars that can be told apart on a phone
# The scale ends where so small a share of all coins lies further out; those stand in one bar of
# their own beyond it, so that a single coin that doubled does not flatten all others.
OUTSIDE = 0.02
APART = 0.5  # bars between the scale and what lies beyond it
# Of the width of the scale: half of the words under such a bar, and to the next mark beside them.
UNDER, BESIDE = 0.09, 0.17


def picture(view: View) -> Picture | None:
    found = view.series("u_return")
    counts = [view.value(n) for n in ("advancers", "decliners", "universe_count")]
    if found is None or not all(map(math.isfinite, counts)):
        return None
    known = np.asarray(found[0])[np.isfinite(found[0])]
    low, high, wide = bounds(known)
    columns = bars(known, low, high, wide)
    beyond = any(c.beyond for c in columns)
    f = view.finding
    view.describe("alt_breadth", scope=view.scope("universe"), beyond=beyond)
    median = view.value("median_return_24h")
    panel = Panel(
        x=_axis(view, columns, low, high, wide),
        y=scales.axis(
            [c.value for c in columns], view.scale("axis_count", "coins"), least=1.0, zero=True
        ),
        columns=columns,
        levels=(Level(median, view.say("mark_median", f), upright=True),),
    )
    title = view.title("title_breadth_fell" if counts[1] > counts[0] else "title_breadth_rose", f)
    return view.picture(title, view.say("subtitle_breadth", f), (panel,))


def bounds(returns: Floats) -> tuple[float, float, float]:
    """(low, high, width of a bar), in percent: whole bars from where the smallest changes begin
    to where the largest end, a few far ones apart; zero and the median are always inside."""
    ends = np.quantile(returns, (OUTSIDE, 1 - OUTSIDE))
    least, most = min(float(ends[0]), 0.0), max(float(ends[1]), 0.0)
    for wide in WIDTHS:
        low, high = math.floor(least / wide), math.ceil(most / wide)
        if high - low <= MOST:
            break
    return low * wide, max(high, low + 1) * wide, wide


def bars(returns: Floats, low: float, high: float, wide: float) -> tuple[Column, ...]:
    """Every coin in one bar. Zero itself is neither a rise nor a fall; it is counted on the right,
    as bars are half open."""
    edges = np.linspace(low, high, round((high - low) / wide) + 1)
    counts, _ = np.histogram(returns[(returns >= low) & (returns <= high)], edges)
    rows = [(float(left), float(n), False) for left, n in zip(edges, counts, strict=False)]
    far = [(low - (1 + APART) * wide, returns < low), (high + APART * wide, returns > high)]
    rows += [(left, float(np.count_nonzero(those)), True) for left, those in far]
    return tuple(
        Column(left, left + wide, n, "orange" if left + wide / 2 < 0 else "blue", beyond)
        for left, n, beyond in sorted(rows)
        if n
    )


def _axis(view: View, columns: tuple[Column, ...], low: float, high: float, wide: float) -> Axis:
    """Round changes within the scale; under a bar beyond it, what lies there."""
    text = view.scale("axis_percent", "%")
    far = {"below" if c.left < low else "above": c for c in columns if c.beyond}
    start = far["below"].left if "below" in far else low
    end = far["above"].right if "above" in far else high
    marks = []
    if "below" in far:
        words = view.scale("axis_below", "%")
        marks.append((far["below"].left + wide / 2, words(low)))
    room = BESIDE * (end - start) + wide / 2
    first, last = start + room if "below" in far else low, end - room if "above" in far else high
    marks += [(at, text(at)) for at in scales.ticks(low, high, 1.0) if first <= at <= last]
    if "above" in far:
        words = view.scale("axis_above", "%")
        marks.append((far["above"].left + wide / 2, words(high)))
    # The words under a bar beyond the scale need more room than the bar.
    edge = APART * wide
    left = max(edge, UNDER * (end - start) - wide / 2) if "below" in far else edge
    right = max(edge, UNDER * (end - start) - wide / 2) if "above" in far else edge
    return Axis(start - left, end + right, tuple(marks))
