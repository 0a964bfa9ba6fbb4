"""Discord's routes of messages by their documented rules: `python -m tests.publish.doubles.discord`.

`nonces` says whether `enforce_nonce` still holds: after some minutes it does not.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.publish.doubles.serving import Asked, Planned, Refusal, serve

HOOK, TOKEN, CHANNEL = "555", "planted-hook-token-000000", "777"
KEYS = {"webhook_secret": f"https://discord.com/api/webhooks/{HOOK}/{TOKEN}"}
BOT = {"bot_token": "planted-bot-token-000000"}
ME = {"id": "99", "username": "desk", "bot": True}
BODY = (
    "content", "allowed_mentions", "attachments", "nonce", "enforce_nonce", "message_reference",
    "embeds", "flags",
)  # fmt: skip


@dataclass
class Discord(Planned):
    nonces: bool = True
    limited: float = 0.0

    def posting(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path != "/_control"

    def reading(self, asked: Asked) -> bool:
        return asked.route == f"GET /channels/{CHANNEL}/messages"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if self.limited:
            said = {"message": "You are being rate limited.", "retry_after": self.limited}
            raise Refusal(429, said)
        if asked.path.startswith("/webhooks/"):
            return self._hook(asked)
        if asked.headers.get("authorization") != f"Bot {BOT['bot_token']}":
            raise Refusal(401, {"message": "401: Unauthorized", "code": 0})
        if asked.route == "GET /users/@me":
            return 200, ME
        if asked.route == f"GET /channels/{CHANNEL}":
            return 200, {"id": CHANNEL, "guild_id": "888"}
        if asked.route == f"GET /channels/{CHANNEL}/messages":
            return 200, self._messages(asked.query)
        if asked.route == f"POST /channels/{CHANNEL}/messages":
            return 200, self._create(asked, ME["id"])
        if asked.method == "DELETE":
            return self._delete(asked.path.rpartition("/")[2])
        raise Refusal(404, {"message": "404: Not Found", "code": 0})

    def _hook(self, asked: Asked) -> tuple[int, Any]:
        start = f"/webhooks/{HOOK}/{TOKEN}"
        if not asked.path.startswith(start):
            raise Refusal(404, {"message": "Unknown Webhook", "code": 10015})
        if asked.method == "GET" and asked.path == start:
            told = {"id": HOOK, "name": "Desk", "channel_id": CHANNEL, "guild_id": "888"}
            return 200, told | {"token": TOKEN}
        if asked.method == "DELETE":
            return self._delete(asked.path.rpartition("/")[2])
        if asked.method == "POST" and asked.path == start:
            message = self._create(asked, HOOK)
            return (200, message) if asked.query.get("wait") == "true" else (204, None)
        raise Refusal(404, {"message": "404: Not Found", "code": 0})

    def _delete(self, number: str) -> tuple[int, Any]:
        kept = [p for p in self.posts if p["id"] != number]
        if len(kept) == len(self.posts):
            raise Refusal(404, {"message": "Unknown Message", "code": 10008})
        self.posts = kept
        return 204, None

    def _create(self, asked: Asked, author: str) -> dict[str, Any]:
        if asked.files:
            asked.body = json.loads(asked.body["payload_json"])
        body = asked.only(*BODY)
        text, nonce = body.get("content", ""), body.get("nonce", "")
        if not text or len(text) > 2000:
            raise Refusal(400, {"message": "Invalid Form Body", "code": 50035})
        if len(str(nonce)) > 25 or (author == HOOK and "message_reference" in body):
            raise Refusal(400, {"message": "Invalid Form Body", "code": 50035})
        for post in self.posts:
            if self.nonces and body.get("enforce_nonce") and nonce and post["nonce"] == nonce:
                return _message(post)
        parent = body.get("message_reference", {}).get("message_id", "")
        if parent and not any(p["id"] == parent for p in self.posts):
            raise Refusal(400, {"message": "Unknown message", "code": 50035})
        told = {str(a["id"]): a.get("description", "") for a in body.get("attachments", [])}
        if set(told) != {name.strip("files[]") for name in asked.files}:
            raise Refusal(400, {"message": "attachments do not fit", "code": 50035})
        post = {
            "id": self.number(), "text": text, "parent": parent, "nonce": nonce,
            "author": author, "at": time.time(), "alts": list(told.values()),
        }  # fmt: skip
        self.posts.append(post)
        return _message(post)

    def _messages(self, query: dict[str, str]) -> list[dict[str, Any]]:
        if unknown := set(query) - {"limit", "after", "before", "around"}:
            raise Refusal(400, {"message": str(unknown), "code": 50035})
        found = [p for p in self.shown() if int(p["id"]) > int(query.get("after", 0))]
        return [_message(p) for p in reversed(found)][: int(query.get("limit", 50))]


def _message(post: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "id": post["id"],
        "channel_id": CHANNEL,
        "content": post["text"],
        "author": {"id": post["author"]},
        "timestamp": datetime.fromtimestamp(post["at"], UTC).isoformat(),
    }
    return shown | ({"message_reference": {"message_id": post["parent"]}} if post["parent"] else {})


if __name__ == "__main__":
    serve(Discord())
