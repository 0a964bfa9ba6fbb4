"""The user's calendar: what is scheduled, what was printed, what a venue reported (canon N03).

An event is said to stand before a move only when it came 0 to 60 minutes before the hour of the
move began; anything else is a fact beside another. That nothing was scheduled is known only from a
calendar whose entries reach over the moment. An event's name is the scope of its numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.measure.hours import worst_hour_start
from generator.measure.inputs import Desk, Inputs, Thunk, draws
from generator.measure.ranks import at_least
from generator.measure.registry import metric
from generator.measure.statistics import mid_rank
from generator.model import DAY, HOUR, Event, Floats, SourceRef

NAN = float("nan")
SOURCE = "calendar"
EXPIRIES = 24  # earlier ones at least, before one is called large
BEFORE = 6 * HOUR  # as long as headlines are looked for before a shock


def noted(event: Event, field: str, value: float | None) -> Thunk:
    note = f"the calendar kept by the user{', from ' + event.source if event.source else ''}"
    return lambda: SourceRef(event.source or SOURCE, event.name, field, value, event.at, note)


def _state(desk: Desk) -> str:
    return next((s.state for s in desk.snapshot.sources if s.name == SOURCE), "")


def _of(desk: Desk, kind: str) -> list[Event]:
    return [e for e in desk.snapshot.events if e.kind == kind]


def _names(events: Sequence[Event]) -> str:
    names = list(dict.fromkeys(e.name for e in events))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _put_moment(inputs: Inputs, name: str, events: Sequence[Event]) -> None:
    """When events of one and the same moment are; their names are the scope."""
    inputs.scopes[name] = _names(events)
    inputs.put(name, float(events[0].at), *[noted(e, "at", None) for e in events])


@draws("market")
def put_calendar(inputs: Inputs, desk: Desk) -> None:
    state, now = _state(desk), desk.now
    if not state:
        return
    macro = _of(desk, "macro")
    ahead = [e for e in macro if now < e.at <= now + DAY]
    if ahead:
        _put_moment(inputs, "macro_ahead", [e for e in ahead if e.at == min(x.at for x in ahead)])
    elif state == "ok":
        inputs.put("macro_ahead", np.inf)
    if not _put_release(inputs, [e for e in macro if now - DAY < e.at <= now]) and state == "ok":
        inputs.put("release", -np.inf)
    reported = [e for e in _of(desk, "venue") if now - DAY < e.at <= now]
    if reported:
        last = max(reported, key=lambda e: (e.at, e.name))
        _put_moment(inputs, "venue_reported", [last])
        inputs.scopes["venue_source"] = last.source or "the calendar kept for this note"
    elif state == "ok":
        inputs.put("venue_reported", -np.inf)


def _put_release(inputs: Inputs, past: Sequence[Event]) -> bool:
    """The newest figure that has a consensus to stand beside; whether there is one."""
    whole = [e for e in past if e.actual is not None and e.consensus is not None and e.source]
    if not whole:
        return False
    last = max(whole, key=lambda e: (e.at, e.name))
    inputs.scopes["release_source"] = last.source
    _put_moment(inputs, "release", [last])
    unit = {"%": "percent", "points": "points", "count": "count"}[last.unit]
    for field in ("actual", "consensus", "previous"):
        if (value := getattr(last, field)) is not None:
            inputs.put(f"release_{unit}_{field}", value, noted(last, field, value))
    return True


@draws("asset")
def put_macro(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The event nearest to the onset of the worst hour, one that precedes it before any other."""
    state = _state(desk)
    bars = [inputs.values.get(f"hourly_{n}") for n in ("ts", "open", "close")]
    if not state or bars[0] is None:
        return
    onset = worst_hour_start(*bars, desk.now)
    if not np.isfinite(onset):
        return
    macro = [e for e in _of(desk, "macro") if e.at <= desk.now]
    lead = {e: (onset - e.at) / 60_000 for e in macro}
    near = [e for e in macro if abs(lead[e]) <= 60]
    first = min(near, key=lambda e: (lead[e] < 0, abs(lead[e]), e.name), default=None)
    if first is not None:
        together = [e for e in near if e.at == first.at]
        _put_moment(inputs, "macro_near", together)
        inputs.put("macro_lead", lead[first], *inputs.refs["macro_near"])
    elif state == "ok":
        inputs.put("macro_lead", np.inf)
    if state == "ok":
        until = onset + HOUR
        count = sum(1 for e in _of(desk, "macro") if onset - BEFORE <= e.at <= until)
        ref = lambda: SourceRef(SOURCE, SOURCE, "entries", float(count), desk.now)  # noqa: E731
        inputs.put("macro_around", float(count), ref)


@draws("asset")
def put_expiry(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The next expiry of the calendar, and the record of earlier ones where a series has it."""
    due = [e for e in _of(desk, "expiry") if e.asset == asset and e.amount_usd is not None]
    due = [e for e in due if desk.now < e.at <= desk.now + DAY]
    if not due:
        return
    first = min(due, key=lambda e: (e.at, e.name))
    _put_moment(inputs, "expiry", [first])
    inputs.scopes["expiry_source"] = first.source or "the calendar kept for this note"
    inputs.put("expiry_usd", first.amount_usd, noted(first, "amount_usd", first.amount_usd))


# ---------------------------------------------------------------- releases


@metric("ms", venue="macro_ahead", scope="market")
def macro_ahead_at(macro_ahead: float) -> float:
    """When the next scheduled release of the next 24 hours is."""
    return macro_ahead


@metric("h", venue="macro_ahead", scope="market")
def macro_ahead_hours(macro_ahead: float, now: float) -> float:
    """Hours until then; more than 24 when a calendar that reaches over the day has none."""
    return min((macro_ahead - now) / HOUR, 1_000.0)


@metric("ms", venue="release", scope="market")
def release_at(release: float) -> float:
    """When the newest figure with a consensus was due."""
    return release


@metric("h", venue="release_source", scope="market")
def release_age(release: float, now: float) -> float:
    """Hours since; 1000 when a calendar that reaches over the day has none."""
    return min((now - release) / HOUR, 1_000.0)


@metric("%", venue="release_source", scope="market")
def release_percent(release_percent_actual: float) -> float:
    """The figure as released, where it is in percent."""
    return release_percent_actual


@metric("%", venue="release_source", scope="market")
def release_percent_expected(release_percent_consensus: float) -> float:
    """Its consensus, as the calendar gives it."""
    return release_percent_consensus


@metric("%", venue="release_source", scope="market")
def release_percent_before(release_percent_previous: float) -> float:
    """The figure of the release before."""
    return release_percent_previous


@metric("points", venue="release_source", scope="market")
def release_points(release_points_actual: float) -> float:
    """The figure as released, where it is an index."""
    return release_points_actual


@metric("points", venue="release_source", scope="market")
def release_points_expected(release_points_consensus: float) -> float:
    """Its consensus."""
    return release_points_consensus


@metric("count", venue="release_source", scope="market")
def release_count(release_count_actual: float) -> float:
    """The figure as released, where it is a count (jobs, claims)."""
    return release_count_actual


@metric("count", venue="release_source", scope="market")
def release_count_expected(release_count_consensus: float) -> float:
    """Its consensus."""
    return release_count_consensus


# ---------------------------------------------------------------- beside a move


@metric("min", venue="macro_near")
def macro_before_hour(macro_lead: float) -> float:
    """Minutes from a scheduled release to the onset of the worst hour; negative when it came later.

    1000 when a calendar that reaches over the moment has none within the hour on either side.
    """
    return min(macro_lead, 1_000.0)


@metric("ms", venue="macro_near")
def macro_near_at(macro_near: float) -> float:
    """When that release was scheduled."""
    return macro_near


@metric("events", venue="price", window="6 h")
def macro_scheduled(macro_around: float) -> float:
    """Releases that the calendar has from six hours before the worst hour to its end."""
    return macro_around


# ---------------------------------------------------------------- venues and expiries


@metric("ms", venue="venue_reported", scope="market")
def venue_event_at(venue_reported: float) -> float:
    """When the newest event of a venue (a halt, auto-deleveraging) of the last 24 hours was."""
    return venue_reported


@metric("h", venue="venue_source", scope="market")
def venue_event_age(venue_reported: float, now: float) -> float:
    """Hours since; 1000 when a calendar that reaches over the day has none."""
    return min((now - venue_reported) / HOUR, 1_000.0)


@metric("ms", venue="expiry")
def expiry_at(expiry: float) -> float:
    """When the next expiry of the next 24 hours is."""
    return expiry


@metric("USD", venue="expiry_source")
def expiry_notional(expiry_usd: float) -> float:
    """Its notional, as the calendar gives it."""
    return expiry_usd


@metric("percentile", venue="expiry_source")
def expiry_rank(expiry_usd: float, past_expiries: Floats) -> float:
    """Mid-rank among the notionals of up to 365 earlier expiries (at least 24)."""
    return mid_rank(expiry_usd, past_expiries[-365:], EXPIRIES)


@metric("expiries", venue="expiry_source")
def expiry_record(past_expiries: Floats) -> float:
    """How many earlier expiries it is ranked among."""
    return float(np.count_nonzero(np.isfinite(past_expiries[-365:])))


@metric("percentile", venue="expiry_source")
def expiry_rank_least(expiry_rank: float) -> float:
    """The rank, rounded down to a whole percent."""
    return at_least(expiry_rank)
