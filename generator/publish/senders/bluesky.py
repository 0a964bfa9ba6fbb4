"""Sending to Bluesky through atproto: facets, threads, pictures, a record key chosen beforehand.

A post is a record whose key and time are fixed and written down before the call. A second record
under the same key is refused by the server, and reading that key tells whether there is one: no
request can make a second post, however often it is sent.
"""

from __future__ import annotations

import json
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
from generator.publish.secrets import secret
from generator.publish.senders import is_loopback, server_of
from generator.publish.senders.bluesky_login import Kept
from generator.publish.senders.bluesky_records import POSTS, meaning, record, record_key, seen_of
from generator.settings import Network

HOST = "https://bsky.social"
LARGEST_PICTURE = 1_000_000


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
        server = server_of(account) or HOST
        request = Request(
            timeout=httpx.Timeout(read_s, connect=10.0),
            trust_env=not is_loopback(server),
        )
        request._client.follow_redirects = False
        self._client = Client(server, request=request)
        if account.base_url:
            # A session names the account's own server, and atproto would go there instead; what
            # was told to stay at one address stays.
            self._client._update_pds_endpoint = lambda endpoint: None
        self._kept = Kept(state / "bluesky.json", server, handle, password)
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

        return tuple(seen_of(record) for record in self._asked(records).records)

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
        if part.parent is not None:
            for name, answered in (("root", part.root or part.parent), ("parent", part.parent)):
                known = self._known(answered)
                if not isinstance(known, Sent):
                    return known
                extra |= {name: known.id, f"{name} cid": known.extra["cid"]}
        return Prepared(record_key(part.key, started), tuple(media), "", extra)

    def _known(self, sent: Sent) -> Sent | NotSent | Refused:
        """A post with its content hash, which a person who settled it did not tell."""
        if sent.extra.get("cid"):
            return sent

        def read() -> Any:
            key = sent.id.rstrip("/").rpartition("/")[2]
            asked = {"repo": self._did(), "collection": POSTS, "rkey": key}
            return self._client.com.atproto.repo.get_record(asked)

        found = self._tried(read)
        if isinstance(found, NotSent | Refused | Ambiguous):
            if "RecordNotFound" in found.reason or "Invalid" in found.reason:
                hint = "Tell its address: `commentary outbox resolve`."
                return Refused(f"{sent.id!r} is no post of this account", hint)
            return NotSent(found.reason)
        return self._sent(found.uri, found.cid)

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
