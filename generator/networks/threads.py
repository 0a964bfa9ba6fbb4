"""Threads: 500 characters, an emoji counting its UTF-8 bytes; one topic tag; five links.

Only the first hashtag becomes a topic, so there is one. Pictures are fetched from a public address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from generator.networks.base import (
    HASHTAG,
    SHORT,
    Limits,
    Network,
    Option,
    graphemes,
    options_of,
    shape,
    utf8,
)

if TYPE_CHECKING:
    import regex


@dataclass(frozen=True)
class Threads(Network):
    """Threads, and its topic."""

    def tags(self, shown: str) -> tuple[str, ...]:
        return tuple(m[0][1:] for m in HASHTAG.finditer(shown))[:1]


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("threads", options, **SHORT)
    limits = Limits(
        limit=500,
        unit="characters, emoji by their bytes",
        length=length,
        media=20,
        media_mode="url",
        alt_text=True,
        threads=True,
        hashtags=1,
        links=5,
        bare_links=True,
    )
    return Threads(
        name="threads",
        title="Threads",
        limits=limits,
        compose="https://www.threads.net/intent/post?text=",
        **shape(given),
    )


def length(text: str) -> int:
    """Graphemes, but an emoji as many as its UTF-8 form has bytes."""
    if text.isascii():
        return graphemes(text)
    return sum(utf8(one) if _emoji().search(one) else 1 for one in _grapheme().findall(text))


@cache
def _grapheme() -> regex.Pattern[str]:
    import regex

    return regex.compile(r"\X")


@cache
def _emoji() -> regex.Pattern[str]:
    """Pictures by default, or made one by a variation selector or an enclosing keycap."""
    import regex

    return regex.compile(r"\p{Emoji_Presentation}|\ufe0f|\u20e3|\p{RI}")
