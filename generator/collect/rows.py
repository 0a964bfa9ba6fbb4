"""From cells to a Snapshot: a row per instrument, a cell per number that a venue gave."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Literal, NamedTuple, TypeVar

import numpy as np

from generator.collect.cleaning import PRICES, accept, from_future, stamp
from generator.model import FIELDS, Headline, Instrument, Snapshot, Source, Status

T = TypeVar("T", covariant=True)
FUTURE = "a moment to come (is this machine's clock right?)"


class Cell(NamedTuple):
    value: float
    as_of: int | None
    received: int
    endpoint: str
    status: Status


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came back, from where, and when it arrived (ms)."""

    data: T
    endpoint: str
    received: int


@dataclass
class Row:
    """One instrument being filled. Cells that are refused stay absent.

    refused: what a venue said that cannot be true, by field; `stamp` for a moment of
    its price, FUTURE where that moment is still far off and the price went with it. told: why its
    price is absent has been noted already.
    """

    instrument: Instrument
    cells: dict[str, Cell] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    told: bool = False

    def put(self, answer: Answer[object], name: str, value: object, as_of: object = None,
            status: Status = Status.OK) -> None:  # fmt: skip
        """Store one number if it can be true; unit as in model.FIELDS, as_of in ms."""
        good = accept(name, value, answer.received)
        if good is None and value not in (None, ""):
            self.refused.add(name)
        if good is not None and name in PRICES and from_future(as_of, answer.received):
            good = None  # received now, of another day: nobody knows when it was the price
            self.refused.add(FUTURE)
        if good is not None:
            when = stamp(as_of, answer.received)
            if when is None and as_of not in (None, ""):
                self.refused.add("stamp")
            self.cells[name] = Cell(good, when, answer.received, answer.endpoint, status)

    def derive(self, name: str, value: float | None, *parts: str) -> None:
        """Store a number computed from other cells of this row: as old as the oldest of them."""
        cells = [self.cells[p] for p in parts]
        if value is None or not cells:
            return
        good = accept(name, value, max(c.received for c in cells))
        stamps = [c.as_of for c in cells if c.as_of is not None]
        if good is not None:
            as_of = min(stamps) if len(stamps) == len(cells) else None
            first = cells[0]
            received = max(c.received for c in cells)
            self.cells[name] = Cell(good, as_of, received, first.endpoint, Status.DERIVED)

    def get(self, name: str) -> float | None:
        cell = self.cells.get(name)
        return None if cell is None else cell.value

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.cells.pop(name, None)

    def labelled(self) -> Instrument:
        i = self.instrument
        labels = tuple(sorted({**dict(i.labels), **self.labels}.items()))
        return Instrument(i.venue, i.symbol, i.raw, i.kind, i.base, i.quote, i.multiplier,
                          i.asset_class, labels)  # fmt: skip


def refusals(rows: Iterable[Row], majors: tuple[str, ...]) -> list[str]:
    """What is missing from a venue's rows because it cannot be true, for its source's reason.

    Prices and their stamps, which notes rest on. Other fields are passed over: a zero of open
    interest or a schedule of last year is a venue's habit, and absent is what it means. A zero, a
    NaN or an empty price comes out of ccxt as nothing at all: told of the majors only.
    """
    names: dict[str, list[str]] = {}
    traded = [r for r in rows if r.instrument.kind in ("spot", "perp_linear")]
    priced = {r.instrument.base for r in traded if "last" in r.cells}
    for row in traded:
        told = row.refused & {"last", "stamp", "mark", "index", "open_24h", FUTURE}
        for what in sorted(told):
            names.setdefault(f"{what}: impossible, dropped", []).append(row.instrument.symbol)
        known = row.told or row.refused & {"last", FUTURE} or row.instrument.base in priced
        if row.instrument.base in majors and not known:
            names.setdefault("last: none", []).append(row.instrument.symbol)
    return [
        f"{what} for {symbols[0]}" + (f" and {len(symbols) - 1} more" if symbols[1:] else "")
        for what, symbols in sorted(names.items())
    ]


def assemble(
    rows: Iterable[Row],
    sources: Iterable[Source],
    headlines: Iterable[Headline],
    now: int,
    mode: Literal["live", "replay", "scenario"],
    failed: Mapping[str, frozenset[str]],
) -> Snapshot:
    """The snapshot of all rows, sorted by (venue, symbol).

    failed names, per venue, the fields whose request was made and gave nothing.
    """
    ordered = sorted(rows, key=lambda r: (r.instrument.venue, r.instrument.symbol))
    names = tuple(FIELDS)
    shape = (len(ordered), len(names))
    values, as_of, received = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    status, endpoint = np.zeros(shape, np.uint8), np.zeros(shape, np.int16)
    told = {c.endpoint for r in ordered for c in r.cells.values()}
    endpoints = ("", *sorted(told - {""}))
    index = {e: i for i, e in enumerate(endpoints)}
    column = {n: i for i, n in enumerate(names)}
    for y, row in enumerate(ordered):
        seen = max((c.received for c in row.cells.values()), default=now)
        received[y, :] = seen  # a missing number, too, was looked for at some moment
        for name in failed.get(row.instrument.venue, frozenset()):
            status[y, column[name]] = Status.FAILED
        for name, cell in row.cells.items():
            x = column[name]
            values[y, x], status[y, x] = cell.value, cell.status
            as_of[y, x] = math.nan if cell.as_of is None else cell.as_of
            received[y, x], endpoint[y, x] = cell.received, index[cell.endpoint]
    instruments = tuple(r.labelled() for r in ordered)
    told_of, news = tuple(sources), tuple(headlines)
    sha = hashlib.sha256()
    for part in (values, as_of, status, endpoint):
        sha.update(np.ascontiguousarray(part).tobytes())
    # seconds and received vary from run to run: they are not what the market said
    sha.update(repr((now, mode, instruments, endpoints)).encode())
    sha.update(repr([(s.name, s.state, s.reason, s.rows) for s in told_of]).encode())
    sha.update(repr([(h.source, h.title, h.url, h.published_at) for h in news]).encode())
    when = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    return Snapshot(
        f"{when}-{sha.hexdigest()[:8]}", now, mode, instruments, names, values, status, as_of,
        received, endpoint, endpoints, told_of, news,
    )  # fmt: skip
