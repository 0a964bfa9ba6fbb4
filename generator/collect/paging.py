"""Fetching a long stretch of history in windows that no venue's page limit can truncate."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable

Rows = list[list[float]]
Page = Callable[[int, int, int], Awaitable[Rows]]

MOST_REQUESTS = 200
LEAST_PAGE = 100  # rows; no venue caps a page under this


async def windows(page: Page, since: int, until: int, step: int, most: int) -> Rows:
    """All rows with since <= ts < until, ascending and unique by ts (first column).

    page(start, end, limit) answers rows of a window [start, end). Windows hold `most` rows of
    `step` ms. A venue may cap a page below what was asked, and cut off either end: an end that
    an answer does not reach is asked for again, until nothing new comes. A cap counted from the
    start makes an empty answer one about the window's beginning only: its later half is then asked
    for, down to what no venue caps.
    """
    found: dict[int, list[float]] = {}
    span = step * most
    todo = [(s, min(s + span, until), s) for s in range(since, until, span)]
    for _ in range(MOST_REQUESTS):
        if not todo:
            break
        start, end, skipped = todo.pop(0)
        # no more than can be there: venues charge a request by its limit
        limit = min(most, (end - start) // step + 2)
        rows = [r for r in await page(start, end, limit) if start <= r[0] < end]
        new = {int(r[0]): r for r in rows if int(r[0]) not in found}
        found.update(new)
        if new:
            stamps = sorted(new)
            first, last, gap = stamps[0], stamps[-1], _spacing(stamps, step)
            if last + gap < end:
                todo.insert(0, (last + 1, end, last + 1))
            if first - gap >= start:
                todo.insert(0, (start, first, start))
            elif skipped < start:  # rows from the very start on: some may lie before it
                todo.insert(0, (skipped, start, skipped))
        elif not rows and (end - start) // step > LEAST_PAGE:
            todo.insert(0, (start + (end - start) // step // 2 * step, end, skipped))
    return [found[k] for k in sorted(found)]


def _spacing(stamps: list[int], step: int) -> int:
    """The rows' own smallest spacing: settlements may be closer than the nominal step."""
    return min((b - a for a, b in itertools.pairwise(stamps)), default=step)
