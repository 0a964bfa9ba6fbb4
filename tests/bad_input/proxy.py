"""A loopback server in front of the tape that spoils answers on their way to the program.

A `Spoil` gets the URL that was asked for and the answer's body, and gives the body to send. What
it raises or leaves alone is sent as it came.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Spoil = Callable[[str, bytes], bytes]

PRICES = frozenset(
    "lastPrice openPrice highPrice lowPrice weightedAvgPrice prevClosePrice prevPrice24h "
    "highPrice24h lowPrice24h markPrice indexPrice last open24h high24h low24h askPx bidPx "
    "bidPrice askPrice ask1Price bid1Price ask bid midPx prevDayPx oraclePx markPx high low "
    "price price_24h_ago indexPx".split()
)
VOLUMES = frozenset("volume volume24h vol24h vol volCcy24h vol24".split())
STAMPS = frozenset(
    "closeTime openTime time ts timestamp lastTime nextFundingTime fundingTime "
    "fundingRateTimestamp last_updated serverTime".split()
)
NAMES = ("symbol", "instId", "product_id", "tradeable")


def is_list_of_prices(url: str) -> bool:
    """A request for tickers or marks of many instruments at once."""
    told = ("ticker/24hr", "v5/market/tickers", "market/tickers", "v3/tickers", "/premiumIndex?")
    return any(part in url for part in told) or url.endswith(("premiumIndex", "/tickers"))


def is_feed(url: str) -> bool:
    return any(part in url for part in ("rss", "feed"))


def each_value(body: Any, keys: frozenset[str], new: Callable[[Any], Any], about: str = "") -> Any:
    """The same JSON with new(value) under those keys; `about` limits it to rows of one coin."""
    if isinstance(body, list):
        return [each_value(item, keys, new, about) for item in body]
    if not isinstance(body, dict):
        return body
    if about and any(k in body for k in NAMES):
        if not any(_names(str(body.get(k, "")).upper(), about) for k in NAMES):
            return body
        about = ""
    return {
        k: new(v)
        if k in keys and not about and not isinstance(v, dict | list)
        else each_value(v, keys, new, about)
        for k, v in body.items()
    }


def _names(name: str, coin: str) -> bool:
    starts = (coin, "XBT", "PF_XBT") if coin == "BTC" else (coin, f"PF_{coin}")
    return name.startswith(starts) and not name.startswith("BTCDOM")


def times(factor: float) -> Callable[[Any], Any]:
    """A number, or a number written as text, times factor; anything else as it is."""

    def scaled(value: Any) -> Any:
        if isinstance(value, bool) or value in (None, ""):
            return value
        try:
            product = float(value) * factor
        except ValueError:
            return value
        return str(product) if isinstance(value, str) else product

    return scaled


def spoiled_values(
    keys: frozenset[str], new: Callable[[Any], Any], host: str = "", about: str = ""
) -> Spoil:
    """new(value) under those keys in lists of prices, of one host, of one coin."""

    def spoil(url: str, body: bytes) -> bytes:
        if host not in url or not is_list_of_prices(url):
            return body
        return json.dumps(each_value(json.loads(body), keys, new, about)).encode()

    return spoil


def one_for_ten(host: str = "", coin: str = "BTC") -> Spoil:
    """The price times ten and the volume divided by ten, the open of 24 h ago as it was."""
    risen = PRICES - {"openPrice", "prevPrice24h", "open24h", "prevDayPx", "low", "lowPrice"}
    price = spoiled_values(risen, times(10), host, coin)
    volume = spoiled_values(VOLUMES, times(0.1), host, coin)
    return lambda url, body: volume(url, price(url, body))


def spoiled_feed(feed: bytes) -> Spoil:
    """Every feed answers with this one."""
    return lambda url, body: feed if is_feed(url) else body


def spoiled_lists(new: Callable[[bytes], bytes], host: str = "") -> Spoil:
    """new(body) for the lists of prices of one host."""
    return lambda url, body: new(body) if host in url and is_list_of_prices(url) else body


@contextmanager
def proxied(upstream: str, spoil: Spoil, headers: dict[str, str] | None = None) -> Iterator[str]:
    """The prefix of a server that forwards to `upstream` (a prefix, too) and spoils answers."""
    extra = headers or {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = urllib.request.Request(
                upstream + self.path[1:],
                data=self.rfile.read(length) if length else None,
                headers={"Content-Type": "application/json"},
                method=self.command,
            )
            try:
                with urllib.request.urlopen(asked, timeout=60) as answer:
                    status, body = answer.status, answer.read()
            except urllib.error.HTTPError as refused:
                status, body = refused.code, refused.read()
            self._give(status, body)

        do_POST = do_GET

        def _give(self, status: int, body: bytes) -> None:
            with contextlib.suppress(ValueError, KeyError):
                body = spoil(self.path[1:], body)
            if extra.get("Content-Encoding") == "gzip":
                body = gzip.compress(body)
            self.send_response(status)
            self.send_header("Content-Type", extra.get("Content-Type", "application/json"))
            if "Content-Encoding" in extra:
                self.send_header("Content-Encoding", extra["Content-Encoding"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # the program may stop reading
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
