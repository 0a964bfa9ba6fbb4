"""Order in time: stretches that end after they begin, events on their side of a move, records."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from generator.model import Problem
from generator.write.check.dates import Told
from generator.write.check.known import Known
from generator.write.check.place import minutes_between
from generator.write.check.reading import Reading, Sentence, Span, problem

EVENTS = ("event_before_hour", "macro_before_hour", "headlines_before_hour")
NEAR = 4  # characters between a word of order and its extreme
HALF_A_DAY = 12 * 60
MOMENTS = ("low_last_seen", "high_last_seen", "low_close_last_seen", "high_close_last_seen")


def check_extremes(
    reading: Reading, sentence: Sentence, here: Sequence[Told], fits: Mapping[Span, list[str]]
) -> Iterator[Problem]:
    """`its lowest since` a date since which it is the highest."""
    for t in here:
        span = (t.start + sentence.start, t.end + sentence.start)
        names = fits.get(span, ())
        metrics = [n.split(" of ")[0] for n in names]
        if names and all(m in MOMENTS for m in metrics):
            yield from _check_whose(reading, sentence, span, {n.split(" of ")[1] for n in names})
        signs = {(-1 if n.startswith("low") else 1) for n in metrics if n in MOMENTS}
        if len(signs) != 1 or any(n not in MOMENTS for n in metrics):
            continue
        want, extreme = signs.pop(), reading.lexicon.extreme
        said = list(extreme.pattern.finditer(sentence.low, 0, t.start))
        if since := reading.lexicon.order.since.match(sentence.low, t.end):
            said = [m for m in [extreme.pattern.match(sentence.low, since.end())] if m]
        if said and extreme.of[said[-1][0]] != want:
            m = said[-1]
            message = f"{m[0]!r} since {sentence.low[t.start : t.end]!r}: it is the other extreme"
            at = sentence.at(m)
            yield problem("direction", message, sentence, at)


def _check_whose(
    reading: Reading, sentence: Sentence, span: Span, whose: Collection[str]
) -> Iterator[Problem]:
    """`both set their lowest since`: the record is of each asset that its clause names."""
    near = set(reading.subjects_in(sentence.segment, sentence.clause(span[0])))
    every = set(reading.subjects_in(sentence.segment, (sentence.start, span[0])))
    both = reading.lexicon.both.search(sentence.low)
    others = (every if both else near if near.isdisjoint(whose) else set()) - set(whose)
    if others and not any("/" in s for s in others | set(whose)):
        message = f"that record is of {', '.join(sorted(whose))}, not {', '.join(sorted(others))}"
        yield problem("numbers", message, sentence, span)


def check_records(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    """A record reaches back: no `lowest` stands where a length of time lies before it."""
    lexicon, low = reading.lexicon, sentence.low
    for m in lexicon.dates.window.finditer(low):
        passed = lexicon.order.passed.match(low, m.end())
        said = passed and lexicon.extreme.pattern.search(low, passed.end(), passed.end() + NEAR)
        if said:
            span = (m.start() + sentence.start, said.end() + sentence.start)
            message = f"{low[m.start() : said.end()]!r}: what is known is the record since then"
            yield problem("order", message, sentence, span)


def check_order(
    reading: Reading, sentence: Sentence, here: Sequence[Told], known: Known
) -> Iterator[Problem]:
    """The first clock of a stretch comes first; an event and a move stand in their order."""
    order, low = reading.lexicon.order, sentence.low
    clocks = sorted((t for t in here if "hour" in dict(t.parts)), key=lambda t: t.start)
    for one, two in pairwise(clocks):
        if not order.opens.search(low[: one.start]):
            continue
        if order.joins.fullmatch(low[one.end : two.start]) is None:
            continue
        if not 0 < minutes_between(one, two) <= HALF_A_DAY:
            span = (one.start + sentence.start, two.end + sentence.start)
            message = f"{low[one.start : two.end]!r}: a stretch of time that ends before it begins"
            yield problem("order", message, sentence, span)
    if not known.told_metrics.isdisjoint(EVENTS):
        for m in order.move_first.finditer(low):
            message = f"{m[0]!r}: what is measured is an event before the hour of the move"
            span = sentence.at(m)
            yield problem("order", message, sentence, span)
