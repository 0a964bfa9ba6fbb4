"""Measuring: from a snapshot and its history to named metrics, pure and repeatable.

`measure` gives one moment; `panel` puts the moments of the past days, rebuilt from history alone,
before it, so that a rule can ask how long a condition has held on the very first day.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from generator.measure.inputs import Desk, Inputs, asset_inputs, drawn, pair_inputs
from generator.measure.past import rebuilt
from generator.measure.registry import MetricInfo, catalog, compute, raw_inputs
from generator.measure.universe import Universe, market_inputs, movers, universe
from generator.model import (
    DAY,
    MARKET,
    History,
    Metric,
    Panel,
    Snapshot,
    SourceRef,
)
from generator.news import Item, Reader, Wire, shipped
from generator.settings import MarketSection

__all__ = ["Measured", "MetricInfo", "catalog", "measure", "panel"]

PAST_DAYS = 3


@dataclass(frozen=True, eq=False)
class Measured:
    """All metrics of one moment by subject, with the inputs they came from."""

    now: int
    values: dict[str, dict[str, float]]  # subject -> metric -> value
    inputs: dict[str, Inputs]
    headlines: dict[str, tuple[Item, ...]] = field(default_factory=dict)  # that may be told
    universe: Universe | None = None
    _sources: dict[tuple[str, str], tuple[SourceRef, ...]] = field(default_factory=dict)

    def sources(self, name: str, subject: str) -> tuple[SourceRef, ...]:
        """What a metric rests on. Every text prints the same numbers, so it is looked up once."""
        key = name, subject
        if key not in self._sources:
            refs: dict[SourceRef, None] = {}
            inputs = self.inputs[subject]
            for raw in raw_inputs(name):
                for thunk in inputs.refs.get(raw, ()):
                    refs[thunk()] = None
            self._sources[key] = tuple(refs)
        return self._sources[key]

    def scope(self, name: str, subject: str) -> str:
        """The venue or venues of a metric, as text; empty where it has none."""
        return self.inputs[subject].scopes.get(catalog()[name].venue, "")

    def metric(self, name: str, subject: str) -> Metric:
        """A metric with scope, window and sources; value NaN when unknown."""
        info = catalog()[name]
        return Metric(
            name=name,
            subject=subject,
            value=self.values[subject].get(name, float("nan")),
            unit=info.unit,
            scope=self.scope(name, subject),
            window=info.window,
            sources=self.sources(name, subject),
        )


def measure(
    snapshot: Snapshot, history: History, market: MarketSection, news: Reader | None = None
) -> Measured:
    """Every metric of every subject: the majors, ETH/BTC-like pairs, the movers, the market.

    news: what reads the headlines; by default the themes and names that came with the program.
    """
    desk = Desk(snapshot, history, market)
    catalog()  # the families register what they draw when they are read
    u = desk.universe = universe(desk)
    inputs: dict[str, Inputs] = {}
    values: dict[str, dict[str, float]] = {}
    wire = desk.wire = Wire(snapshot.headlines, market.majors, snapshot.now, news or shipped())
    for asset in market.majors:
        inputs[asset] = asset_inputs(desk, asset, wire.stamps(asset), float(wire.items))
        values[asset] = compute("asset", inputs[asset].values)
    first = market.majors[0]
    for asset in market.majors[1:]:
        pair = f"{asset}/{first}"
        returns = (values[asset]["return_24h"], values[first]["return_24h"])
        inputs[pair] = pair_inputs(inputs[asset], inputs[first], returns)
        drawn("pair", inputs[pair], desk, asset, first)
        values[pair] = compute("pair", inputs[pair].values)
    for asset, own in movers(desk, u).items():
        inputs[asset], values[asset] = own, compute("asset", own.values)
    inputs[MARKET] = market_inputs(desk, u)
    drawn("market", inputs[MARKET], desk)
    values[MARKET] = compute("market", inputs[MARKET].values)
    return Measured(snapshot.now, values, inputs, wire.told, u)


def panel(
    measured: Measured,
    snapshot: Snapshot,
    history: History,
    market: MarketSection,
    news: Reader | None = None,
) -> Panel:
    """The moment as the last row, before it the last three UTC midnights rebuilt from history."""
    rows = []
    for k in range(PAST_DAYS, 0, -1):
        moment = (measured.now - 1) // DAY * DAY - (k - 1) * DAY
        if measured.now - moment < DAY / 4:
            continue
        past = rebuilt(snapshot, history, moment)
        rows.append(measure(past, history, market, news))  # reads up to its own moment only
    rows.append(measured)
    subjects = tuple(sorted({s for r in rows for s in r.values}))
    known = catalog()
    columns = {name: np.full((len(rows), len(subjects)), np.nan) for name in known}
    place = {subject: j for j, subject in enumerate(subjects)}
    for i, row in enumerate(rows):
        for subject, values in row.values.items():
            j = place[subject]
            for name, value in values.items():
                columns[name][i, j] = value
    times = np.array([r.now for r in rows], dtype=np.int64)
    return Panel(times, subjects, columns, {n: i.scope for n, i in known.items()})
