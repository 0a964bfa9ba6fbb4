"""Whether there is a network at all. A few seconds here spare every source its own time-out."""

from __future__ import annotations

import os
import queue
import socket
import threading
from urllib.parse import urlsplit

from generator.collect.faults import Fault
from generator.collect.settings import CollectSettings

KNOWN = (("api.binance.com", 443), ("www.okx.com", 443), ("api.coingecko.com", 443))
PATIENCE_S = 4.0
NO_NETWORK = Fault("failed", "no network: no known host could be reached", host=True)


def places(settings: CollectSettings) -> tuple[tuple[str, int], ...]:
    """What every request has to pass: the prefix's host, else the proxy's, else known hosts."""
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or ""
    through = settings.url_prefix or proxy
    if not through:
        return KNOWN
    parts = urlsplit(through if "://" in through else f"http://{through}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return ((parts.hostname, port),) if parts.hostname else KNOWN


def reachable(settings: CollectSettings) -> bool:
    """True as soon as one place accepts a connection; False when all refuse or 4 s have passed.

    Plain daemon threads: a resolver that hangs would keep an event loop from ending.
    """
    asked = places(settings)
    answers: queue.Queue[bool] = queue.Queue()

    def knock(host: str, port: int) -> None:
        try:
            socket.create_connection((host, port), timeout=PATIENCE_S).close()
        except OSError:
            answers.put(False)
        else:
            answers.put(True)

    for place in asked:
        threading.Thread(target=knock, args=place, daemon=True).start()
    try:
        return any(answers.get(timeout=PATIENCE_S) for _ in asked)
    except queue.Empty:
        return False
