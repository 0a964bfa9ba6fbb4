"""A past moment as a snapshot, rebuilt from history alone: nothing later than it is used.

`rebuilt` takes the instruments of a snapshot of today; `Record` needs no snapshot at all. Prices
come from the daily bar that ended at the moment or, within a day, from its 24 hourly bars, volumes
likewise; what history does not hold is missing, and stays so. Supply is held fixed from the last
market value that was known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.measure.denomination import resplit_between, resplits
from generator.model import (
    COLUMNS,
    DAY,
    FIELDS,
    HOUR,
    Floats,
    History,
    Instrument,
    Series,
    Snapshot,
    Status,
)

# What a day's bar, from its second column on, says of the moment at which it ended.
SAID = ("open_24h", "high_24h", "low_24h", "last", "base_volume_24h", "quote_volume_24h")
FROM_BAR = [tuple(FIELDS).index(name) for name in SAID]
CLOSE = COLUMNS["bars_1d"].index("close")
AT = {name: i for i, name in enumerate(FIELDS)}
SETTLED = [AT[n] for n in ("funding_rate", "funding_interval_h", "funding_8h", "next_funding_ts")]
CAP = "#market_cap"


def rebuilt(snapshot: Snapshot, history: History, moment: int) -> Snapshot:
    """The instruments of `snapshot` as they stood at `moment` (a UTC midnight).

    Market values are today's, scaled by price.
    """
    shape = (len(snapshot.instruments), len(FIELDS))
    values = np.full(shape, np.nan)
    scale: dict[str, float] = {}
    today = snapshot.column("last")
    for i, inst in enumerate(snapshot.instruments):
        bar = day_bar(history.get(inst.venue, inst.symbol, "bars_1d"), moment)
        if bar is None:
            continue
        values[i, FROM_BAR] = bar
        whole = not resplit_between(history, (inst.venue, inst.symbol, "bars_1d"), moment)
        if inst.kind == "perp_linear" and today[i] > 0 and whole:
            scale.setdefault(inst.base, bar[CLOSE - 1] / today[i])
        values[i, AT["oi_base"]] = sampled(history.get(inst.venue, inst.symbol, "oi"), moment)
    for i, inst in enumerate(snapshot.instruments):
        if inst.kind == "aggregate" and inst.base in scale:
            for name in ("last", "market_cap_usd"):
                values[i, AT[name]] = snapshot.column(name)[i] * scale[inst.base]
    return _snapshot(f"{snapshot.id}@{moment}", moment, snapshot.instruments, values, snapshot.mode)


class Record:
    """A history by itself, laid out so that any of its moments can be rebuilt.

    instruments: what its series are of (`backtest.instruments`). The settled funding print stands
    in for the venue's current rate, and is labelled so.
    """

    def __init__(self, history: History, instruments: Sequence[Instrument]) -> None:
        self.instruments = tuple(instruments)
        series = [{k: history.get(i.venue, i.symbol, k) for k in COLUMNS} for i in instruments]
        self._days = [s["bars_1d"] for s in series]
        self._hours = [s["bars_1h"] for s in series]
        self._funding = [s["funding"] for s in series]
        self._oi = [s["oi"] for s in series]
        self._history = history
        self._values = [
            (s, rows)
            for key, s in sorted(history.series.items())
            if key[2] == "index" and key[1].endswith(CAP)
            if (rows := self._rows_of(key[1].removesuffix(CAP)))
        ]

    def at(self, moment: int) -> Snapshot:
        """Every instrument that had a price or a rate at `moment`; all stamps are at or before."""
        values = np.full((len(self.instruments), len(FIELDS)), np.nan)
        stamps = np.full(values.shape, float(moment))
        for i in range(len(self.instruments)):
            bar = day_bar(self._days[i], moment)
            if bar is None:
                bar = hours_bar(self._hours[i], moment)
            if bar is not None:
                values[i, FROM_BAR] = bar
            print_ = settled(self._funding[i], moment)
            if print_ is not None:
                values[i, SETTLED], stamps[i, SETTLED] = print_[1:], print_[0]
            values[i, AT["oi_base"]] = sampled(self._oi[i], moment)
        kept = np.flatnonzero(np.isfinite(values).any(axis=1))
        found, caps = self._market_values(values, moment)
        instruments = (*(self.instruments[i] for i in kept.tolist()), *found)
        return _snapshot(
            f"history@{moment}",
            moment,
            instruments,
            np.vstack([values[kept], caps]),
            stamps=np.vstack([stamps[kept], np.full(caps.shape, float(moment))]),
        )

    def _resplit(self, row: int, first: float, last: int) -> bool:
        inst = self.instruments[row]
        return resplit_between(self._history, (inst.venue, inst.symbol, "bars_1d"), first, last)

    def _rows_of(self, base: str) -> list[int]:
        """The instruments a coin's market value can be scaled by: perpetuals before spot."""
        rows = [i for i, inst in enumerate(self.instruments) if inst.base == base]
        return sorted(rows, key=lambda i: (self.instruments[i].kind == "spot", i))

    def _market_values(self, values: Floats, moment: int) -> tuple[list[Instrument], Floats]:
        found, caps = [], []
        for series, rows in self._values:
            last = int(series.data[:, 0].searchsorted(moment, side="right")) - 1
            if last < 0:
                continue
            stamp, cap = series.data[last]
            row = next((i for i in rows if np.isfinite(values[i, AT["last"]])), None)
            then = None if row is None else day_bar(self._days[row], int(stamp // DAY * DAY))
            if row is None or then is None or self._resplit(row, stamp, moment):
                continue  # a value that cannot be carried to the moment says nothing of it
            base, now = self.instruments[row].base, values[row, AT["last"]]
            line = np.full(len(FIELDS), np.nan)
            line[AT["market_cap_usd"]] = cap * now / then[CLOSE - 1]
            line[AT["last"]] = now / self.instruments[row].multiplier
            found.append(Instrument(series.venue, base, base, "aggregate", base, "USD"))
            caps.append(line)
        return found, np.array(caps).reshape(len(caps), len(FIELDS))


def day_bar(bars: Series | None, moment: int) -> Floats | None:
    """Open to quote volume of the daily bar that ended at `moment`; None when there is none."""
    if bars is None:
        return None
    at = int(bars.data[:, 0].searchsorted(moment - DAY))
    if at >= len(bars.data) or bars.data[at, 0] != moment - DAY:
        return None
    return np.asarray(bars.data[at, 1:])


def hours_bar(bars: Series | None, moment: int) -> Floats | None:
    """The same from the 24 hourly bars that end at `moment`; None when one of them is missing."""
    if bars is None:
        return None
    end = int(bars.data[:, 0].searchsorted(moment - HOUR, side="right"))
    day = bars.data[max(0, end - 24) : end]
    if len(day) < 24 or day[0, 0] != moment - DAY or day[-1, 0] != moment - HOUR:
        return None
    _, open_, high, low, close, volume, quote = day.T
    if len(resplits(Series(bars.venue, bars.symbol, bars.kind, day))):
        return None
    # Where a source gives closes only, the day's high and low are unknown, and stay so.
    said = [open_[0], high.max(), low.min(), close[-1], volume.sum(), quote.sum()]
    return np.array(said)


def sampled(oi: Series | None, moment: int) -> float:
    """Open interest in coins as last sampled at most half an hour before `moment`; else NaN."""
    if oi is None:
        return float("nan")
    last = int(oi.data[:, 0].searchsorted(moment, side="right")) - 1
    if last < 0 or moment - oi.data[last, 0] > HOUR / 2:
        return float("nan")
    return float(oi.data[last, 1])


def settled(prints: Series | None, moment: int) -> tuple[float, float, float, float, float] | None:
    """(stamp, rate, interval in h, rate per 8 h, next settlement) of the print now in force."""
    if prints is None:
        return None
    last = int(prints.data[:, 0].searchsorted(moment, side="right")) - 1
    if last < 0:
        return None
    stamp, rate, interval = prints.data[last].tolist()
    if not moment - stamp <= interval * HOUR + 10 * 60_000:  # canon Q03; NaN fails
        return None
    return stamp, rate, interval, rate * 8 / interval, stamp + interval * HOUR


def _snapshot(
    name: str,
    moment: int,
    instruments: tuple[Instrument, ...],
    values: Floats,
    mode: str = "replay",
    stamps: Floats | None = None,
) -> Snapshot:
    known = np.isfinite(values)
    as_of = np.where(known, float(moment) if stamps is None else stamps, np.nan)
    return Snapshot(
        id=name,
        now=moment,
        mode=mode,  # type: ignore[arg-type]
        instruments=instruments,
        fields=tuple(FIELDS),
        values=values,
        status=np.where(known, Status.DERIVED, Status.MISSING).astype(np.uint8),
        as_of=as_of,
        received=as_of,
        endpoint=np.zeros(values.shape, dtype=np.int16),
        endpoints=("history",),
        sources=(),
    )
