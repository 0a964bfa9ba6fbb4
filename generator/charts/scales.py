"""Round scales, and series cut where data are missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from generator.charts.model import Axis
from generator.model import DAY, Floats

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MARGIN = 0.06  # of the range, so that a line does not run along the frame
FEW = 5  # ticks on an axis: more could not be read on a phone
MONTH = 31 * DAY
LONGEST = 1.5  # steps between two samples; further apart, something between them is missing


def axis(
    values: Iterable[float], text: Callable[[float], str], *, zero: bool = False, few: int = FEW
) -> Axis:
    """A scale around all finite values, with at most `few` round ticks. zero: it holds zero."""
    known = [v for v in values if math.isfinite(v)]
    low, high = min(known), max(known)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        low, high = low - (abs(low) or 1.0) * 0.01, high + (abs(high) or 1.0) * 0.01
    room = (high - low) * MARGIN
    low, high = (
        (low if zero and low == 0 else low - room),
        (high if zero and high == 0 else high + room),
    )
    return Axis(low, high, tuple((at, text(at)) for at in ticks(low, high, few)))


def ticks(low: float, high: float, few: int = FEW) -> list[float]:
    """Round values between two bounds, at most `few`: 1, 2, 2.5 or 5 times a power of ten."""
    size = 10.0 ** math.floor(math.log10((high - low) / few))
    while True:
        for step in STEPS:
            first = math.ceil(low / (step * size) - 1e-9)
            last = math.floor(high / (step * size) + 1e-9)
            if last - first < few:
                return [round(i * step * size, 12) for i in range(first, last + 1)]
        size *= 10.0


def days(start: float, end: float, text: Callable[[float], str], few: int = FEW) -> Axis:
    """A time axis with a tick at midnight (UTC) of every n-th day."""
    few = few - 1 if end - start > MONTH else few  # of a long axis all the months are long ones
    span = max(1, math.ceil((end - start) / DAY / few))
    first = math.ceil(start / DAY) * DAY
    marks = [at for at in np.arange(first, end + 1, span * DAY).tolist() if at <= end]
    # A label is centred on its tick: at the very edge half of it would be cut off.
    edge = (end - start) * 0.05
    marks = [at for at in marks if start + edge <= at <= end - edge]
    return Axis(float(start), float(end), tuple((at, text(at)) for at in marks))


def broken(
    ts: Floats, values: Floats, step: float, start: float
) -> tuple[tuple[float, float | None], ...]:
    """(ms, value) from `start` on, with a None wherever a sample is unknown or more than
    LONGEST steps after the one before it."""
    out: list[tuple[float, float | None]] = []
    for at, value in zip(ts.tolist(), values.tolist(), strict=True):
        if at < start:
            continue
        if out and at - out[-1][0] > LONGEST * step:
            out.append(((out[-1][0] + at) / 2, None))
        out.append((at, value if math.isfinite(value) else None))
    return tuple(out)


def known(points: Iterable[tuple[float, float | None]]) -> list[float]:
    """The values that are there."""
    return [value for _, value in points if value is not None]
