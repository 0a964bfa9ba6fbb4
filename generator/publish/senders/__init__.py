"""What sends: one module for each network whose sending takes more than a few lines.

A network's own module (`generator/networks/NAME.py`, or the one that another package's entry point
names) has the function `sender` that leads here.
"""

from __future__ import annotations

import importlib
import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import UsageError
from generator.publish.base import Sender
from generator.settings import Network

ACCOUNTS = "accounts"  # a folder beside the ledger, for what a login gives


def sender_of(settings: Network, state: Path) -> Sender:
    """The sender of a network's account; `state` is the ledger's folder.

    Raises UsageError for a network that cannot send by itself, or whose keys are missing.
    """
    from generator.networks import module_of

    make = getattr(importlib.import_module(module_of(settings.name)), "sender", None)
    if make is None:
        todo = "Hand its text over: `--by link`, `--by clipboard` or `--by file`."
        raise UsageError(settings.name, "takes no posts from programs", todo)
    sender: Sender = make(settings, state / ACCOUNTS)
    return sender


def stays_here(settings: Network) -> bool:
    """Whether a network's base_url is this machine itself: all that a replay may be sent to."""
    return is_loopback(settings.base_url or "")


def server_of(settings: Network) -> str:
    """The server that stands in for a network's own; "" for none.

    Raises UsageError for one that keys would travel to unencrypted.
    """
    base = settings.base_url or ""
    if base and not is_loopback(base) and urlsplit(base).scheme != "https":
        what = "would take your keys unencrypted"
        raise UsageError(f"networks.{settings.name}.base_url", what, "Give an https:// address.")
    return base


def is_loopback(url: str) -> bool:
    """Whether an address is of this machine itself; such requests pass no proxy."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
