"""The ledger's file, whatever state it is in: named, never overwritten, nothing sent without it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from generator.errors import StoreError
from generator.publish.ledger import Ledger
from generator.publish.outbox import Outbox
from generator.publish.schema import FILE, VERSION
from generator.settings import PublishSection
from tests.publish.fakes import FakeClock, FakeNetwork, FakeSender
from tests.publish.runs import AT, RUN
from tests.publish.test_commands import commentary, sent, state
from tests.publish.test_outbox import approved

__all__ = ["sent"]


def spoilt(path: Path, how: str) -> None:
    """A ledger that this program did not write, or not like this."""
    if how == "no database":
        path.write_bytes(b"approved: everything\n" * 50)
        return
    with Ledger(path.parent):
        pass
    db = sqlite3.connect(path)
    if how == "of a newer version":
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    if how == "of another program":
        db.execute("PRAGMA application_id = 1")
    db.commit()
    db.close()
    if how == "cut off":
        os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    "how",
    ["no database", "of a newer version", "of another program", "cut off"],
)
def test_a_ledger_that_cannot_be_read_is_named_kept_and_sends_nothing(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    state().mkdir(parents=True, exist_ok=True)
    path = state() / FILE
    spoilt(path, how)
    before = path.read_bytes()
    for words in (["approve", RUN, "--to", "x"], ["publish", RUN, "--to", "x"], ["outbox", "list"]):
        assert commentary(desk, *words) == 1
        what, todo = capsys.readouterr().err.splitlines()[-2:]
        assert str(path) in what
        assert todo.startswith("  ")
    assert path.read_bytes() == before
    assert not sent.calls


def test_where_the_end_of_a_call_cannot_be_written_the_next_run_looks_for_it(
    tmp_path: Path, clock: FakeClock, network: FakeNetwork, sender: FakeSender
) -> None:
    """The disk fills while the network is being asked: the post is out, and only its intent is
    written."""
    with Ledger(tmp_path / "state") as ledger:
        approval = approved(ledger)
        send = sender.send

        def filling(attempt: object) -> object:
            given = send(attempt)  # type: ignore[arg-type]
            ledger._connection.execute("PRAGMA max_page_count = 1")  # no page more than there is
            return given

        sender.send = filling  # type: ignore[method-assign, assignment]
        ledger.end = _written_at_length(ledger)  # type: ignore[method-assign, assignment]
        outbox = Outbox(ledger, PublishSection(), clock)
        with pytest.raises(StoreError, match="no room left"):
            outbox.deliver(approval, sender)
    assert [p.text for p in network.posts] == ["one"]
    sender.send = send  # type: ignore[method-assign]
    with Ledger(tmp_path / "state") as ledger:
        assert ledger.entries()[0].rows[0].state == "sending"
        assert Outbox(ledger, PublishSection(), clock).deliver(approval, sender).whole
    assert [p.text for p in network.posts] == ["one", "two", "three"]


def _written_at_length(ledger: Ledger) -> object:
    """`end`, with a reason that needs new pages: a row alone may fit into one that is there."""
    end = ledger.end

    def longer(*args: object, **options: object) -> None:
        end(*args, **{**options, "reason": "x" * 40_000})  # type: ignore[arg-type]

    return longer


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_state_folder_that_cannot_be_written_sends_nothing(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    state().mkdir(parents=True, exist_ok=True)
    state().chmod(0o500)
    try:
        assert commentary(desk, "approve", RUN, "--to", "x") == 1
        assert str(state()) in capsys.readouterr().err
    finally:
        state().chmod(0o700)


def test_where_the_state_folder_is_a_file_it_is_named(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    state().parent.mkdir(parents=True, exist_ok=True)
    state().write_text("")
    assert commentary(desk, "publish", RUN, "--to", "x", at=AT) == 1
    assert "COMMENTARY_STATE" in capsys.readouterr().err
