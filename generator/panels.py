"""Metrics of many moments, each with its own universe and its own metrics, as one panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from generator.model import Floats, Panel


@dataclass(frozen=True, slots=True, eq=False)
class MetricRow:
    """The metrics of one moment: values is float64 (names x subjects).

    scopes and units are by metric name; a unit may be unknown ("").
    """

    now: int
    subjects: tuple[str, ...]
    scopes: Mapping[str, str]
    units: Mapping[str, str]
    values: Floats


def joined(past: Panel, rows: Panel) -> Panel:
    """The moments of both, in order; at equal times those of `rows` stand.

    Subjects and metrics are matched by name; what a moment did not know is NaN there. Where the
    scope of a metric differs from its scope in `rows`, the past's is another quantity and left out.
    """
    kept = ~np.isin(past.times, rows.times)
    if not kept.any():
        return rows
    scopes = {**past.scopes, **rows.scopes}
    times = np.concatenate([past.times[kept], rows.times])
    subjects = tuple(sorted({*past.subjects, *rows.subjects}))
    order = np.argsort(times, kind="stable")
    place = {subject: i for i, subject in enumerate(subjects)}
    older_at = [place[s] for s in past.subjects]
    newer_at = [place[s] for s in rows.subjects]
    columns = {}
    for name, scope in scopes.items():
        block = np.full((len(times), len(subjects)), np.nan)
        older, newer = past.columns.get(name), rows.columns.get(name)
        if older is not None and past.scopes.get(name) == scope:
            block[: kept.sum(), older_at] = older[kept]
        if newer is not None:
            block[kept.sum() :, newer_at] = newer
        columns[name] = block[order]
    return Panel(times[order], subjects, columns, scopes)


def align(rows: Sequence[MetricRow]) -> Panel:
    """Rows in ascending time as a panel, by the NAMES of subjects and metrics, never by position.

    A subject or metric that a moment did not know is NaN there. Where the scope or the unit of a
    metric differs from its newest one, the older numbers are another quantity and stay out.
    """
    newest: dict[str, tuple[str, str]] = {}
    for row in rows:
        newest |= {name: (row.scopes[name], row.units.get(name, "")) for name in row.scopes}
    subjects = tuple(sorted({s for row in rows for s in row.subjects}))
    names = tuple(sorted(newest))
    place = {subject: i for i, subject in enumerate(subjects)}
    block = np.full((len(names), len(rows), len(subjects)), np.nan)
    places: dict[tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.intp]]] = {}
    for time, row in enumerate(rows):
        to = places.get(row.subjects)
        if to is None:
            to = places[row.subjects] = np.array([place[s] for s in row.subjects], dtype=np.intp)
        known = {n: i for i, n in enumerate(row.scopes)}
        for at, name in enumerate(names):
            same = name in known and newest[name] == (row.scopes[name], row.units.get(name, ""))
            if same:
                block[at, time, to] = row.values[known[name]]
    times = np.array([row.now for row in rows], dtype=np.int64)
    columns = {name: block[at] for at, name in enumerate(names)}
    return Panel(times, subjects, columns, {name: newest[name][0] for name in names})
