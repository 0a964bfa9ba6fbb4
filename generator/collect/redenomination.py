"""Ten for one and its kin: a price that jumps by a power of ten without the market moving.

A contract that is re-split shows a 90% crash or a 900% rally that no one lost or won. Two signs
are asked for: the jump itself, and either volume that jumps the other way or another venue that
did not jump.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import median

import numpy as np

from generator.collect.rows import Row
from generator.model import Floats

TOLERANCE = 0.035  # of log10: 8% around the power of ten
DAYS_MOVE = 0.15  # of log10: a re-split on a day on which the coin also moved by up to 30%
VOLUME_SHARE = 0.5  # of the jump, in log10, that volume must move against it

SCALED = ("last", "open_24h", "high_24h", "low_24h", "mark", "index", "pct_24h", "premium_bps",
          "base_volume_24h", "oi_base", "oi_usd")  # fmt: skip


def power(ratio: float, tolerance: float = TOLERANCE) -> int:
    """k when ratio is 10^k within tolerance and k is not 0; else 0."""
    if not ratio > 0 or not math.isfinite(ratio):
        return 0
    exact = math.log10(ratio)
    k = round(exact)
    return k if k and abs(exact - k) <= tolerance else 0


def jump(before: float, after: float, volume_before: float, volume_after: float) -> int:
    """The power of ten by which a price was re-split between two bars, else 0."""
    k = power(after / before) if before > 0 else 0
    if not k or not volume_before > 0 or not volume_after > 0:
        return 0
    moved = math.log10(volume_after / volume_before)
    return k if -moved * math.copysign(1, k) >= VOLUME_SHARE * abs(k) else 0


def after_last_split(bars: Floats) -> tuple[Floats, int]:
    """Bars (model.COLUMNS order) since the last re-split, and how many were dropped before it."""
    closes, volumes = bars[:, 4], bars[:, 5]
    cut = 0
    for i in range(1, len(bars)):
        opened = bars[i, 1] if np.isfinite(bars[i, 1]) else closes[i]
        if jump(closes[i - 1], opened, volumes[i - 1], volumes[i]):
            cut = i
    return bars[cut:], cut


def drop_split(row: Row, reason: str) -> str:
    """Remove every number that the split makes untrue; returns the reason, with the symbol."""
    row.drop(SCALED)
    row.told = True
    return f"{row.instrument.symbol}: {reason}; its numbers were dropped"


def against_other_venues(rows: Iterable[Row]) -> list[tuple[Row, str]]:
    """Rows whose coin price is a power of ten away from the other venues', with the reason.

    With three or more prices the odd one out is wrong. With two, the one that also jumped against
    its own price of 24 h ago; if neither did, nothing tells a split from two coins of one name,
    and both stay out.
    """
    by_base: dict[str, list[tuple[Row, float]]] = {}
    for row in rows:
        i, last = row.instrument, row.get("last")
        if last is not None and i.kind in ("perp_linear", "spot") and i.asset_class == "crypto":
            by_base.setdefault(i.base, []).append((row, last / i.multiplier))
    found: list[tuple[Row, str]] = []
    for prices in by_base.values():
        found += [(r, why) for r in _odd(prices) if (why := "price is off by a power of ten")]
    return found


def _odd(prices: list[tuple[Row, float]]) -> list[Row]:
    venues = {r.instrument.venue for r, _ in prices}
    if len(venues) < 2:
        return []
    middle = median(p for _, p in prices)
    if len(prices) > 2:
        return [r for r, p in prices if power(p / middle)]
    (a, x), (b, y) = prices
    if not power(x / y):
        return []
    jumped = [r for r in (a, b) if _own_jump(r)]
    return jumped or [a, b]


def against_itself(rows: Iterable[Row]) -> list[tuple[Row, str]]:
    """Rows that still stand a power of ten away from their own price of 24 h ago.

    A coin re-split everywhere at once agrees with all other venues. Its turnover in coins jumps
    as well, but so does that of a coin that crashes: nothing of one snapshot tells them apart,
    so nothing is said.
    """
    why = "price is a power of ten from its own of 24 h ago, a move or a re-split"
    coins = (r for r in rows if r.instrument.asset_class == "crypto")
    return [(r, why) for r in coins if r.get("last") is not None and _own_jump(r, DAYS_MOVE)]


def _own_jump(row: Row, tolerance: float = TOLERANCE) -> bool:
    last, first, percent = row.get("last"), row.get("open_24h"), row.get("pct_24h")
    if last is not None and first is not None:
        return power(last / first, tolerance) != 0
    return percent is not None and power(1 + percent / 100, tolerance) != 0
