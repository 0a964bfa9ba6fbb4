"""The short post: whole sentences, fitted to one network's own limit."""

from __future__ import annotations

from collections.abc import Callable

from generator.model import Draft
from generator.networks.base import Fitted, Piece
from generator.write import marks
from generator.write.compose import Composer, Desk, hashtags

Fit = Callable[[tuple[Piece, ...]], Fitted]


def post(desk: Desk, network: str, fit: Fit, limit: int) -> tuple[Draft, tuple[str, ...]]:
    """The lead, prices, a second finding, one thing to watch; disclaimer and tags stay."""
    story = desk.story
    tag = story.lead.subject if desk.house.cashtags and story.lead else ""
    composer = Composer(desk, cashtag=tag if tag in desk.majors else "")
    context = composer.story_context()
    parts: list[tuple[str, int, bool, str]] = []

    def add(text: str, priority: int, *, keep: bool = False, glue: str = " ") -> None:
        if text:
            parts.append((marks.tidy(text), priority, not keep, glue))

    if story.lead is not None:
        add(composer.say(context["lead"], "post"), 9)
    add(composer.together(composer.level("price_level"), "post"), 10, keep=True)
    tags = hashtags(desk, " ".join(p[0] for p in parts))[:2]
    for i, finding in enumerate(story.evidence[:2]):
        add(composer.say(composer.view(finding), "post"), 6 - i)
    if context["watch"]:
        add(composer.watching(context["watch"][0], "question"), 4)
    add(composer.fixed("short"), 10, keep=True, glue=marks.PARAGRAPH)
    add(composer._region((), " ".join(tags), furniture=True), 10, keep=True)
    fitted = fit(tuple(Piece(marks.read(t)[0], p, d, _plain(g)) for t, p, d, g in parts))
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


def _plain(glue: str) -> str:
    return "\n\n" if glue == marks.PARAGRAPH else glue
