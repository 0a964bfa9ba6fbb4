"""What the doubles of HTTP networks share: they listen on this machine alone, do as their rules say,
and fail as told.

A rules class has `answer(request) -> (status, body)`, and says by `posting(request)` and
`reading(request)` which requests the planned faults fall upon.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.publish.doubles.open import Counting

HOLD_S = 3.0  # longer than the senders wait in tests


@dataclass
class Refusal(Exception):
    """An answer that is no success."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """One request. body: JSON or the fields of a form; files: name, to file name, bytes."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any = None
    raw: bytes = b""
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    def only(self, *names: str, of: Any = None) -> dict[str, Any]:
        """The body, refused where it has a field that is not known."""
        given = self.body if of is None else of
        if not isinstance(given, dict):
            raise Refusal(400, {"error": "no object", "message": "no object"})
        if unknown := set(given) - set(names):
            raise Refusal(400, {"error": f"unknown: {sorted(unknown)}", "message": "unknown"})
        return given


@dataclass
class Planned:
    """How a double behaves. lag: seconds until reading shows a post; faults and read_faults: of the
    next posting and reading requests, one each."""

    lag: float = 0.0
    faults: list[str] = field(default_factory=list)
    read_faults: list[str] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def number(self) -> str:
        self.count += 1
        return str(7_000_000 + self.count)

    def shown(self) -> list[dict[str, Any]]:
        """What reading shows already, oldest first."""
        return [p for p in self.posts if p["at"] <= time.time() - self.lag]

    def reset(self) -> None:
        self.lag, self.faults, self.read_faults = 0.0, [], []
        self.posts, self.calls = [], {}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        raise NotImplementedError

    def posting(self, asked: Asked) -> bool:
        raise NotImplementedError

    def reading(self, asked: Asked) -> bool:
        return False


class Double(Counting):
    def __init__(self, rules: Planned) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.rules, self.lock = rules, threading.Lock()


class Handler(BaseHTTPRequestHandler):
    server: Double
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        asked = self._asked()
        if asked.path == "/_control" and "settled" in self.path:
            self.server.settle()
        fault = self._fault(asked)
        if fault.endswith("before"):
            return self._break(fault)
        headers: dict[str, str] = {}
        try:
            with self.server.lock:
                status, given = self._answer(asked)
        except Refusal as refusal:
            status, given, headers = refusal.status, refusal.body, refusal.headers
        if fault.endswith("after"):
            return self._break(fault)
        return self._give(status, given, headers)

    do_POST = do_PUT = do_DELETE = do_GET

    def _asked(self) -> Asked:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = Asked(self.command, url.path, dict(parse_qsl(url.query)), self.headers, None, raw)
        kind = self.headers.get("content-type", "")
        if raw and (kind.startswith("application/json") or url.path == "/_control"):
            asked.body = json.loads(raw)
        elif kind.startswith("multipart/form-data"):
            asked.body = {}
            for name, file, data in _parts(kind, raw):
                if file is None:
                    asked.body[name] = data.decode()
                else:
                    asked.files[name] = (file, data)
        return asked

    def _answer(self, asked: Asked) -> tuple[int, Any]:
        rules = self.server.rules
        if asked.path == "/_control":
            if asked.method == "POST":
                for name, value in asked.body.items():
                    if name == "reset":
                        rules.reset()
                    elif hasattr(rules, name):
                        setattr(rules, name, value)
                    else:
                        raise Refusal(400, {"error": name})
            return 200, asdict(rules)
        rules.calls[asked.route] = rules.calls.get(asked.route, 0) + 1
        return rules.answer(asked)

    def _fault(self, asked: Asked) -> str:
        rules = self.server.rules
        with self.server.lock:
            if rules.posting(asked):
                return rules.faults.pop(0) if rules.faults else ""
            if rules.reading(asked):
                return rules.read_faults.pop(0) if rules.read_faults else ""
        return ""

    def _break(self, fault: str) -> None:
        kind = fault.split()[0]
        if kind.isdigit():
            said = {"error": "planned", "message": f"planned {fault}", "description": "planned"}
            return self._give(int(kind), said, {})
        if kind == "slow":
            self.server.hold(HOLD_S)
        self.close_connection = True
        self.connection.close()
        return None

    def _give(self, status: int, given: Any, headers: dict[str, str]) -> None:
        data = b"" if status == 204 else json.dumps(given).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _parts(kind: str, raw: bytes) -> list[tuple[str, str | None, bytes]]:
    whole = BytesParser(policy=HTTP).parsebytes(f"content-type: {kind}\r\n\r\n".encode() + raw)
    found = []
    for part in whole.iter_parts():
        assert isinstance(part, Message)
        name = str(part.get_param("name", "", "content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        found.append((name, part.get_filename(), data))
    return found


def serve(rules: Planned) -> None:
    """Prints its port, and listens until whoever started it ends, however it ends."""
    server = Double(rules)
    print(server.server_address[1], flush=True)
    threading.Thread(target=_ends_with_parent, args=(server,), daemon=True).start()
    server.serve_forever()


def _ends_with_parent(server: Double) -> None:
    sys.stdin.read()
    server.shutdown()
