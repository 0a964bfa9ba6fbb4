"""What a source is given: the settings, the clock, a way to ask, and a place to put numbers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import numpy as np

from generator.collect.clock import Clock
from generator.collect.faults import HttpError, SourceFault, classify, pause_before_retry
from generator.collect.rows import Answer, Row
from generator.collect.settings import CollectSettings
from generator.model import Headline, Instrument, Series, SeriesKey

MOST_BYTES = 16_000_000
ASIDE_S = 4.0
AGENT = "commentary (market notes; public data)"

Newest = Callable[[SeriesKey], int | None]


async def together(*work: Awaitable[Any]) -> list[Any]:
    """All results, in order, once all have come; then the first fault among them is raised.

    Unlike a bare gather, nothing goes on behind a fault: what a source gives does not depend on
    which of its requests came back first.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


class Context:
    """One source's working place in one run. Lives inside one event loop."""

    def __init__(self, name: str, settings: CollectSettings, clock: Clock, cache_dir: Path,
                 newest: Newest) -> None:  # fmt: skip
        self.name, self.settings, self.clock = name, settings, clock
        self.cache_dir, self.newest = cache_dir, newest
        self.rows: dict[tuple[str, str], Row] = {}
        self.headlines: list[Headline] = []
        self.series: list[Series] = []
        self.notes: list[str] = []
        self.asides: list[str] = []
        self.failed: set[str] = set()
        self.stack = AsyncExitStack()
        self.exchange: Any = None
        self._session: Any = None

    def row(self, instrument: Instrument) -> Row:
        """The row of an instrument, made on first use."""
        key = (instrument.venue, instrument.symbol)
        if key not in self.rows:
            self.rows[key] = Row(instrument)
        return self.rows[key]

    def note(self, reason: str) -> None:
        """Something is missing from this source: its state will be `partial`, and say why."""
        if reason not in self.notes:
            self.notes.append(reason)

    def aside(self, reason: str) -> None:
        """Something a note can do without is missing: the source is `ok` all the same."""
        if reason not in self.asides:
            self.asides.append(reason)

    async def ask(self, endpoint: str, call: Callable[[], Awaitable[Any]]) -> Answer[Any]:
        """Call, with at most one retry where that can help. Raises SourceFault."""
        for attempt in (1, 2):
            try:
                data = await call()
                if data is None:
                    raise ValueError("empty answer")
                return Answer(data, endpoint, self.clock.now())
            except Exception as error:
                fault = classify(error, self.settings.request_s)
                if attempt == 2 or not fault.retry:
                    raise SourceFault(fault) from error
                await pause_before_retry(fault)
        raise AssertionError("unreachable")

    async def ask_optional(self, endpoint: str, call: Callable[[], Awaitable[Any]],
                           fields: Iterable[str] = ()) -> Answer[Any] | None:  # fmt: skip
        """As `ask`, but a fault only costs these fields: noted, and they count as FAILED."""
        try:
            return await self.ask(endpoint, call)
        except SourceFault as fault:
            self.note(f"{endpoint}: {fault.fault.reason}")
            self.failed.update(fields)
            return None

    async def ask_aside(self, endpoint: str,
                        call: Callable[[], Awaitable[Any]]) -> Answer[Any] | None:  # fmt: skip
        """Something a note can do without: asked once, for a few seconds; a fault is noted."""
        try:
            async with asyncio.timeout(ASIDE_S):
                return Answer(await call(), endpoint, self.clock.now())
        except Exception as error:
            self.aside(f"{endpoint}: {classify(error, ASIDE_S).reason}")
            return None

    def sample(self, symbol: str, name: str, value: float | None, when: int,
               endpoint: str) -> None:  # fmt: skip
        """One value of an index series (model.SERIES_OF), unless it is known already.

        when: ms. A replay's receipts lie after its moment, which is when they were true.
        """
        key: SeriesKey = (self.name, f"{symbol}#{name}", "index")
        when = min(when, self.clock.start) if self.clock.replay else when
        newest = self.newest(key)
        if value is not None and (newest is None or when > newest):
            data = np.array([[float(when), value]])
            self.series.append(Series(self.name, key[1], "index", data, endpoint))

    async def get(self, url: str, params: Mapping[str, str] | None = None,
                  headers: Mapping[str, str] | None = None,
                  most: int = MOST_BYTES) -> bytes:  # fmt: skip
        """The body of a GET; HttpError on an error status, ValueError beyond `most` bytes."""
        session = await self._open_session()
        target = self.settings.url_prefix + url
        async with session.get(target, params=params, headers=headers) as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(65536):
                body += chunk
                if len(body) > most:
                    raise ValueError(f"answer larger than {most} bytes")
            if response.status >= 400:
                raise HttpError(response.status, body[:2000].decode("utf-8", "replace"))
            return bytes(body)

    async def get_json(self, url: str, params: Mapping[str, str] | None = None,
                       headers: Mapping[str, str] | None = None) -> Any:  # fmt: skip
        return json.loads(await self.get(url, params, headers))

    async def _open_session(self) -> Any:
        if self._session is None:
            import aiohttp

            limit = aiohttp.ClientTimeout(total=self.settings.request_s)
            # trust_env: HTTPS_PROXY is honoured
            self._session = await self.stack.enter_async_context(
                aiohttp.ClientSession(timeout=limit, trust_env=True, headers={"User-Agent": AGENT})
            )
        return self._session
