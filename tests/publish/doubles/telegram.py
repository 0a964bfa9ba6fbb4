"""Telegram's bot interface by its documented rules: `python -m tests.publish.doubles.telegram`."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from tests.publish.doubles.serving import Asked, Planned, Refusal, serve

KEYS = {"bot_token": "12345:planted-telegram-token-000"}
CHAT = "@desk"


@dataclass
class Telegram(Planned):
    private: bool = False  # a chat without a public name
    limited: int = 0  # seconds of a limit that holds now

    def posting(self, asked: Asked) -> bool:
        return asked.path.endswith(("/sendMessage", "/sendPhoto"))

    def answer(self, asked: Asked) -> tuple[int, Any]:
        start = f"/bot{KEYS['bot_token']}/"
        if not asked.path.startswith(start):
            raise Refusal(401, _no(401, "Unauthorized"))
        if self.limited:
            raise Refusal(
                429, _no(429, "Too Many Requests") | {"parameters": {"retry_after": self.limited}}
            )
        does = asked.path.removeprefix(start)
        if does == "getMe":
            return 200, _yes({"id": 12345, "is_bot": True, "username": "desk_bot"})
        if does == "getChat":
            self._chat(asked.query)
            name = {"title": "Desk"} if self.private else {"title": "Desk", "username": "desk"}
            return 200, _yes({"id": -1001, "type": "channel"} | name)
        if does == "sendMessage":
            return 200, _yes(self._message(asked))
        if does == "sendPhoto":
            return 200, _yes(self._photo(asked))
        if does == "deleteMessage":
            body = asked.only("chat_id", "message_id")
            kept = [p for p in self.posts if p["id"] != str(body["message_id"])]
            if len(kept) == len(self.posts):
                raise Refusal(400, _no(400, "Bad Request: message to delete not found"))
            self.posts = kept
            return 200, _yes(True)
        raise Refusal(404, _no(404, "Not Found"))

    def _chat(self, given: dict[str, Any]) -> None:
        if given.get("chat_id") != CHAT:
            raise Refusal(400, _no(400, "Bad Request: chat not found"))

    def _message(self, asked: Asked) -> dict[str, Any]:
        names = ("chat_id", "text", "entities", "reply_parameters", "link_preview_options")
        body = asked.only(*names)
        return self._take(body, body.get("text", ""), body.get("entities", []), 4096, "")

    def _photo(self, asked: Asked) -> dict[str, Any]:
        body = asked.only("chat_id", "caption", "caption_entities", "reply_parameters")
        if not asked.files["photo"][1].startswith(b"\x89PNG"):
            raise Refusal(400, _no(400, "Bad Request: IMAGE_PROCESS_FAILED"))
        entities = json.loads(body.get("caption_entities", "[]"))
        if "reply_parameters" in body:
            body["reply_parameters"] = json.loads(body["reply_parameters"])
        return self._take(body, body.get("caption", ""), entities, 1024, asked.files["photo"][0])

    def _take(
        self, body: dict[str, Any], text: str, entities: list[dict[str, Any]], most: int, photo: str
    ) -> dict[str, Any]:
        self._chat(body)
        units = text.encode("utf-16-le")
        if not text.strip():
            raise Refusal(400, _no(400, "Bad Request: message text is empty"))
        if len(units) // 2 > most:
            raise Refusal(400, _no(400, "Bad Request: message is too long"))
        marked = []
        for e in entities:
            piece = units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
            first = {"hashtag": "#", "cashtag": "$", "url": "h"}.get(e["type"])
            if first is None or not piece.startswith(first):
                raise Refusal(400, _no(400, "Bad Request: can't parse entities"))
            marked.append(piece)
        parent = str(body.get("reply_parameters", {}).get("message_id", ""))
        if parent and not any(p["id"] == parent for p in self.posts):
            raise Refusal(400, _no(400, "Bad Request: message to be replied not found"))
        post = {
            "id": self.number(), "text": text, "parent": parent, "at": time.time(),
            "marked": marked, "photo": photo,
        }  # fmt: skip
        self.posts.append(post)
        return {"message_id": int(post["id"]), "date": int(post["at"])}


def _yes(result: Any) -> dict[str, Any]:
    return {"ok": True, "result": result}


def _no(code: int, said: str) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": said}


if __name__ == "__main__":
    serve(Telegram())
