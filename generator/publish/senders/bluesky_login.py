"""A session at a Bluesky server, kept between runs: servers allow few logins a day.

The file is readable by its owner alone. A session that is not taken any more is made anew with the
app password.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Kept:
    """The session of one account on one server."""

    def __init__(self, path: Path, server: str, handle: str, password: str) -> None:
        self._path, self._server, self._handle, self._password = path, server, handle, password
        self._did = ""
        self.hidden: tuple[str, ...] = ()

    def log_in(self, client: Any) -> str:
        """Gives the client a session, kept or new; the account's DID. Raises what atproto does."""
        if self._did:
            return self._did
        client.on_session_change(lambda event, session: self._keep(session))
        if text := self._read():
            try:
                client.login(session_string=text, fetch_bsky_profile=False)
                self._did = str(client.com.atproto.server.get_session().did)
                return self._did
            except Exception as error:
                self.forget_if_stale(error)
                if self._path.is_file():
                    raise
        client.login(self._handle, self._password, fetch_bsky_profile=False)
        self._did = str(client._session.did)
        return self._did

    def forget_if_stale(self, error: BaseException) -> None:
        """Drops a session that the server refuses (400, 401), or that cannot be read."""
        response = getattr(error, "response", None)
        said = str(error)
        if response is None and not isinstance(error, ValueError | LookupError):
            return
        if response is not None and not any(w in said for w in ("Token", "Session", "Auth")):
            return
        self._did = ""
        self._path.unlink(missing_ok=True)

    def _read(self) -> str:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            mine = (kept["server"], kept["handle"]) == (self._server, self._handle)
            return str(kept["session"]) if mine else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _keep(self, session: Any) -> None:
        self.hidden = (session.access_jwt, session.refresh_jwt)
        kept = {"server": self._server, "handle": self._handle, "session": session.encode()}
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._path.with_suffix(f".{os.getpid()}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(kept))
        os.replace(part, self._path)
