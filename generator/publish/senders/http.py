"""Requests to a network's server: another address in its place, time-outs, and what became of one.

tweepy and others write the host into the code and set no time-out; both are mended by an adapter.
"""

from __future__ import annotations

import logging
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from generator.publish.senders import is_loopback
from generator.publish.senders.rest import CONNECT_S, READ_S

# At DEBUG these write headers and bodies, and with them tokens.
TALKATIVE = (
    "tweepy", "tweepy.client", "tweepy.auth", "tweepy.api", "requests_oauthlib",
    "requests_oauthlib.oauth1_auth", "requests_oauthlib.oauth1_session",
    "requests_oauthlib.oauth2_session", "oauthlib", "oauthlib.oauth1.rfc5849",
    "oauthlib.oauth2.rfc6749", "urllib3", "urllib3.connectionpool",
)  # fmt: skip


class Elsewhere(HTTPAdapter):
    """Sends every request to `base` in place of its own host, with time-outs; never again."""

    def __init__(self, base: str = "", *, read_s: float = READ_S) -> None:
        super().__init__(max_retries=0)
        self._base, self._read_s = base.rstrip("/"), read_s

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        if self._base:
            request.url = self._base + request.path_url
        if is_loopback(self._base):
            options["proxies"] = {}  # what is to stay on this machine takes no way around
        options["timeout"] = (CONNECT_S, self._read_s)
        return super().send(request, **options)


def quiet() -> None:
    """Keeps the libraries from logging what they send, whatever level is asked for."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def settle(session: requests.Session, host: str, base: str, read_s: float = READ_S) -> None:
    """Sends what a session has for `host` to `base`, follows no redirect, repeats nothing."""
    session.mount(host, Elsewhere(base, read_s=read_s))
    # A 307 would make it send a post a second time.
    session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]


def never_left(error: BaseException) -> bool:
    """Whether a request certainly did not leave the machine: no connection, no name."""
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
