"""A limit on what one answer may weigh, for sessions that the exchange library reads whole."""

from __future__ import annotations

from typing import Any

MOST_BYTES = 64_000_000  # the largest honest answer, a listing of all markets, is under 20 MB


class TooLarge(Exception):
    """An answer was given up because it went on beyond the limit."""


def cap(exchange: Any, most: int | None = None) -> None:
    """Make every answer of an exchange beyond `most` bytes, counted unpacked, raise TooLarge.

    The exchange opens its own connector; only the class of the answers is ours. A length that is
    announced beyond the limit is not read at all. To be called inside the running loop.
    """
    import aiohttp

    limit = MOST_BYTES if most is None else most

    class Capped(aiohttp.ClientResponse):
        async def read(self) -> bytes:
            if self._body is None:
                try:
                    self._body = await self._within()
                except BaseException:
                    self.close()
                    raise
            return self._body

        async def _within(self) -> bytes:
            body = bytearray()
            if (self.content_length or 0) <= limit:
                async for chunk in self.content.iter_chunked(65536):
                    body += chunk
                    if len(body) > limit:
                        break
                else:
                    return bytes(body)
            raise TooLarge(f"answer larger than {limit} bytes")

    exchange.open()
    exchange.session.detach()
    exchange.session = aiohttp.ClientSession(
        connector=exchange.tcp_connector, trust_env=True, response_class=Capped
    )
