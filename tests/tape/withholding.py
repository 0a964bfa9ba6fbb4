"""A loopback server in front of the tape that withholds one coin from every list."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.tape.harness import HOSTS, Tape

# Where a venue writes which instrument a row of its list is about.
NAMING = ("symbol", "instId", "product_id", "tradeable")


def without(body: Any, starts: tuple[str, ...]) -> Any:
    """The same JSON with rows about the coin left out of every list."""
    if isinstance(body, list):
        return [without(row, starts) for row in body if not _about(row, starts)]
    if isinstance(body, dict):
        return {key: without(value, starts) for key, value in body.items()}
    return body


def _about(row: Any, starts: tuple[str, ...]) -> bool:
    return isinstance(row, dict) and any(
        str(row.get(k, "")).upper().startswith(starts) for k in NAMING
    )


@contextmanager
def withholding(tape: Tape, coin: str) -> Iterator[str]:
    """The prefix of the server. Hyperliquid's lists are parallel arrays: it is refused whole."""
    starts = {"BTC": ("BTC", "XBT", "PF_XBT", "PI_XBT")}.get(coin, (coin, f"PF_{coin}"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if HOSTS["Hyperliquid"] in self.path:
                self._give(451, b"{}")
                return
            try:
                with urllib.request.urlopen(tape.prefix + self.path[1:], timeout=60) as answer:
                    self._give(answer.status, answer.read())
            except urllib.error.HTTPError as refused:
                self._give(refused.code, refused.read())

        do_POST = do_GET

        def _give(self, status: int, body: bytes) -> None:
            with contextlib.suppress(ValueError):  # a feed, or an error page
                body = json.dumps(without(json.loads(body), starts)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
