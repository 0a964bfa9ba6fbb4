"""The brief: about a hundred words, for networks between a post and an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.model import Draft
from generator.networks.base import Network
from generator.write import marks
from generator.write.article import story_context
from generator.write.compose import Composer
from generator.write.fit import Piece, fit, joined
from generator.write.plan import RETURNS
from generator.write.post import (
    FIXED,
    LEAD,
    RETURN,
    SHORT,
    asking,
    cashtag,
    closing,
    evidence,
    holds,
    measured,
    missed,
    opening,
    returns,
    tags_of,
    telling,
)
from generator.write.sheet import Desk

MOST_WORDS = 120  # outside the furniture
# What is tried until the lead has room: the block that tells it, and what stands under the text.
DECLARED = ("positions", "automation", "medium")
ATTEMPTS = (("", DECLARED), ("post", DECLARED), ("post", (SHORT,)))
# Levels that stand in where few findings are told, the most wanted first.
LEVELS = (
    "volume_level",
    "eth_btc_level",
    "negative_print",
    "below_baseline",
    "at_baseline",
    "funding_level",
    "breadth_level",
)


def brief(desk: Desk, network: Network) -> Draft:
    """The lead, prices, findings and levels by weight, a question; disclaimer and tags stay."""

    def fits(chosen: Sequence[Piece]) -> bool:
        told = composer.shorter([p.text for p in chosen if p.priority < FIXED])
        words = sum(desk.templates.forms.extent(marks.plain(text)) for text in told)
        return words <= MOST_WORDS and holds(composer, network, chosen)

    for lead_block, notices in ATTEMPTS:
        composer = Composer(desk, cashtag=cashtag(desk, network))
        pieces = brief_pieces(composer, lead_block)
        tags = tags_of(composer, network, joined(pieces))
        fitted = fit([*pieces, *closing(composer, tags, *notices)], fits)
        if fitted.fits and not any(p.priority >= LEAD for p in fitted.dropped):
            break
    draft = composer.finish(
        composer.tidy(joined(fitted.kept)),
        "brief",
        network=network.name,
        hashtags=tags,
        limit=network.limits.limit,
    )
    return measured(draft, network, missed(composer, fitted.kept))


def brief_pieces(composer: Composer, lead_block: str = "") -> list[Piece]:
    """What a brief may tell, in reading order, paragraphs marked by their glue.

    lead_block: the block of the lead's phrases; by default the opening of the note.
    """
    story, out = composer.desk.story, opening(composer)
    context = story_context(composer)
    prices = composer.level("price_level")

    def add(text: str, priority: int, **more: Any) -> None:
        out.extend(telling(composer, text, priority, **more))

    led = story.lead.rule if story.lead and not lead_block else ""  # its twins are told with it
    told = [f for f in evidence(story) if f.rule != led]
    trips = [f for f in told if f.rule in RETURNS]
    if not any(returns(f, story.lead) for f in trips):
        trips = []
    rest = [f for f in told if f not in trips]
    if story.lead is not None:
        own = composer.say(context["lead"], lead_block) if lead_block else composer.opening()
        add(own, LEAD)
    elif context["quiet"]:
        add(composer.together(prices, "quiet"), LEAD)
    dated = composer.tell(prices)  # before the ways back: for want of room they may go
    for group in composer.groups(trips):
        add(composer.tell(group), RETURN)
    add(dated, LEAD, keep=True, dated=True)
    for i, group in enumerate(composer.groups(rest)):
        add(composer.tell(group), 80 - 10 * i, glue=marks.PARAGRAPH if i == 0 else " ")
    for i, rule in enumerate(LEVELS):
        glue = marks.PARAGRAPH if i == 0 else " "
        add(composer.tell(composer.level(rule)), -100 - i, glue=glue)
    if context["watch"]:
        out += asking(composer, context["watch"][0], 55, glue=marks.PARAGRAPH)
    return out
