"""The short post: whole sentences, fitted to one network's own limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generator.model import Draft, Finding
from generator.networks.base import Network
from generator.write import marks
from generator.write.article import hashtags, story_context
from generator.write.compose import Composer, Desk
from generator.write.fit import Piece, fit, joined, plain

MOST_TAGS = 2
ROOMY = 400  # from this limit on a post has room for levels of the day
# What stands with the lead, the most first: all prices, its own, or only the moment of the data.
BESIDE = ("prices", "own", "date")
LEVELS = ("eth_btc_level", "volume_level", "breadth_level")
# The other end of the same move: told second, or the post tells half a day.
ROUND_TRIP = "round_trip"
FIRST = 2  # findings that come before the question
NO_ROOM = "no room in a post of this length"


def post(desk: Desk, network: Network) -> Draft:
    """The lead, prices, further findings, one thing to watch; disclaimer and tags stay.

    A lead too long to stand beside the prices keeps its place with its own price alone, or with
    the as-of alone; only a lead that fits with nothing gives way to the prices.
    """
    for beside in (*BESIDE, BESIDE[0]):
        composer = Composer(desk, cashtag=cashtag(desk, network))
        pieces, tags = _pieces(composer, network, beside)
        fitted = fit(pieces, lambda chosen: network.holds(plain(chosen)))
        if desk.story.lead is None or pieces[0] in fitted.kept:
            break
    draft = composer.finish(
        composer.tidy(joined(fitted.kept)),
        "post",
        network=network.name,
        hashtags=tags,
        limit=network.limits.limit,
    )
    return measured(draft, network, fitted.dropped)


def measured(draft: Draft, network: Network, dropped: tuple[Piece, ...]) -> Draft:
    """The draft with its lengths as the network counts, and what there was no room for."""
    left = tuple((key, NO_ROOM) for p in dropped for key in p.about)
    lengths = tuple(network.length(text) for text in draft.segments)
    return replace(draft, length=lengths, left_out=tuple(dict.fromkeys(left)))


def cashtag(desk: Desk, network: Network) -> str:
    """The asset whose first mention becomes a cashtag: the lead's, where the network links them."""
    lead = desk.story.lead
    wanted = desk.house.cashtags and "cashtag" in network.linked
    return lead.subject if wanted and lead and lead.subject in desk.majors else ""


def tags_of(composer: Composer, network: Network, text: str) -> tuple[str, ...]:
    """The hashtags of a post, as few as the network takes."""
    most = network.limits.hashtags
    return hashtags(composer.desk, text)[: MOST_TAGS if most is None else min(most, MOST_TAGS)]


def _pieces(
    composer: Composer, network: Network, beside: str
) -> tuple[list[Piece], tuple[str, ...]]:
    """The pieces in reading order; the lead, where there is one, comes first."""
    story, out = composer.desk.story, list[Piece]()
    context = story_context(composer)

    def add(text: str, priority: int, about: tuple[str, ...] = (), **more: Any) -> None:
        if text:
            out.append(Piece(composer.tidy(text), priority, about=about, **more))

    evidence = list(story.evidence)
    if story.lead is not None:
        add(composer.say(context["lead"], "post"), 100, (story.lead.key,))
        for other in [f for f in evidence if _returns(f, story.lead)]:
            evidence.remove(other)
            add(composer.say(composer.view(other), "post"), 90, (other.key,))
    elif context["quiet"]:
        add(composer.together(composer.level("price_level"), "quiet"), 100)
    add(_beside(composer, beside), 100, keep=True)
    tags = tags_of(composer, network, joined(out))
    for i, finding in enumerate(evidence):
        text = composer.say(composer.view(finding), "post")
        add(text, 80 - i if i < FIRST else 60 - i, (finding.key,))
    for rule in LEVELS if _roomy(network) else ():
        add(composer.tell(composer.level(rule)), 20)
    if context["watch"]:
        add(composer.watching(context["watch"][0], "question"), 70)
    add(composer.fixed("short"), 100, keep=True, glue=marks.PARAGRAPH)
    if tags:
        add(composer.region((), " ".join(tags), furniture=True), 100, keep=True)
    return out, tags


def _returns(finding: Finding, lead: Finding) -> bool:
    """Whether a finding says that the lead's asset went both ways."""
    return finding.rule == ROUND_TRIP and finding.subject == lead.subject


def _beside(composer: Composer, beside: str) -> str:
    """Prices with their moment, or the moment alone."""
    if beside == "date":
        return composer.fixed("dated")
    prices, lead = composer.level("price_level"), composer.desk.story.lead
    own = [v for v in prices if lead is not None and v.finding.subject == lead.subject]
    return composer.together(own or prices[:1] if beside == "own" else prices, "post")


def _roomy(network: Network) -> bool:
    limit = network.limits.limit
    return limit is None or limit >= ROOMY
