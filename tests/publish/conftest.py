from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.cli import Context
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


# ---------------------------------------------------------------- secrets stay where they are

PLANTED = (b"planted-", b"access-secret-", b"refresh-secret-")


@pytest.fixture(autouse=True)
def nothing_leaks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """After every test here: no log, no output, no file of a run or of the state holds a secret.

    Exempt is the one place for them, which nobody but the user may read: the tokens of a login.
    """
    spoken = io.StringIO()
    for name in ("say", "give"):
        monkeypatch.setattr(f"generator.cli.Context.{name}", _recorded(name, spoken))
    yield
    told = {"the log": caplog.text.encode(), "what was said": spoken.getvalue().encode()}
    for path in tmp_path.rglob("*"):
        if path.is_file() and not (path.name == "x.json" and path.stat().st_mode & 0o077 == 0):
            told[str(path)] = path.read_bytes()
    for where, data in told.items():
        for word in PLANTED:
            assert word not in data, f"{where} holds a secret ({word!r}...)"


def _recorded(name: str, spoken: io.StringIO) -> Callable[[Context, str], None]:
    says = getattr(Context, name)

    def recorded(context: Context, text: str) -> None:
        spoken.write(f"{text}\n")
        says(context, text)

    return recorded


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """What a test let out beside that, of its own or by a library, holds none either."""
    report: Any = yield
    said = "".join(content for _, content in report.sections)
    found = [word for word in PLANTED if word.decode() in said]
    if report.passed and found:
        report.outcome, report.longrepr = "failed", f"the output holds a secret ({found[0]!r}...)"
    return report
