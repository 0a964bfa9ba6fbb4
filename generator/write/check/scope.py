"""Gate 2: whose number, over which window, as of when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from generator.model import HOUR, NumberTrace, Problem
from generator.write.check.reading import Reading, Sentence, problem

GATE = "scope"

# Names of signed changes; a rank, a tail or a count of them is none.
CHANGE = re.compile(
    r"^(?!.*:|.*_(?:z|rank|tail|share|days|count|start|end|band|floor|age)$).*"
    r"(?:^|_)(?:return|change|beyond_beta|residual|drawdown|rebound|pullback|excess|move)(?:_|$)"
)
OLDEST_AS_OF = 6 * HOUR  # the longest age at which any form may still be sent


def is_change(trace: NumberTrace) -> bool:
    """Whether a metric is a signed change, of which direction words speak."""
    return trace.unit.startswith("%") and names_change(trace.metric)


@lru_cache(maxsize=1024)
def names_change(metric: str) -> bool:
    """Whether a metric's name is that of a signed change."""
    return CHANGE.match(metric) is not None


def check_scope(reading: Reading) -> Iterator[Problem]:
    """Venue, interval and kind beside volume, funding, open interest, liquidations and premium."""
    for sentence in reading.body:
        yield from _check_topics(reading, sentence)
        if any(is_change(n) for n in sentence.numbers) and not reading.lexicon.dates.label.search(
            sentence.low
        ):
            yield problem(GATE, "a change without its window (24 h, since ...)", sentence)
    yield from check_as_of(reading)


def _check_topics(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    lexicon = reading.lexicon
    if not lexicon.topic.search(sentence.low):
        return
    counted = any(n.unit not in ("ms", "text") for n in sentence.numbers)
    if not lexicon.scope.search(sentence.low):
        nearby = lexicon.scope.search(_paragraph(reading, sentence))
        if counted or not nearby:
            topics = [name for name, p in lexicon.topics.items() if p.search(sentence.low)]
            message = f"{' and '.join(topics)} without a venue or 'across N venues'"
            yield problem(GATE, message, sentence)
    if any("funding" in n.metric and n.unit.startswith(("%", "decimal")) for n in sentence.numbers):
        if not lexicon.funding_interval.search(sentence.low):
            yield problem(GATE, "a funding rate without its interval (per 8 h)", sentence)
        if not lexicon.funding_kind.search(sentence.low):
            yield problem(GATE, "a funding rate, but settled or current?", sentence)


def _paragraph(reading: Reading, sentence: Sentence) -> str:
    text = reading.low[sentence.segment]
    start = text.rfind("\n", 0, sentence.start) + 1
    end = text.find("\n", sentence.end)
    return text[start : end if end >= 0 else len(text)]


def check_as_of(reading: Reading) -> Iterator[Problem]:
    """The draft says as of when, and that moment is neither to come nor long past."""
    traced = any(n.metric == "as_of" for n in reading.draft.numbers)
    if not traced and not any(reading.lexicon.dates.as_of.search(low) for low in reading.low):
        yield Problem(GATE, "error", "no as-of time (As of 06:00 UTC)", 0)
    for trace in reading.draft.numbers:
        if trace.metric == "as_of" and trace.unit == "ms":
            span = (trace.start, trace.end)
            if trace.value > reading.now:
                yield problem(GATE, f"{trace.text!r} is still to come", trace, span)
            elif trace.value < reading.now - OLDEST_AS_OF:
                yield problem(GATE, f"{trace.text!r} is more than six hours old", trace, span)
