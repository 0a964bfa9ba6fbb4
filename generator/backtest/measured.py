"""The metrics of many past moments, each measured exactly as a note of that moment would be.

The work goes in blocks of moments to as many processes as are allowed; the numbers are the same
whatever their count. Rows that were measured before on the same data come from disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generator.backtest.digests import keys
from generator.backtest.instruments import instruments
from generator.backtest.kept_rows import KeptRows, unpack
from generator.measure import catalog, measure
from generator.measure.past import Record
from generator.model import History
from generator.panels import MetricRow
from generator.settings import MarketSection

KEPT = "backtest.sqlite3"  # in the cache: metric rows of past moments
BLOCK = 32  # moments a process takes at a time
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Rows:
    """One row per moment, in order. reused: how many came from disk."""

    rows: tuple[MetricRow, ...]
    reused: int


class Bench:
    """One history, ready to be measured at any moment."""

    def __init__(self, history: History, market: MarketSection) -> None:
        self.history, self.market = history, market
        self.record = Record(history, instruments(history))
        known = catalog()
        self.names = tuple(known)
        self.scopes = {n: i.scope for n, i in known.items()}
        self.units = {n: i.unit for n, i in known.items()}

    def row(self, moment: int) -> MetricRow:
        """All metrics of all subjects at `moment`."""
        values = measure(self.record.at(moment), self.history, self.market).values
        subjects = tuple(sorted(values))
        nan = float("nan")
        table = [[values[s].get(n, nan) for s in subjects] for n in self.names]
        return self.named(moment, subjects, np.array(table, dtype=np.float64))

    def named(
        self,
        moment: int,
        subjects: tuple[str, ...],
        values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    ) -> MetricRow:
        return MetricRow(moment, subjects, self.scopes, self.units, values)


def measured(
    bench: Bench,
    moments: Sequence[int],
    *,
    processes: int = 1,
    cache: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> Rows:
    """Rows of all moments. progress is told how many are done, of how many that had to be."""
    kept = KeptRows(cache)
    named = dict(zip(keys(bench.history, bench.market, moments), moments, strict=True))
    found: dict[int, MetricRow] = {}
    for key, (moment, subjects, numbers) in kept.read(list(named)).items():
        values = unpack(numbers, len(bench.names), len(subjects))
        if values is not None and named[key] == moment:
            found[moment] = bench.named(moment, subjects, values)
    reused, missing = len(found), [m for m in moments if m not in found]
    key_of = {m: k for k, m in named.items()}
    progress(0, len(missing))
    done = 0
    for block in _blocks(bench, missing, processes):
        kept.write([(key_of[row.now], row) for row in block])
        found |= {row.now: row for row in block}
        done += len(block)
        progress(done, len(missing))
    return Rows(tuple(found[m] for m in moments), reused)


def _blocks(bench: Bench, moments: list[int], processes: int) -> Iterator[list[MetricRow]]:
    blocks = [moments[i : i + BLOCK] for i in range(0, len(moments), BLOCK)]
    if processes <= 1 or len(blocks) < 2:
        yield from ([bench.row(m) for m in block] for block in blocks)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # spawn: a fork of a process that has threads (a progress bar has) may hang
    with ProcessPoolExecutor(
        min(processes, len(blocks)), get_context("spawn"), _ready, (bench.history, bench.market)
    ) as pool:
        for done in pool.map(_block, blocks):
            yield [bench.named(*row) for row in done]


_BENCH: list[Bench] = []  # of a worker process, which measures one history in its life


def _ready(history: History, market: MarketSection) -> None:
    _BENCH[:] = [Bench(history, market)]


def _block(
    moments: list[int],
) -> list[tuple[int, tuple[str, ...], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]]:
    rows = (_BENCH[0].row(m) for m in moments)
    return [(row.now, row.subjects, row.values) for row in rows]
