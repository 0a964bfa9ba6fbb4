"""The facts of seven UTC days, from the daily bars that history keeps: pure, no clock, no disk.

Every figure rests on named bars of one instrument (the one whose price the story tells). A day
without a bar is named; a figure that would need it is not given: no week's change without both of
its closes, no largest day, high or low without all seven.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from generator.measure import Measured
from generator.measure.venues import venue_name
from generator.model import DAY, MARKET, Finding, Floats, History, Panel, Series, SourceRef

DAYS = 7
WINDOW = "7 d"
FEWEST = 30  # coins, before anything is said of their breadth
LEVEL, LARGEST, RANGE, DAILY = "week_level", "largest_day_of_week", "week_high_low", "week_day"
BREADTH, LED = "week_breadth", "week_led"
FAMILY = {BREADTH: "breadth"}  # of the others: price
NOTED = 30  # days: a high or low of the week is set beside earlier ones from this many on


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the week. rule is the level that lets it be said."""

    metric: str
    subject: str
    value: float
    unit: str
    rule: str
    scope: str
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True)
class Led:
    """The first sentence of a day's kept note, and whose it is. at: as-of of its run, ms."""

    day: int
    at: int
    run: str
    text: str


@dataclass(frozen=True)
class Week:
    """start and end in ms, midnights. facts by (metric, subject); missing: (subject, day) without
    a bar; led: newest note of each day that has one."""

    start: int
    end: int
    subjects: tuple[str, ...]
    facts: Mapping[tuple[str, str], Fact]
    missing: tuple[tuple[str, int], ...]
    led: tuple[Led, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> range:
        return range(self.start, self.end, DAY)

    @property
    def moments(self) -> Mapping[str, int]:
        """The midnights of the week by name: its start and end, the start of each day and of the
        last."""
        own = {f"day_{i}": day for i, day in enumerate(self.days, 1)}
        ends = {"week_start": self.start, "week_end": self.end, "week_last": self.end - DAY}
        return ends | own

    def findings(self) -> tuple[Finding, ...]:
        """The levels that hold: one for each rule and subject that has a fact."""
        evidence: dict[tuple[str, str], list[str]] = {}
        for fact in self.facts.values():
            evidence.setdefault((fact.rule, fact.subject), []).append(fact.metric)
        if self.led:
            evidence[LED, MARKET] = ["said"]
        return tuple(
            Finding(
                rule,
                subject,
                FAMILY.get(rule, "price"),
                "level",
                "new",
                self.end,
                0.0,
                1.0,
                tuple(names),
            )
            for (rule, subject), names in sorted(evidence.items())
        )

    def panel(self, rows: Panel) -> Panel:
        """The newest row of a panel with the week's facts beside its metrics, for the gates."""
        subjects = tuple(dict.fromkeys((*rows.subjects, *self.subjects, MARKET)))
        at = {s: i for i, s in enumerate(subjects)}
        columns = {n: _widened(c[-1:], len(subjects)) for n, c in rows.columns.items()}
        scopes = dict(rows.scopes)
        for (name, subject), fact in self.facts.items():
            column = columns.setdefault(name, np.full((1, len(subjects)), np.nan))
            column[0, at[subject]] = fact.value
            scopes[name] = "market" if subject == MARKET else "asset"
        for name, at_ms in self.moments.items():
            columns[name] = np.full((1, len(subjects)), np.nan)
            columns[name][0, at[MARKET]] = at_ms
            scopes[name] = "market"
        return Panel(rows.times[-1:], subjects, columns, scopes)


def _widened(row: Floats, width: int) -> Floats:
    return np.hstack([row, np.full((1, width - row.shape[1]), np.nan)])


def facts(
    history: History, measured: Measured, majors: Sequence[str], end: int, led: tuple[Led, ...] = ()
) -> Week:
    """The week that ends at the midnight `end` (ms), as known from bars alone."""
    found: list[Fact] = []
    missing: list[tuple[str, int]] = []
    scopes: dict[str, str] = {}
    start = end - DAYS * DAY
    for asset in majors:
        metric = measured.metric("price", asset)
        scopes[asset] = metric.scope
        key = (
            (metric.sources[0].venue, metric.sources[0].instrument) if metric.sources else ("", "")
        )
        series = history.get(*key, "bars_1d")
        bars = _Bars(series, end) if series is not None else None
        days = range(start, end, DAY)
        missing += [(asset, d) for d in days if bars is None or d not in bars.rows]
        if bars is not None:
            found += _of_asset(asset, bars, start, metric.scope)
    found += _breadth(history, measured, start, end)
    scopes |= {f.subject: f.scope for f in found if f.subject == MARKET}
    kept = {(f.metric, f.subject): f for f in found}
    return Week(start, end, tuple(majors), kept, tuple(missing), led, scopes)


class _Bars:
    """Daily bars of one series that had ended by a moment, by the day they begin."""

    def __init__(self, series: Series, end: int) -> None:
        self.series = series
        data = series.until(end)
        self.rows = {
            int(ts): i
            for i, ts in enumerate(data.column("ts"))
            if np.isfinite(data.column("close")[i])
        }
        self.data = data

    def value(self, column: str, day: int) -> float:
        row = self.rows.get(day)
        return float("nan") if row is None else float(self.data.column(column)[row])

    def ref(self, column: str, *days: int) -> SourceRef:
        note = f"{len(days)} daily bars" if len(days) > 1 else "the daily bar"
        value = self.value(column, days[-1]) if len(days) == 1 else None
        s = self.series
        return SourceRef(s.venue, s.symbol, column, value, days[-1] + DAY, note)


def _of_asset(asset: str, bars: _Bars, start: int, scope: str) -> list[Fact]:
    days = [start + i * DAY for i in range(DAYS)]
    out: list[Fact] = []

    def say(name: str, value: float, unit: str, rule: str, *refs: SourceRef) -> None:
        if np.isfinite(value):
            out.append(Fact(name, asset, float(value), unit, rule, scope, refs))

    moves: dict[int, float] = {}
    for i, day in enumerate(days, 1):
        close, before = bars.value("close", day), bars.value("close", day - DAY)
        say(f"day_{i}_close", close, "USD", DAILY, bars.ref("close", day))
        moves[day] = (close / before - 1) * 100
        refs = bars.ref("close", day - DAY), bars.ref("close", day)
        say(f"day_{i}_pct", moves[day], "%", DAILY, *refs)
    first, last = bars.value("close", start - DAY), bars.value("close", days[-1])
    ends = bars.ref("close", start - DAY), bars.ref("close", days[-1])
    say("week_return", (last / first - 1) * 100, "%", LEVEL, *ends)
    say("week_close", last, "USD", LEVEL, ends[1])
    if all(np.isfinite(v) for v in moves.values()):
        top = max(days, key=lambda d: (abs(moves[d]), -d))
        refs = bars.ref("close", top - DAY), bars.ref("close", top)
        say("largest_day_pct", moves[top], "%", LARGEST, *refs)
        say("largest_day_at", float(top), "ms", LARGEST, *refs)
    for name, column, sign in (("week_high", "high", 1), ("week_low", "low", -1)):
        values = [bars.value(column, d) for d in days]
        if not all(np.isfinite(v) for v in values):
            continue
        at = int(np.argmax(np.array(values) * sign))
        say(name, values[at], "USD", RANGE, bars.ref(column, days[at]))
        say(f"{name}_at", float(days[at]), "ms", RANGE, bars.ref(column, days[at]))
        out += _since(asset, bars, (name, column, sign), values[at], start, scope)
    return out


def _since(
    asset: str, bars: _Bars, which: tuple[str, str, int], extreme: float, start: int, scope: str
) -> list[Fact]:
    """When a price was last as far: the day of it. Nothing over a hole, nor for the whole record:
    a week cannot say what was before the first bar."""
    name, column, sign = which
    day = start - DAY
    while np.isfinite(value := bars.value(column, day)):
        if sign * value >= sign * extreme:
            if (start - day) // DAY < NOTED:
                return []
            ref = bars.ref(column, day)
            return [Fact(f"{name}_since", asset, float(day), "ms", RANGE, scope, (ref,))]
        day -= DAY
    return []


def _breadth(history: History, measured: Measured, start: int, end: int) -> list[Fact]:
    """How many of one venue's perpetuals rose over the week, of those with bars at both ends."""
    universe = measured.universe
    if universe is None or universe.market[1] != "perp_linear":
        return []
    venue = universe.market[0]
    changes = []
    for base in universe.bases:
        for quote in ("USDT", "USD", "USDC"):
            series = history.get(venue, f"{base}/{quote}:{quote}", "bars_1d")
            if series is not None:
                bars = _Bars(series, end)
                first, last = bars.value("close", start - DAY), bars.value("close", end - DAY)
                changes.append((last / first - 1) * 100)
                break
    known = np.array([c for c in changes if np.isfinite(c)])
    if len(known) < FEWEST:
        return []
    note = f"{len(known)} pairs of daily bars, {len(universe.bases) - len(known)} coins without"
    ref = SourceRef(venue, universe.name, "close", None, end, note)

    def fact(name: str, value: float, unit: str) -> Fact:
        scope = f"{venue_name(venue)} perpetuals"
        return Fact(name, MARKET, float(value), unit, BREADTH, scope, (ref,))

    return [
        fact("week_coins", len(known), "coins"),
        fact("week_up", float(np.count_nonzero(known > 0)), "coins"),
        fact("week_down", float(np.count_nonzero(known < 0)), "coins"),
        fact("week_median", float(np.median(known)), "%"),
    ]
