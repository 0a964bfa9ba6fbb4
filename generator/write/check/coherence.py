"""Who pays whom, and which side is dearer: claims that follow from a sign."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from generator.model import MARKET, Problem
from generator.write.check.reading import Reading, Sentence, problem, unverifiable

GATE = "direction"
BREADTH = "perps_negative_share"
TOPIC_OF_CLAIM: Mapping[str, tuple[str, tuple[str, ...]]] = {
    # what a claim of order between two sides rests on: numbers of the sentence, else of the panel
    "funding": ("funding", ("funding_settled",)),
    "premium": ("premium", ("premium_mean_8h",)),
    "open interest": ("oi_change", ("oi_change_24h",)),
}


def check_coherence(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    """Who pays whom follows the sign of funding; which side is dearer, the sign of the premium."""
    lexicon = reading.lexicon
    if not lexicon.coherent.search(sentence.low):
        return
    claims: Mapping[str, tuple[str, int]] = {
        "shorts_pay": ("funding", -1),
        "longs_pay": ("funding", 1),
        "perp_above": ("premium", 1),
        "perp_below": ("premium", -1),
        "contracts_closed": ("open interest", -1),
        "contracts_added": ("open interest", 1),
    }
    for name, (topic, sign) in claims.items():
        match = lexicon.coherence[name].search(sentence.low)
        if match is None:
            continue
        at = sentence.at(match)
        signs = _signs_of(reading, sentence, topic)
        if not signs:
            message = f"{match[0]!r}: the sign of {topic} is unknown, so it is unverifiable"
            yield unverifiable(message, sentence, at)
        elif -sign in signs:
            other = "negative" if sign > 0 else "positive"
            message = f"{match[0]!r} contradicts {topic}, which is {other}"
            yield problem(GATE, message, sentence, at)


def _signs_of(reading: Reading, sentence: Sentence, topic: str) -> set[int]:
    """Signs of the topic's numbers: in the sentence, else of its assets in the panel.

    Where the premium itself is unknown, funding below zero means a perpetual under its index.
    """
    name, metrics = TOPIC_OF_CLAIM[topic]
    values = [n.value for n in sentence.numbers if name in n.metric and n.unit[:1] in ("%", "b")]
    if not values and reading.panel is not None:
        subjects = set(reading.subjects_in(sentence.segment, (sentence.start, sentence.end)))
        subjects = subjects or {f.subject for f in reading.fired(sentence)}
        for metric in metrics:
            values += [reading.value(metric, s) for s in subjects]
        if topic == "funding" and any(BREADTH in f.evidence for f in reading.fired(sentence)):
            # "At a negative rate, shorts pay longs" explains a share of perpetuals, not one rate.
            values += [-reading.value(BREADTH, MARKET)]
    signs = {(v > 0) - (v < 0) for v in values if not math.isnan(v)} - {0}
    if not signs and topic == "premium":
        return {s for s in _signs_of(reading, sentence, "funding") if s < 0}
    return signs
