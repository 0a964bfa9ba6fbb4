"""Sending to a Mastodon server: threads, pictures with descriptions, reading back, taking back.

The server keeps an `Idempotency-Key` for an hour and sets it after the commit, so that two
requests at once may both pass: what is not known is read back from the account as well.
"""

from __future__ import annotations

import hashlib
import html
import re
import time
from typing import Any
from urllib.parse import urlsplit

from generator.errors import UsageError
from generator.publish.base import (
    Ambiguous,
    Attempt,
    Identity,
    Media,
    NotSent,
    Outcome,
    Part,
    Prepared,
    PublishError,
    Reading,
    Refused,
    Seen,
    Sent,
    Unknown,
    found_among,
    stamp_ms,
)
from generator.publish.secrets import secrets
from generator.publish.senders import server_of
from generator.publish.senders.rest import Rest
from generator.settings import Network

LONGEST_ALT = 1500
PAGE, MOST_PAGES = 40, 3
LOOKS, LOOK_S = 40, 0.5  # how long a picture may take to be worked on


class MastodonSender:
    """One account of one server, with an access token (`write` and `read` scopes)."""

    reads_back = True
    idempotent = False

    def __init__(self, account: Network, *, read_s: float = 30.0) -> None:
        base = server_of(account)
        if not base or not urlsplit(base).hostname:
            todo = "Set networks.mastodon.base_url, such as https://mastodon.social."
            raise UsageError("mastodon", "needs the address of its server", todo)
        token = secrets(account, "access_token")["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        self._rest = Rest("mastodon", base, headers, (token,), read_s)
        self._host = urlsplit(base).netloc
        self._visibility = str(account.options.get("visibility") or "public")
        self._number = ""

    # ---------------------------------------------------------------- the account

    def identity(self) -> Identity:
        me = self._rest.asked("/api/v1/accounts/verify_credentials")
        self._number = str(me.get("id") or "")
        if not self._number:
            raise PublishError("mastodon", "does not say whose token this is", "Make a new one.")
        name = str(me.get("acct") or me.get("username") or "")
        return Identity(f"{self._number}@{self._host}", f"@{name}", str(me.get("url") or ""))

    def newest(self) -> tuple[Seen, ...]:
        return self._statuses(most=10)

    def _statuses(self, *, most: int, since: str = "") -> tuple[Seen, ...]:
        if not self._number:
            self.identity()
        asked: dict[str, Any] = {"limit": most, "exclude_reblogs": "true"}
        if since:
            asked["since_id"] = since
        found: list[Seen] = []
        for _ in range(MOST_PAGES):
            page = self._rest.asked(f"/api/v1/accounts/{self._number}/statuses", params=asked)
            found += [seen_of(status) for status in page]
            if not since or len(page) < most:
                break
            asked["max_id"] = found[-1].id
        return tuple(found)

    # ---------------------------------------------------------------- sending

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        media: list[str] = []
        for picture in part.media:
            given = self._upload(picture)
            if not isinstance(given, str):
                return given
            media.append(given)
        since = part.parent.id if part.parent else ""
        if not since:
            try:
                newest = self.newest()
            except PublishError as error:
                return NotSent(f"its posts cannot be read: {error.what}")
            since = newest[0].id if newest else ""
        token = hashlib.sha256(part.key.encode()).hexdigest()[:40]
        return Prepared(token, tuple(media), since)

    def _upload(self, picture: Media) -> str | NotSent | Refused:
        if len(picture.alt) > LONGEST_ALT:
            return Refused(f"{picture.name} has a description of more than {LONGEST_ALT}")
        files = {"file": (picture.name, picture.data, picture.mime)}
        described = {"description": picture.alt}
        made = self._rest.call("POST", "/api/v2/media", files=files, data=described)
        for _ in range(LOOKS):
            if not isinstance(made, dict):
                break
            number = str(made.get("id") or "")
            if made.get("url") or not number:
                return number or NotSent("the upload of the picture gave no id")
            time.sleep(LOOK_S)  # large pictures are worked on after the answer
            made = self._rest.call("GET", f"/api/v1/media/{number}")
        if isinstance(made, Refused | NotSent):
            return made
        return NotSent("the picture was not taken: " + getattr(made, "reason", "it took too long"))

    def send(self, attempt: Attempt) -> Outcome:
        part, prepared = attempt.part, attempt.prepared
        body: dict[str, Any] = {
            "status": part.segment.text,
            "visibility": self._visibility,
            "language": part.post.lang.partition("-")[0],
        }
        if prepared.media:
            body["media_ids"] = list(prepared.media)
        if part.parent is not None:
            body["in_reply_to_id"] = part.parent.id
        key = {"Idempotency-Key": prepared.token}
        made = self._rest.call("POST", "/api/v1/statuses", json=body, headers=key)
        if isinstance(made, NotSent | Refused | Ambiguous):
            return made
        number = str(made.get("id") or "") if isinstance(made, dict) else ""
        if not number or not isinstance(made, dict):
            return Ambiguous("the answer names no post")
        return Sent(number, str(made.get("url") or ""))

    def reconcile(self, attempt: Attempt) -> Reading:
        try:
            found = self._statuses(most=PAGE, since=attempt.prepared.since)
        except PublishError as error:
            return Unknown(f"its posts cannot be read: {error.what}")
        return found_among(found, attempt.part)

    def retract(self, sent: Sent) -> Outcome:
        return self._rest.taken_back("DELETE", f"/api/v1/statuses/{sent.id}", sent)

    def cost(self, part: Part) -> int:
        return 0


# ---------------------------------------------------------------- what the server shows

BREAK = re.compile(r"<br\s*/?>|</p>\s*<p>", re.IGNORECASE)
MARK = re.compile(r"<[^>]*>")


def plain(content: str) -> str:
    """The text of a status from its HTML: addresses and tags whole, as they were written."""
    return html.unescape(MARK.sub("", BREAK.sub("\n", content)))


def seen_of(status: dict[str, Any]) -> Seen:
    return Seen(
        str(status.get("id") or ""),
        plain(str(status.get("content") or "")),
        stamp_ms(status.get("created_at")),
        str(status.get("in_reply_to_id") or ""),
        str(status.get("url") or ""),
    )
