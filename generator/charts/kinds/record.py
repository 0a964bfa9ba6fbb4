"""A number that is kept day by day, over 91 days; one that is kept by the hour, over 14."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from generator.charts import scales
from generator.charts.model import Line, Panel, Picture
from generator.charts.view import View
from generator.model import DAY, HOUR

LENGTH, FEWEST = 91 * DAY, 20
OFTEN, SHORT = 4 * HOUR, 14 * DAY  # what is sampled so often is drawn over a shorter time
LONGEST = 30 * HOUR  # between two samples that a line may join


@dataclass(frozen=True)
class Kept:
    """Whose rules tell of it, the inputs that hold it (moments, values), the scope of these, the
    block that prints it on an axis, its unit there and the smallest difference that is printed;
    times: what turns it into that unit."""

    rules: tuple[str, ...]
    series: tuple[str, str]
    scope: str
    axis: str
    unit: str
    least: float
    times: float = 1.0


KEPT = {
    "dvol": Kept(
        ("volatility/dvol_shock", "volatility/implied_vs_realised"),
        ("dvol_ts", "dvol_value"), "dvol", "axis_share", "%", 1.0,
    ),
    "dominance": Kept(
        ("relative/dominance_change",),
        ("dominance_ts", "dominance_value"), "dominance", "axis_tenths", "%", 0.1,
    ),
    "supply": Kept(
        ("stablecoins/stablecoin_supply",),
        ("supply_ts", "supply_past"), "stablecoins", "axis_worth", "USD", 0.0,
    ),
    "fear_greed": Kept(
        ("sentiment/*",), ("fng_ts", "fng_value"), "fear_greed", "axis_count", "points", 1.0
    ),
    "premium": Kept(
        ("basis/perp_*",), ("premium_ts", "premium"), "premium", "axis_gap", "%", 0.01, 0.01
    ),
    "accounts": Kept(
        ("positioning/account_ratio_unusual",),
        ("accounts_ts", "accounts_ratios"), "accounts", "axis_times", "ratio", 0.01,
    ),
    "top_traders": Kept(
        ("positioning/top_trader_ratio_unusual",),
        ("top_traders_ts", "top_traders_ratios"), "top_traders", "axis_times", "ratio", 0.01,
    ),
}  # fmt: skip
FOR = tuple(pattern for kept in KEPT.values() for pattern in kept.rules)


def picture(view: View) -> Picture | None:
    told = f"{view.finding.family}/{view.rule}"
    name, kept = next((n, k) for n, k in KEPT.items() if any(fnmatchcase(told, p) for p in k.rules))
    found = view.series(*kept.series)
    if found is None:
        return None
    ts, values = found
    every = scales.every(ts, LENGTH, LONGEST)
    length = LENGTH if every > OFTEN else SHORT
    points = scales.broken(ts, values * kept.times, every, view.now - length)
    if len(scales.known(points)) < FEWEST:
        return None
    more = {"asset": view.subject, "scope": view.scope(kept.scope)}
    start, end = points[0][0], points[-1][0]
    view.describe(f"alt_{name}", **more, start=view.moment(start), end=view.moment(end))
    text, least = view.scale(kept.axis, kept.unit), kept.least
    if kept.unit == "USD":
        text, least = view.worth(max(scales.known(points)))
    panel = Panel(
        x=scales.days(start, end, view.scale("axis_day", "ms")),
        y=scales.axis(scales.known(points), text, least=least),
        lines=(Line(points),),
    )
    title = view.title(f"title_{name}", None, **more)
    return view.picture(title, view.say("subtitle_record", **more), (panel,))
