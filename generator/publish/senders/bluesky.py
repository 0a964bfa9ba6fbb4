"""Sending to Bluesky through atproto: facets, threads, pictures, a record key chosen beforehand.

A post is a record whose key and time are fixed and written down before the call. A second record
under the same key is refused by the server, and reading that key tells whether there is one: no
request can make a second post, however often it is sent.
"""

from __future__ import annotations

import hashlib
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generator.errors import UsageError
from generator.publish.base import (
    Absent,
    Ambiguous,
    Attempt,
    Found,
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
)
from generator.publish.secrets import secret, without
from generator.publish.senders import is_loopback
from generator.publish.senders.bluesky_login import Kept
from generator.publish.senders.rest import MINUTE
from generator.settings import Network

HOST = "https://bsky.social"
POSTS = "app.bsky.feed.post"
LARGEST_PICTURE = 1_000_000
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


class BlueskySender:
    """One account: its handle and an app password, on its own server (PDS)."""

    reads_back = True
    idempotent = True

    def __init__(self, account: Network, state: Path, *, read_s: float = 30.0) -> None:
        try:
            import httpx
            from atproto import Client, Request
        except ImportError:
            todo = "pip install 'market-commentary[bluesky]'"
            raise UsageError("bluesky", "needs the package atproto", todo) from None
        from generator.publish.senders.http import quiet

        quiet()
        handle = str(account.options.get("handle") or "")
        password = secret(account, "app_password")
        if not handle or not password:
            todo = (
                "Set networks.bluesky.handle, and COMMENTARY_NETWORKS__BLUESKY__APP_PASSWORD in"
                " .env; docs/accounts.md tells how."
            )
            raise UsageError("bluesky", "has no keys of its account", todo)
        # atproto sets no time-out of its own, and follows redirects: a post might go twice.
        request = Request(
            timeout=httpx.Timeout(read_s, connect=10.0),
            trust_env=not is_loopback(account.base_url or HOST),
        )
        request._client.follow_redirects = False
        self._client = Client(account.base_url or HOST, request=request)
        if account.base_url:
            # A session names the account's own server, and atproto would go there instead; what
            # was told to stay at one address stays.
            self._client._update_pds_endpoint = lambda endpoint: None
        self._kept = Kept(state / "bluesky.json", account.base_url or HOST, handle, password)
        self._hidden = (password,)

    # ---------------------------------------------------------------- the account

    def identity(self) -> Identity:
        def me() -> Identity:
            self._kept.log_in(self._client)
            found = self._client.com.atproto.server.get_session()
            return Identity(found.did, f"@{found.handle}", f"https://bsky.app/profile/{found.did}")

        found: Identity = self._asked(me)
        return found

    def newest(self) -> tuple[Seen, ...]:
        def records() -> Any:
            asked = {"repo": self._did(), "collection": POSTS, "limit": 10}
            return self._client.com.atproto.repo.list_records(asked)

        return tuple(_seen(record) for record in self._asked(records).records)

    def _did(self) -> str:
        return self._kept.log_in(self._client)

    # ---------------------------------------------------------------- sending

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        media: list[str] = []
        for picture in part.media:
            given = self._upload(picture)
            if not isinstance(given, str):
                return given
            media.append(given)
        at = datetime.fromtimestamp(started / 1000, UTC).isoformat(timespec="milliseconds")
        extra = {"createdAt": at.replace("+00:00", "Z")}
        return Prepared(record_key(part.key, started), tuple(media), "", extra)

    def _upload(self, picture: Media) -> str | NotSent | Refused:
        if len(picture.data) > LARGEST_PICTURE:
            return Refused(f"{picture.name} is larger than 1 MB", "Approve it with --no-chart.")

        def uploaded() -> str:
            self._did()
            given = self._client.com.atproto.repo.upload_blob(
                picture.data, headers={"Content-Type": picture.mime}
            )
            return json.dumps(given.blob.model_dump(by_alias=True, exclude_none=True))

        made = self._tried(uploaded)
        return NotSent(made.reason) if isinstance(made, Ambiguous) else made

    def send(self, attempt: Attempt) -> Outcome:
        def created() -> Sent:
            made = self._client.com.atproto.repo.create_record(
                {
                    "repo": self._did(),
                    "collection": POSTS,
                    "rkey": attempt.prepared.token,
                    "record": record(attempt),
                }
            )
            return self._sent(made.uri, made.cid)

        made: Outcome = self._tried(created)
        return made

    def reconcile(self, attempt: Attempt) -> Reading:
        def read() -> Any:
            asked = {"repo": self._did(), "collection": POSTS, "rkey": attempt.prepared.token}
            return self._client.com.atproto.repo.get_record(asked)

        found = self._tried(read)
        if isinstance(found, NotSent) and "RecordNotFound" in found.reason:
            return Absent()
        if isinstance(found, NotSent | Refused | Ambiguous):
            return Unknown(f"its record cannot be read: {found.reason}")
        return Found(self._sent(found.uri, found.cid))

    def retract(self, sent: Sent) -> Outcome:
        def deleted() -> Sent:
            key = {"repo": self._did(), "collection": POSTS, "rkey": sent.id.rpartition("/")[2]}
            self._client.com.atproto.repo.delete_record(key)
            return sent

        gone: Outcome = self._tried(deleted)
        return gone

    def cost(self, part: Part) -> int:
        return 0

    # ---------------------------------------------------------------- one request

    def _sent(self, uri: str, cid: str | None) -> Sent:
        did, key = uri.split("/")[2], uri.rpartition("/")[2]
        return Sent(uri, f"https://bsky.app/profile/{did}/post/{key}", {"cid": cid or ""})

    def _tried(self, does: Any) -> Any:
        """What a request gives, or what its failure means."""
        import httpx
        from atproto_client.exceptions import AtProtocolError

        try:
            return does()
        except (AtProtocolError, httpx.HTTPError) as error:
            self._kept.forget_if_stale(error)
            return meaning(error, (*self._hidden, *self._kept.hidden))

    def _asked(self, does: Any) -> Any:
        """As `_tried`. Raises PublishError."""
        found = self._tried(does)
        if isinstance(found, NotSent | Refused | Ambiguous):
            todo = "`commentary doctor` tests the account; nothing was sent."
            raise PublishError("bluesky", found.reason, todo)
        return found


# ---------------------------------------------------------------- records


def record_key(key: str, started: int) -> str:
    """A key for ever (a TID): the moment of the attempt (ms), made the segment's own by its key."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    micros = started * 1000 + digest % 1000
    number = (micros << 10) | (digest // 1000 % 1024)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(12, -1, -1))


def record(attempt: Attempt) -> dict[str, Any]:
    """The post as Bluesky keeps it: the same bytes whenever it is made of the same attempt."""
    part, prepared = attempt.part, attempt.prepared
    made: dict[str, Any] = {
        "$type": POSTS,
        "text": part.segment.text,
        "createdAt": prepared.extra["createdAt"],
        "langs": [part.post.lang],
    }
    facets = [_facet(f.kind, f.start, f.end, f.value) for f in part.segment.facets]
    if facets:
        made["facets"] = facets
    if part.parent is not None:
        root = part.root or part.parent
        made["reply"] = {
            "root": {"uri": root.id, "cid": root.extra["cid"]},
            "parent": {"uri": part.parent.id, "cid": part.parent.extra["cid"]},
        }
    if prepared.media:
        images = [
            {"image": json.loads(blob), "alt": picture.alt} | _ratio(picture)
            for blob, picture in zip(prepared.media, part.media, strict=True)
        ]
        made["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    return made


def _facet(kind: str, start: int, end: int, value: str) -> dict[str, Any]:
    link = kind == "link"
    feature = {"$type": "app.bsky.richtext.facet#" + ("link" if link else "tag")}
    feature["uri" if link else "tag"] = value
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def _ratio(picture: Media) -> dict[str, Any]:
    """Width and height of a PNG, so that readers see it uncropped while it loads."""
    if not picture.data.startswith(b"\x89PNG\r\n\x1a\n") or len(picture.data) < 24:
        return {}
    width, height = (int.from_bytes(picture.data[a : a + 4], "big") for a in (16, 20))
    return {"aspectRatio": {"width": width, "height": height}} if width and height else {}


def _seen(record: Any) -> Seen:
    value = record.value
    reply = getattr(value, "reply", None)
    try:
        at = int(datetime.fromisoformat(value.created_at).timestamp() * 1000)
    except (AttributeError, ValueError):
        at = 0
    parent = reply.parent.uri if reply else ""
    return Seen(record.uri, str(getattr(value, "text", "")), at, parent)


def meaning(error: Any, hidden: tuple[str, ...]) -> NotSent | Refused | Ambiguous:
    """What a failure of atproto's means for what was asked."""
    import httpx
    from atproto_client.exceptions import LoginRequiredError

    response = getattr(error, "response", None)
    if response is None:
        cause = error.__cause__ or error
        if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
            return NotSent(f"no connection ({type(cause).__name__})")
        if isinstance(error, LoginRequiredError):
            return NotSent("is not logged in to")
        return Ambiguous(type(cause).__name__)
    reason = without(str(error), hidden)  # it begins with the status
    if response.status_code == 429:
        end = str(response.headers.get("ratelimit-reset", ""))
        now = int(time.time() * 1000)
        return NotSent(reason, int(end) * 1000 if end.isdigit() and len(end) < 12 else now + MINUTE)
    if response.status_code in (400, 401, 402):
        return NotSent(reason)
    return Refused(reason) if response.status_code < 500 else Ambiguous(reason)
