"""The short post: whole sentences, fitted to one network's own limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any

from generator.errors import UsageError
from generator.model import Draft, Finding, Story
from generator.networks.base import Network
from generator.write import marks
from generator.write.article import hashtags, story_context
from generator.write.compose import Composer
from generator.write.fit import Piece, fit, joined
from generator.write.plan import RETURNS
from generator.write.sheet import Desk
from generator.write.views import WatchView

MOST_TAGS = 2
ROOMY = 400  # from this limit on a post has room for levels of the day
# What is tried in turn: what stands with the lead (all prices, its own, or only the moment of the
# data), what must be told, and whether there are tags.
BESIDE = (("prices", True), ("own", True), ("own", False), ("date", True))
ATTEMPTS = (
    *((beside, "both ways", tagged) for beside, tagged in BESIDE),
    *((beside, "lead", tagged) for beside, tagged in BESIDE),
    *(("prices", "", True), ("date", "", False)),
)
LEVELS = ("eth_btc_level", "volume_level", "breadth_level")
RETURN, LEAD, FIXED = 90, 100, 1000  # priorities
MUST = {"both ways": RETURN, "lead": LEAD, "": FIXED}  # what an attempt may not lose
SHORT = "short"  # the disclaimer of a post
FIRST = 2  # findings that come before the question
TRIED = 4  # findings that a short post tries: composing what cannot fit costs more than a note
NO_ROOM = "no room in a post of this length"
MOVES = ("price", "breadth", "relative")  # families of what prices did
NEWS = "news"  # a finding about a report says nothing without the report's own words
STANDS = "its figures stand beside the price"
NO_REPORT = "a report is told with its headline, in the note"


def post(desk: Desk, network: Network) -> Draft:
    """The lead, prices, further findings, one thing to watch, disclaimer and tags.

    A lead too long to stand beside the prices keeps its place with its own price alone, without
    tags, or with the as-of alone; only one that fits with nothing gives way to the prices.
    """
    for beside, must, tagged in ATTEMPTS:
        composer = Composer(desk, cashtag=cashtag(desk, network))
        pieces, tags = _pieces(composer, network, beside, tagged)
        fitted = fit(pieces, partial(holds, composer, network))
        lost = max((p.priority for p in fitted.dropped), default=0)
        if fitted.fits and lost < MUST[must]:
            break
    draft = composer.finish(
        composer.tidy(joined(fitted.kept)),
        "post",
        network=network.name,
        hashtags=tags,
        limit=network.limits.limit,
    )
    return measured(draft, network, missed(composer, fitted.kept))


def holds(composer: Composer, network: Network, pieces: Sequence[Piece], more: str = "") -> bool:
    """Whether a network takes these pieces, and `more`, as one text."""
    return network.holds(composer.seen(joined(pieces)) + more)


def measured(draft: Draft, network: Network, left: tuple[tuple[str, str], ...]) -> Draft:
    """The draft with its lengths as the network counts. left: what is not in it, and why."""
    lengths = tuple(network.length(text) for text in draft.segments)
    return replace(draft, length=lengths, left_out=left)


def missed(composer: Composer, kept: Sequence[Piece]) -> tuple[tuple[str, str], ...]:
    """The findings of the story that no piece tells, and why."""
    told = {key for piece in kept for key in piece.about}

    def why(finding: Finding) -> str:
        if finding.key in composer.stands:
            return STANDS
        return NO_REPORT if finding.family == NEWS else NO_ROOM

    return tuple((f.key, why(f)) for f in composer.told if f.key not in told)


def telling(
    composer: Composer, text: str, priority: int, beside: Set[str] = frozenset(), **more: Any
) -> list[Piece]:
    """A piece that tells findings, those included that stand in it as another's other side.

    beside: keys of findings without which it is not told.
    """
    about = told_in(composer, text)
    needs = (against(composer, about) | beside) - set(about)
    return [Piece(composer.tidy(text), priority, about=about, needs=needs, **more)] if text else []


def asking(composer: Composer, watch: WatchView, priority: int, **more: Any) -> list[Piece]:
    """A question about what to watch; where its finding has another side, both must be told."""
    text = composer.watching(watch, "question")
    keys = told_in(composer, text)
    needs = against(composer, keys)
    if not text:
        return []
    return [Piece(composer.tidy(text), priority, needs=needs | set(keys if needs else ()), **more)]


def told_in(composer: Composer, text: str) -> tuple[str, ...]:
    """Keys of the story's findings that license some of a marked text."""
    regions = [composer.regions[s.index][0] for s in marks.read(text)[1] if s.kind == "region"]
    keys = {key for region in regions for key in region}
    return tuple(f.key for f in composer.told if f.key in keys)


def against(composer: Composer, keys: Iterable[str]) -> frozenset[str]:
    """The other sides of the declared conflicts of some findings."""
    pairs, mine = composer.desk.story.conflicts, set(keys)
    return frozenset(k for pair in pairs for k in pair if mine & set(pair)) - mine


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
    composer: Composer, network: Network, beside: str, tagged: bool
) -> tuple[list[Piece], tuple[str, ...]]:
    """The pieces in reading order."""
    story, out = composer.desk.story, opening(composer)
    context, findings = story_context(composer), evidence(story)

    def add(text: str, priority: int, **more: Any) -> None:
        out.extend(telling(composer, text, priority, **more))

    if story.lead is not None:
        add(composer.say(context["lead"], "post"), LEAD)
        for other in [f for f in findings if returns(f, story.lead)]:
            findings.remove(other)
            # Without the lead it would say what came after nothing.
            add(composer.say(composer.view(other), "post"), RETURN, beside={story.lead.key})
    elif context["quiet"]:
        add(composer.together(composer.level("price_level"), "quiet"), LEAD)
    add(_beside(composer, beside), LEAD, keep=True)
    tags = tags_of(composer, network, joined(out)) if tagged else ()
    for i, finding in enumerate(findings if _roomy(network) else findings[:TRIED]):
        add(composer.adding(finding, "post"), 80 - i if i < FIRST else 60 - i)
    for rule in LEVELS if _roomy(network) else ():
        add(composer.tell(composer.level(rule)), 20)
    if context["watch"]:
        out += asking(composer, context["watch"][0], 70)
    return [*out, *closing(composer, tags, SHORT, roomy=_roomy(network))], tags


def opening(composer: Composer) -> list[Piece]:
    """What stands before everything: a warning that a disclaimer pack wants first, a picture."""
    warning = Piece(composer.tidy(composer.fixed("warning")), FIXED, keep=True, alone=True)
    picture = Piece(composer.face(), FIXED, keep=True)
    return [piece for piece in (warning, picture) if piece.text]


def closing(
    composer: Composer, tags: tuple[str, ...], *notices: str, roomy: bool = True
) -> list[Piece]:
    """What stands under a text: blocks of the furniture, the disclaimer last, and the tags.

    roomy: a disclaimer pack without a short form may stand in its medium one.
    """
    try:
        text = " ".join(composer.fixed(block) for block in notices)
    except UsageError:
        if not roomy or SHORT not in notices:
            raise
        text = composer.fixed("medium")
    line = composer.region((), " ".join(tags), furniture=True) if tags else ""
    out = [Piece(composer.tidy(text), FIXED, keep=True, glue=marks.PARAGRAPH)]
    return [*out, Piece(line, FIXED, keep=True)] if line else out


def evidence(story: Story) -> list[Finding]:
    """The findings a short text may tell beside the lead: what prices did first, and no reports."""
    able = [f for f in story.evidence if f.family != NEWS]
    return sorted(able, key=lambda f: f.family not in MOVES)


def returns(finding: Finding, lead: Finding | None) -> bool:
    """Whether a finding says that the lead's asset went both ways."""
    return lead is not None and finding.rule in RETURNS and finding.subject == lead.subject


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
