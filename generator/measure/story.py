"""Whose price the story tells: one market for all majors, chosen once.

The configured order decides among markets whose record is as good: a year of unbroken days before
sixty, sixty before fewer. A price without its past has no size, no record and no verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from generator.measure.venues import Book, unstamped
from generator.model import DAY, HOUR, Series

USD_VENUES = ("coinbase", "kraken")  # trade USDT against real dollars; what two show, both show
FAR_FROM_PEG = 2.0  # percent (canon S04)
# Unbroken daily bars: what a year's comparisons and a size of its own (60 days) rest on.
RECORDS = (365, 60)
LATE = 5 * 60_000  # the bar of a day that has just ended may not be there yet

Bars = Callable[[str, str], Series | None]  # of (venue, symbol), as known now


def dollars_first(book: Book, venues: tuple[str, ...], majors: tuple[str, ...]) -> tuple[str, ...]:
    """The venues in their order; with USDT far from its dollar, those that quote in USD first.

    A price in USDT may then not be told as one in dollars (canon S04).
    """
    gaps = []
    for venue in USD_VENUES:
        row = book.rows.get((venue, "spot"), {}).get("USDT")
        if row is not None and book.instrument(row).quote == "USD":
            gaps.append((book.price(row, "last") - 1) * 100)
    far = len(gaps) == len(USD_VENUES) and (min(gaps) >= FAR_FROM_PEG or max(gaps) <= -FAR_FROM_PEG)
    if not far:
        return venues

    def in_dollars(venue: str) -> bool:
        rows = book.rows.get((venue, "spot"), {})
        return all(a in rows and book.instrument(rows[a]).quote == "USD" for a in majors)

    return tuple(sorted(venues, key=lambda v: not in_dollars(v)))


def unbroken_days(bars: Series | None, now: int) -> int:
    """Daily bars in a row up to the last; 0 where the record stops before the day that ended."""
    if bars is None or not len(bars.data) or bars.data[-1, 0] + 2 * DAY + LATE < now:
        return 0
    holes = np.flatnonzero(np.diff(bars.data[:, 0]) != DAY)
    return len(bars.data) - (int(holes[-1]) + 1 if len(holes) else 0)


def copied(book: Book, bars: Bars, majors: Iterable[str]) -> set[int]:
    """Rows of majors whose unstamped price is the last daily close to the cent, hours after it.

    A price that has not moved a cent since midnight is that close again, not a price of now.
    """
    now, wanted = book.snapshot.now, set(majors)
    if now % DAY < HOUR:
        return set()
    found = set()
    for row in map(int, unstamped(book.snapshot)):
        inst = book.instrument(row)
        if inst.base not in wanted or inst.kind not in ("spot", "perp_linear"):
            continue
        past = bars(inst.venue, inst.symbol)
        if past is not None and abs(past.column("close")[-1] - book.value(row, "last")) < 0.005:
            found.add(row)
    return found


def story_market(
    book: Book, venues: tuple[str, ...], majors: tuple[str, ...], bars: Bars
) -> tuple[str, str] | None:
    """The one market all majors' prices come from: same venue, same kind.

    With price, 24-hour reference, high and low for every major; failing that, with price and
    reference. Of these the one with the best record (`RECORDS`), of equals the first in order.
    None when no market has a price of every major.
    """
    best: tuple[tuple[bool, int], tuple[str, str]] | None = None
    for market in book.markets(venues):
        rows = [book.rows[market].get(a) for a in majors]
        known = [r for r in rows if r is not None]
        if len(known) < len(rows):
            continue
        if not all(np.isfinite(book.price(r, "last") + book.open_24h(r)) for r in known):
            continue
        ranged = all(
            np.isfinite(book.price(r, "high_24h") + book.price(r, "low_24h")) for r in known
        )
        insts = [book.instrument(r) for r in known]
        length = min(unbroken_days(bars(i.venue, i.symbol), book.snapshot.now) for i in insts)
        merit = ranged, sum(length >= least for least in RECORDS)
        if best is None or merit > best[0]:
            best = merit, market
    return None if best is None else best[1]
