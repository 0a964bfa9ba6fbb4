"""A Bluesky server (PDS) by what the real one does: `python -m tests.publish.doubles.bluesky`.

A record key that is taken answers 500, as the real server does.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

from generator.networks.base import graphemes
from tests.publish.doubles.serving import Asked, Planned, Refusal, serve

KEYS = {"app_password": "planted-app-pass-0000"}
DID, HANDLE = "did:plc:desk", "desk.test"
POSTS = "app.bsky.feed.post"


@dataclass
class Bluesky(Planned):
    sessions: int = 0  # how often somebody logged in
    valid: str = ""  # the access token that is taken now
    blobs: dict[str, str] = field(default_factory=dict)

    def posting(self, asked: Asked) -> bool:
        return asked.path.endswith("createRecord")

    def reading(self, asked: Asked) -> bool:
        return asked.path.endswith(("getRecord", "listRecords"))

    def answer(self, asked: Asked) -> tuple[int, Any]:
        does = asked.path.removeprefix("/xrpc/")
        if does == "com.atproto.server.createSession":
            body = asked.only("identifier", "password", "authFactorToken")
            if (body["identifier"], body["password"]) != (HANDLE, KEYS["app_password"]):
                raise Refusal(401, _no("AuthenticationRequired", "Invalid identifier or password"))
            self.sessions += 1
            return 200, self._session()
        if does == "com.atproto.repo.getRecord":  # anybody may read
            return 200, self._read(asked.query["rkey"])
        if asked.headers.get("authorization") != f"Bearer {self.valid}" or not self.valid:
            raise Refusal(400, _no("ExpiredToken", "Token has expired"))
        if does == "com.atproto.server.getSession":
            return 200, {"did": DID, "handle": HANDLE, "active": True}
        if does == "com.atproto.repo.listRecords":
            found = [_record(p) for p in reversed(self.shown())]
            return 200, {"records": found[: int(asked.query.get("limit", 50))]}
        if does == "com.atproto.repo.uploadBlob":
            cid = _cid(asked.raw)
            self.blobs[cid] = asked.headers["content-type"]
            ref = {"$type": "blob", "ref": {"$link": cid}, "size": len(asked.raw)}
            return 200, {"blob": ref | {"mimeType": asked.headers["content-type"]}}
        if does == "com.atproto.repo.createRecord":
            return 200, self._create(asked)
        if does == "com.atproto.repo.deleteRecord":
            rkey = asked.only("repo", "collection", "rkey")["rkey"]
            self.posts = [p for p in self.posts if p["rkey"] != rkey]
            return 200, {}
        raise Refusal(501, _no("MethodNotImplemented", does))

    def _session(self) -> dict[str, Any]:
        self.valid = _token("access", self.sessions)
        refresh = _token("refresh", self.sessions)
        tokens = {"accessJwt": self.valid, "refreshJwt": refresh}
        return tokens | {"did": DID, "handle": HANDLE, "active": True}

    def _create(self, asked: Asked) -> dict[str, Any]:
        body = asked.only("repo", "collection", "rkey", "record", "validate", "swapCommit")
        record, rkey = body["record"], body["rkey"]
        asked.only("$type", "text", "createdAt", "langs", "facets", "reply", "embed", of=record)
        if body["repo"] != DID or body["collection"] != POSTS or record["$type"] != POSTS:
            raise Refusal(400, _no("InvalidRequest", "repo or collection"))
        if len(rkey) != 13 or any(p["rkey"] == rkey for p in self.posts):
            raise Refusal(500, _no("InternalServerError", "Internal Server Error"))
        text = record["text"]
        if graphemes(text) > 300 or len(text.encode()) > 3000:
            raise Refusal(400, _no("InvalidRequest", "record/text must not be longer than 300"))
        marked = [self._facet(f, text.encode()) for f in record.get("facets", [])]
        parent = self._parent(record.get("reply"))
        alts = [i["alt"] for i in record.get("embed", {}).get("images", [])]
        for image in record.get("embed", {}).get("images", []):
            if image["image"]["ref"]["$link"] not in self.blobs:
                raise Refusal(400, _no("InvalidRequest", "Could not find blob"))
        post = {
            "id": f"at://{DID}/{POSTS}/{rkey}", "rkey": rkey, "text": text, "parent": parent,
            "at": time.time(), "record": record, "marked": marked, "alts": alts,
            "cid": _cid(json.dumps(record, sort_keys=True).encode()),
        }  # fmt: skip
        self.posts.append(post)
        return {"uri": post["id"], "cid": post["cid"], "validationStatus": "valid"}

    def _facet(self, facet: dict[str, Any], text: bytes) -> str:
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        (feature,) = facet["features"]
        piece = text[start:end].decode()
        value = feature.get("uri") or feature["tag"]
        if value not in piece and piece.upper() != value:
            raise Refusal(400, _no("InvalidRequest", f"{piece!r} is no {value!r}"))
        return piece

    def _parent(self, reply: dict[str, Any] | None) -> str:
        if reply is None:
            return ""
        known = {(p["id"], p["cid"]) for p in self.posts}
        for one in (reply["root"], reply["parent"]):
            if (one["uri"], one["cid"]) not in known:
                raise Refusal(400, _no("InvalidRequest", "a reply to nothing"))
        return str(reply["parent"]["uri"])

    def _read(self, rkey: str) -> dict[str, Any]:
        for post in self.shown():
            if post["rkey"] == rkey:
                return _record(post)
        raise Refusal(400, _no("RecordNotFound", f"Could not locate record: {rkey}"))


def _record(post: dict[str, Any]) -> dict[str, Any]:
    return {"uri": post["id"], "cid": post["cid"], "value": post["record"]}


def _cid(data: bytes) -> str:
    """A content hash as the network writes it: CIDv1, raw, SHA-256, base32."""
    whole = bytes([1, 0x55, 0x12, 32]) + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(whole).decode().lower().rstrip("=")


def _token(kind: str, number: int) -> str:
    said = {"scope": kind, "sub": DID, "exp": int(time.time()) + 7200, "jti": str(number)}
    parts = ({"typ": "JWT", "alg": "HS256"}, said)
    head = ".".join(
        base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts
    )
    return f"{head}.c2lnbmF0dXJl"


def _no(error: str, message: str) -> dict[str, Any]:
    return {"error": error, "message": message}


if __name__ == "__main__":
    serve(Bluesky())
