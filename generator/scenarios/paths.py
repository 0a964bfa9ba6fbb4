"""The drawn past of a price: one path, cut into hourly and daily bars that agree.

A path is a bridge: it passes through every anchor exactly and wanders between them with the given
daily volatility. Seeds are fixed and only uniform draws are used, so the same file gives the same
bars everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from generator.model import DAY, HOUR, Floats

HOURLY_DAYS = 45


@dataclass(frozen=True, slots=True)
class Shock:
    """One hour whose move is given. at: its open (ms); low and high bound its wick."""

    at: int
    change_pct: float
    low: float | None = None
    high: float | None = None
    volume_times: float = 1.0


@dataclass(frozen=True, slots=True)
class PathForm:
    """What a scenario says about the past of one price.

    anchors: moment (ms) -> price then. ranges: UTC day (ms of its midnight) -> (low, high).
    """

    days: int
    volatility_pct: float
    anchors: Mapping[int, float] = field(default_factory=dict)
    ranges: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    shocks: tuple[Shock, ...] = ()
    start_price: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PricePath:
    """Bars without volume: (n x 5) of ts, open, high, low, close; daily ones are complete days."""

    daily: Floats
    hourly: Floats


def noise(rng: np.random.Generator, n: int) -> Floats:
    """n draws of mean 0 and variance 1, never beyond 4.3.

    A sum of six uniforms: bounded, so that a drawn hour is never an accidental shock, and resting
    on the one stream of numpy that is stable between versions.
    """
    return np.asarray((rng.random((n, 6)).sum(axis=1) - 3.0) * np.sqrt(2.0))


def tick(price: float) -> int:
    """Decimals to which a price of this size is quoted."""
    return int(np.clip(5 - np.ceil(np.log10(price)), 2, 12)) if price < 1000 else 2


def draw_path(form: PathForm, now: int, price: float, change_pct: float, seed: int) -> PricePath:
    """The path that ends at `price` now and stood change_pct lower 24 h ago."""
    rng = np.random.Generator(np.random.PCG64(seed))
    midnight = now - now % DAY
    first_hour = midnight - min(HOURLY_DAYS, form.days) * DAY
    grid = np.concatenate(
        [
            np.arange(midnight - form.days * DAY, first_hour, DAY),
            np.arange(first_hour, now + 1, HOUR),
        ]
    ).astype(np.int64)
    fixed = {**form.anchors, now - DAY: price / (1 + change_pct / 100), now: price}
    closes = _bridge(form, grid, fixed, rng)
    split = int(np.searchsorted(grid, first_hour))
    digits = tick(price)
    old = _bars(grid[: split + 1], closes[: split + 1], form, rng, digits)
    hourly = _bars(grid[split:], closes[split:], form, rng, digits)
    _shape(hourly, form, digits)
    _shape(old, form, digits)
    whole = hourly[hourly[:, 0] < midnight]
    return PricePath(np.vstack([old, by_day(whole)]), hourly)


def _bridge(
    form: PathForm, grid: np.ndarray, fixed: Mapping[int, float], rng: np.random.Generator
) -> Floats:
    span = np.diff(grid) / DAY
    step = noise(rng, len(span)) * form.volatility_pct / 100 * np.sqrt(span)
    held = np.zeros(len(span), dtype=bool)
    for shock in form.shocks:
        spot = int(np.searchsorted(grid, shock.at))
        step[spot], held[spot] = np.log1p(shock.change_pct / 100), True
    places = {int(np.searchsorted(grid, ts)): np.log(p) for ts, p in sorted(fixed.items())}
    places = {i: p for i, p in places.items() if i < len(grid)}
    first = min(places)
    if form.start_price is not None or first:
        places.setdefault(0, np.log(form.start_price or np.exp(places[first])))
    path, stops = np.empty(len(grid)), sorted(places)
    for a, b in pairwise(stops):
        part, free = step[a:b], ~held[a:b]
        if free.any():
            part[free] -= np.sqrt(span[a:b][free]) * _excess(part, free, span[a:b])
            part[free] += (places[b] - places[a] - part.sum()) * _weight(span[a:b][free])
        path[a : b + 1] = places[a] + np.concatenate([[0.0], np.cumsum(part)])
        path[b] = places[b]
    prices = np.exp(path)
    for i in stops:  # exp(log(p)) is not p: an anchor is printed, so it is kept exactly
        moment = int(grid[i])
        prices[i] = fixed.get(moment, prices[i])
    return _inside(prices, grid, form, set(stops))


def _excess(part: Floats, free: np.ndarray, span: Floats) -> float:
    return float(part[free].sum() / np.sqrt(span[free]).sum())


def _weight(span: Floats) -> Floats:
    return np.asarray(span / span.sum())


def _inside(prices: Floats, grid: np.ndarray, form: PathForm, stops: set[int]) -> Floats:
    for day, (low, high) in form.ranges.items():
        inner = [i for i in np.flatnonzero((grid > day) & (grid <= day + DAY)) if i not in stops]
        prices[inner] = np.clip(prices[inner], low * 1.0004, high * 0.9996)
    return prices


def _bars(
    grid: np.ndarray, closes: Floats, form: PathForm, rng: np.random.Generator, digits: int
) -> Floats:
    points = np.round(closes, digits)
    opens, ends = points[:-1], points[1:]
    reach = form.volatility_pct / 100 * np.sqrt(np.diff(grid) / DAY) * 0.35
    top, bottom = np.maximum(opens, ends), np.minimum(opens, ends)
    highs = np.round(top * (1 + reach * np.abs(noise(rng, len(opens)))), digits)
    lows = np.round(bottom * (1 - reach * np.abs(noise(rng, len(opens)))), digits)
    return np.column_stack([grid[:-1].astype(float), opens, highs, lows, ends])


def _shape(bars: Floats, form: PathForm, digits: int) -> None:
    """Give the stated days and hours their stated lows and highs."""
    for shock in form.shocks:
        for at in np.flatnonzero(bars[:, 0] == shock.at):
            _, start, high, low, end = bars[at]
            low = low if shock.low is None else round(shock.low, digits)
            high = high if shock.high is None else round(shock.high, digits)
            bars[at, 2:4] = max(high, start, end), min(low, start, end)
    for day, (low, high) in form.ranges.items():
        inside = np.flatnonzero((bars[:, 0] >= day) & (bars[:, 0] < day + DAY))
        if not len(inside):
            continue
        part = bars[inside]
        part[:, 3] = np.minimum(np.maximum(part[:, 3], low), np.minimum(part[:, 1], part[:, 4]))
        part[:, 2] = np.maximum(np.minimum(part[:, 2], high), np.maximum(part[:, 1], part[:, 4]))
        deepest, tallest = part[np.argmin(part[:, 3])], part[np.argmax(part[:, 2])]
        deepest[3] = min(low, deepest[1], deepest[4])
        tallest[2] = max(high, tallest[1], tallest[4])
        bars[inside] = part


def by_day(hourly: Floats) -> Floats:
    """Hourly bars (whole days, further columns are summed) as daily bars."""
    if not len(hourly):
        return hourly
    days = hourly.reshape(-1, 24, hourly.shape[1])
    first, last = days[:, 0], days[:, -1]
    out = [first[:, 0], first[:, 1], days[:, :, 2].max(1), days[:, :, 3].min(1), last[:, 4]]
    return np.column_stack([*out, *(days[:, :, k].sum(1) for k in range(5, days.shape[2]))])


def moved(bars: Floats, factor: float, digits: int) -> Floats:
    """The same bars on a venue whose price stands at `factor` times the path."""
    if factor == 1.0:
        return bars
    return np.column_stack([bars[:, 0], np.round(bars[:, 1:5] * factor, digits)])
