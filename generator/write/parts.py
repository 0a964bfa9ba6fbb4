"""A long text in parts: title, headings, paragraphs, tables; and where each of them lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from generator.model import Draft, Part
from generator.write import marks
from generator.write.compose import Composer

Kind = Literal["title", "heading", "paragraph", "small", "head", "row"]
LINES = ("head", "row")  # parts that follow one another without an empty line between them


@dataclass(frozen=True, slots=True)
class Piece:
    """A part as it was composed: marked text. A heading goes when nothing stands under it."""

    kind: Kind
    text: str


def split(composer: Composer, text: str, kind: Kind = "paragraph") -> list[Piece]:
    """A rendered block as its paragraphs, the empty ones left out."""
    return [
        Piece(kind, tidied)
        for paragraph in text.split(marks.PARAGRAPH)
        if (tidied := composer.tidy(paragraph))
    ]


def assembled(composer: Composer, pieces: Sequence[Piece], form: str, network: str) -> Draft:
    """The draft of one segment, its parts with their places in it."""
    kept = [
        p
        for p, after in zip(pieces, [*pieces[1:], None], strict=True)
        if p.kind != "heading" or (after is not None and after.kind != "heading")
    ]
    told = composer.shorter([p.text for p in kept])
    kept = [replace(p, text=t) for p, t in zip(kept, told, strict=True)]
    text, parts, at = "", list[Part](), 0
    for i, piece in enumerate(kept):
        if i:
            tight = piece.kind in LINES and kept[i - 1].kind in LINES
            text += "\n" if tight else "\n\n"
            at += 1 if tight else 2
        length = len(marks.read(piece.text)[0])
        parts.append(Part(piece.kind, 0, at, at + length))
        text += piece.text
        at += length
    draft = composer.drafted(text, form, network=network)
    title = next((p for p in parts if p.kind == "title"), None)
    headline = draft.segments[0][title.start : title.end] if title else ""
    return replace(draft, parts=tuple(parts), title=headline)
