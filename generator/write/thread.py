"""The thread: more than a post holds, cut where sentences end, with nothing lost between parts.

The first part says when the data are from; the disclaimer stands in the last or, where a house or
its regulator wants it seen first, in the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.model import Draft
from generator.networks.base import Network
from generator.write import marks
from generator.write.brief import brief_pieces
from generator.write.compose import Composer
from generator.write.fit import SPACE, Piece, fit, joined
from generator.write.post import LEAD, SHORT, cashtag, closing, holds, measured, missed, tags_of
from generator.write.sheet import Desk

# Where a sentence of marked-up text ends; never inside a number or a quotation.
ENDS = re.compile(r"(?<=[.!?])\s+(?=[\"“«(#$¿¡]?[A-ZÀ-Þ0-9])|(?<=[。！？])")
QUOTED = re.compile(r"“[^”]*”")
NUMBERING = " 9/9"  # the room that numbering takes

Parts = list[list[Piece]]


@dataclass(frozen=True)
class _Room:
    """What one part holds, as its readers see it."""

    network: Network
    composer: Composer

    def holds(self, pieces: Sequence[Piece]) -> bool:
        numbering = NUMBERING if self.network.numbered else ""
        return holds(self.composer, self.network, pieces, numbering)


def thread(desk: Desk, network: Network) -> Draft:
    """The pieces of a brief in as many parts as they need and the network's setting allows."""
    composer = Composer(desk, cashtag=cashtag(desk, network))
    pieces = brief_pieces(composer, lead_block="post")
    tags = tags_of(composer, network, joined(pieces))
    tail = closing(composer, tags, SHORT)
    dated = Piece(composer.tidy(composer.fixed("dated")), keep=True)

    room = _Room(network, composer)

    def fits(chosen: Sequence[Piece]) -> bool:
        parts = _parts(chosen, tail, dated, room)
        return parts is not None and len(parts) <= network.posts

    fitted = fit(pieces, fits)
    parts = _parts(fitted.kept, tail, dated, room) or [[*fitted.kept, *tail]]
    drafts = [
        composer.finish(text, "thread", network=network.name, hashtags=tags)
        for text in _texts(composer, parts, network)
    ]
    return measured(_one(drafts, network), network, missed(composer, fitted.kept))


def _parts(
    pieces: Sequence[Piece], tail: Sequence[Piece], dated: Piece, room: _Room
) -> Parts | None:
    """The parts of a thread; None where some sentence is longer than a part."""
    last = room.network.disclaimer == "last"
    head, rest = _head(pieces, () if last else tail, dated, room)
    if head is None:
        return None
    parts, closing = [list(head)], _merged(tail) if last else ()
    if not last and rest:
        parts.append([])  # nothing follows the tags of a part
    for piece in (*rest, *closing):
        if not _laid(piece, parts, room) and not all(
            _laid(sentence, parts, room) for sentence in sentences(piece)
        ):
            return None
    _keep_company(parts, closing, room)
    return parts


def _keep_company(parts: Parts, closing: Sequence[Piece], room: _Room) -> None:
    """A disclaimer that came into a part of its own takes the last piece before it along."""
    if len(parts) > 2 and parts[-1] == list(closing) and len(parts[-2]) > 1:
        moved = parts[-2][-1]
        if room.holds([moved, *closing]):
            parts[-1].insert(0, parts[-2].pop())


def _laid(piece: Piece, parts: Parts, room: _Room) -> bool:
    """Put a piece at the end of the last part, or into a new one; whether either holds it."""
    if room.holds([*parts[-1], piece]):
        parts[-1].append(piece)
    elif room.holds([piece]):
        parts.append([piece])
    else:
        return False
    return True


def _head(
    pieces: Sequence[Piece], tail: Sequence[Piece], dated: Piece, room: _Room
) -> tuple[Sequence[Piece] | None, Sequence[Piece]]:
    """What opens a thread: the lead with the prices, whose sentence says when they were, or else
    with the moment alone; and what remains to be told."""
    leads = [i for i, p in enumerate(pieces) if p.priority >= LEAD and not p.dated]
    led = max(leads, default=-1) + 1
    at = next((i for i, p in enumerate(pieces) if p.dated), None)
    if at is None:
        heads = [([*pieces[:led], dated, *tail], pieces[led:])]
    else:
        heads = [
            ([*pieces[: at + 1], *tail], pieces[at + 1 :]),
            ([*pieces[:at], dated, *tail], pieces[at:]),
            ([*pieces[:led], pieces[at], *tail], [*pieces[led:at], *pieces[at + 1 :]]),
            ([*pieces[:led], dated, *tail], pieces[led:]),
        ]
    for head, rest in heads:
        if room.holds(head):
            return head, rest
    return None, ()


def _merged(tail: Sequence[Piece]) -> tuple[Piece, ...]:
    """The disclaimer and the tags as one: no part is made of tags alone."""
    return (replace(tail[0], text=joined(tail).strip()),)


def sentences(piece: Piece) -> Iterator[Piece]:
    """The sentences of a piece, each with its marks."""
    clean, spans = marks.read(piece.text)
    closed = [(s.start, s.end) for s in spans if s.kind == "number"]
    closed += [m.span() for m in QUOTED.finditer(clean)]
    cuts = [
        m.span()
        for m in ENDS.finditer(clean)
        if not any(a < m.end() and m.start() < b for a, b in closed)
    ]
    for i, text in enumerate(marks.cut(piece.text, cuts)):
        yield replace(piece, text=text, glue=piece.glue if i == 0 else SPACE)


def _texts(composer: Composer, parts: Parts, network: Network) -> Iterator[str]:
    for i, part in enumerate(parts, 1):
        text = composer.tidy(joined(part))
        if network.numbered and len(parts) > 1:
            number = f"{i}/{len(parts)}"
            text += SPACE + composer.region((), number, furniture=True)
        yield text


def _one(drafts: Sequence[Draft], network: Network) -> Draft:
    """One draft of several segments."""
    return replace(
        drafts[0],
        segments=tuple(d.segments[0] for d in drafts),
        numbers=tuple(replace(n, segment=i) for i, d in enumerate(drafts) for n in d.numbers),
        sentences=tuple(replace(s, segment=i) for i, d in enumerate(drafts) for s in d.sentences),
        limit=network.limits.limit,
    )
