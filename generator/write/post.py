"""The short post: whole sentences, fitted to one network's own limit."""

from __future__ import annotations

from collections.abc import Callable

from generator.model import Draft
from generator.networks.base import Fitted, Piece
from generator.write import marks
from generator.write.article import hashtags, story_context
from generator.write.compose import Composer, Desk

Fit = Callable[[tuple[Piece, ...]], Fitted]


def post(desk: Desk, network: str, fit: Fit, limit: int) -> tuple[Draft, tuple[str, ...]]:
    """The lead, prices, a second finding, one thing to watch; disclaimer and tags stay.

    A lead too long to stand beside the prices keeps its place with the as-of alone; only a lead
    that fits with nothing gives way to the prices.
    """
    for beside in ("prices", "date", "prices"):
        composer = _composer(desk)
        parts, tags = _parts(composer, beside)
        fitted = fit(tuple(Piece(marks.read(t)[0], p, d, _plain(g)) for t, p, d, g in parts))
        if desk.story.lead is None or 0 in fitted.kept:
            break
    text = ""
    for i in fitted.kept:
        text += (parts[i][3] if text else "") + parts[i][0]
    draft = composer.finish(
        marks.tidy(text),
        "post",
        network=network,
        hashtags=tags,
        length=(fitted.length,),
        limit=limit,
    )
    return draft, tuple(composer.chooser.said)


def _composer(desk: Desk) -> Composer:
    lead = desk.story.lead
    tag = lead.subject if desk.house.cashtags and lead and lead.subject in desk.majors else ""
    return Composer(desk, cashtag=tag)


Part = tuple[str, int, bool, str]  # marked text, priority, droppable, glue before it


def _parts(composer: Composer, beside: str) -> tuple[list[Part], tuple[str, ...]]:
    """The pieces in reading order; the lead, where there is one, comes first."""
    story, parts = composer.desk.story, list[Part]()
    context = story_context(composer)

    def add(text: str, priority: int, *, keep: bool = False, glue: str = " ") -> None:
        if text:
            parts.append((marks.tidy(text), priority, not keep, glue))

    if story.lead is not None:
        add(composer.say(context["lead"], "post"), 9)
    if beside == "prices":
        add(composer.together(composer.level("price_level"), "post"), 10, keep=True)
    else:
        add(composer.fixed("dated"), 10, keep=True)
    tags = hashtags(composer.desk, " ".join(p[0] for p in parts))[:2]
    for i, finding in enumerate(story.evidence[:2]):
        add(composer.say(composer.view(finding), "post"), 6 - i)
    if context["watch"]:
        add(composer.watching(context["watch"][0], "question"), 4)
    add(composer.fixed("short"), 10, keep=True, glue=marks.PARAGRAPH)
    add(composer.region((), " ".join(tags), furniture=True), 10, keep=True)
    return parts, tags


def _plain(glue: str) -> str:
    return "\n\n" if glue == marks.PARAGRAPH else glue
