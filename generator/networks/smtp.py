"""The newsletter by mail, through your own server: text, HTML and pictures in one message.

`base_url` is smtp://host:587 (STARTTLS) or smtps://host:465, `sender` and `to` are addresses;
`user` logs in with the secret `password`. Readers' own addresses belong on a mailing list.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from generator.networks.base import Network, Option, options_of
from generator.networks.newsletter import LIMITS, Newsletter

if TYPE_CHECKING:
    from generator.publish.base import Sender
    from generator.settings import Network as Account


def network(options: Mapping[str, Option]) -> Network:
    options_of("smtp", options, sender="", to="", user="")
    return Newsletter(name="smtp", title="Mail (SMTP)", limits=LIMITS)


def sender(settings: Account, state: Path) -> Sender:
    from generator.publish.senders.smtp import SmtpSender

    return SmtpSender(settings)
