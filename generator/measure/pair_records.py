"""Records of a pair: its daily closes and the changes of its whole UTC days (canon P05, P10, R01).

Both legs from the market that the story's prices come from; a day that one leg lacks is a hole, and
no record reaches across it. What a whole day came to stays the same until the next one ends.
"""

from __future__ import annotations

import numpy as np

from generator.measure.calendar_days import on_days, unbroken
from generator.measure.closes import beaten_by, day_returns, last_seen
from generator.measure.inputs import Desk, Inputs, draws
from generator.measure.registry import metric
from generator.model import DAY, HOUR, Floats

NAN = float("nan")


@draws("pair")
def put_days(inputs: Inputs, desk: Desk, left: str, right: str) -> None:
    """The pair's close of every UTC day, oldest first; the last ended at `pair_days_end`."""
    if "pair_ts" not in inputs.values or not len(inputs.values["pair_ts"]):
        return
    end = desk.now // DAY * DAY
    known = inputs.values
    ratio = known["left_close"] / known["right_close"]
    refs = (*inputs.refs["left_close"], *inputs.refs["right_close"])
    inputs.put("pair_days_close", on_days(known["pair_ts"], ratio, end), *refs)
    inputs.put("pair_days_end", float(end), *refs)
    inputs.put("pair_now", float(desk.now))


@metric("ratio", venue="pair", scope="pair")
def pair_closing_level(pair_days_close: Floats) -> float:
    """Left close over right close of the last whole UTC day."""
    return float(pair_days_close[-1])


@metric("ms", venue="pair", scope="pair")
def pair_closing_day(pair_days_end: float) -> float:
    """That day."""
    return pair_days_end - DAY


@metric("h", venue="pair", scope="pair")
def pair_hours_since_close(pair_days_end: float, pair_now: float) -> float:
    """Hours since it ended."""
    return (pair_now - pair_days_end) / HOUR


@metric("ms", venue="pair", scope="pair")
def pair_closes_start(pair_days_close: Floats, pair_days_end: float) -> float:
    """The first UTC day of the unbroken record of the pair's closes."""
    known = unbroken(pair_days_close)
    return pair_days_end - DAY * float(len(known)) if len(known) else NAN


@metric("days", venue="pair", scope="pair")
def pair_low_close_beats_days(pair_days_close: Floats, pair_days_end: float) -> float:
    """How many days in a row before it closed higher."""
    return last_seen(pair_days_close, pair_days_end, -1)[0]


@metric("ms", venue="pair", scope="pair")
def pair_low_close_last_seen(pair_days_close: Floats, pair_days_end: float) -> float:
    """The day that last closed at or under it; NaN when none on record did."""
    return last_seen(pair_days_close, pair_days_end, -1)[1]


@metric("days", venue="pair", scope="pair")
def pair_high_close_beats_days(pair_days_close: Floats, pair_days_end: float) -> float:
    """How many days in a row before it closed lower."""
    return last_seen(pair_days_close, pair_days_end, 1)[0]


@metric("ms", venue="pair", scope="pair")
def pair_high_close_last_seen(pair_days_close: Floats, pair_days_end: float) -> float:
    """The day that last closed at or over it; NaN when none on record did."""
    return last_seen(pair_days_close, pair_days_end, 1)[1]


@metric("%", venue="pair", window="1 d", scope="pair")
def pair_day_return(pair_days_close: Floats) -> float:
    """Change over the last whole UTC day, close to close."""
    return float(day_returns(pair_days_close[-2:])[-1])


@metric("days", venue="pair", scope="pair")
def pair_day_beats_days(pair_day_return: float, pair_days_close: Floats) -> float:
    """How many days in a row before it went less far in the same direction."""
    past = day_returns(pair_days_close)[-2::-1]
    return beaten_by(past, pair_day_return, np.sign(pair_day_return))[0]


@metric("ms", venue="pair", scope="pair")
def pair_day_last_seen(
    pair_day_return: float, pair_days_close: Floats, pair_days_end: float
) -> float:
    """The day that last went as far in the same direction; NaN when none on record did."""
    past = day_returns(pair_days_close)[-2::-1]
    place = beaten_by(past, pair_day_return, np.sign(pair_day_return))[1]
    return pair_days_end - DAY * (place + 2) if place >= 0 else NAN
