"""Bluesky: 300 graphemes and 3000 bytes; links only where a facet says so, in UTF-8 bytes.

An address counts in full. A cashtag is a tag facet whose value keeps its sign, `$BTC`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.networks.base import (
    SHORT,
    Kind,
    Limits,
    Network,
    Option,
    graphemes,
    options_of,
    shape,
    utf8,
)

if TYPE_CHECKING:
    from pathlib import Path

    from generator.publish.base import Sender
    from generator.settings import Network as Account

CASHTAG = re.compile(r"(?:(?<=\s)|(?<=\()|^)\$([A-Za-z][A-Za-z0-9]{0,4})(?=[\s.,;:!?)\"'’]|$)")
LONGEST_TAG = 64  # graphemes


@dataclass(frozen=True)
class Bluesky(Network):
    """Bluesky, and what it does to a text."""

    def offset(self, text: str) -> int:
        return utf8(text)

    def entities(self, text: str) -> Iterator[tuple[Kind, int, int, str]]:
        yield from (e for e in super().entities(text) if e[0] != "cashtag")
        for m in CASHTAG.finditer(text):
            yield "cashtag", m.start(), m.end(), f"${m[1].upper()}"

    def refused(self, shown: str) -> Iterator[tuple[str, int, int]]:
        for kind, start, end, value in super().entities(shown):
            if kind == "hashtag" and graphemes(value) > LONGEST_TAG:
                yield f"a hashtag of more than {LONGEST_TAG} characters", start, end


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("bluesky", options, handle="", **SHORT)
    limits = Limits(
        limit=300,
        unit="graphemes",
        length=graphemes,
        most_bytes=3000,
        media=4,
        media_mode="upload",
        alt_text=True,
        threads=True,
    )
    return Bluesky(
        name="bluesky",
        title="Bluesky",
        limits=limits,
        compose="https://bsky.app/intent/compose?text=",
        **shape(given),
        linked=("hashtag", "cashtag", "link"),
    )


def sender(settings: Account, state: Path) -> Sender:
    """The account of the settings; its session is kept in `state`."""
    from generator.publish.senders.bluesky import BlueskySender

    return BlueskySender(settings, state)
