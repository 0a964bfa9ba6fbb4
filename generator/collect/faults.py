"""What an exception at a source's edge means: a state, a reason a person can read, retry or not.

ccxt names faults after its own hierarchy, which does not say what a person needs to know: a
451 arrives as a retryable network error, a geographic 403 as a rate limit, a page of HTML as an
AttributeError. So the HTTP status and the body decide first, the class last.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any, Literal

GEOGRAPHIC = re.compile(
    r"cloudfront|restricted location|your country|country or region|geo.?(block|restrict)|"
    r"not available in your|eligibility", re.I
)  # fmt: skip
PAUSE_S = 0.3
RATE_LIMIT_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """host: the next request to the same place would meet the same fault."""

    state: Literal["blocked", "failed"]
    reason: str
    retry: bool = False
    host: bool = False


class SourceFault(Exception):
    """A request that gave nothing useful, already classified."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.reason)


class HttpError(Exception):
    """A side source answered with an HTTP error status."""

    def __init__(self, status: int, body: str) -> None:
        self.http_status, self.body = status, body
        super().__init__(f"HTTP {status}")


def classify(error: BaseException, request_s: float = 10.0) -> Fault:
    """The fault behind any exception; never raises."""
    if isinstance(error, SourceFault):
        return error.fault
    chain = _causes(error)
    status = next((s for e in chain if (s := getattr(e, "http_status", None))), None)
    body = next((str(b) for e in chain if (b := getattr(e, "body", None))), str(error))
    if status is not None and status >= 400:
        return _by_status(int(status), body)
    names = {k.__name__ for e in chain for k in type(e).__mro__}
    return _by_class(error, names, request_s)


def _by_status(status: int, body: str) -> Fault:
    if status == 451 or (status == 403 and GEOGRAPHIC.search(body)):
        return Fault("blocked", f"HTTP {status}: not offered from this location", host=True)
    if status == 403:
        return Fault("blocked", "HTTP 403: refused", host=True)
    if status in (418, 429):
        return Fault("failed", f"HTTP {status}: rate limit", retry=status == 429, host=True)
    if status >= 500:
        return Fault("failed", f"HTTP {status}: the server is out of order", retry=True)
    return Fault("failed", f"HTTP {status}: request refused")


def _by_class(error: BaseException, names: set[str], request_s: float) -> Fault:
    if "TooLarge" in names:
        return Fault("failed", "answer too large")
    if names & {"RequestTimeout", "TimeoutError"}:
        return Fault("failed", f"no answer within {request_s:g} s", host=True)
    if names & {"gaierror", "ClientConnectorDNSError"}:
        return Fault("failed", "host name not found", host=True)
    if names & {"ClientConnectorError", "ConnectionRefusedError", "ClientProxyConnectionError"}:
        return Fault("failed", "connection refused or no route", host=True)
    if names & {"ServerDisconnectedError", "ConnectionResetError", "ClientPayloadError"}:
        return Fault("failed", "connection broken off", retry=True)
    if names & {"DDoSProtection", "RateLimitExceeded"}:
        return Fault("failed", "rate limit", retry=True, host=True)
    if GEOGRAPHIC.search(str(error)):
        return Fault("blocked", "not offered from this location", host=True)
    if names & {"NotSupported", "AuthenticationError", "BadSymbol", "BadRequest"}:
        return Fault("failed", f"request refused ({type(error).__name__})")
    if names & {"ExchangeNotAvailable", "NetworkError", "ClientError", "OSError"}:
        return Fault("failed", "venue not available", retry=True)
    if names & {"JSONDecodeError", "AttributeError", "BadResponse", "ExchangeError", "ValueError"}:
        return Fault("failed", "unreadable answer", retry=True)
    return Fault("failed", f"unreadable answer ({type(error).__name__})")


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    item: BaseException | None = error
    while item is not None and item not in chain:
        chain.append(item)
        item = item.__cause__ or item.__context__
    return chain


def annotate(exchange: Any) -> None:
    """Make the exchange's errors carry the HTTP status and the start of the body.

    ccxt drops both on most paths, and they alone tell a geographic block from a rate limit.
    """
    errors, codes = exchange.handle_errors, exchange.handle_http_status_code

    def handle_errors(code: int, reason: str, url: str, method: str, headers: Any,
                      body: str, *rest: Any) -> Any:  # fmt: skip
        if code >= 400:
            # Before ccxt reads the body: a block page in HTML would become an AttributeError.
            if code in (403, 451) or not _is_json(body):
                raise HttpError(code, body[:2000])
        elif not _is_json(body):
            raise ValueError("not JSON")
        try:
            return errors(code, reason, url, method, headers, body, *rest)
        except Exception as error:
            _mark(error, code, body)
            raise

    def handle_http_status_code(code: int, reason: str, url: str, method: str, body: str) -> Any:
        try:
            return codes(code, reason, url, method, body)
        except Exception as error:
            _mark(error, code, body)
            raise

    exchange.handle_errors = handle_errors
    exchange.handle_http_status_code = handle_http_status_code


def _is_json(body: str) -> bool:
    start = (body or "").lstrip()[:1]
    if start not in ("{", "["):
        return False
    try:  # the end tells a truncated body from a whole one without a second full parse
        return (body.rstrip()[-1:] in ("}", "]")) or bool(json.loads(body))
    except ValueError:
        return False


def _mark(error: Exception, code: int, body: str) -> None:
    if code >= 400:
        error.http_status, error.body = code, (body or "")[:2000]  # type: ignore[attr-defined]


async def pause_before_retry(fault: Fault) -> None:
    """A short wait: a venue that asks for more than a moment is not asked again in this run."""
    await asyncio.sleep(RATE_LIMIT_PAUSE_S if "rate limit" in fault.reason else PAUSE_S)


class Skipped(Exception):
    """A source that was not asked, with the reason."""
