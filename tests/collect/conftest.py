"""Fixtures of the collecting tests: the doubles' server, and one call that collects from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.collect import Collected, CollectSettings, collect
from generator.model import SeriesKey, Snapshot
from tests.collect import doubles


@pytest.fixture
def double() -> Iterator[doubles.Double]:
    made = doubles.Double(dict(doubles.ALL))
    server = doubles.start(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """The library's pauses between requests spare venues; a double needs none."""
    from ccxt.async_support.base.exchange import Exchange

    async def at_once(self: object, cost: float | None = None) -> None: ...

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Exchange, "throttle", at_once)
        yield


Collect = Callable[..., Collected]
VENUES = ("binanceusdm", "okx", "gate", "kucoinfutures", "bitget")


def _once(cache: Path, **settings: Any) -> Collected:
    made = doubles.Double(dict(doubles.ALL))
    server = doubles.start(made)
    try:
        chosen = CollectSettings(url_prefix=made.prefix, feeds=(), **settings)
        return collect(chosen, now_ms=doubles.NOW, cache_dir=cache, newest=lambda key: None)
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The doubles' venues and side sources, collected once, without history."""
    cache = tmp_path_factory.mktemp("world")
    return _once(cache, venues=VENUES, aggregators=("coinpaprika",), backfill=False).snapshot


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """Gate, KuCoin and the index with their history, collected once."""
    cache = tmp_path_factory.mktemp("past")
    return _once(cache, venues=("gate", "kucoinfutures"), aggregators=(), side=("alternative.me",))


@pytest.fixture
def gather(double: doubles.Double, tmp_path: Path) -> Collect:
    """collect(venues, ...) from the doubles at NOW; keyword arguments are CollectSettings'."""

    def run(*venues: str, newest: Callable[[SeriesKey], int | None] = lambda key: None,
            now_ms: int | None = doubles.NOW, **settings: Any) -> Collected:  # fmt: skip
        chosen = CollectSettings(
            venues=venues,
            url_prefix=double.prefix,
            **{"aggregators": (), "side": (), "feeds": (), "backfill": False, **settings},
        )
        return collect(chosen, now_ms=now_ms, cache_dir=tmp_path / "cache", newest=newest)

    return run


def values(snapshot: Snapshot, venue: str, symbol: str) -> dict[str, float]:
    """The numbers that are there, by field."""
    row = row_of(snapshot, venue, symbol)
    found = zip(snapshot.fields, snapshot.values[row], strict=True)
    return {f: float(v) for f, v in found if v == v}


def row_of(snapshot: Snapshot, venue: str, symbol: str) -> int:
    keys = [(i.venue, i.symbol) for i in snapshot.instruments]
    return keys.index((venue, symbol))


def state(snapshot: Snapshot, name: str) -> tuple[str, str]:
    found = next(s for s in snapshot.sources if s.name == name)
    return found.state, found.reason
