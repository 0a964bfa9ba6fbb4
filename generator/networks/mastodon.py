"""Mastodon: 500 characters where the instance sets no other limit; an address counts 23.

An instance tells its own limit as `configuration.statuses.max_characters`: the setting `limit`.
Cashtags are plain text there. Of `@user@host` only `@user` counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.networks.base import (
    LINK,
    SHORT,
    Limits,
    Network,
    Option,
    graphemes,
    options_of,
    shape,
)

if TYPE_CHECKING:
    from pathlib import Path

    from generator.publish.base import Sender
    from generator.settings import Network as Account

LINK_LENGTH = 23
REMOTE = re.compile(r"(?<![\w/])(@\w+)@[\w.-]+\w")


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("mastodon", options, limit=500, visibility="public", **SHORT)
    server = given["base_url"].rstrip("/")
    limits = Limits(
        limit=given["limit"],
        unit="characters",
        length=length,
        media=4,
        media_mode="upload",
        alt_text=True,
        threads=True,
    )
    return Network(
        name="mastodon",
        title="Mastodon",
        limits=limits,
        compose=f"{server}/share?text=" if server else "",
        forms=("post", "thread", "brief"),
        **shape(given),
    )


def sender(settings: Account, state: Path) -> Sender:
    """The account of the settings, on the server of its `base_url`."""
    from generator.publish.senders.mastodon import MastodonSender

    return MastodonSender(settings)


def length(text: str) -> int:
    """Graphemes, with every address as 23 and remote names without their host."""
    return graphemes(REMOTE.sub(r"\1", LINK.sub("x" * LINK_LENGTH, text)))
