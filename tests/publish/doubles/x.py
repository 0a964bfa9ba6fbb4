"""X on the loopback interface: `python -m tests.publish.doubles.x` prints its port.

Requests are signed by OAuth 1.0a, checked by oauthlib, or carry the bearer token of a login. What
goes wrong is told to `/_control`: faults of posting and of reading, one a request; lag; duplicate
detection; credits.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from tests.publish.doubles.open import Counting
from tests.publish.doubles.x_rules import ME, Post, Refusal, Rules, Tokens

KEYS = {
    "api_key": "planted-api-key-000000",
    "api_secret": "planted-api-secret-000000",
    "access_token": "planted-access-token-000000",
    "access_token_secret": "planted-access-token-secret-000000",
}
HOLD_S = 3.0  # longer than the sender waits in tests


class Signatures(RequestValidator):  # type: ignore[misc]
    """Who may sign: one app, one account; a nonce serves once."""

    enforce_ssl = True
    client_key_length = access_token_length = (10, 60)
    safe_characters = set(RequestValidator().safe_characters) | {"-"}
    dummy_client, dummy_access_token = "nobody-000000", "nothing-000000"

    def __init__(self) -> None:
        super().__init__()
        self._nonces: set[str] = set()

    @property
    def nonce_length(self) -> tuple[int, int]:
        return 8, 64

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == KEYS["api_key"] and request.resource_owner_key == KEYS["access_token"]

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return KEYS["api_secret"]

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return KEYS["access_token_secret"]

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **more: Any
    ) -> bool:
        fresh = nonce not in self._nonces and abs(int(timestamp) - time.time()) < 300
        self._nonces.add(nonce)
        return fresh


class Double(Counting):
    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.rules, self.tokens, self.lock = Rules(), Tokens(), threading.Lock()
        self.signed = SignatureOnlyEndpoint(Signatures())


class Handler(BaseHTTPRequestHandler):
    server: Double
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_DELETE = do_GET

    def _answer(self) -> None:
        self.url = urlsplit(self.path)
        self.body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.url.path == "/_control" and self.url.query == "settled":
            self.server.settle()
        fault = self._fault()
        if fault.endswith("before"):
            return self._break(fault)
        try:
            with self.server.lock:
                status, given = 200, self._route()
        except Refusal as refusal:
            status = refusal.status
            given = {"title": "refused", "detail": refusal.detail, "status": status}
        if fault.endswith("after"):
            return self._break(fault)
        return self._give(status, given)

    def _fault(self) -> str:
        rules = self.server.rules
        with self.server.lock:
            if self.command == "POST" and self.url.path == "/2/tweets":
                return rules.faults.pop(0) if rules.faults else ""
            if self.url.path.endswith("/tweets"):
                return rules.read_faults.pop(0) if rules.read_faults else ""
        return ""

    def _break(self, fault: str) -> None:
        kind = fault.split()[0]
        if kind.isdigit():
            return self._give(int(kind), {"title": "planned", "detail": f"planned {fault}"})
        if kind == "slow":
            self.server.hold(HOLD_S)
        self.close_connection = True
        self.connection.close()
        return None

    def _route(self) -> dict[str, Any]:
        rules, path = self.server.rules, self.url.path
        name = f"{self.command} {path}"
        rules.calls[name] = rules.calls.get(name, 0) + 1
        if path == "/_control":
            return self._control()
        if path == "/2/oauth2/token":
            form = dict(parse_qsl(self.body.decode()))
            return self.server.tokens.give(form, self.headers.get("authorization", ""))
        self._who()
        query = dict(parse_qsl(self.url.query))
        sent = json.loads(self.body or b"null") if self.command == "POST" else None
        if name == "GET /2/users/me":
            return {"data": ME}
        if name == f"GET /2/users/{ME['id']}/tweets":
            return rules.timeline(query)
        if self.command == "DELETE" and path.startswith("/2/tweets/"):
            return rules.delete(path.rpartition("/")[2])
        does = {
            "POST /2/tweets": rules.create,
            "POST /2/media/upload": rules.upload,
            "POST /2/media/metadata": rules.describe,
        }.get(name)
        if does is None:
            raise Refusal(404, "there is no such endpoint")
        return does(sent)

    def _who(self) -> None:
        given = self.headers.get("authorization", "")
        if given.startswith("Bearer "):
            if given.removeprefix("Bearer ") != self.server.tokens.access or len(given) < 10:
                raise Refusal(401, "Unauthorized")
        else:
            address = f"https://api.twitter.com{self.path}"  # what tweepy signs
            headers = {"Authorization": given}
            good, _ = self.server.signed.validate_request(address, self.command, None, headers)
            if not good:
                raise Refusal(401, "Unauthorized")
        rules = self.server.rules
        rules.limit -= 1
        if rules.limit < 0:
            raise Refusal(429, "Too Many Requests")

    def _control(self) -> dict[str, Any]:
        rules, tokens = self.server.rules, self.server.tokens
        if self.command == "POST":
            for name, value in json.loads(self.body).items():
                target = tokens if hasattr(tokens, name) else rules
                if name == "foreign":
                    rules.posts.append(Post(value, "another's", "", time.time(), (), "2222"))
                elif name == "posts" and value == []:
                    rules.posts = []
                elif hasattr(target, name):
                    setattr(target, name, value)
                else:
                    raise Refusal(400, name)
        return asdict(rules) | {"tokens": asdict(tokens)}

    def _give(self, status: int, given: dict[str, Any]) -> None:
        data = json.dumps(given).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.send_header("x-rate-limit-limit", "900")
        self.send_header("x-rate-limit-remaining", str(max(0, min(900, self.server.rules.limit))))
        self.send_header("x-rate-limit-reset", str(int(time.time()) + 900))
        self.end_headers()
        self.wfile.write(data)


def main() -> None:
    server = Double()
    print(server.server_address[1], flush=True)
    threading.Thread(target=_ends_with_parent, args=(server,), daemon=True).start()
    server.serve_forever()


def _ends_with_parent(server: Double) -> None:
    sys.stdin.read()  # closed when whoever started it ends, however it ends
    server.shutdown()


if __name__ == "__main__":
    main()
