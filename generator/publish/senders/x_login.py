"""OAuth 2.0 with PKCE at X: logging in once, and tokens that change with every use.

A refresh token serves once: the next is written to disk, synced, before the access token that came
with it is used. A crash in between costs a new login, never a post.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from generator.errors import UsageError
from generator.publish.base import PublishError
from generator.publish.secrets import secret, without
from generator.publish.senders import server_of
from generator.settings import Network

TOKENS = "https://api.twitter.com/2/oauth2/token"
CALLBACK = "http://127.0.0.1:8920/callback"  # nothing listens there: the address is pasted
SCOPES = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"]
EARLY_S = 300  # an access token is renewed this long before it ends
AGAIN = "`commentary login x` gets new ones."


class Login:
    """What one login of an account left in `state`."""

    def __init__(self, account: Network, state: Path, *, read_s: float = 30.0) -> None:
        self._id = str(account.options.get("client_id") or "")
        if not self._id:
            todo = "Set networks.x.client_id to the client id of your app."
            raise UsageError("x", "needs an app to log in to", todo)
        self._account, self._read_s = account, read_s
        self._secret = secret(account, "client_secret")
        self.path = state / "x.json"
        self.hidden: tuple[str, ...] = ()

    def token(self) -> str:
        """An access token that is good for some minutes. Raises PublishError, UsageError."""
        from filelock import FileLock

        if not self.path.is_file():
            raise UsageError("x", "is not logged in to", AGAIN)
        # Two processes with one refresh token: the second would find it used.
        with FileLock(self.path.with_suffix(".lock"), timeout=60):
            kept = self._kept()
            if kept["expires_at"] < time.time() + EARLY_S:
                kept = self._renewed(str(kept["refresh_token"]))
        self.hidden = (str(kept["access_token"]), str(kept["refresh_token"]), self._secret or "")
        return str(kept["access_token"])

    def expire(self) -> None:
        """X refused the token: the next run renews it first."""
        self.keep(self._kept() | {"expires_at": 0})

    def _kept(self) -> dict[str, Any]:
        try:
            kept = json.loads(self.path.read_text("utf-8"))
            if kept["client_id"] != self._id:
                raise UsageError(str(self.path), "is of another app", AGAIN)
            return {**kept, "expires_at": float(kept["expires_at"])}
        except (OSError, ValueError, KeyError, TypeError):
            raise UsageError(str(self.path), "holds no tokens", AGAIN) from None

    def _renewed(self, refresh: str) -> dict[str, Any]:
        import requests

        from generator.publish.senders.http import quiet, settle

        quiet()
        asked = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": self._id}
        with requests.Session() as session:
            settle(session, "https://api.twitter.com", server_of(self._account), self._read_s)
            auth = (self._id, self._secret) if self._secret else None
            try:
                given = session.post(TOKENS, data=asked, auth=auth)
                body = given.json()
            except requests.exceptions.RequestException as error:
                what = f"gives no new token ({type(error).__name__})"
                raise PublishError("x", what, f"Try again. If it persists: {AGAIN}") from None
        if given.status_code != 200 or not isinstance(body, dict) or "access_token" not in body:
            said = without(str(body), (refresh, self._secret or ""))
            raise PublishError("x", f"gives no new token: {given.status_code} {said}", AGAIN)
        return self.keep(body | {"refresh_token": body.get("refresh_token") or refresh})

    def keep(self, token: dict[str, Any]) -> dict[str, Any]:
        """Writes tokens down, synced and readable by this user alone, before anyone uses them."""
        ends = token.get("expires_at")
        if ends is None:
            ends = time.time() + float(token.get("expires_in") or 7200)
        kept = {
            "client_id": self._id,
            "access_token": token["access_token"],
            "refresh_token": token["refresh_token"],
            "expires_at": ends,
        }
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = self.path.with_suffix(f".{os.getpid()}.partial")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)
        return kept

    # ---------------------------------------------------------------- once

    def begin(self) -> tuple[str, Any]:
        """The address where a person allows it, and the session that goes on from there."""
        import tweepy

        from generator.publish.senders.http import quiet, settle

        quiet()
        handler = tweepy.OAuth2UserHandler(
            client_id=self._id,
            redirect_uri=CALLBACK,
            scope=SCOPES,
            client_secret=self._secret,
        )
        settle(handler, "https://api.twitter.com", server_of(self._account), self._read_s)
        return str(handler.get_authorization_url()), handler

    def finish(self, handler: Any, pasted: str) -> None:
        """Trades what the browser came back with for tokens. Raises UsageError, PublishError."""
        from urllib.parse import parse_qs, urlsplit

        import requests
        from oauthlib.oauth2 import OAuth2Error
        from requests_oauthlib import OAuth2Session

        given = parse_qs(urlsplit(pasted.strip()).query)
        code, state = given.get("code", [""])[0], given.get("state", [""])[0]
        if not code or state != handler._state:
            todo = "Paste the whole address that the browser ended at."
            raise UsageError("x", "that address carries no permission of this login", todo)
        try:
            # Its own fetch_token takes only an https address back, and none is served here.
            token = OAuth2Session.fetch_token(
                handler,
                TOKENS,
                code=code,
                auth=handler.auth,
                include_client_id=True,
                code_verifier=handler._client.code_verifier,
            )
        except (OAuth2Error, requests.exceptions.RequestException) as error:
            what = f"gives no tokens ({type(error).__name__})"
            raise PublishError("x", what, "Try again; a code serves once.") from None
        self.keep(dict(token))
