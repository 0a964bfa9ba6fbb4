"""A Mastodon server by its documented rules: `python -m tests.publish.doubles.mastodon`.

A key of `Idempotency-Key` is kept only where `keyed` says so: after an hour a server has none.
"""

from __future__ import annotations

import html
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from generator.networks.mastodon import length
from tests.publish.doubles.serving import Asked, Planned, Refusal, serve

KEYS = {"access_token": "planted-mastodon-token-000000"}
ME = "42"


@dataclass
class Mastodon(Planned):
    keyed: bool = True
    working: int = 0  # how many looks a picture takes until it is ready
    media: dict[str, dict[str, Any]] = field(default_factory=dict)

    def posting(self, asked: Asked) -> bool:
        return asked.route == "POST /api/v1/statuses"

    def reading(self, asked: Asked) -> bool:
        return asked.path.endswith("/statuses") and asked.method == "GET"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.headers.get("authorization") != f"Bearer {KEYS['access_token']}":
            raise Refusal(401, {"error": "The access token is invalid"})
        if asked.route == "GET /api/v1/accounts/verify_credentials":
            return 200, {"id": ME, "acct": "desk", "url": "https://example.org/@desk"}
        if asked.route == f"GET /api/v1/accounts/{ME}/statuses":
            return 200, self._statuses(asked.query)
        if asked.route == "POST /api/v2/media":
            return self._upload(asked)
        if asked.path.startswith("/api/v1/media/"):
            return self._picture(asked.path.rpartition("/")[2])
        if asked.route == "POST /api/v1/statuses":
            return 200, self._create(asked)
        if asked.method == "DELETE" and asked.path.startswith("/api/v1/statuses/"):
            number = asked.path.rpartition("/")[2]
            gone = [p for p in self.posts if p["id"] == number]
            if not gone:
                raise Refusal(404, {"error": "Record not found"})
            self.posts.remove(gone[0])
            return 200, _status(gone[0])
        raise Refusal(404, {"error": "Not Found"})

    def _create(self, asked: Asked) -> dict[str, Any]:
        body = asked.only("status", "media_ids", "in_reply_to_id", "visibility", "language")
        text, key = body.get("status", ""), asked.headers.get("idempotency-key", "")
        for post in self.posts:
            if self.keyed and key and post["key"] == key:
                return _status(post)
        if not text or length(text) > 500:
            raise Refusal(422, {"error": "Validation failed: Text character limit of 500 exceeded"})
        if body.get("visibility") not in ("public", "unlisted", "private", "direct"):
            raise Refusal(422, {"error": "Validation failed: Visibility"})
        if not (body["language"].isalpha() and 2 <= len(body["language"]) <= 3):
            raise Refusal(422, {"error": "Validation failed: Language"})
        parent = body.get("in_reply_to_id", "")
        if parent and not any(p["id"] == parent for p in self.posts):
            raise Refusal(404, {"error": "The post you are trying to reply to does not exist"})
        media = body.get("media_ids", [])
        if len(media) > 4 or any(not self.media.get(m, {}).get("ready") for m in media):
            raise Refusal(422, {"error": "Cannot attach files that have not finished processing"})
        post = {
            "id": self.number(),
            "text": text,
            "parent": parent,
            "key": key,
            "at": time.time(),
            "media": media,
            "language": body["language"],
            "visibility": body["visibility"],
        }
        self.posts.append(post)
        return _status(post)

    def _upload(self, asked: Asked) -> tuple[int, Any]:
        body = asked.only("description", "focus")
        name, data = asked.files["file"]
        if not data.startswith(b"\x89PNG") or len(body.get("description", "")) > 1500:
            raise Refusal(422, {"error": "Validation failed: File content type is invalid"})
        number = self.number()
        told = {"name": name, "alt": body.get("description", ""), "left": self.working}
        self.media[number] = told | {"ready": not self.working}
        if self.working:
            return 202, {"id": number, "url": None}
        return 200, {"id": number, "url": "https://example.org/picture.png"}

    def _picture(self, number: str) -> tuple[int, Any]:
        found = self.media[number]
        found["left"] -= 1
        found["ready"] = found["left"] <= 0
        if not found["ready"]:
            return 206, {"id": number, "url": None}
        return 200, {"id": number, "url": "https://example.org/picture.png"}

    def _statuses(self, query: dict[str, str]) -> list[dict[str, Any]]:
        if unknown := set(query) - {"limit", "since_id", "max_id", "min_id", "exclude_reblogs"}:
            raise Refusal(400, {"error": str(unknown)})
        since, until = int(query.get("since_id", 0)), int(query.get("max_id", 10**12))
        found = [p for p in self.shown() if since < int(p["id"]) < until]
        return [_status(p) for p in reversed(found)][: min(40, int(query.get("limit", 20)))]


def _status(post: dict[str, Any]) -> dict[str, Any]:
    """As a server shows it: paragraphs, breaks, entities, and tags wrapped in links."""
    paragraphs = html.escape(post["text"]).replace("\n\n", "</p><p>").replace("\n", "<br />")
    words = [
        f'<a href="https://example.org/tags/{w[1:]}" rel="tag">#<span>{w[1:]}</span></a>'
        if w.startswith("#") and w[1:].isalnum()
        else w
        for w in paragraphs.split(" ")
    ]
    return {
        "id": post["id"],
        "content": f"<p>{' '.join(words)}</p>",
        "created_at": datetime.fromtimestamp(post["at"], UTC).isoformat().replace("+00:00", "Z"),
        "in_reply_to_id": post["parent"] or None,
        "url": f"https://example.org/@desk/{post['id']}",
    }


if __name__ == "__main__":
    serve(Mastodon())
