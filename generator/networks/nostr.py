"""Nostr: a short note (kind 1) has no length limit of its own; a relay may name one (NIP-11).

Hashtags stand in the text and, in lower case, as `t` tags of the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.networks.base import HASHTAG, Limits, Network, Option, options_of, utf8

if TYPE_CHECKING:
    from pathlib import Path

    from generator.publish.base import Sender
    from generator.settings import Network as Account


@dataclass(frozen=True)
class Nostr(Network):
    """Nostr, and the tags of its events."""

    def tags(self, shown: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m[0][1:].lower() for m in HASHTAG.finditer(shown)))


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("nostr", options, form="brief", limit=0, relays="")
    limits = Limits(
        limit=given["limit"] or None,
        unit="bytes",
        length=utf8,
        media=4,
        media_mode="url",
        threads=True,
    )
    return Nostr(
        name="nostr",
        title="Nostr",
        limits=limits,
        form=given["form"],
        forms=("brief", "post", "article"),
    )


def sender(settings: Account, state: Path) -> Sender:
    """The key of the settings, and its relays."""
    from generator.publish.senders.nostr import NostrSender

    return NostrSender(settings)
