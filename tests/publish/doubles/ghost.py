"""Ghost's Admin API by what version 6 of it was seen to do: tokens, slugs, `updated_at`, images."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.publish.doubles.serving import Asked, Planned, Refusal

KEYS = {"admin_key": "64f0c0ffee00000000000001:" + "ab12" * 16}
POSTS = "/ghost/api/admin/posts/"
KNOWN = ("id", "title", "html", "slug", "status", "tags", "updated_at")


@dataclass
class Ghost(Planned):
    images: list[bytes] = field(default_factory=list)

    def posting(self, asked: Asked) -> bool:
        return asked.method in ("POST", "PUT") and asked.path.startswith(POSTS)

    def reading(self, asked: Asked) -> bool:
        return asked.method == "GET" and "/slug/" in asked.path

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/ghost/api/admin/site/":
            return 200, {"site": {"title": "Desk", "url": "http://127.0.0.1/"}}
        _token(asked.headers.get("authorization", ""))
        if asked.path == "/ghost/api/admin/images/upload/":
            name, data = asked.files["file"]
            if not data.startswith(b"\x89PNG"):
                raise _no(415, "UnsupportedMediaTypeError")
            self.images.append(data)
            return 201, {"images": [{"url": f"http://127.0.0.1/content/{len(self.images)}-{name}"}]}
        if asked.method == "POST":
            return 201, {"posts": [self._made(_page(asked))]}
        if asked.method == "GET" and asked.path == POSTS:
            return 200, {"posts": [_shown(p) for p in reversed(self.shown())]}
        found = self._found(asked.path.removeprefix(POSTS).strip("/"))
        if asked.method == "PUT":
            given = _page(asked)
            if given.get("updated_at") != found["updated_at"]:
                raise _no(409, "UpdateCollisionError", "Someone else is editing this post.")
            found |= given | {"updated_at": self._stamp()}
        if asked.method == "DELETE":
            self.posts.remove(found)
            return 204, None
        return 200, {"posts": [_shown(found)]}

    def _made(self, given: dict[str, Any]) -> dict[str, Any]:
        slug, n = given.get("slug") or "untitled", 2
        while any(p["slug"] == given["slug"] for p in self.posts):
            given["slug"], n = f"{slug}-{n}", n + 1
        now = time.time()
        post = {"status": "draft", "url": f"http://127.0.0.1/p/{given['slug']}/"} | given
        post |= {
            "id": self.number(),
            "updated_at": self._stamp(),
            "created_at": _iso(now),
            "at": now,
        }
        self.posts.append(post)
        return _shown(post)

    def _found(self, which: str) -> dict[str, Any]:
        slug = which.removeprefix("slug/")
        for post in self.shown() if which != slug else self.posts:
            if slug in (post["slug"], post["id"]):
                return post
        raise _no(404, "NotFoundError", "Resource not found error, cannot read post.")

    def _stamp(self) -> str:
        self.count += 1
        return f"2026-11-23T07:{self.count // 60 % 60:02d}:{self.count % 60:02d}.000Z"


def _page(asked: Asked) -> dict[str, Any]:
    if asked.query.get("source", "html") != "html":
        raise _no(422, "ValidationError")
    (page,) = asked.only("posts")["posts"]
    return asked.only(*KNOWN, of=page)


def _shown(post: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in post.items() if k != "at"} | {"plaintext": post.get("html", "")}


def _iso(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def _no(status: int, kind: str, said: str = "refused") -> Refusal:
    return Refusal(status, {"errors": [{"message": said, "type": kind}]})


def _token(given: str) -> None:
    """Refuses what Ghost would: another key, another audience, a token of more than five minutes."""
    key, _, secret = KEYS["admin_key"].partition(":")
    try:
        kind, token = given.split(" ")
        head, claims, mac = (base64.urlsafe_b64decode(p + "==") for p in token.split("."))
        signed = token.rpartition(".")[0].encode()
        right = hmac.new(bytes.fromhex(secret), signed, hashlib.sha256).digest()
        told, said = json.loads(head), json.loads(claims)
        fresh = 0 < said["exp"] - said["iat"] <= 300 and abs(said["iat"] - time.time()) < 60
        good = kind == "Ghost" and hmac.compare_digest(mac, right) and fresh
        if not (
            good and told == {"alg": "HS256", "kid": key, "typ": "JWT"} and said["aud"] == "/admin/"
        ):
            raise ValueError
    except ValueError:
        raise _no(401, "UnauthorizedError", "Invalid token") from None
