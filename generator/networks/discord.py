"""Discord: 2000 characters of Markdown, so what would be formatting is escaped.

Neither hashtags nor cashtags are links there. The escapes count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.networks.base import LINK, SHORT, Limits, Network, Option, options_of, shape

if TYPE_CHECKING:
    from pathlib import Path

    from generator.publish.base import Sender
    from generator.settings import Network as Account

# Paired marks anywhere; at the start of a line a heading, a list, a quotation or small print.
MARKUP = re.compile(
    r"[\\*_~`|]|^(?:#{1,3}(?= )|-#?(?= )|>(?= |>>)|\+(?= ))|(?<=^\d)\.(?= )", re.MULTILINE
)


@dataclass(frozen=True)
class Discord(Network):
    """Discord, and how it wants a text written."""

    def written(self, shown: str) -> str:
        return escaped(shown)


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("discord", options, **{**SHORT, "form": "brief", "channel_id": ""})
    limits = Limits(
        limit=2000,
        unit="characters, with escapes",
        length=len,
        media=10,
        media_mode="upload",
        alt_text=True,
        threads=True,
        hashtags=0,
    )
    return Discord(
        name="discord",
        title="Discord",
        limits=limits,
        forms=("brief", "post", "thread"),
        linked=("link",),
        **shape(given),
    )


def sender(settings: Account, state: Path) -> Sender:
    """The bot or the webhook of the settings."""
    from generator.publish.senders.discord import discord_sender

    return discord_sender(settings)


def escaped(text: str) -> str:
    """The text with a backslash before every mark of Markdown, addresses left alone."""
    out, position = [], 0
    for m in LINK.finditer(text):
        out += [MARKUP.sub(r"\\\g<0>", text[position : m.start()]), m[0]]
        position = m.end()
    return "".join(out) + MARKUP.sub(r"\\\g<0>", text[position:])
