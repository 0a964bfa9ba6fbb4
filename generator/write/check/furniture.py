"""Gate 11: tags, disclaimer, positions, automation label, coverage, length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from generator.model import Draft, Problem
from generator.write.check.lexicon import fold
from generator.write.check.reading import TAG_OR_LINK, Reading

GATE = "furniture"
GLUED = re.compile(r"(?<![\w.:/@])\w*[a-z0-9%]\.[A-Z][a-z]+\b(?!\.)")
TIGHT = re.compile(r"\.[A-Z]")  # to look for this first takes a tenth of the time
FEWEST_TAGS, MOST_TAGS = 2, 4
ONE_CASHTAG = ("x",)  # networks that refuse a second one


def check_furniture(reading: Reading) -> Iterator[Problem]:
    """What stands around the sentences."""
    yield from _check_tags(reading)
    yield from _check_cashtags(reading)
    yield from _check_notices(reading)
    yield from _check_length(reading.draft)
    yield from _check_spacing(reading)


def check_form(reading: Reading) -> Iterator[Problem]:
    """Of a text without a trace: tags, the lines it must carry, sentences run together."""
    if any("#" in text for text in reading.draft.segments):
        yield from _check_tags(reading)
    stands = [s.low for s in reading.sentences]
    yield from _missing(reading, stands)
    yield from _check_spacing(reading)


def _check_spacing(reading: Reading) -> Iterator[Problem]:
    """`Binance.Open` is two sentences run together, and on some networks a link."""
    for index, text in enumerate(reading.draft.segments):
        for m in GLUED.finditer(text) if TIGHT.search(text) else ():
            message = f"{m[0]!r}: two sentences without a space between them"
            yield Problem(GATE, "error", message, index, m.start(), m.end())


def _check_tags(reading: Reading) -> Iterator[Problem]:
    found = [
        m[0][1:]
        for text in reading.draft.segments
        if "#" in text
        for m in TAG_OR_LINK.finditer(text)
        if m[0][0] == "#" and not m[0][1:].isdigit()
    ]
    declared = list(reading.draft.hashtags)
    tags = found or [t.lstrip("#") for t in declared]
    if (
        found
        and declared
        and sorted(map(fold, found)) != sorted(fold(t.lstrip("#")) for t in declared)
    ):
        yield Problem(GATE, "error", f"the text has the hashtags {found}, the draft {declared}")
    if len(tags) > MOST_TAGS:
        yield Problem(GATE, "error", f"{len(tags)} hashtags; at most {MOST_TAGS}")
    elif len(tags) < FEWEST_TAGS and reading.draft.form == "article":
        yield Problem(GATE, "error", f"{len(tags)} hashtags; at least {FEWEST_TAGS}")
    body = _body_subjects(reading)
    assets: Counter[str] = Counter()
    for tag in tags:
        asset = reading.subject_of(tag.upper() if tag.upper() in reading.subjects else fold(tag))
        assets[asset] += 1
        topic = asset not in reading.subjects and f"#{tag}" in declared  # one of the house's own
        if fold(tag) not in reading.lexicon.neutral_tags and asset not in body and not topic:
            yield Problem(GATE, "error", f"#{tag} is not spoken of in the text")
    for asset, count in assets.items():
        if count > 1:
            yield Problem(GATE, "error", f"{count} hashtags for {asset}; one is enough")


def _body_subjects(reading: Reading) -> set[str]:
    found = {subject for s in reading.body for _, _, subject in reading.names_in(s)}
    return found | {part for s in found for part in s.split("/")}


def _check_cashtags(reading: Reading) -> Iterator[Problem]:
    if not any("$" in text for text in reading.draft.segments):
        return
    from generator.networks.x import CASHTAG

    # A cashtag names its asset itself; what counts is that a number or a finding speaks of it.
    body = {n.subject for s in reading.body for n in s.numbers}
    body |= {f.subject for s in reading.body for f in reading.fired(s)}
    body |= {part for s in body for part in s.split("/")}
    for index, text in enumerate(reading.draft.segments):
        tags = [(m.end(), re.match("[A-Za-z]+", text[m.end() :])) for m in CASHTAG.finditer(text)]
        if reading.draft.network in ONE_CASHTAG and len(tags) > 1:
            message = f"{len(tags)} cashtags; this network takes one in a post"
            yield Problem(GATE, "error", message, index, tags[1][0] - 1, tags[1][0])
        for at, symbol in tags:
            if symbol and symbol[0].upper() not in body:
                message = f"${symbol[0]} is not spoken of in the text"
                yield Problem(GATE, "error", message, index, at - 1, at + symbol.end())


def _check_notices(reading: Reading) -> Iterator[Problem]:
    yield from _missing(reading, [s.low for s in reading.sentences if s.furniture])


def _missing(reading: Reading, stands: list[str]) -> Iterator[Problem]:
    wanted = reading.lexicon.furniture
    if reading.draft.form == "text":
        return
    if reading.draft.form != "article":
        wanted = {"disclaimer": wanted["disclaimer"]}
    for name, pattern in wanted.items():
        if not any(pattern.search(low) for low in stands):
            yield Problem(GATE, "error", f"no {name} line")


def _check_length(draft: Draft) -> Iterator[Problem]:
    """The draft's own count against its limit; for X the count is made again."""
    if draft.limit is None:
        return
    lengths = draft.length
    if draft.network == "x":
        from generator.networks import named

        lengths = tuple(map(named("x").length, draft.segments))  # as sent: no address is a link
        if draft.length and draft.length != lengths:
            yield Problem(GATE, "error", f"lengths are {lengths}, the draft says {draft.length}")
    if len(lengths) != len(draft.segments):
        yield Problem(GATE, "error", "the length of a segment was not counted")
    for index, length in enumerate(lengths):
        if length > draft.limit:
            yield Problem(GATE, "error", f"length {length}, limit {draft.limit}", index)
