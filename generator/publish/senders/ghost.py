"""Drafts in Ghost through its Admin API: a page is looked up by its slug before it is made, for
Ghost would make a second one of the same slug."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
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
    stamp_ms,
)
from generator.publish.secrets import secrets
from generator.publish.senders import server_of
from generator.publish.senders.rest import Failed, Rest
from generator.settings import Network

TAG = "#market-note"  # internal in Ghost: readers never see it; it marks what is ours
ROUTE = "/ghost/api/admin"
MINUTES = 5 * 60  # seconds that a token lasts, the most that Ghost takes


class GhostSender:
    """One site, with the key of a custom integration."""

    reads_back = True
    idempotent = False  # two requests at once may both find no such slug

    def __init__(self, account: Network, *, read_s: float = 30.0) -> None:
        if not account.base_url:
            todo = "Set networks.ghost.base_url, such as https://news.example.org."
            raise UsageError("ghost", "needs the address of its site", todo)
        key = secrets(account, "admin_key")["admin_key"]
        self._id, _, self._secret = key.partition(":")
        try:
            bytes.fromhex(self._secret)
        except ValueError:
            self._secret = ""
        if not self._id or not self._secret:
            todo = "Copy the Admin API key of a custom integration, id and secret with the colon."
            raise UsageError("ghost", "its admin_key is none", todo)
        self._base, self._read_s = server_of(account).rstrip("/"), read_s

    def _rest(self) -> Rest:
        token = signed(self._id, self._secret, int(time.time()))
        headers = {"Authorization": f"Ghost {token}", "Accept-Version": "v5.0"}
        return Rest("ghost", self._base, headers, (token, self._secret), self._read_s)

    # ---------------------------------------------------------------- the site

    def identity(self) -> Identity:
        # The site's own route asks for no key, and would not tell a wrong one.
        self._rest().asked(f"{ROUTE}/posts/", params={"limit": 1, "fields": "id"})
        site = self._rest().asked(f"{ROUTE}/site/").get("site") or {}
        url = str(site.get("url") or self._base)
        return Identity(url, str(site.get("title") or url), url)

    def newest(self) -> tuple[Seen, ...]:
        asked = {
            "limit": 10,
            "order": "created_at desc",
            "filter": f"tag:hash-{TAG[1:]}",
            "formats": "plaintext",
        }
        rows = self._rest().asked(f"{ROUTE}/posts/", params=asked).get("posts") or []
        return tuple(
            Seen(str(r["id"]), str(r.get("plaintext") or ""), _ms(r["created_at"]), url=_url(r))
            for r in rows
        )

    def _by(self, route: str) -> dict[str, Any] | Failed | None:
        """A page; None where there is none."""
        found = self._rest().call("GET", route, params={"formats": "html,plaintext"})
        if isinstance(found, Refused) and found.reason.startswith("404"):
            return None
        if not isinstance(found, dict):
            return found if not isinstance(found, list) else Ambiguous("the answer is no page")
        rows = found.get("posts") or []
        return rows[0] if rows else None

    # ---------------------------------------------------------------- sending

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        if "web" not in part.post.parts:
            return Refused("the approved text has no page", "Write and approve it anew.")
        slug = slug_of(part)
        since = ""
        if part.parent is not None:  # a correction changes the page that is there
            page = self._by(f"{ROUTE}/posts/{part.parent.id}/")
            if page is None:
                return Refused("the page to be corrected is gone", "Send it as a new one.")
            if not isinstance(page, dict):
                return _not_yet(page)
            since = str(page["updated_at"])
        urls = []
        for picture in part.media:
            url = self._upload(picture)
            if not isinstance(url, str):
                return url
            urls.append(url)
        return Prepared(slug, tuple(urls), since)

    def _upload(self, picture: Media) -> str | NotSent | Refused:
        files = {"file": (picture.name, picture.data, picture.mime)}
        made = self._rest().call("POST", f"{ROUTE}/images/upload/", files=files)
        if isinstance(made, dict):
            images = made.get("images") or [{}]
            return str(images[0].get("url") or "") or NotSent("the upload gave no address")
        return _not_yet(made) if not isinstance(made, list) else NotSent("the upload gave no page")

    def send(self, attempt: Attempt) -> Outcome:
        part, prepared = attempt.part, attempt.prepared
        page = part.post.parts["web"]
        for picture, url in zip(part.media, prepared.media, strict=True):
            page = page.replace(f'src="charts/{picture.name}"', f'src="{url}"')
        body: dict[str, Any] = {"title": part.post.title, "html": page}
        asked = {"source": "html", "formats": "html,plaintext"}
        if part.parent is not None:
            route = f"{ROUTE}/posts/{part.parent.id}/"
            body["updated_at"] = prepared.since  # 409 where somebody changed it meanwhile
            made = self._rest().call("PUT", route, params=asked, json={"posts": [body]})
        else:
            there = self._by(f"{ROUTE}/posts/slug/{prepared.token}/")
            if isinstance(there, dict):
                return _sent(there)
            if there is not None:
                return _not_yet(there)  # it was only looked for
            body |= {"slug": prepared.token, "status": "draft", "tags": [{"name": TAG}]}
            route = f"{ROUTE}/posts/"
            made = self._rest().call("POST", route, params=asked, json={"posts": [body]})
        if isinstance(made, dict) and made.get("posts"):
            return _sent(made["posts"][0])
        if isinstance(made, NotSent | Refused | Ambiguous):
            return made
        return Ambiguous("the answer names no page")

    def reconcile(self, attempt: Attempt) -> Reading:
        part, prepared = attempt.part, attempt.prepared
        route = f"{ROUTE}/posts/slug/{prepared.token}/"
        if part.parent is not None:
            route = f"{ROUTE}/posts/{part.parent.id}/"
        page = self._by(route)
        if page is None:
            return Absent()
        if not isinstance(page, dict):
            return Unknown(page.reason)
        if same_words(page, part):
            return Found(_sent(page))
        return Absent() if part.parent is not None else Unknown("the page is another text")

    def retract(self, sent: Sent) -> Outcome:
        """A draft is deleted; what was published since becomes a draft again."""
        route = f"{ROUTE}/posts/{sent.id}/"
        page = self._by(route)
        if page is None:
            return sent  # it is gone
        if not isinstance(page, dict):
            return page
        if page.get("status") == "draft":
            done = self._rest().call("DELETE", route)
        else:
            back = {"status": "draft", "updated_at": page["updated_at"]}
            done = self._rest().call("PUT", route, json={"posts": [back]})
        return sent if isinstance(done, dict | list) else done

    def cost(self, part: Part) -> int:
        return 0


def slug_of(part: Part) -> str:
    """The page's own name for ever: its slot, and a piece of its hash."""
    digest, _, rest = part.key.partition("/")
    slot = rest.rpartition("/")[0].lower()
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in slot)
    return f"{plain}-{digest[:10]}"


def signed(key: str, secret: str, now: int) -> str:
    """A token as Ghost wants it: a JSON Web Token by HS256, for five minutes. now in seconds."""
    head = {"alg": "HS256", "kid": key, "typ": "JWT"}
    claims = {"iat": now, "exp": now + MINUTES, "aud": "/admin/"}
    text = b".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
    mac = hmac.new(bytes.fromhex(secret), text, hashlib.sha256).digest()
    return b".".join((text, _base64(mac))).decode()


def same_words(page: dict[str, Any], part: Part) -> bool:
    """Whether a page says what was approved: its title and every word of its text, in order."""
    title = part.post.title
    text = part.segment.text.partition(title)[2] if title else part.segment.text
    wanted = text.replace(" | ", " ").split()
    shown = "".join(_visible(str(page.get("html") or ""))).split()
    return str(page.get("title")) == title and shown == wanted


def _visible(html: str) -> list[str]:
    from html.parser import HTMLParser

    out: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            out.append(data)

        def handle_endtag(self, tag: str) -> None:
            out.append(" " if tag in ("p", "h2", "td", "th", "tr", "figure") else "")

    Reader(convert_charrefs=True).feed(html)
    return out


def _sent(page: dict[str, Any]) -> Sent:
    return Sent(str(page["id"]), _url(page))


def _url(page: dict[str, Any]) -> str:
    return str(page.get("url") or "")


def _not_yet(failed: Failed) -> NotSent | Refused:
    """What failed before anything was made."""
    return NotSent(failed.reason) if isinstance(failed, Ambiguous) else failed


def _ms(stamp: str) -> int:
    if at := stamp_ms(stamp):
        return at
    raise PublishError("ghost", "tells no time of its posts", "Look at it.")


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
