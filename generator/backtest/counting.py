"""Frequencies, runs, flapping and overlap of what a rule said, as plain counts.

Days on which a rule fires follow one another, so they are no independent draws: the interval of a
frequency is Wilson's, taken over as many draws as there are runs' worth of moments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Runs:
    """Unbroken runs of moments that fired; starts are positions. An unknown moment ends a run.

    flaps: runs of one moment that are followed or preceded by silence known as such; blinks: single
    known moments of silence between two moments that fired.
    """

    starts: tuple[int, ...]
    lengths: tuple[int, ...]
    flaps: int
    blinks: int

    @property
    def median(self) -> float:
        return float(np.median(self.lengths)) if self.lengths else math.nan

    @property
    def longest(self) -> int:
        return max(self.lengths, default=0)


def runs(fired: Bools, known: Bools) -> Runs:
    edge = np.diff(np.concatenate([[0], fired.astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    silent = known & ~fired
    before = np.append(False, silent[:-1])
    after = np.append(silent[1:], False)
    single = starts[stops - starts == 1]
    flaps = int(np.count_nonzero(before[single] | after[single]))
    inside = silent[1:-1] & fired[:-2] & fired[2:] if len(fired) > 2 else np.zeros(0, np.bool_)
    lengths = tuple((stops - starts).tolist())
    return Runs(tuple(starts.tolist()), lengths, flaps, int(np.count_nonzero(inside)))


def wilson(hits: float, draws: float) -> tuple[float, float]:
    """95% score interval of a share (Wilson 1927); NaN without a draw."""
    if not draws > 0:
        return math.nan, math.nan
    share, square = hits / draws, Z95 * Z95
    middle = (share + square / (2 * draws)) / (1 + square / draws)
    half = Z95 / (1 + square / draws)
    half *= math.sqrt(share * (1 - share) / draws + square / (4 * draws * draws))
    # The share lies inside; rounding must not put it a digit outside.
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def frequency(fired: int, known: int, count: int) -> tuple[float, float]:
    """Wilson's interval with fewer draws, as the mean run is longer than one moment."""
    length = fired / count if count else 1.0
    return wilson(fired / length, known / length)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules over the moments at which both are known. lift 1: no more often than by chance."""

    rule: str
    subject: str
    both: int
    either: int
    lift: float


def overlap(
    rule: str, subject: str, own: tuple[Bools, Bools], other: tuple[Bools, Bools]
) -> Overlap | None:
    """own and other: (fired, known). None where they never fired together."""
    common = own[1] & other[1]
    a, b = own[0] & common, other[0] & common
    both, either = int(np.count_nonzero(a & b)), int(np.count_nonzero(a | b))
    if not both:
        return None
    chance = np.count_nonzero(a) * np.count_nonzero(b) / np.count_nonzero(common)
    return Overlap(rule, subject, both, either, float(both / chance))
