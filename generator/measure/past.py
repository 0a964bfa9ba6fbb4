"""A past moment as a snapshot, rebuilt from history alone: nothing later than it is used.

Prices come from the daily bar that ended at the moment, volumes likewise; what history does not
hold (current funding estimates, headlines) is missing, and stays so. Market values are today's,
scaled by price: supply is held fixed.
"""

from __future__ import annotations

import numpy as np

from generator.model import COLUMNS, DAY, FIELDS, HOUR, History, Snapshot, Status

# What a day's bar, from its second column on, says of the moment at which it ended.
SAID = ("open_24h", "high_24h", "low_24h", "last", "base_volume_24h", "quote_volume_24h")
FROM_BAR = [tuple(FIELDS).index(name) for name in SAID]
CLOSE = COLUMNS["bars_1d"].index("close")


def rebuilt(snapshot: Snapshot, history: History, moment: int) -> Snapshot:
    """The instruments of `snapshot` as they stood at `moment` (a UTC midnight)."""
    fields = tuple(FIELDS)
    shape = (len(snapshot.instruments), len(fields))
    values = np.full(shape, np.nan)
    scale: dict[str, float] = {}
    today = snapshot.column("last")
    for i, inst in enumerate(snapshot.instruments):
        bars = history.get(inst.venue, inst.symbol, "bars_1d")
        if bars is None:
            continue
        at = int(bars.data[:, 0].searchsorted(moment - DAY))
        if at >= len(bars.data) or bars.data[at, 0] != moment - DAY:
            continue
        values[i, FROM_BAR] = bars.data[at, 1:]
        if inst.kind == "perp_linear" and today[i] > 0:
            scale.setdefault(inst.base, bars.data[at, CLOSE] / today[i])
        oi = history.get(inst.venue, inst.symbol, "oi")
        if oi is not None and len(oi.data):
            near = int(np.abs(oi.data[:, 0] - moment).argmin())
            if abs(oi.data[near, 0] - moment) <= HOUR / 2:
                values[i, fields.index("oi_base")] = oi.data[near, 1]
    for i, inst in enumerate(snapshot.instruments):
        if inst.kind == "aggregate" and inst.base in scale:
            for name in ("last", "market_cap_usd"):
                values[i, fields.index(name)] = snapshot.column(name)[i] * scale[inst.base]
    known = np.isfinite(values)
    stamps = np.where(known, float(moment), np.nan)
    return Snapshot(
        id=f"{snapshot.id}@{moment}",
        now=moment,
        mode=snapshot.mode,
        instruments=snapshot.instruments,
        fields=fields,
        values=values,
        status=np.where(known, Status.DERIVED, Status.MISSING).astype(np.uint8),
        as_of=stamps,
        received=stamps,
        endpoint=np.zeros(shape, dtype=np.int16),
        endpoints=("history",),
        sources=(),
    )
