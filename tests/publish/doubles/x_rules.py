"""What X does with a request, by its documented rules: stricter than a mock, and never lenient."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import time
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from generator.networks.twitter_text import weighted_length

ME = {"id": "1111", "username": "desk", "name": "The desk"}
CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?![A-Za-z0-9])")
LINK = re.compile(r"https?://\S+")
EPOCH = 1_288_834_974_657


@dataclass
class Refusal(Exception):
    """An answer that is no success."""

    status: int
    detail: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Post:
    id: str
    text: str
    parent: str
    at: float
    media: tuple[str, ...] = ()
    author: str = ME["id"]


@dataclass
class Rules:
    """One account's X. lag: seconds until a post shows on the timeline. credits: posts that may
    still be made; duplicates: whether a repeated text is refused."""

    lag: float = 0.0
    duplicates: bool = True
    credits: int = 10**9
    limit: int = 10**9
    faults: list[str] = field(default_factory=list)
    read_faults: list[str] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    count: int = 0

    # ---------------------------------------------------------------- posting

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        self._fields(body, {"text", "media", "reply", "quote_tweet_id", "reply_settings"})
        text = body.get("text", "")
        if not isinstance(text, str) or not text.strip():
            raise Refusal(400, "text: must not be empty")
        if weighted_length(unicodedata.normalize("NFC", text)) > 280:
            raise Refusal(403, "You are not permitted to perform this action.")
        if len(CASHTAG.findall(text)) > 1:
            raise Refusal(403, "Posts are limited to a maximum of one cashtag.")
        parent = self._parent(body.get("reply"))
        media = self._attached(body.get("media"))
        if self.duplicates and any(p.text == text and p.author == ME["id"] for p in self.posts):
            raise Refusal(403, "You are not allowed to create a Tweet with duplicate content.")
        self._pay()
        post = Post(self._number(), text, parent, time.time(), media)
        self.posts.append(post)
        return {"data": {"id": post.id, "text": text, "edit_history_tweet_ids": [post.id]}}

    def _parent(self, reply: Any) -> str:
        if reply is None:
            return ""
        self._fields(reply, {"in_reply_to_tweet_id", "exclude_reply_user_ids"})
        number = reply.get("in_reply_to_tweet_id")
        found = next((p for p in self.posts if p.id == number), None)
        if found is None:
            raise Refusal(403, "You attempted to reply to a Tweet that is deleted or not visible.")
        if found.author != ME["id"]:
            what = "You can only reply to or quote posts where you are mentioned or are the author."
            raise Refusal(403, what)
        return found.id

    def _attached(self, media: Any) -> tuple[str, ...]:
        if media is None:
            return ()
        self._fields(media, {"media_ids", "tagged_user_ids"})
        ids = media.get("media_ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 4:
            raise Refusal(400, "media.media_ids: one to four")
        if any(not isinstance(i, str) or i not in self.media for i in ids):
            raise Refusal(400, "Your media IDs are invalid.")
        return tuple(ids)

    def _pay(self) -> None:
        if self.credits <= 0:
            raise Refusal(402, "Your enrolled account does not have any credits to fulfil this.")
        self.credits -= 1

    def delete(self, number: str) -> dict[str, Any]:
        if not any(p.id == number for p in self.posts):
            raise Refusal(404, "Could not find tweet.")
        self.posts = [p for p in self.posts if p.id != number]
        return {"data": {"deleted": True}}

    # ---------------------------------------------------------------- pictures

    def upload(self, body: dict[str, Any]) -> dict[str, Any]:
        self._fields(body, {"media", "media_category", "media_type", "additional_owners", "shared"})
        if body.get("media_category") != "tweet_image":
            raise Refusal(400, "media_category: is not one of those known")
        try:
            data = base64.b64decode(body["media"], validate=True)
        except (KeyError, ValueError):
            raise Refusal(400, "media: is no base64") from None
        if not data.startswith(b"\x89PNG") or len(data) > 5_000_000:
            raise Refusal(400, "media: is no picture of up to 5 MB")
        number = self._number()
        self.media[number] = {"sha256": hashlib.sha256(data).hexdigest(), "alt": ""}
        return {"data": {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86400}}

    def describe(self, body: dict[str, Any]) -> dict[str, Any]:
        self._fields(body, {"id", "metadata"})
        self._fields(body.get("metadata"), {"alt_text"})
        text = body["metadata"].get("alt_text", {}).get("text", "")
        if body.get("id") not in self.media or not 0 < len(text) <= 1000:
            raise Refusal(400, "metadata: does not fit")
        self.media[body["id"]]["alt"] = text
        return {"data": {"id": body["id"]}}

    # ---------------------------------------------------------------- reading

    def timeline(self, query: dict[str, str]) -> dict[str, Any]:
        known = {
            "max_results",
            "since_id",
            "until_id",
            "tweet.fields",
            "pagination_token",
            "exclude",
        }
        self._fields(query, known)
        most = int(query.get("max_results", "10"))
        if not 5 <= most <= 100:
            raise Refusal(400, "max_results: 5 to 100")
        since, before = int(query.get("since_id", 0)), int(query.get("pagination_token", 2**63))
        now = time.time()
        shown = [
            p
            for p in reversed(self.posts)
            if p.author == ME["id"] and p.at + self.lag <= now and since < int(p.id) < before
        ]
        page = shown[:most]
        meta: dict[str, Any] = {"result_count": len(page)}
        if len(shown) > most:
            meta["next_token"] = page[-1].id
        fields = query.get("tweet.fields", "").split(",")
        return (
            {"data": [self._shown(p, fields) for p in page], "meta": meta}
            if page
            else {"meta": meta}
        )

    def _shown(self, post: Post, fields: list[str]) -> dict[str, Any]:
        text = unicodedata.normalize("NFC", post.text)
        text = LINK.sub(
            lambda m: f"https://t.co/{hashlib.md5(m[0].encode()).hexdigest()[:10]}", text
        )
        if post.media:
            text += " https://t.co/pic" + post.id[-6:]
        row: dict[str, Any] = {"id": post.id, "text": html.escape(text, quote=False)}
        if "created_at" in fields:
            row["created_at"] = datetime.fromtimestamp(post.at, UTC).isoformat()
        if "referenced_tweets" in fields and post.parent:
            row["referenced_tweets"] = [{"type": "replied_to", "id": post.parent}]
        return row

    # ---------------------------------------------------------------- common

    @staticmethod
    def _fields(body: Any, known: set[str]) -> None:
        if not isinstance(body, dict):
            raise Refusal(400, "an object is expected")
        for name in body:
            if name not in known:
                raise Refusal(400, f"$.{name}: is not defined in the schema")

    def _number(self) -> str:
        self.count += 1
        return str((int(time.time() * 1000) - EPOCH << 22) + self.count)


@dataclass
class Tokens:
    """OAuth 2.0: a code serves once, with its verifier; a refresh token serves once."""

    client: str = "client"
    secret: str = ""
    codes: dict[str, str] = field(default_factory=dict)  # code -> challenge
    access: str = ""
    refresh: str = ""
    made: int = 0

    def give(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        if form.get("client_id") != self.client:
            raise Refusal(400, "invalid_client")
        if self.secret:
            pair = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
            if authorization != f"Basic {pair}":
                raise Refusal(401, "unauthorized_client")
        if form.get("grant_type") == "authorization_code":
            challenge = self.codes.pop(form.get("code", ""), None)
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if challenge != base64.urlsafe_b64encode(digest).decode().rstrip("="):
                raise Refusal(400, "invalid_grant")
        elif form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh:
            self.access = self.refresh = ""  # a used one ends the whole login
            raise Refusal(400, "Value passed for the token was invalid.")
        self.made += 1
        self.access, self.refresh = f"access-secret-{self.made}", f"refresh-secret-{self.made}"
        return {
            "token_type": "bearer",
            "expires_in": 7200,
            "access_token": self.access,
            "refresh_token": self.refresh,
            "scope": "tweet.read tweet.write users.read media.write offline.access",
        }
