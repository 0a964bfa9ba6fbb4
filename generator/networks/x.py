"""X: 280 by weight, one cashtag per post, no link that nobody meant."""

from __future__ import annotations

import re

from generator.networks.base import Fitted, Limits, Piece, fit_pieces
from generator.networks.twitter_text import entities, urls, weighted_length

LIMITS = Limits(
    limit=280,
    unit="weighted characters",
    length=weighted_length,
    media=4,
    media_mode="upload",
    alt_text=True,
    threads=True,
    cashtags=1,
)

# Wider than what X links: `($BTC` and `$BTC's` are refused by the API all the same, it is said.
CASHTAG = re.compile(r"(?<![\w$])\$(?=[A-Za-z]{1,6}(?![A-Za-z0-9]))")
ZERO_WIDTH_SPACE = "\u200b"  # weight 1; the word joiner would weigh 2


def one_cashtag(text: str) -> str:
    """The first `$ETH` stays; every later one, of any symbol, loses its sign."""
    first = CASHTAG.search(text)
    return text if first is None else text[: first.end()] + CASHTAG.sub("", text[first.end() :])


def defuse(text: str, keep: tuple[str, ...] = ()) -> str:
    """Break addresses that nobody meant (`BTC.Today`): a zero-width space after each dot.

    Addresses with a scheme, and those in `keep`, stay as they are.
    """
    out, position = [], 0
    for link in urls(text):
        out.append(text[position : link.start])
        meant = "://" in link.text or link.text in keep
        out.append(link.text if meant else link.text.replace(".", "." + ZERO_WIDTH_SPACE))
        position = link.end
    return "".join(out) + text[position:]


def cashtags(text: str) -> tuple[str, ...]:
    """Cashtag symbols in order, upper case, as X links them."""
    return tuple(e.text.upper() for e in entities(text) if e.kind == "cashtag")


def hashtags(text: str) -> tuple[str, ...]:
    """Hashtags in order, without their sign."""
    return tuple(e.text for e in entities(text) if e.kind == "hashtag")


def fit(pieces: tuple[Piece, ...], limits: Limits = LIMITS) -> Fitted:
    """Whole pieces that fit one post. The length is taken after `defuse` and `one_cashtag`."""
    return fit_pieces(pieces, limits)
