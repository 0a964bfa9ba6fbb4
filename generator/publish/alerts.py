"""Plain alerts to the operator: a run failed, an approval waits, an outcome is uncertain.

They go wherever Apprise can reach: a mail, a chat, a phone. No address of theirs is ever shown, for
each holds a key; a failed alert stops nothing.
"""

from __future__ import annotations

import logging
from typing import Any

from generator.errors import UsageError
from generator.publish.base import PublishError
from generator.settings import Config

VARIABLE = "COMMENTARY_ALERT_URLS"


def alert(config: Config, title: str, text: str) -> bool:
    """Tells the operator; False where nobody is to be told.

    Raises UsageError for an address that is none or without the package apprise, PublishError
    where not every address took it.
    """
    wanted = (config.secrets.alert_urls or "").split()
    if not wanted:
        return False
    reached = _reached(wanted)
    # At DEBUG, apprise and urllib3 log addresses and what is sent to them.
    for name in ("apprise", "urllib3", "urllib3.connectionpool", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if not reached.notify(title=title, body=text):
        count = f"{len(wanted)} addresses" if len(wanted) > 1 else "address"
        todo = f"Try {VARIABLE} with apprise's own command; what the alert said stands above."
        raise PublishError("alerts", f"did not reach every one of the {count}", todo)
    return True


def check(config: Config) -> int:
    """How many addresses there are. Raises UsageError for one that is none; sends nothing."""
    wanted = (config.secrets.alert_urls or "").split()
    if wanted:
        _reached(wanted)
    return len(wanted)


def _reached(wanted: list[str]) -> Any:
    try:
        import apprise
    except ImportError:
        todo = "pip install 'market-commentary[alerts]'"
        raise UsageError(VARIABLE, "needs the package apprise", todo) from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    reached = apprise.Apprise()
    for place, address in enumerate(wanted, 1):
        if not reached.add(address):
            what = f"its address {place} is none that apprise knows"
            raise UsageError(VARIABLE, what, "Addresses stand with blanks between them.")
    return reached
