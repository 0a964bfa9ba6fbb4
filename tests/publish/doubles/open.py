"""A server that knows how many connections it has not finished with."""

from __future__ import annotations

import threading
import time
from http.server import ThreadingHTTPServer
from typing import Any

LONGEST_S = 10.0


class Counting(ThreadingHTTPServer):
    """What reached it from a process that was killed may be done late on a busy machine; whoever
    looks at the account as a person would waits for that first."""

    daemon_threads = True
    request_queue_size = 64
    held = 0  # connections that acted and only keep their client waiting

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open, self._counting = 0, threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._counting:
            self._open += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._counting:
            self._open -= 1

    def hold(self, seconds: float) -> None:
        with self._counting:
            self.held += 1
        time.sleep(seconds)
        with self._counting:
            self.held -= 1

    def settle(self) -> None:
        """Waits until only the connection that asks is left."""
        ends = time.monotonic() + LONGEST_S
        while self._open - self.held > 1 and time.monotonic() < ends:
            time.sleep(0.002)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no error here."""
