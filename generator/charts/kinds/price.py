"""Price over time, with the event that the finding tells of marked where it happened.

Hourly closes of a week; daily closes for what is told of closes and of longer stretches, or where
no hours are known. Only the bars' own stretches are joined: a missing hour is a gap.
"""

from __future__ import annotations

import math

from generator.charts import scales
from generator.charts.closes import CENT, closes
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


def picture(view: View) -> Picture | None:
    if view.rule in DAILY:
        drawn = closes(view, DAY, QUARTER)
    else:
        drawn = closes(view, HOUR, WEEK) or closes(view, DAY, QUARTER)
    if drawn is None:
        return None
    step, points = drawn
    values, start = scales.known(points), points[0][0]
    scope, name = view.scope("price"), "hours" if step == HOUR else "days"
    level, more = view.level("price_level"), {"asset": view.subject, "scope": scope}
    edges = {"start": view.moment(start), "end": view.moment(view.now)}
    alt = [view.say(f"alt_{name}", **more, **edges)]
    title = view.say("title_price", level) if level else view.say("title_price_bare", **more)
    levels = _levels(view)
    return view.picture(
        alt,
        title,
        view.say(f"subtitle_{name}", **more),
        (
            Panel(
                x=scales.days(start, view.now, view.scale("axis_day", "ms")),
                y=scales.axis(
                    [*values, *(x.value for x in levels)],
                    view.scale("axis_money", "USD"),
                    least=CENT if min(values) >= 100 else scales.significant(min(values), 6),
                ),
                lines=(Line(points),),
                bands=_bands(view, start, step),
                levels=levels,
            ),
        ),
    )


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
    """Prices that the finding names: of each, the words in which the note speaks of it."""
    f = view.finding
    wanted = {
        "new_low": (("low_price_24h", "mark_low"),),
        "new_high": (("high_price_24h", "mark_high"),),
        "round_trip": (("low_price_24h", "mark_low"), ("high_price_24h", "mark_high")),
        "wide_range": (("low_price_24h", "mark_low"), ("high_price_24h", "mark_high")),
        "narrow_range": (("low_price_24h", "mark_low"), ("high_price_24h", "mark_high")),
        "round_level_crossed": (("round_level", "mark_round"),),
        "closing_high": (("closing_price", "mark_close"),),
        "closing_low": (("closing_price", "mark_close"),),
    }.get(f.rule, ())
    return tuple(
        Level(value, view.say(block, f))
        for name, block in wanted
        if math.isfinite(value := view.value(name))
    )
