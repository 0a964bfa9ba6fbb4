"""What a moment's metrics rest on, as one key: the same key, the same numbers.

Every row of every series gets a 128-bit mark made of venue, symbol, kind and numbers; a moment's
key holds the sum of the marks of all rows that were known then. Sums over beginnings of a series
are running sums, so the keys of thousands of moments cost one pass over the data; and a row that
is changed, added or taken away changes the keys of exactly the moments that knew it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.model import LENGTH, History, Series
from generator.settings import MarketSection

Marks = NDArray[np.uint64]
# What a metric's value can depend on, tables that lie beside the code among it.
CODE = tuple(f"measure/**/*.{kind}" for kind in ("py", "json", "csv", "yaml"))
CODE += ("news*.py", "news/**/*.py", "model.py", "scheduled.py")
CODE += ("backtest/instruments.py", "collect/cleaning.py")
ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


def keys(history: History, market: MarketSection, moments: Sequence[int]) -> list[bytes]:
    """One 16-byte key per moment."""
    at = np.array(moments, dtype=np.float64)
    total = np.zeros((2, len(moments)), dtype=np.uint64)
    for name, series in sorted(history.series.items()):
        known = series.data[:, 0].searchsorted(at - LENGTH.get(series.kind, 0), side="right")
        for half, odd in enumerate(ODD):
            sums = np.append(np.uint64(0), np.cumsum(_marks(series, name, odd), dtype=np.uint64))
            total[half] += sums[known]
    settings = repr(sorted(asdict(market).items()))
    head = f"{version()}|{settings}".encode()
    parts = (head + m.to_bytes(8, "big") + total[:, i].tobytes() for i, m in enumerate(moments))
    return [hashlib.blake2b(part, digest_size=16).digest() for part in parts]


def _marks(series: Series, name: tuple[str, str, str], odd: np.uint64) -> Marks:
    """One mark per row. Mixing as in splitmix64, the numbers folded in column by column."""
    seed = hashlib.blake2b("\0".join(name).encode() + odd.tobytes(), digest_size=8).digest()
    bits = np.ascontiguousarray(series.data).view(np.uint64)
    mark = np.full(len(bits), np.frombuffer(seed, np.uint64)[0])
    for column in bits.T:
        mark = _mixed((mark ^ column) * odd)
    return mark


def _mixed(x: Marks) -> Marks:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


@cache
def version() -> str:
    """A digest of the code that measures: another formula, other numbers."""
    package = Path(__file__).resolve().parents[1]
    files = sorted({f for pattern in CODE for f in package.glob(pattern) if f.is_file()})
    whole = hashlib.blake2b(digest_size=16)
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()
