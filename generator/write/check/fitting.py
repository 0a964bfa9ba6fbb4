"""Whether a number of a run may stand where a text prints one like it."""

from __future__ import annotations

import re

from generator.model import MARKET
from generator.write.check.facts import LENGTHS, Fact
from generator.write.check.place import AGAINST_BTC, Place
from generator.write.check.reading import Span
from generator.write.check.scope import names_change

OF_BTC = re.compile(r"btc_return_")  # of the market's lists, and BTC's own
OF_THE_DAY = re.compile(r"(?:low|high)_price_24h$|closing_price$|peak_close$")
OF_A_SIDE = re.compile(r"(left|right)_")
OF_A_PAIR = re.compile(r"pair_(?:return|day_return|level|closing_level)")


def fails(fact: Fact, place: Place, span: Span) -> list[str]:
    """What speaks against a fact at a place: asset, venue, window, topic, licence; the worst
    first."""
    found = []
    if _elsewhere(fact, place, span):
        found.append("asset")
    venues = place.venues_in(place.sentence.clause(span[0]))
    if not venues and not fact.topic and fact.subject in place.carried:
        # told before; what others name here is theirs, or that of a list it is one of
        venues = place.carried[fact.subject] | place.venues(span)
    elif not venues and (fact.topic or not place.topics):
        venues = place.venues(span)  # a price beside another venue's funding names none
    if fact.venues and venues and not fact.venues & venues:
        found.append("venue")
    elif fact.market and not fact.topic and place.other_market(fact, span):
        found.append("market")
    timed = fact.hours and fact.kind not in LENGTHS
    if timed:
        windows, allowed = place.windows_of(span, names_change(fact.metric))
        if windows and not fact.hours & allowed:
            found.append("window")
    spoken = not fact.topic or fact.topic in place.topics or place.traded(fact)
    if fact.of_a_whole and not place.topics:  # "the difference is above 97% of its values"
        spoken = spoken or fact.topic in place.before
    aspect = fact.aspect if fact.aspect != "pair" else ""
    if not spoken or (aspect and aspect not in place.aspects):
        found.append("topic")
    if fact.kind == "%" and not fact.of_a_whole and place.of_a_whole(span):
        found.append("share")
    if fact.unit in ("percentile", "share") and place.moved(span) and not place.of_a_whole(span):
        found.append("change")
    if fact.kind in LENGTHS and not place.of_time(span):
        found.append("length")
    found += _told_otherwise(fact, place, span)
    if fact.watch and not place.ahead:
        found.append("watch")
    if not fact.licensed:
        found.append("licence")
    return found


def _told_otherwise(fact: Fact, place: Place, span: Span) -> list[str]:
    """`last traded at` the day's low, a day's change on a calendar day, a ratio to a median."""
    lexicon, found = place.reading.lexicon, list[str]()
    if fact.kind == "USD" and fact.market and not fact.watch:
        if OF_THE_DAY.match(fact.metric) and place.told_as(lexicon.latest, span):
            found.append("latest")
        if place.told_as(lexicon.average, span):
            found.append("average")
    lasting = fact.metric.endswith("return_24h") and not place.windows
    if lasting and lexicon.calendar_day.search(place.sentence.low):
        found.append("day")
    if fact.kind == "times" and "/" not in fact.subject and place.times_another(span):
        found.append("ratio")
    return found


def _elsewhere(fact: Fact, place: Place, span: Span) -> bool:
    """Whether the assets named at a number are others than it is of; a pair needs both."""
    named = place.names(span)
    if not named:
        return False
    if fact.subject == MARKET:
        if OF_BTC.match(fact.metric):
            return "BTC" not in named
        against = AGAINST_BTC.search(fact.metric)
        return against is not None and "BTC" not in named and "BTC" not in place.named
    if fact.metric.startswith("beyond_beta"):  # of the left side, against what the right implies
        before = place.reading.subjects_in(
            place.sentence.segment, (place.sentence.clause(span[0])[0], span[0])
        )
        if before and before[-1] not in (fact.subject, fact.subject.partition("/")[0]):
            return True
        behind = place.reading.subjects_in(
            place.sentence.segment, (span[1], place.sentence.clause(span[0])[1])
        )
        if behind and before and behind[0] == before[-1]:  # than its own move implies
            return True
    if "/" in fact.subject and fact.subject not in place.named:
        left, _, right = fact.subject.partition("/")
        if side := OF_A_SIDE.match(fact.metric):
            return (left if side[1] == "left" else right) not in named
        if OF_A_PAIR.match(fact.metric) and "pair" not in place.aspects:
            return not {left, right} <= set(named)
        return not {left, right} <= set(place.named) or not {left, right} & set(named)
    return not {fact.subject, *fact.subject.split("/")} & set(named)
