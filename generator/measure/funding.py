"""Funding on one venue: settled rates on one scale (percent per 8 h), their record and their turns.

`funding_ts`, `funding_rate`, `funding_interval` are the settled prints of the reference venue, cut
at changes of its formula. What several venues or two assets say is in `funding_venues.py`.
"""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
YEAR = 365 * DAY
LEAST = 90 * DAY  # a shorter record ranks nothing (canon F05)
WHOLE = 0.8  # of a record's hours must be on record before it ranks anything
SIDE = 0.002  # percent per 8 h: how far from zero a settlement counts for its side (canon F07)
FLIP_REST = 72 * HOUR  # a turn within this time of another is back and forth, no turn (canon F07)


def per_8h(rate: Floats, interval: Floats) -> Floats:
    """Decimal per interval -> percent per 8 h (canon F01)."""
    return np.asarray(rate * 8 / interval * 100, dtype=np.float64)


def rolling_mean_24h(ts: Floats, rate: Floats, interval: Floats) -> Floats:
    """At every settlement, the mean rate (percent per 8 h) of the 24 hours that end there.

    Weighted by the hours each print covers; NaN where less than 23 or more than 25 hours are
    covered, so that a gap in the record is not read as calm.
    """
    if not len(ts):
        return np.empty(0)
    value = np.cumsum(np.append(0.0, rate))
    hours = np.cumsum(np.append(0.0, interval))
    left = np.searchsorted(ts, ts - DAY, side="right")
    right = np.arange(1, len(ts) + 1)
    covered = hours[right] - hours[left]
    # Differences of running sums carry noise in the last digits; unrounded, equal means would not
    # tie, and the plateau of the default rate would rank wherever the noise puts it.
    mean = np.round((value[right] - value[left]) / covered * 8 * 100, 10)
    return np.where((covered >= 23) & (covered <= 25), mean, NAN)


@metric("% per 8 h", venue="funding", window="settled")
def funding_settled(funding_ts: Floats, funding_rate: Floats, funding_interval: Floats) -> float:
    """The last settled rate on the reference venue."""
    return float(per_8h(funding_rate, funding_interval)[-1]) if len(funding_ts) else NAN


@metric("ms", venue="funding", window="settled")
def funding_settled_at(funding_ts: Floats) -> float:
    """When that rate settled."""
    return float(funding_ts[-1]) if len(funding_ts) else NAN


@metric("% per 8 h", venue="funding", window="settled")
def funding_previous(funding_ts: Floats, funding_rate: Floats, funding_interval: Floats) -> float:
    """The settlement before the last; unknown when one was missed between."""
    if len(funding_ts) < 2 or funding_ts[-1] - funding_ts[-2] > funding_interval[-1] * HOUR * 1.5:
        return NAN
    return float(per_8h(funding_rate, funding_interval)[-2])


@metric("h", venue="funding")
def funding_interval_hours(funding_interval: Floats) -> float:
    """Hours between settlements, as the venue reports or its prints show; never assumed."""
    return float(funding_interval[-1]) if len(funding_interval) else NAN


@metric("ms", venue="funding")
def next_funding_ts(funding_ts: Floats, funding_interval: Floats) -> float:
    """The next settlement, one interval after the last."""
    return float(funding_ts[-1] + funding_interval[-1] * HOUR) if len(funding_ts) else NAN


@metric("% per 8 h", venue="funding", window="24 h")
def funding_mean_24h(funding_ts: Floats, funding_rate: Floats, funding_interval: Floats) -> float:
    """Mean settled rate of the last 24 hours, weighted by time."""
    means = rolling_mean_24h(funding_ts, funding_rate, funding_interval)
    return float(means[-1]) if len(means) else NAN


def recent(ts: Floats) -> slice:
    """The part of a record that the last 365 days before its last print make up."""
    return slice(int(np.searchsorted(ts, ts[-1] - YEAR)), None) if len(ts) else slice(0, 0)


def record_is_whole(ts: Floats, interval: Floats) -> bool:
    """Whether a record spans 90 days at least and misses at most a fifth of its hours."""
    return bool(len(ts)) and ts[-1] - ts[0] >= LEAST and _few_gaps(ts, interval)


def _few_gaps(ts: Floats, interval: Floats) -> bool:
    """Whether a record misses at most a fifth of the hours from its first print to its last."""
    return float(np.sum(interval[1:])) * HOUR >= WHOLE * float(ts[-1] - ts[0])


def days_on_record(ts: Floats, interval: Floats) -> float:
    """Whole days that the settlements of the last 365 days cover: a gap in them counts as none."""
    hours = interval[recent(ts)][1:]
    return float(np.sum(hours) // 24) if len(ts) else NAN


def hours_rank(value: float, past: Floats, hours: Floats) -> float:
    """Mid-rank in percent, each past value counted by the hours it stood for.

    By prints, a month of hourly settlements would outweigh a year of eight-hourly ones. With one
    interval of 8 h throughout it is `statistics.mid_rank`.
    """
    known = np.isfinite(past)
    if not known.any() or not np.isfinite(value):
        return NAN
    below, same = (float(np.sum(hours[known & m])) for m in (past < value, past == value))
    return (below + same / 2 + 4) / (float(np.sum(hours[known])) + 8) * 100


@metric("percentile", venue="funding", window="24 h")
def funding_rank(
    funding_mean_24h: float, funding_ts: Floats, funding_rate: Floats, funding_interval: Floats
) -> float:
    """Mid-rank of the 24-hour mean in the venue's own record of up to 365 days (90 at least)."""
    year = recent(funding_ts)
    ts, interval = funding_ts[year], funding_interval[year]
    if not record_is_whole(ts, interval):
        return NAN
    means = rolling_mean_24h(ts, funding_rate[year], interval)
    return hours_rank(funding_mean_24h, means[:-1], interval[:-1])


@metric("share", venue="funding", window="24 h")
def funding_tail(funding_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(funding_rank, 100 - funding_rank) / 100


@metric("days", venue="funding")
def funding_record_days(funding_ts: Floats, funding_interval: Floats) -> float:
    """Days of settlements on record that ranks and shares rest on, 365 at most."""
    return days_on_record(funding_ts, funding_interval)


@metric("ms", venue="funding")
def funding_record_start(funding_ts: Floats) -> float:
    """First settlement of that record."""
    ts = funding_ts[recent(funding_ts)]
    return float(ts[0]) if len(ts) else NAN


@metric("share", venue="funding")
def funding_negative_share(
    funding_ts: Floats, funding_rate: Floats, funding_interval: Floats
) -> float:
    """Share of the record's settlements below zero (canon F04: what a negative print is worth).

    Unknown for a record of under 60 days, or one that misses more than a fifth of its hours: it is
    told as a share of all settlements since its start.
    """
    year = recent(funding_ts)
    ts, rate = funding_ts[year], funding_rate[year]
    if not len(ts) or ts[-1] - ts[0] < 60 * DAY or not _few_gaps(ts, funding_interval[year]):
        return NAN
    return float(np.count_nonzero(rate < 0) / len(rate))


@metric("h", venue="funding", window="settled")
def funding_negative_hours(
    funding_ts: Floats, funding_rate: Floats, funding_interval: Floats
) -> float:
    """Hours covered by the unbroken run of negative settlements that ends with the last one.

    In hours, not prints: three 4-hour prints last half a day. A gap in the record ends the run.
    """
    if not len(funding_ts):
        return NAN
    broken = np.diff(funding_ts) > funding_interval[1:] * HOUR * 1.5
    positive = np.flatnonzero(~(funding_rate < 0))
    first = max(
        int(positive[-1]) + 1 if len(positive) else 0,
        int(np.flatnonzero(broken)[-1]) + 1 if broken.any() else 0,
    )
    return float(np.sum(funding_interval[first:]))


@metric("% per 8 h", venue="funding")
def funding_baseline(interest_8h: float) -> float:
    """The interest term of the venue's formula: the rate when the premium is inside its band."""
    return interest_8h


@metric("% per 8 h", venue="funding", window="settled")
def funding_above_baseline(funding_settled: float, funding_baseline: float) -> float:
    """The last settled rate less the baseline; within 0.0005 it is the baseline (canon F02)."""
    return funding_settled - funding_baseline


@metric("% a year", venue="funding", window="settled")
def funding_baseline_apr(funding_baseline: float) -> float:
    """The baseline as a simple annual rate: f8 x 3 x 365 (canon F01)."""
    return funding_baseline * 3 * 365


@metric("h", venue="funding")
def funding_interval_before(funding_ts: Floats, funding_interval: Floats, now: float) -> float:
    """The settlement interval two days before; unknown when the record does not reach so far."""
    earlier = funding_interval[(funding_ts <= now - DAY) & (funding_ts > now - 3 * DAY)]
    return float(earlier[0]) if len(earlier) else NAN


def _turns(ts: Floats, f8: Floats, interval: Floats) -> tuple[Floats, Floats]:
    """When the sign of funding turned, and to which side: two prints 0.002% past zero (canon F07).

    A turn across a gap is left out: when it came is not known.
    """
    joined = np.append(False, np.diff(ts) <= interval[1:] * HOUR * 1.5)
    side = np.where(np.abs(f8) >= SIDE, np.sign(f8), 0.0)
    settled = np.where(joined & (side == np.roll(side, 1)), side, 0.0)
    at = np.flatnonzero(settled)
    if len(at) < 2:
        return np.empty(0), np.empty(0)
    gaps = np.cumsum(~joined)
    turned = (settled[at[1:]] != settled[at[:-1]]) & (gaps[at[1:]] == gaps[at[:-1]])
    return ts[at[1:]][turned], settled[at[1:]][turned]


@metric("ms", venue="funding", window="settled")
def funding_turned_at(
    funding_ts: Floats, funding_rate: Floats, funding_interval: Floats, now: float
) -> float:
    """The settlement that confirmed a turn of sign in the last 24 hours, the first in 72 hours.

    Unknown when a settlement of the last 96 hours is missing; 0 when there was no such turn.
    """
    window = funding_ts > now - FLIP_REST - DAY - 8 * HOUR
    ts, interval = funding_ts[window], funding_interval[window]
    if (
        len(ts) < 2
        or ts[0] > now - FLIP_REST - DAY
        or np.any(np.diff(ts) > interval[1:] * HOUR * 1.5)
    ):
        return NAN
    when, side = _turns(funding_ts, per_8h(funding_rate, funding_interval), funding_interval)
    if not len(when) or when[-1] <= now - DAY:
        return 0.0
    lately = len(when) > 1 and when[-1] - when[-2] < FLIP_REST
    back = np.sign(funding_rate[-1]) != side[-1]
    return 0.0 if lately or back else float(when[-1])


@metric("days", venue="funding", window="settled")
def funding_days_since_turn(
    funding_ts: Floats, funding_rate: Floats, funding_interval: Floats, funding_turned_at: float
) -> float:
    """Whole days from the turn of sign before that one; unknown when the record has none."""
    when, _ = _turns(funding_ts, per_8h(funding_rate, funding_interval), funding_interval)
    known = len(when) > 1 and funding_turned_at > 0
    return float((when[-1] - when[-2]) // DAY) if known else NAN
