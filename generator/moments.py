"""Moments as people write them, to and from the UTC milliseconds the program counts in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from generator.errors import UsageError

_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII
)
# Before the first Bitcoin block there is no market; after 2100 it is a slip of the keyboard.
EARLIEST_MS = 1_230_940_800_000  # 2009-01-03
LATEST_MS = 4_102_444_800_000  # 2100-01-01
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_moment(text: str, subject: str = "--now") -> int:
    """The ms of an ISO 8601 moment; a date alone is its midnight, no zone means UTC.

    Raises UsageError (naming `subject`) for anything else, for a day that does not exist, and
    for moments before 2009-01-03 or from 2100 on.
    """
    todo = "Write it like 2026-02-28T08:00Z; times are UTC."
    if not _ISO.fullmatch(text):
        raise UsageError(subject, f"{text!r} is not an ISO date and time", todo)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(subject, f"{text!r} does not exist: {error}", todo) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    if not EARLIEST_MS <= ms < LATEST_MS:
        raise UsageError(subject, f"{text!r} lies outside the years 2009 to 2099", todo)
    return ms


def iso(ms: float) -> str:
    """`2026-02-28T08:00:00Z`; milliseconds are shown only when there are any."""
    moment = _EPOCH + timedelta(milliseconds=int(ms))
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=spec) + "Z"
