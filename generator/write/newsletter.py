"""The newsletter: the day under headings, longer than a note, set as Markdown, mail and text."""

from __future__ import annotations

from generator.model import Draft
from generator.networks.base import Network
from generator.write.article import in_room, story_context
from generator.write.compose import Composer
from generator.write.parts import Piece, assembled, split
from generator.write.post import measured
from generator.write.sheet import Desk

MOST_WORDS = 450  # outside the furniture
TEMPLATE = "newsletter.j2"
# Heading, and the blocks of the template that stand under it, in order.
SECTIONS = (
    ("lead", ("lead", "first", "prices", "volume", "context")),
    ("derivatives", ("derivatives",)),
    ("relative", ("relative",)),
    ("breadth", ("breadth", "other")),
    ("headlines", ("headlines",)),
    ("watch", ("watch", "question")),
)
NOTES = ("coverage", "positions", "automation", "risk")  # of furniture.j2


def newsletter(desk: Desk, network: Network) -> Draft:
    """One section of a newsletter: what happened under seven headings, empty ones left out.

    Its segment is the text part of the mail, to the letter; `generator.newsletter` sets the rest.
    """
    composer, pieces = in_room(desk, MOST_WORDS, _pieces)
    draft = assembled(composer, pieces, "newsletter", network.name)
    return measured(draft, network, ())


def _pieces(composer: Composer) -> list[Piece]:
    context = story_context(composer)

    def block(name: str) -> str:
        return composer.desk.templates.block(TEMPLATE, name, context)

    out = split(composer, composer.fixed("warning"))
    for heading, blocks in SECTIONS:
        out += _heading(composer, heading)
        out += [piece for name in blocks for piece in split(composer, block(name))]
    # Last: what the title says is told again under it, and must not count as told before.
    out.insert(0, Piece("title", composer.tidy(f"{composer.face()} {block('title')}")))
    out += _heading(composer, "notes")
    out += [p for name in NOTES for p in split(composer, composer.fixed(name), "small")]
    return out + split(composer, composer.fixed("signed"), "small")


def _heading(composer: Composer, name: str) -> list[Piece]:
    text = composer.desk.templates.block(TEMPLATE, f"heading_{name}", {})
    return [Piece("heading", composer.region((), composer.tidy(text), furniture=True))]
