"""Round scales, and series cut where data are missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from generator.charts.model import Axis
from generator.model import DAY, HOUR, Floats

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MARGIN = 0.06  # of the range, so that a line does not run along the frame
FEW = 5  # ticks on an axis: more could not be read on a phone
MONTH = 31 * DAY
LONGEST = 1.5  # steps between two samples; further apart, something between them is missing


def axis(
    values: Iterable[float],
    text: Callable[[float], str],
    *,
    least: float,
    zero: bool = False,
    few: int = FEW,
) -> Axis:
    """A scale around all finite values, with at most `few` round ticks. zero: it holds zero.

    least: the smallest difference that `text` prints. Ticks are multiples of it, so that none
    stands beside the value that it names.
    """
    known = [v for v in values if math.isfinite(v)]
    low, high = min(known), max(known)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        low, high = low - (abs(low) or 1.0) * 0.01, high + (abs(high) or 1.0) * 0.01
    room = (high - low) * MARGIN
    low = low if zero and low == 0 else low - room
    high = high if zero and high == 0 else high + room
    return Axis(low, high, tuple((at, text(at)) for at in ticks(low, high, least, few)))


def ticks(low: float, high: float, least: float, few: int = FEW) -> list[float]:
    """Round values between two bounds, at most `few`: 1, 2, 2.5 or 5 times a power of ten, and
    whole multiples of `least`. None where no such value lies between."""
    size = 10.0 ** math.floor(math.log10((high - low) / few))
    while True:
        for step in (s * size for s in STEPS):
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if last - first < few and _whole(step / least):
                return [round(i * step, 12) for i in range(first, last + 1)]
        size *= 10.0


Marks = tuple[tuple[float, str], ...]


def apart(marks: Sequence[tuple[float, str]], half: Sequence[float]) -> Marks:
    """Every mark of an axis, or every second, third ... one from the last, so that their texts do
    not run into one another. half: what each text takes up on either side of its mark."""
    for step in range(1, len(marks) + 1):
        kept = range(len(marks) - 1, -1, -step)
        if all(marks[i][0] - marks[j][0] >= half[i] + half[j] for i, j in pairwise(kept)):
            return tuple(marks[i] for i in reversed(kept))
    return ()


def _whole(times: float) -> bool:
    return times > 0.5 and abs(times - round(times)) < 1e-6 * times


def significant(value: float, digits: int) -> float:
    """The smallest difference between values of this size, printed with so many digits."""
    return 10.0 ** (math.floor(math.log10(abs(value))) + 1 - digits) if value else 1.0


def ending(
    points: tuple[tuple[float, float | None], ...], now: int, value: float, step: float
) -> tuple[tuple[float, float | None], ...]:
    """The points before `now`, then the value that is told of as now's; a gap between them where
    the last sample is more than LONGEST steps old. Unchanged where the value is not known."""
    if not math.isfinite(value):
        return points
    past = tuple(p for p in points if p[0] < now)
    if past and now - past[-1][0] > LONGEST * step:
        past = (*past, ((past[-1][0] + now) / 2, None))
    return (*past, (float(now), float(value)))


def days(start: float, end: float, text: Callable[[float], str], few: int = FEW) -> Axis:
    """A time axis with a tick at midnight (UTC) of every n-th day."""
    few = few - 1 if end - start > MONTH else few  # of a long axis all the months are long ones
    every = max(1, math.ceil((end - start) / DAY / few))
    first = math.ceil(start / DAY) * DAY
    marks = [at for at in np.arange(first, end + 1, every * DAY).tolist() if at <= end]
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


def every(ts: Floats, length: float, longest: float) -> float:
    """The usual distance of two samples of the last `length`, at most the longest that a line may
    join: some venues keep one an hour, others one in four."""
    recent = ts[ts >= ts[-1] - length] if len(ts) else ts
    return min(float(np.median(np.diff(recent))), longest) if len(recent) > 1 else HOUR


def known(points: Iterable[tuple[float, float | None]]) -> list[float]:
    """The values that are there."""
    return [value for _, value in points if value is not None]
