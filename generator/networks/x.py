"""X: 280 by weight, one cashtag per post, no link that nobody meant.

Counting follows twitter-text version 3. The API refuses a second cashtag in a post, of any symbol.
`limit` may be raised for accounts that are allowed long posts; `client_id` is that of the app
where OAuth 2.0 is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.networks.base import SHORT, Limits, Network, Option, options_of, shape
from generator.networks.twitter_text import weighted_length

if TYPE_CHECKING:
    from generator.publish.base import Sender
    from generator.settings import Network as Account

# Wider than what X links: `($BTC` and `$BTC's` are refused by the API all the same, it is said.
CASHTAG = re.compile(r"(?<![\w$])\$(?=[A-Za-z]{1,6}(?![A-Za-z0-9]))")


@dataclass(frozen=True)
class X(Network):
    """X, and what it does to a text."""

    def shown(self, text: str) -> str:
        return one_cashtag(text)


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("x", options, limit=280, client_id="", **SHORT)
    limits = Limits(
        limit=given["limit"],
        unit="weighted characters",
        length=weighted_length,
        media=4,
        media_mode="upload",
        alt_text=True,
        threads=True,
        cashtags=1,
        bare_links=True,
    )
    return X(
        name="x",
        title="X",
        limits=limits,
        compose="https://x.com/intent/post?text=",
        **shape(given),
        linked=("hashtag", "cashtag", "link"),
    )


def sender(settings: Account, state: Path) -> Sender:
    """The account of the settings; its tokens, where it was logged in to, are in `state`."""
    from generator.publish.senders.x import XSender

    return XSender(settings, state)


def one_cashtag(text: str) -> str:
    """The first `$ETH` stays; every later one, of any symbol, loses its sign."""
    first = CASHTAG.search(text)
    return text if first is None else text[: first.end()] + CASHTAG.sub("", text[first.end() :])
