from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.publish.ledger import Ledger
from generator.publish.outbox import Outbox
from generator.settings import PublishSection
from tests.publish.fakes import FakeClock, FakeNetwork, FakeSender
from tests.publish.runs import known_once, working_folder


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def network(clock: FakeClock) -> FakeNetwork:
    return FakeNetwork(clock)


@pytest.fixture
def sender(network: FakeNetwork) -> FakeSender:
    return FakeSender(network)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "state") as ledger:
        yield ledger


@pytest.fixture
def outbox(ledger: Ledger, clock: FakeClock) -> Outbox:
    return Outbox(ledger, PublishSection(), clock)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one run, ready to be approved.

    What the run knows is worked out once: it is the same snapshot in every test.
    """
    monkeypatch.setattr("generator.publish.candidate._known", known_once)
    return working_folder(tmp_path)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account of x is on this machine; nothing listens there."""
    monkeypatch.setenv("COMMENTARY_NETWORKS__X__BASE_URL", "http://127.0.0.1:9")
