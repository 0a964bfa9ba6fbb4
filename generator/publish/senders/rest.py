"""One request to a network that speaks JSON over HTTP, and what its end means for a post.

Nothing is repeated and no redirect is followed: either would be a second post. No text of a
library's error is passed on, for it may hold an address with a token in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from generator.publish.base import Ambiguous, NotSent, Outcome, PublishError, Refused, Sent
from generator.publish.secrets import without

if TYPE_CHECKING:
    import requests

CONNECT_S, READ_S = 10.0, 30.0
MINUTE = 60_000
NOT_SENT = (400, 401, 402)  # refused as a request: nothing was made of it
REFUSED = (403, 404, 405, 409, 410, 413, 415, 422)

Answered = dict[str, Any] | list[Any]
Failed = NotSent | Refused | Ambiguous


def message_of(body: Any) -> str:
    """What a server says of a failure, under any of the usual names."""
    if not isinstance(body, dict):
        return ""
    told = (body.get(k) for k in ("error_description", "description", "message", "error"))
    return next((str(t) for t in told if t), "")


@dataclass
class Rest:
    """One server. hidden: secrets that no message may show; wait: when a 429 ends, in ms from now,
    as its body tells; None where it does not."""

    network: str
    base: str = field(repr=False)  # Telegram's and a webhook's hold a token
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)
    read_s: float = READ_S
    wait: Callable[[Any], int | None] = lambda body: None

    def __post_init__(self) -> None:
        from generator.publish.senders.http import quiet

        quiet()
        self.base = self.base.rstrip("/")

    def call(self, method: str, route: str, **more: Any) -> Answered | Failed:
        """The answer's JSON, or what the failure means. more: as `requests.request` takes it."""
        import requests

        from generator.publish.senders.http import never_left

        try:
            given = self._send(method, route, more)
        except requests.exceptions.RequestException as error:
            kind = type(error).__name__
            return NotSent(f"no connection ({kind})") if never_left(error) else Ambiguous(kind)
        except UnicodeError:  # a key with a character that no header takes
            return NotSent("its keys hold characters that cannot be sent")
        try:
            body = given.json()
        except ValueError:
            body = None
        if given.status_code == 204:
            return {}
        if 200 <= given.status_code < 300:
            return body if isinstance(body, dict | list) else Ambiguous("the answer is no JSON")
        return self._meaning(given, body)

    def asked(self, route: str, **more: Any) -> Any:
        """What a GET gives. Raises PublishError."""
        found = self.call("GET", route, **more)
        if isinstance(found, dict | list):
            return found
        raise PublishError(self.network, found.reason, "Nothing was sent. `commentary doctor`")

    def taken_back(self, method: str, route: str, sent: Sent, **more: Any) -> Outcome:
        """Asks for a post to be deleted: the post itself where it was, else why it was not."""
        gone = self.call(method, route, **more)
        return sent if isinstance(gone, dict | list) else gone

    def _send(self, method: str, route: str, more: dict[str, Any]) -> requests.Response:
        import requests

        from generator.publish.senders import is_loopback

        headers = {**self.headers, **more.pop("headers", {})}
        with requests.Session() as session:
            # What is to stay on this machine passes no proxy.
            session.trust_env = not is_loopback(self.base)
            return session.request(
                method,
                self.base + route,
                headers=headers,
                timeout=(CONNECT_S, self.read_s),
                allow_redirects=False,
                **more,
            )

    def _meaning(self, given: requests.Response, body: Any) -> Failed:
        status = given.status_code
        said = message_of(body) or str(given.reason or "")
        reason = f"{status} {without(said, self.hidden)}".strip()
        if status == 429:
            now = int(time.time() * 1000)
            told = self.wait(body)
            return NotSent(reason, now + told if told is not None else reset(given.headers, now))
        if status in NOT_SENT:
            return NotSent(reason)
        return Refused(reason) if status in REFUSED else Ambiguous(reason)


def reset(headers: Mapping[str, str], now: int) -> int:
    """When a limit ends (ms): as `Retry-After` tells in seconds or as a date, else in a minute."""
    told = headers.get("retry-after", "").strip()
    if told.replace(".", "", 1).isdigit() and len(told) < 8:
        return now + int(float(told) * 1000)
    try:
        return max(now, int(parsedate_to_datetime(told).timestamp() * 1000))
    except (TypeError, ValueError):
        return now + MINUTE
