"""Fetching a long stretch of history in windows that no venue's page limit can truncate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Rows = list[list[float]]
Page = Callable[[int, int, int], Awaitable[Rows]]


async def windows(page: Page, since: int, until: int, step: int, most: int) -> Rows:
    """All rows with since <= ts < until, ascending and unique by ts (first column).

    page(start, end, limit) answers rows of a window [start, end). Windows hold `most` rows of
    `step` ms; one that comes back full may have been cut off, so it is asked again in halves.
    """
    found: dict[int, list[float]] = {}
    todo = [(s, min(s + step * most, until)) for s in range(since, until, step * most)]
    while todo:
        start, end = todo.pop(0)
        rows = [r for r in await page(start, end, most) if start <= r[0] < end]
        full = len(rows) >= most and end - start > step and _sparse(rows, start, end, step)
        if full:
            middle = start + (end - start) // 2
            todo = [(start, middle), (middle, end), *todo]
            continue
        found.update((int(r[0]), r) for r in rows)
    return [found[k] for k in sorted(found)]


def _sparse(rows: Rows, start: int, end: int, step: int) -> bool:
    """Whether a full page fails to reach both ends of its window: something was cut off."""
    first, last = min(r[0] for r in rows), max(r[0] for r in rows)
    return first >= start + step or last < end - step
