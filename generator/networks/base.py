"""What every network has in common: its limits, and the pieces that are fitted into them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Limits:
    """What one post may be on one network.

    limit: the greatest length of a segment, counted by `length`, in `unit` (a word for people).
    media: attachments per segment. alt_text: whether they carry a description. threads: whether a
    segment may answer another. cashtags: per segment, None for no rule; links likewise.
    """

    limit: int | None
    unit: str
    length: Callable[[str], int]
    media: int = 0
    media_mode: Literal["upload", "url", "none"] = "none"
    alt_text: bool = False
    threads: bool = False
    cashtags: int | None = None
    links: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stays whole or goes whole: a sentence, a disclaimer, a line of tags.

    priority: the higher, the longer it stays. glue: what stands before it when it is not first.
    """

    text: str
    priority: int = 0
    droppable: bool = True
    glue: str = " "


@dataclass(frozen=True, slots=True)
class Fitted:
    """What became of the pieces. kept and dropped are indices; fits is False when even the pieces
    that may not be dropped are too long: the text is then whole, and must not be sent."""

    text: str
    kept: tuple[int, ...]
    dropped: tuple[int, ...]
    length: int
    fits: bool


def fit_pieces(pieces: tuple[Piece, ...], limits: Limits) -> Fitted:
    """Drop whole pieces, the least important first and of equals the last, until the rest fits.

    Nothing is ever cut: half a number is another number, and half a disclaimer is none.
    """
    kept = list(range(len(pieces)))
    spare = sorted((i for i in kept if pieces[i].droppable), key=lambda i: (-pieces[i].priority, i))
    while True:
        text = _join([pieces[i] for i in kept])
        length = limits.length(text)
        fits = limits.limit is None or length <= limits.limit
        if fits or not spare:
            dropped = tuple(i for i in range(len(pieces)) if i not in kept)
            return Fitted(text, tuple(kept), dropped, length, fits)
        kept.remove(spare.pop())


def _join(pieces: list[Piece]) -> str:
    return "".join(p.text if n == 0 else p.glue + p.text for n, p in enumerate(pieces))
