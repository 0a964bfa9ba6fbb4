"""Statistics that several families share: returns of days, tail shares, mid-ranks."""

from __future__ import annotations

import numpy as np

from generator.model import DAY, Floats

NAN = float("nan")


def daily_returns(ts: Floats, close: Floats) -> Floats:
    """Percent change from one UTC day's close to the next; NaN across a gap. Shape (n,)."""
    out = np.full(len(close), NAN)
    if len(close) > 1:
        steps = np.diff(ts) == DAY
        out[1:] = np.where(steps, (close[1:] / close[:-1] - 1) * 100, NAN)
    return out


def daily_returns_on_grid(ts: Floats, close: Floats, end: float, length: int) -> Floats:
    """Percent change of each of the `length` UTC days up to the midnight `end`. Shape (length,).

    NaN where a day, or the one before it, has no close.
    """
    closes = np.full(length + 1, NAN)
    place = length + 1 - np.rint((end - ts) / DAY).astype(np.int64)
    inside = (place >= 0) & (place <= length) & (ts % DAY == 0)
    closes[place[inside]] = close[inside]
    return np.asarray((closes[1:] / closes[:-1] - 1) * 100)


def tail_share(value: float, past: Floats, at_least: int) -> float:
    """Share of |past| at or beyond |value|: (count + 0.5) / (n + 1); NaN when n < at_least."""
    known = np.abs(past[np.isfinite(past)])
    if len(known) < at_least or not np.isfinite(value):
        return NAN
    return float((np.count_nonzero(known >= abs(value)) + 0.5) / (len(known) + 1))


def mid_rank(value: float, past: Floats, at_least: int) -> float:
    """Percentile of value in past, ties counted half, in percent; NaN when n < at_least.

    With <=, a plateau such as the funding baseline would rank at the 100th percentile.
    """
    known = past[np.isfinite(past)]
    if len(known) < at_least or not np.isfinite(value):
        return NAN
    below, same = np.count_nonzero(known < value), np.count_nonzero(known == value)
    return float((below + same / 2 + 0.5) / (len(known) + 1) * 100)


def known_median(values: Floats) -> Floats:
    """Median along the last axis of what is known; NaN where nothing is.

    The same numbers as `np.nanmedian`, which first takes 10 ms to import masked arrays.
    """
    if not values.shape[-1]:
        return np.full(values.shape[:-1], NAN)
    ordered = np.sort(values, axis=-1)  # NaN comes last
    count = np.count_nonzero(~np.isnan(ordered), axis=-1, keepdims=True)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, ordered.shape[-1] - 1)
    middle = np.take_along_axis(ordered, low, -1) + np.take_along_axis(ordered, high, -1)
    return np.asarray(middle[..., 0] / 2)


def median(values: Floats) -> Floats:
    """Median along the last axis; NaN where anything is unknown. The numbers of `np.median`."""
    return np.where(np.isnan(values).any(axis=-1), NAN, known_median(values))
