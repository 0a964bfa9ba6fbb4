from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.publish.ledger import Ledger
from generator.publish.outbox import Outbox
from generator.settings import PublishSection
from tests.publish.fakes import FakeClock, FakeNetwork, FakeSender


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
