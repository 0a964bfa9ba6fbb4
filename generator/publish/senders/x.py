"""Sending to X through tweepy: threads, pictures with alt text, reading back, taking back.

X has no key that would make a repeated request harmless, so nothing is repeated: what is not known
is looked for on the account's own timeline. OAuth 1.0a with four keys, or OAuth 2.0 after
`commentary login x` (`x_login`).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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
from generator.publish.secrets import secrets, without
from generator.publish.senders import server_of
from generator.publish.senders.x_answers import answer, matches, seen_of
from generator.settings import Network

HOST = "https://api.twitter.com"  # tweepy's own; base_url stands in for it
KEYS = ("api_key", "api_secret", "access_token", "access_token_secret")
FIELDS = ["created_at", "referenced_tweets", "note_tweet"]
POST_MICROS, LINK_MICROS = 15_000, 200_000  # $0.015 a post, $0.20 one with an address
# A post of one's own read, the account asked for, an alt text, a deletion. What X charges but once
# a day is counted each time: it promises that for most cases only.
READ_MICROS, ACCOUNT_MICROS, ALT_MICROS, DELETE_MICROS = 1_000, 10_000, 5_000, 10_000
LONGEST_ALT, LARGEST_PICTURE = 1000, 5_000_000
MOST_PAGES = 3


class XSender:
    """One account of X. Costs are in millionths of a dollar."""

    reads_back = True
    idempotent = False

    def __init__(self, account: Network, state: Path, *, read_s: float = 30.0) -> None:
        import tweepy

        from generator.publish.senders.http import quiet, settle

        quiet()
        self._user_auth = not account.options.get("client_id")
        if self._user_auth:
            keys = secrets(account, *KEYS)
            self._hidden = tuple(keys.values())
            self._client = tweepy.Client(
                consumer_key=keys["api_key"],
                consumer_secret=keys["api_secret"],
                access_token=keys["access_token"],
                access_token_secret=keys["access_token_secret"],
                return_type=dict,
            )
            self._refused: Callable[[], None] = lambda: None
        else:
            from generator.publish.senders.x_login import Login

            login = Login(account, state, read_s=read_s)
            token = login.token()
            self._hidden = (token, *login.hidden)
            self._client = tweepy.Client(bearer_token=token, return_type=dict)
            self._refused = login.expire
        settle(self._client.session, HOST, server_of(account), read_s)
        self._me: Identity | None = None
        self._spent = 0

    # ---------------------------------------------------------------- the account

    def identity(self) -> Identity:
        if self._me is None:
            found = self._asked(lambda: self._client.get_me(user_auth=self._user_auth))
            self._spent += ACCOUNT_MICROS
            me = found.get("data") or {}
            name = str(me.get("username", ""))
            if not me.get("id"):
                raise PublishError("x", "does not say whose keys these are", "Check the keys.")
            self._me = Identity(str(me["id"]), f"@{name}", f"https://x.com/{name}")
        return self._me

    def newest(self) -> tuple[Seen, ...]:
        return self._timeline(most=10)

    def _timeline(self, *, most: int, since: str = "", page: str = "") -> tuple[Seen, ...]:
        asked: dict[str, Any] = {"max_results": most, "tweet_fields": FIELDS}
        if since:
            asked["since_id"] = since
        found: list[Seen] = []
        for _ in range(MOST_PAGES):
            body = self._asked(
                lambda: self._client.get_users_tweets(
                    self.identity().id, user_auth=self._user_auth, **asked
                )
            )
            posts = body.get("data") or ()
            self._spent += READ_MICROS * len(posts)
            found += [seen_of(post) for post in posts]
            after = (body.get("meta") or {}).get("next_token")
            if not after or not since:
                break
            asked["pagination_token"] = after
        return tuple(found)

    # ---------------------------------------------------------------- sending

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        media: list[str] = []
        for picture in part.media:
            given = self._upload(picture)
            if not isinstance(given, str):
                return given
            media.append(given)
        if part.parent is not None:
            return Prepared(media=tuple(media), since=part.parent.id)
        try:
            newest = self.newest()
        except PublishError as error:
            return NotSent(f"its timeline cannot be read: {error.what}")
        return Prepared(media=tuple(media), since=newest[0].id if newest else "")

    def _upload(self, picture: Media) -> str | NotSent | Refused:
        if len(picture.data) > LARGEST_PICTURE:
            return Refused(f"{picture.name} is larger than 5 MB", "Approve it with --no-chart.")
        if len(picture.alt) > LONGEST_ALT:
            return Refused(f"{picture.name} has an alt text of more than 1,000 characters")
        data = base64.b64encode(picture.data).decode()
        body = {"media": data, "media_category": "tweet_image"}
        made = self._request("POST", "/2/media/upload", body)
        if not isinstance(made, dict):
            return made if isinstance(made, Refused | NotSent) else NotSent(made.reason)
        number = str((made.get("data") or {}).get("id") or "")
        if not number:
            return NotSent("the upload of the picture gave no id")
        if picture.alt:
            text = {"alt_text": {"text": picture.alt}}
            told = self._request("POST", "/2/media/metadata", {"id": number, "metadata": text})
            if not isinstance(told, dict):
                return told if isinstance(told, Refused | NotSent) else NotSent(told.reason)
            self._spent += ALT_MICROS
        return number

    def send(self, attempt: Attempt) -> Outcome:
        part, prepared = attempt.part, attempt.prepared
        body: dict[str, Any] = {"text": part.segment.text}
        if prepared.media:
            body["media"] = {"media_ids": list(prepared.media)}
        if part.parent is not None:
            body["reply"] = {"in_reply_to_tweet_id": part.parent.id}
        made = self._request("POST", "/2/tweets", body)
        if not isinstance(made, dict):
            return made
        number = str((made.get("data") or {}).get("id") or "")
        return self._sent(number) if number else Ambiguous("the answer names no post")

    def reconcile(self, attempt: Attempt) -> Reading:
        try:
            found = self._timeline(most=100, since=attempt.prepared.since)
        except PublishError as error:
            return Unknown(f"its timeline cannot be read: {error.what}")
        mine = [seen for seen in found if matches(seen, attempt.part)]
        # Two would be two posts already; the older is the one that this attempt made.
        return Found(self._sent(mine[-1].id)) if mine else Absent()

    def retract(self, sent: Sent) -> Outcome:
        gone = self._request("DELETE", f"/2/tweets/{sent.id}")
        if not isinstance(gone, dict):
            return gone
        self._spent += DELETE_MICROS
        done = (gone.get("data") or {}).get("deleted") is True
        return sent if done else Ambiguous("the answer does not say that it is gone")

    def cost(self, part: Part) -> int:
        links = any(f.kind == "link" for f in part.segment.facets)
        return LINK_MICROS if links else POST_MICROS

    def request_cost(self) -> int:
        spent, self._spent = self._spent, 0
        return spent

    # ---------------------------------------------------------------- one request

    def _sent(self, number: str) -> Sent:
        handle = self._me.handle.removeprefix("@") if self._me else "i"
        return Sent(number, f"https://x.com/{handle}/status/{number}")

    def _request(
        self, method: str, route: str, json: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | NotSent | Refused | Ambiguous:
        """The answer's object, or what the failure means for what was asked."""
        import requests
        import tweepy

        from generator.publish.senders.http import never_left

        try:
            given = self._client.request(method, route, json=json, user_auth=self._user_auth)
            body = given.json()
            return body if isinstance(body, dict) else Ambiguous("the answer is no object")
        except tweepy.HTTPException as error:
            response = error.response
            if response.status_code == 401:
                self._refused()
            return answer(
                response.status_code,
                response.headers,
                without(_detail(response), self._hidden),
                int(time.time() * 1000),
            )
        except requests.exceptions.JSONDecodeError:
            return Ambiguous("the answer cannot be read")
        except requests.exceptions.RequestException as error:
            # Its text names hosts and headers; its kind says enough.
            kind = type(error).__name__
            return NotSent(f"no connection ({kind})") if never_left(error) else Ambiguous(kind)

    def _asked(self, ask: Callable[[], Any]) -> dict[str, Any]:
        """What reading gives. Raises PublishError."""
        import requests
        import tweepy

        try:
            body = ask()
        except tweepy.HTTPException as error:
            if error.response.status_code == 401:
                self._refused()
            said = without(_detail(error.response), self._hidden)
            what = f"answers {error.response.status_code}: {said}"
            raise PublishError("x", what, "See the account in X's developer console.") from None
        except requests.exceptions.RequestException as error:
            what = f"cannot be reached ({type(error).__name__})"
            raise PublishError("x", what, "Try again; nothing was sent.") from None
        return body if isinstance(body, dict) else {}


def _detail(response: Any) -> str:
    try:
        body = response.json()
    except ValueError:
        return str(response.reason or "")
    if not isinstance(body, dict):
        return str(response.reason or "")
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    told = first.get("message", "") if isinstance(first, dict) else ""
    return str(body.get("detail") or told or body.get("title") or "")
