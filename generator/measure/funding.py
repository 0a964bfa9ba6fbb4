"""Funding: every rate on one scale (percent per 8 h), settled rates apart from current estimates.

`funding_ts`, `funding_rate`, `funding_interval` are the settled prints of the reference venue;
`venue_funding` holds the last settlement of every venue as rows (rate per 8 h in percent, ms).
"""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.model import DAY, HOUR, Floats

NAN = float("nan")
CONFLICT = 0.003  # percent per 8 h each side of zero before two venues count as disagreeing


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


@metric("percentile", venue="funding", window="24 h")
def funding_rank(
    funding_mean_24h: float, funding_ts: Floats, funding_rate: Floats, funding_interval: Floats
) -> float:
    """Mid-rank of the 24-hour mean in the venue's own record of up to 365 days (90 at least)."""
    past = rolling_mean_24h(funding_ts, funding_rate, funding_interval)[:-1]
    if not len(past) or funding_ts[-1] - funding_ts[0] < 90 * DAY:
        return NAN
    return mid_rank(funding_mean_24h, past, 100)


@metric("share", venue="funding", window="24 h")
def funding_tail(funding_rank: float) -> float:
    """Two-sided tail share that belongs to that rank."""
    return 2 * min(funding_rank, 100 - funding_rank) / 100


@metric("days", venue="funding")
def funding_record_days(funding_ts: Floats) -> float:
    """Length of the settled record that ranks rest on."""
    return float((funding_ts[-1] - funding_ts[0]) // DAY) if len(funding_ts) else NAN


@metric("ms", venue="funding")
def funding_record_start(funding_ts: Floats) -> float:
    """First settlement of that record."""
    return float(funding_ts[0]) if len(funding_ts) else NAN


@metric("share", venue="funding")
def funding_negative_share(funding_ts: Floats, funding_rate: Floats) -> float:
    """Share of the record's settlements below zero (canon F04: what a negative print is worth)."""
    if not len(funding_ts) or funding_ts[-1] - funding_ts[0] < 60 * DAY:
        return NAN
    return float(np.count_nonzero(funding_rate < 0) / len(funding_rate))


@metric("h", venue="funding", window="settled")
def funding_negative_hours(
    funding_ts: Floats, funding_rate: Floats, funding_interval: Floats
) -> float:
    """Hours covered by the unbroken run of negative settlements that ends with the last one.

    In hours, not prints: three 4-hour prints last half a day. A gap in the record ends the run.
    """
    hours = 0.0
    for i in range(len(funding_ts) - 1, -1, -1):
        if not funding_rate[i] < 0:
            break
        hours += float(funding_interval[i])
        if i and funding_ts[i] - funding_ts[i - 1] > funding_interval[i] * HOUR * 1.5:
            break
    return hours if len(funding_ts) else NAN


@metric("venues", venue="funding_venues", window="settled")
def funding_venues(venue_funding: Floats) -> float:
    """How many venues have a fresh settled rate for the asset."""
    return float(len(venue_funding))


@metric("venues", venue="funding_venues", window="settled")
def funding_venues_negative(venue_funding: Floats) -> float:
    """On how many of them the last settlement was below zero."""
    return float(np.count_nonzero(venue_funding[:, 0] < 0)) if len(venue_funding) else NAN


@metric("% per 8 h", venue="funding_venues", window="settled")
def funding_venues_low(venue_funding: Floats) -> float:
    """The lowest last settlement over the venues (two at least)."""
    return float(venue_funding[:, 0].min()) if len(venue_funding) > 1 else NAN


@metric("% per 8 h", venue="funding_venues", window="settled")
def funding_venues_high(venue_funding: Floats) -> float:
    """The highest last settlement over the venues (two at least)."""
    return float(venue_funding[:, 0].max()) if len(venue_funding) > 1 else NAN


@metric("% per 8 h", venue="funding_venues", window="settled")
def funding_weighted(venue_funding: Floats, venue_oi: Floats) -> float:
    """OI-weighted settled rate; unknown unless at least two venues have open interest too."""
    if len(venue_funding) < 2 or len(venue_oi) != len(venue_funding):
        return NAN
    known = np.isfinite(venue_oi) & (venue_oi > 0)
    if np.count_nonzero(known) < 2:
        return NAN
    weights = venue_oi[known]
    return float(np.sum(venue_funding[known, 0] * weights) / np.sum(weights))


@metric("flag", venue="funding_venues", window="settled")
def funding_signs_conflict(funding_venues_low: float, funding_venues_high: float) -> float:
    """1 when venues stand at least 0.3 bp on either side of zero (canon F09)."""
    if not np.isfinite(funding_venues_low):
        return NAN
    return float(funding_venues_low <= -CONFLICT and funding_venues_high >= CONFLICT)


@metric("% per 8 h", venue="funding")
def funding_baseline(interest_8h: float) -> float:
    """The interest term of the venue's formula: the rate when the premium is inside its band."""
    return interest_8h


@metric("% per 8 h", venue="funding", window="settled")
def funding_above_baseline(funding_settled: float, funding_baseline: float) -> float:
    """The last settled rate less the baseline; within 0.0005 it is the baseline (canon F02)."""
    return funding_settled - funding_baseline


@metric("h", venue="funding")
def funding_interval_before(funding_ts: Floats, funding_interval: Floats, now: float) -> float:
    """The settlement interval as it stood a day before the last print, if it differs; else NaN."""
    recent = funding_interval[funding_ts > now - 2 * DAY]
    if len(recent) < 2 or recent[-1] == recent[0]:
        return NAN
    return float(recent[0])


@metric("times", venue="funding")
def funding_of_limit(
    current_funding_rate: float, funding_cap_rate: float, funding_floor_rate: float
) -> float:
    """The current rate over the venue's own cap (or floor, when negative): 1 means at the limit."""
    limit = funding_cap_rate if current_funding_rate >= 0 else funding_floor_rate
    return current_funding_rate / limit if limit else NAN
