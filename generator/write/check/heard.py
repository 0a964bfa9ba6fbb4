"""What a text has told so far, which later sentences lean on without saying it again.

A price told without a venue is of the venue last named for it; `by then` is the deadline last told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.model import MARKET, Problem
from generator.write.check.facts import Fact
from generator.write.check.known import Known
from generator.write.check.moments import DEADLINE, deadlines_of
from generator.write.check.place import Place
from generator.write.check.reading import Sentence, Span, problem, unverifiable
from generator.write.check.search import Bound

LISTED = "strength_"  # of an asset within a venue's list, wherever its own price is from


@dataclass
class Heard:
    """Grows with each sentence read. facts: every number told, in its order. said: (metric,
    subject) of all that was told. lines: sentences that list sources. origins: of each number the
    venues it rests on for sure; maybe: those that some number may rest on. venues: subject -> those
    last named beside a price of it. deadlines: the last told, in ms. topics: of the sentence
    before, or of the last that had any."""

    facts: list[Fact] = field(default_factory=list)
    said: set[tuple[str, str]] = field(default_factory=set)
    lines: list[Sentence] = field(default_factory=list)
    origins: list[frozenset[str]] = field(default_factory=list)
    maybe: set[str] = field(default_factory=set)
    venues: dict[str, frozenset[str]] = field(default_factory=dict)
    deadlines: frozenset[float] = frozenset()
    topics: frozenset[str] = frozenset()

    def numbers(self, place: Place, bound: Sequence[Bound]) -> None:
        """Takes in what a sentence's numbers are, and the venues beside its prices."""
        self.topics = place.topics or self.topics
        self.facts += [f for b in bound for f in b.facts]
        self.said |= {(f.metric, f.subject) for b in bound for f in b.facts}
        self.origins += [_origin(b) for b in bound if not b.astray]
        self.maybe |= {v for b in bound if not b.astray for f in b.facts for v in f.venues}
        for b in (b for b in bound if not b.astray):
            named = place.venues(b.span)
            whose = {f.subject for f in b.facts}
            if len(whose) == 1 and all(is_price(f) and f.venues & named for f in b.facts):
                self.venues[whose.pop()] = b.facts[0].venues & named

    def then(
        self,
        place: Place,
        known: Known,
        bound: Sequence[Bound],
        fits: dict[Span, list[str]],
    ) -> Iterator[Problem]:
        """`by then`: a deadline that was told, and that of what the sentence watches.

        fits: is told that such a word is a deadline, as of a date.
        """
        order, sentence = place.reading.lexicon.order, place.sentence
        for m in order.then.finditer(sentence.low):
            at = sentence.at(m)
            here = [t for t in place.here if t.end <= m.start()]
            told = deadlines_of(here, sentence.start, known, fits) or self.deadlines
            if not told:
                yield unverifiable(f"{m[0]!r} is unverifiable: no deadline was told", sentence, at)
                continue
            fits[at] = [DEADLINE]
            start, end = sentence.clause(at[0])
            due = {
                float(f.watch.deadline)
                for b in bound
                if start <= b.span[0] < end
                for f in b.facts
                if f.watch
            }
            if due and not due & told:
                message = f"{m[0]!r}: the watch item ends at another moment than the one told"
                yield problem("numbers", message, sentence, at)
        for m in order.after_then.finditer(sentence.low) if self.deadlines else ():
            at = sentence.at(m)
            message = f"{m[0]!r}: the watch item ends then, it does not begin"
            yield problem("order", message, sentence, at)

    def moments(self, place: Place, known: Known, fits: Mapping[Span, list[str]]) -> None:
        """Takes in what the moments of a sentence are."""
        for names in fits.values():
            for name in names:
                metric, _, subject = name.partition(" of ")
                self.said.add((metric, subject))
        told = deadlines_of(place.here, place.sentence.start, known, fits)
        self.deadlines = told or self.deadlines


def is_price(fact: Fact) -> bool:
    """Whether a number comes from the market of an asset's prices, which a text names once."""
    listed = fact.metric.startswith(LISTED)
    return not fact.topic and fact.subject != MARKET and bool(fact.venues) and not listed


def _origin(b: Bound) -> frozenset[str]:
    """The venues that a number rests on, whichever of the facts it is."""
    venues = [f.venues for f in b.facts if f.venues]
    return frozenset.intersection(*venues) if venues else frozenset()
