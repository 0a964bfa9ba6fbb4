"""Posts as Bluesky keeps them: records, their keys, and what a server's failures mean."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from generator.publish.base import (
    Ambiguous,
    Attempt,
    Media,
    NotSent,
    Refused,
    Seen,
    stamp_ms,
)
from generator.publish.secrets import without
from generator.publish.senders.rest import MINUTE

POSTS = "app.bsky.feed.post"
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


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
    if "parent" in prepared.extra:
        made["reply"] = {
            name: {"uri": prepared.extra[name], "cid": prepared.extra[f"{name} cid"]}
            for name in ("root", "parent")
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


def seen_of(record: Any) -> Seen:
    value = record.value
    reply = getattr(value, "reply", None)
    at = stamp_ms(getattr(value, "created_at", ""))
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
