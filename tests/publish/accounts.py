"""An account on each double: how its sender is made, and the faults that its network can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.networks import named
from generator.publish.base import Sender
from generator.settings import Network
from tests.publish.doubles import bluesky, discord, mastodon, nostr, telegram
from tests.publish.doubles.started import Running

BROKEN = ("drop before", "drop after", "slow after", "500 before", "500 after", "503 after")
REFUSED = ("401 before", "429 before", "403 before")


@dataclass(frozen=True)
class Account:
    """network: whose sender it is; module: its double; make: settings and read_s to a sender."""

    network: str
    module: str
    keys: Mapping[str, str]
    options: Mapping[str, Any]
    make: Callable[[Network, Path, float], Sender]
    faults: tuple[str, ...] = (*BROKEN, *REFUSED)

    def settings(self, server: Running, **options: Any) -> Network:
        url = server.url.replace("http", "ws") if self.module == "nostr" else server.url
        return Network(self.network, {"base_url": url, **self.options, **options}, self.keys)

    def sender(self, server: Running, state: Path, *, read_s: float = 0.5) -> Sender:
        return self.make(self.settings(server), state, read_s)


def _bluesky(account: Network, state: Path, read_s: float) -> Sender:
    from generator.publish.senders.bluesky import BlueskySender

    return BlueskySender(account, state, read_s=read_s)


def _mastodon(account: Network, state: Path, read_s: float) -> Sender:
    from generator.publish.senders.mastodon import MastodonSender

    return MastodonSender(account, read_s=read_s)


def _telegram(account: Network, state: Path, read_s: float) -> Sender:
    from generator.publish.senders.telegram import TelegramSender

    return TelegramSender(account, read_s=read_s)


def _discord(account: Network, state: Path, read_s: float) -> Sender:
    from generator.publish.senders.discord import discord_sender

    return discord_sender(account, read_s=read_s)


def _nostr(account: Network, state: Path, read_s: float) -> Sender:
    from generator.publish.senders.nostr import NostrSender

    return NostrSender(account, read_s=read_s)


ACCOUNTS = {
    "bluesky": Account("bluesky", "bluesky", bluesky.KEYS, {"handle": bluesky.HANDLE}, _bluesky),
    "mastodon": Account("mastodon", "mastodon", mastodon.KEYS, {}, _mastodon),
    "telegram": Account(
        "telegram", "telegram", telegram.KEYS, {"chat_id": telegram.CHAT}, _telegram
    ),
    "discord": Account("discord", "discord", discord.KEYS, {}, _discord),
    "discord bot": Account(
        "discord", "discord", discord.BOT, {"channel_id": discord.CHANNEL}, _discord
    ),
    "nostr": Account(
        "nostr",
        "nostr",
        nostr.KEYS,
        {},
        _nostr,
        ("drop before", "drop after", "slow after", "error before", "error after"),
    ),
}


def rendered(name: str, *texts: str) -> Any:
    """Segments as the network makes them."""
    network = named(name)
    return tuple(network.segment(text) for text in texts)
