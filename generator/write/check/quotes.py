"""Quoted headlines: their words and their times against the headlines of the run."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Headline, NumberTrace, Problem
from generator.write.check.reading import Reading, Sentence, problem
from generator.write.marks import strip

GATE = "numbers"
HEADLINE_TIME = "headline_time"  # the stamp a feed gave
DISCLAIMER = "disclaimer"  # words of a pack: their trace holds them to the letter


def check_quote(reading: Reading, trace: NumberTrace) -> Iterator[Problem]:
    """Quoted words must be a headline's of the snapshot, to the letter."""
    if trace.metric == DISCLAIMER:
        return
    if reading.headlines is not None and not _titled(reading, {trace.text}):
        message = f"no headline of this run reads {trace.text!r}"
        yield problem(GATE, message, trace, (trace.start, trace.end))


def _titled(reading: Reading, titles: set[str]) -> list[Headline]:
    """The headlines with one of these titles, white space apart, as the composer prints them."""
    return [h for h in reading.headlines or () if " ".join(strip(h.title).split()) in titles]


def check_headline_time(
    reading: Reading, sentence: Sentence, trace: NumberTrace
) -> Iterator[Problem]:
    """The time beside a quoted headline is the one its feed gave."""
    quoted = {n.text for n in sentence.numbers if n.unit == "text"}
    told = _titled(reading, quoted) if quoted else reading.headlines or ()
    if trace.value not in {float(h.published_at) for h in told if h.published_at is not None}:
        message = f"{trace.text!r} is not the time of a headline beside it"
        yield problem(GATE, message, trace, (trace.start, trace.end))
