"""Telegram: 4096 after its entities are parsed; offsets in UTF-16 code units.

The text is sent plain, without a parse mode: tags, cashtags and addresses become links by
themselves, addresses without a scheme too. A picture's caption takes 1024; before a longer text it
goes as a message of its own, with its description as caption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.networks.base import Limits, Network, Option, options_of, utf16

if TYPE_CHECKING:
    from pathlib import Path

    from generator.publish.base import Sender
    from generator.settings import Network as Account

CAPTION = 1024


@dataclass(frozen=True)
class Telegram(Network):
    """Telegram, and what it makes of a text."""

    def pictures(self, text: str) -> int:
        """One, as long as the text is short enough for its caption."""
        return 1 if utf16(text) <= CAPTION else 0

    def picture_ahead(self) -> bool:
        return True

    def offset(self, text: str) -> int:
        return utf16(text)


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("telegram", options, form="article", chat_id="")
    limits = Limits(
        limit=4096,
        unit="characters (UTF-16)",
        length=utf16,
        media=10,
        media_mode="upload",
        threads=True,
        bare_links=True,
    )
    return Telegram(
        name="telegram",
        title="Telegram",
        limits=limits,
        compose="https://t.me/share/url?url=",
        form=given["form"],
        forms=("article", "brief", "post"),
        linked=("hashtag", "cashtag", "link"),
    )


def sender(settings: Account, state: Path) -> Sender:
    """The bot of the settings, in its chat."""
    from generator.publish.senders.telegram import TelegramSender

    return TelegramSender(settings)
