"""Persistence and hysteresis: from conditions over time to what a rule says at the last row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.judge.kernel import Pair
from generator.judge.model import Persistence, Rule
from generator.judge.windows import Bools, Ints
from generator.model import Floats, Verdict

OFF, UNKNOWN, PENDING, HELD, ON = range(5)
VERDICTS: tuple[Verdict, ...] = ("off", "unknown", "pending", "held", "on")


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Per subject at the last row: the verdict's code, whether it was on before, since when (ms).

    since is NaN where the rule is neither on nor held. Of a whole course (`followed`) the arrays
    are (rows x subjects).
    """

    codes: NDArray[np.int8]
    before: Bools
    since: Floats


def follow(rule: Rule, times: Ints, when: Pair, clear: Pair | None) -> Course:
    """What the rule says at the last row; see `followed`."""
    whole = followed(rule, times, when, clear)
    if len(times):
        return Course(whole.codes[-1], whole.before[-1], whole.since[-1])
    nobody = np.zeros(when.is_true.shape[1], dtype=np.bool_)
    return Course(nobody.astype(np.int8), nobody, np.full(len(nobody), np.nan))


def followed(rule: Rule, times: Ints, when: Pair, clear: Pair | None) -> Course:
    """Run a rule's memory over (rows x subjects) conditions, oldest row first, and keep every row.

    A pending run needs the condition true at every row; an unknown row resets the memory, or with
    on_unknown `hold` leaves it as it was for at most stale_after. A held state needs clear_when to
    be known false at that very row: what is missing can hold nothing.
    """
    true, false = when
    subjects = true.shape[1]
    often = _often_enough(rule.persistence, times, true)
    start, since = np.full(subjects, np.nan), np.full(subjects, np.nan)
    seen = np.full(subjects, -np.inf)
    on = np.zeros(subjects, dtype=np.bool_)
    was, now, holds = (np.zeros(true.shape, dtype=np.bool_) for _ in range(3))
    begins = np.full(true.shape, np.nan)
    for i, moment in enumerate(times.tolist()):
        t, f = true[i], false[i]
        if rule.stale_after:
            stale = moment - seen > rule.stale_after
            on, start = on & ~stale, np.where(stale, np.nan, start)
        start = np.where(t & np.isnan(start), moment, np.where(f, np.nan, start))
        ready = t & (often[i] if often is not None else _long_enough(rule, moment, start))
        held = np.zeros_like(t) if clear is None else on & clear.is_false[i]
        now_on = ready | (on & t & held)
        kept = held & ~now_on
        unknown = ~(t | f) & ~kept
        was[i], now[i], holds[i] = on, now_on, kept
        speaking = now_on | kept
        begun = np.where(np.isnan(start), float(moment), start) if often is None else moment
        since = np.where(speaking, np.where(on & ~np.isnan(since), since, begun), since)
        if rule.on_unknown == "hold":
            on = speaking | (on & unknown)
        else:
            on, start = speaking, np.where(unknown, np.nan, start)
        since = np.where(on, since, np.nan)
        begins[i] = since
        seen = np.where(t | f, float(moment), seen)
    codes = np.select([now, holds, true, false], [ON, HELD, PENDING, OFF], UNKNOWN)
    return Course(codes.astype(np.int8), was, np.where(now | holds, begins, np.nan))


def _long_enough(rule: Rule, moment: int, start: Floats) -> Bools:
    return np.asarray(moment - start >= rule.persistence.duration)


def _often_enough(wanted: Persistence, times: Ints, true: Bools) -> Bools | None:
    """Rows at which the condition was true in `times` of the last `units` stretches of `unit`."""
    if not wanted.times:
        return None
    count = true.astype(np.int64)
    newer = np.arange(len(times))
    for back in range(1, wanted.units):
        row, found = _earlier_row(times, wanted.unit, times - back * wanted.unit, newer)
        count += true[row] & found[:, None]
        newer = np.where(found, row, newer)
    return np.asarray(count >= wanted.times)


def _earlier_row(times: Ints, unit: int, ends: Ints, newer: Ints) -> tuple[Ints, Bools]:
    """Per row: the row that stands for the stretch with this newest end, and whether there is one.

    The nearest to the end, from half a unit after it to (less than) a unit before it, and of an
    earlier UTC day (or hour) than the row `newer` that stands for the stretch after it. So many
    snapshots of one day are one day, whether the panel holds a row every eight hours or now and
    three midnights; and a number made of completed days is never counted twice.
    """
    latest = np.searchsorted(times, times[newer] // unit * unit, side="left") - 1
    latest = np.minimum(latest, np.searchsorted(times, ends + unit // 2, side="right") - 1)
    after = np.searchsorted(times, ends, side="left")
    upper = np.maximum(np.minimum(after, latest), 0)
    lower = np.maximum(np.minimum(after - 1, latest), 0)
    row = np.where(np.abs(times[lower] - ends) <= np.abs(times[upper] - ends), lower, upper)
    return row, np.asarray((latest >= 0) & (times[row] > ends - unit))
