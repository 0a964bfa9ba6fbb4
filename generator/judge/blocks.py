"""A whole book over a history of any length: block by block, on any executor, same results.

A block is a stretch of rows with the rows before it that its windows look back over (its halo), so
that one block needs nothing of another. Blocks go through the standard
`concurrent.futures.Executor`: a process pool, or a cluster's (`dask.distributed.Client
.get_executor()`), with no adapter. At most two blocks a worker are on their way at a time: the
memory that is needed grows with the block and the workers, not with the history.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from generator.judge.engine import conditions, subjects_of
from generator.judge.kernel import Pair
from generator.judge.nodes import Nodes
from generator.judge.rules import RuleBook
from generator.judge.windows import Ints
from generator.model import Floats, Panel

ROWS = 256  # of a block, beside its halo
IN_FLIGHT = 2  # blocks a worker


class Source(Protocol):
    """A history of metrics that is read by rows. It is sent to the workers: keep it small."""

    @property
    def times(self) -> Ints: ...

    def read(self, start: int, stop: int) -> Panel:
        """The rows [start, stop), all metrics and subjects."""
        ...


@dataclass(frozen=True, eq=False)
class InMemory:
    """A panel as a source. Every block is copied to its worker: for histories that fit."""

    panel: Panel

    @property
    def times(self) -> Ints:
        return self.panel.times

    def read(self, start: int, stop: int) -> Panel:
        columns = {name: c[start:stop] for name, c in self.panel.columns.items()}
        return replace(self.panel, times=self.panel.times[start:stop], columns=columns)


class PanelFolder:
    """A panel in a folder, one array file per metric, of which only the asked rows are read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.times: Ints = np.load(folder / "times.npy")
        first, *rest = (folder / "names.txt").read_text(encoding="utf-8").splitlines()
        self.subjects = tuple(first.split("\t"))
        self.scopes = {name: scope for name, _, scope in (line.partition("\t") for line in rest)}

    @classmethod
    def create(cls, folder: Path, panel: Panel) -> PanelFolder:
        folder.mkdir(parents=True)
        np.save(folder / "times.npy", panel.times)
        for name, column in panel.columns.items():
            np.save(folder / f"{name}.npy", column)
        lines = ["\t".join(panel.subjects), *(f"{n}\t{panel.scopes[n]}" for n in panel.columns)]
        (folder / "names.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return cls(folder)

    def read(self, start: int, stop: int) -> Panel:
        columns = {n: np.array(_opened(self.folder / f"{n}.npy")[start:stop]) for n in self.scopes}
        return Panel(self.times[start:stop], self.subjects, columns, self.scopes)


def _opened(path: Path) -> Floats:
    rows: Floats = np.load(path, mmap_mode="r", allow_pickle=False)
    return rows


@dataclass(frozen=True, eq=False)
class Block:
    """The conditions of every active rule on the rows [start, stop), as packed bits."""

    start: int
    stop: int
    packed: Mapping[str, tuple[tuple[int, ...], NDArray[np.uint8], NDArray[np.uint8]]]

    def pair(self, rule: str) -> Pair:
        shape, true, false = self.packed[rule]
        return Pair(_unpacked(true, shape), _unpacked(false, shape))


def evaluate_blocks(
    book: RuleBook,
    source: Source,
    executor: Executor | None = None,
    *,
    rows: int = ROWS,
    workers: int = 2,
) -> Iterator[Block]:
    """Blocks in the order of time, whatever the executor; None works here, one after the other.

    rows: of a block; workers: how many work at once, for the number of blocks on their way.
    """
    job = _sent(book)
    key = hashlib.sha256(job).hexdigest()
    times, reach = source.times, book.reach
    spans = [(a, min(a + rows, len(times))) for a in range(0, len(times), rows)]
    if executor is None:
        yield from (_block(job, key, source, _halo(times, a, reach), a, b) for a, b in spans)
        return
    flying: deque[Future[Block]] = deque()
    for a, b in spans:
        if len(flying) >= IN_FLIGHT * workers:
            yield flying.popleft().result()
        flying.append(executor.submit(_block, job, key, source, _halo(times, a, reach), a, b))
    while flying:
        yield flying.popleft().result()


def whole(book: RuleBook, source: Source, blocks: Iterator[Block]) -> dict[str, Pair]:
    """The same as `engine.evaluate` of the whole panel, put together from its blocks."""
    parts: dict[str, list[Pair]] = {r.name: [] for r in book.active}
    for block in blocks:
        for name, found in parts.items():
            found.append(block.pair(name))
    if not len(source.times):
        panel = source.read(0, 0)
        return {r.name: _nothing(len(subjects_of(r, panel))) for r in book.active}
    return {
        name: Pair(
            np.concatenate([p.is_true for p in found]), np.concatenate([p.is_false for p in found])
        )
        for name, found in parts.items()
    }


def _halo(times: Ints, start: int, reach: int) -> int:
    """The first row a block must read: one row at or before the earliest moment looked at."""
    return max(0, int(np.searchsorted(times, times[start] - reach, side="right")) - 1)


def _sent(book: RuleBook) -> bytes:
    """What a worker needs of a book: its conditions, without files, tests and metric functions."""
    bare = {r.name: replace(r, document=None, tests=(), watch=()) for r in book.active}
    return pickle.dumps((bare, book.nodes.reused))


@lru_cache(maxsize=4)
def _received(key: str, job: bytes) -> RuleBook:
    rules, reused = pickle.loads(job)
    nodes = Nodes()
    nodes.reused = reused
    return RuleBook(rules, {}, nodes)


def _block(job: bytes, key: str, source: Source, first: int, start: int, stop: int) -> Block:
    book = _received(key, job)
    found = conditions(book, source.read(first, stop), start - first)
    packed: dict[str, Any] = {
        name: (pair.is_true.shape, np.packbits(pair.is_true), np.packbits(pair.is_false))
        for name, pair in found.items()
    }
    return Block(start, stop, packed)


def _unpacked(bits: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.unpackbits(bits, count=int(np.prod(shape))).reshape(shape).astype(np.bool_)


def _nothing(subjects: int) -> Pair:
    empty = np.zeros((0, subjects), np.bool_)
    return Pair(empty, empty)
