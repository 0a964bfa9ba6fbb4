"""Fitting: which whole pieces of a text stay, and joining them.

A piece stays whole or goes whole. Nothing is ever cut: half a number is another number, and half a
disclaimer is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generator.write import marks

SPACE = " "


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of marked text: a sentence or two, a disclaimer, a line of tags.

    priority: the higher, the longer it stays. keep: it is never left out. glue: what stands before
    it where it is not first. about: keys of the findings it tells, empty for furniture. dated: it
    says when the data are from. alone: what follows it begins a paragraph. needs: keys of findings
    that have to be told where it stands, because they pull against what it says.
    """

    text: str
    priority: int = 0
    keep: bool = False
    glue: str = SPACE
    about: tuple[str, ...] = ()
    dated: bool = False
    alone: bool = False
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fitted:
    """What became of the pieces, each list in their order. fits is False when even those that may
    not be left out are too long: the text is then whole, and must not be sent."""

    kept: tuple[Piece, ...]
    dropped: tuple[Piece, ...]
    fits: bool


def fit(pieces: Sequence[Piece], holds: Callable[[Sequence[Piece]], bool]) -> Fitted:
    """What must stay, and as much of the rest as `holds`, the most important first.

    A piece too long for the room that is left makes way for the next one. One that needs another
    which is not there goes too: half of a contradiction would say what the other half takes back.
    """
    chosen = [i for i, p in enumerate(pieces) if p.keep]
    fits = holds([pieces[i] for i in chosen])
    rest = sorted(
        (i for i, p in enumerate(pieces) if not p.keep), key=lambda i: -pieces[i].priority
    )
    for i in rest if fits else ():
        more = sorted([*chosen, i])
        if holds([pieces[j] for j in more]):
            chosen = more
    while unmet := [i for i in chosen if not pieces[i].keep and _lacks(pieces, chosen, i)]:
        chosen = [i for i in chosen if i not in unmet]
    left = tuple(p for i, p in enumerate(pieces) if i not in chosen)
    return Fitted(tuple(pieces[i] for i in chosen), left, fits)


def _lacks(pieces: Sequence[Piece], chosen: Sequence[int], one: int) -> bool:
    return not pieces[one].needs <= {key for i in chosen for key in pieces[i].about}


def joined(pieces: Sequence[Piece]) -> str:
    """The marked text of the pieces, each behind what glues it to the one before."""
    out = list[str]()
    for before, piece in zip((None, *pieces), pieces, strict=False):
        glue = "" if before is None else marks.PARAGRAPH if before.alone else piece.glue
        out += (glue, piece.text)
    return "".join(out)
