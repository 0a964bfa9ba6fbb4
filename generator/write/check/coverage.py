"""What a text says of its sources, what it claims without a number, and what it leaves out."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator

from generator.measure.venues import source_name
from generator.model import MARKET, Problem
from generator.write.check.facts import quoted
from generator.write.check.known import Known
from generator.write.check.lexicon import Lexicon, fold
from generator.write.check.place import Place
from generator.write.check.reading import Reading, Sentence, problem
from generator.write.check.scope import is_change

RATE = re.compile(
    r"^(?:funding_(?:settled|mean|previous|weighted|gap|venues_(?:low|high)|spread_)|perps_)"
)
AGGREGATORS = ("coingecko", "coinmarketcap", "coinpaprika", "defillama")  # beneath the numbers
STATES = {
    "missing": frozenset({"failed", "blocked"}),
    "partial": frozenset({"partial"}),
}


def check_sources(
    reading: Reading,
    sentence: Sentence,
    known: Known,
    rest: frozenset[str],
    maybe: Collection[str],
) -> Iterator[Problem]:
    """A line of sources: `Not available: X` is true of X, and some number rests on each other.

    rest: the venues that the numbers of the text rest on. maybe: those that one may rest on.
    """
    if not known.sources:
        return
    low, lexicon = sentence.low, reading.lexicon
    claim = next((name for name, p in lexicon.coverage.items() if p.search(low)), "")
    shown = {fold(source_name(s.name)): s.state for s in known.sources}
    named: list[str] = []
    told = list(_sources(lexicon, low, shown))
    for start, end, venue, name in told:
        at = (start + sentence.start, end + sentence.start)
        states = {s for n, s in shown.items() if n == name or n.startswith(f"{name} ")}
        if name in named or any(n.startswith(f"{name} ") for n in named):
            yield problem("venue", f"{name!r} is named twice", sentence, at)
        elif claim in STATES:
            wrong = not states <= STATES[claim] if name in shown else not states & STATES[claim]
            if not states or wrong:
                message = f"{name!r} is {' and '.join(sorted(states)) or 'no source'} in this run"
                yield problem("venue", message, sentence, at)
        elif claim and venue not in known.undated:
            message = f"{name!r}: the run has time stamps of all that is from there"
            yield problem("venue", message, sentence, at)
        elif venue not in known.venues or venue in AGGREGATORS:
            if not states & {"ok", "partial"} and (states or venue not in AGGREGATORS):
                message = f"{name!r}: no number of this run is from there"
                yield problem("venue", message, sentence, at)
        elif venue not in maybe:
            yield problem("venue", f"{name!r}: no number of this text is from there", sentence, at)
        named.append(name)
    listed = lexicon.furniture.get("coverage")
    left = sorted(rest - {venue for _, _, venue, _ in told})
    if left and told and not claim and listed is not None and listed.search(low):
        message = f"numbers of this text are from {' and '.join(left)} too"
        yield problem("venue", message, sentence, None, "warning")


def _sources(
    lexicon: Lexicon, low: str, shown: Collection[str]
) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, venue, source) of every source named, `Binance spot` apart from its futures.

    shown: the run's own, by the names that a line of sources gives them in English.
    """
    kinds = {m.start("venue"): kind for kind, p in lexicon.markets.items() for m in p.finditer(low)}
    for m in lexicon.venue.finditer(low):
        name = max((n for n in shown if low.startswith(n, m.start())), key=len, default=m[0])
        if name == m[0] and (kind := kinds.get(m.start())):
            name = f"{m[0]} {kind}"
        end = m.start() + len(name) if low.startswith(name, m.start()) else m.end()
        yield m.start(), end, m[0], name


def check_unnumbered(
    reading: Reading, sentence: Sentence, known: Known, told: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    """Funding called negative or positive of an asset, its rate told neither here nor before."""
    lexicon, low = reading.lexicon, sentence.low
    topic = lexicon.topics.get("funding")
    if topic is None or not topic.search(low):
        return
    match = lexicon.zero.pattern.search(low)
    if match is None or any("funding" in n.metric for n in sentence.numbers):
        return
    rates = {subject for metric, subject in told if RATE.search(metric)}
    named = reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
    if rates & {MARKET, *named} or (rates and not named):
        return
    for subject in named or [""]:
        rate = known.panel.value("funding_settled", subject) if subject else math.nan
        at = sentence.at(match)
        venues = known.scopes.get(("funding_settled", subject), "")
        if math.isnan(rate):
            message = f"{match[0]!r} funding without its number"
        else:
            message = (
                f"{match[0]!r} funding without its number: {subject} last settled at "
                f"{rate:+.4f}% per 8 h{f' on {venues}' if venues else ''}"
            )
        yield problem("numbers", message, sentence, at)
        return


def check_windowless(place: Place, sentence: Sentence) -> Iterator[Problem]:
    """`BTC fell 2.7%`: over which time is left to the reader."""
    windows = place.reading.windows
    says = place.reading.lexicon.change.pattern
    changes = [
        n
        for n in sentence.numbers
        if is_change(n)
        and windows.get(n.metric)
        and says.search(sentence.text(sentence.clause(n.start)))
    ]
    if place.windows or place.here or not changes or place.ahead:
        return
    if not place.reading.lexicon.dates.label.search(sentence.low):
        n = changes[0]
        message = f"{n.text!r}: a change without its window ({n.metric})"
        yield problem("scope", message, sentence, (n.start, n.end), "warning")


def check_left_out(
    reading: Reading, known: Known, told: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    """The finding that the run puts first, where no number of the text is of it.

    told: (metric, subject) of every number the text prints.
    """
    lead = known.lead
    if lead is None:
        return
    own = {quoted(m, lead.subject) for m in lead.evidence}
    needs = {quoted(m, lead.subject) for m in known.lead_needs}
    common = {(m, lead.subject) for m in ("price", "return_24h")} - needs
    own = own - common or own  # a price that every note tells is not yet its record
    if own & set(told):
        return
    figures = [
        f"{f.metric} {f.value:,.6g}"
        for f in known.by_subject.get(lead.subject, ())
        if (f.metric, f.subject) in own and not f.watch
    ][:3]
    message = f"leaves out what the run puts first: {lead.rule} of {lead.subject}"
    yield Problem("left_out", "warning", message + (f" ({', '.join(figures)})" if figures else ""))
