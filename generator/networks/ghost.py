"""The newsletter as a draft in Ghost: a person looks at it there and publishes it.

`base_url` is the site's address, the secret `admin_key` that of a custom integration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.model import Draft
from generator.networks.base import Network, Option, options_of
from generator.networks.newsletter import LIMITS, Newsletter

if TYPE_CHECKING:
    from generator.newsletter.pictures import Picture
    from generator.publish.base import Sender
    from generator.settings import Network as Account


@dataclass(frozen=True)
class Ghost(Newsletter):
    """A page and the mail that Ghost makes of it."""

    def bodies(self, draft: Draft, pictures: Sequence[Picture]) -> Mapping[str, str]:
        """`web`: the text without its title; pictures by their names."""
        from generator.newsletter.web import web

        return {"web": web(draft, pictures)}


def network(options: Mapping[str, Option]) -> Network:
    options_of("ghost", options)
    return Ghost(name="ghost", title="Ghost", limits=LIMITS)


def sender(settings: Account, state: Path) -> Sender:
    from generator.publish.senders.ghost import GhostSender

    return GhostSender(settings)
