"""Price over time, with the event that the finding tells of marked where it happened.

Hourly closes of a week; daily closes for what is told of closes and of longer stretches, or where
no hours are known. Only the bars' own stretches are joined: a missing hour is a gap.
"""

from __future__ import annotations

import math

from generator.charts import scales
from generator.charts.closes import CENT, closes, reached_at, reaches
from generator.charts.model import Band, Level, Line, Panel, Picture
from generator.charts.view import View
from generator.model import DAY, HOUR, Finding

FOR = ("price/*", "volatility/*", "liquidations/*", "meta/quiet_day", "volume/*", "news/*")

WEEK, QUARTER = 7 * DAY, 91 * DAY
# Rules of daily closes, and of stretches longer than the hours that are drawn.
DAILY = (
    "below_peak",
    "closing_high",
    "closing_low",
    "down_streak",
    "largest_week",
    "month_close",
    "record_day_fall",
    "record_day_rise",
    "up_streak",
    "realised_volatility",
    "volatility_compressing",
    "volatility_expanding",
)


LOW, HIGH = ("low_price_24h", "mark_low"), ("high_price_24h", "mark_high")
# Rule -> the prices that it tells of, each with the words in which the picture names it.
MARKED = {
    "new_low": (LOW,),
    "new_high": (HIGH,),
    "daily_fall": (LOW,),
    "daily_rise": (HIGH,),
    "largest_fall": (LOW,),
    "largest_rise": (HIGH,),
    "rebound": (LOW,),
    "pullback": (HIGH,),
    "round_trip": (LOW, HIGH),
    "wide_range": (LOW, HIGH),
    "narrow_range": (LOW, HIGH),
    "round_level_crossed": (("round_level", "mark_round"),),
    "closing_high": (("closing_price", "mark_close"),),
    "closing_low": (("closing_price", "mark_close"),),
}


def picture(view: View) -> Picture | None:
    if view.rule in DAILY:
        drawn = closes(view, DAY, QUARTER)
    else:
        drawn = closes(view, HOUR, WEEK) or closes(view, DAY, QUARTER)
    if drawn is None:
        return None
    step, points = drawn
    start = points[0][0]
    scope, name = view.scope("price"), "hours" if step == HOUR else "days"
    level, more = view.level("price_level"), {"asset": view.subject, "scope": scope}
    view.describe(f"alt_{name}", **more, start=view.moment(start), end=view.moment(view.now))
    levels, ranges = _levels(view), reaches(view, step, WEEK if step == HOUR else QUARTER)
    values = scales.known(points)
    edges = [v for r in ranges for v in (r.low, r.high)]
    panel = Panel(
        x=scales.days(start, view.now, view.scale("axis_day", "ms")),
        y=scales.axis(
            [*values, *edges, *(x.value for x in levels)],
            view.scale("axis_money", "USD"),
            least=CENT if min(values) >= 100 else scales.significant(min(values), 6),
        ),
        lines=(Line(points),),
        bands=_bands(view, start, step),
        levels=levels,
        reaches=ranges,
    )
    title = view.title("title_price" if level else "title_price_bare", level, **more)
    return view.picture(title, view.say(f"subtitle_{name}", **more, ranges=bool(ranges)), (panel,))


def _bands(view: View, start: float, step: int) -> tuple[Band, ...]:
    """Where in time the finding's own numbers were measured."""
    f, now = view.finding, float(view.now)
    if math.isfinite(view.value("worst_hour_return")):
        hour, end = view.value("worst_hour_start"), view.value("worst_hour_end")
        if math.isfinite(end) and hour >= start and step == HOUR:
            return (Band(hour, end, view.say("mark_hour", f)),)
    if math.isfinite(view.value("streak_return")):
        day, many = view.value("closing_day"), view.value("streak_days")
        return _band(view, day - (many - 1) * DAY, day + DAY, "mark_streak", f, start)
    if math.isfinite(view.value("day_return")):
        day = view.value("closing_day")
        return _band(view, day, day + DAY, "mark_day", f, start)
    if math.isfinite(view.value("return_7d")) and "week" in f.rule:
        return (Band(max(start, now - WEEK), now, view.say("mark_week", f)),)
    if math.isfinite(view.value("return_24h")):
        return _band(view, now - DAY, now, "mark_move", f, start)
    return ()


def _band(
    view: View, left: float, right: float, block: str, finding: Finding, start: float
) -> tuple[Band, ...]:
    return (Band(left, right, view.say(block, finding)),) if left >= start else ()


def _levels(view: View) -> tuple[Level, ...]:
    """Prices that the story names of the asset, the finding's own first; each where it was
    reached in time, as far as that is known."""
    out: dict[float, Level] = {}
    for f in view.told(*MARKED):
        for name, block in MARKED[f.rule]:
            value = view.value(name, f)
            if math.isfinite(value) and value not in out:
                out[value] = Level(value, view.say(block, f), at=_reached(view, name, value, f))
    return tuple(out.values())


def _reached(view: View, name: str, value: float, finding: Finding) -> float | None:
    """When it was: the hour of a low or high, the end of the day of a close."""
    if name == "closing_price":
        day = view.value("closing_day", finding)
        return day + DAY if math.isfinite(day) else None
    return reached_at(view, value, name.partition("_")[0]) if name.endswith("_24h") else None
