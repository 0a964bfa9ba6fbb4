"""Texts given to a person: by link, clipboard and file; known as handed over, never as sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from generator.model import Draft
from generator.networks import named, names
from generator.publish.base import Post
from generator.publish.changes import BY_HAND
from generator.publish.handover import given, link_of
from generator.publish.ledger import Ledger
from tests.publish.fakes import FakeSender
from tests.publish.runs import RUN
from tests.publish.test_commands import commentary, kept, state

TEXT = "$BTC fell 3.1% & more + “é” at 50,000: see https://example.org/a?b=1 #Bitcoin"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, sender: FakeSender, here: None) -> FakeSender:
    monkeypatch.setattr("generator.publish.senders.sender_of", lambda account, state: sender)
    return sender


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clipboard: what was put there last."""
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "wl-copy"
    script.write_text(f"#!/bin/sh\ncat > {tmp_path}/board\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return tmp_path / "board"


@pytest.mark.parametrize("name", ["x", "bluesky", "threads", "telegram", "linkedin", "farcaster"])
def test_a_link_carries_the_text_to_the_last_character(name: str) -> None:
    network = named(name)
    link = urlsplit(link_of(TEXT, network))
    assert link.scheme == "https"
    assert parse_qs(link.query)["url" if name == "telegram" else "text"] == [TEXT]


def test_a_mastodon_link_leads_to_its_own_server() -> None:
    assert link_of("a", named("mastodon")) == ""
    server = named("mastodon", {"base_url": "https://example.org/"})
    assert link_of("a b", server) == "https://example.org/share?text=a%20b"


def test_a_text_too_long_for_a_link_has_none() -> None:
    assert link_of("é" * 2000, named("x")) == ""


def test_what_is_pasted_reads_as_it_was_approved() -> None:
    """LinkedIn's escapes are its interface's alone: a person would paste the backslashes."""
    text = "a_b (c) #Bitcoin"
    for name in names():
        network = named(name)
        draft = Draft("post", name, "en", (text,), (), ())
        (part,) = given(Post(name, "en", network.render(draft)), network)
        escaped = part.text.replace("\\", "")
        assert escaped.replace("\u200b", "") == text
        assert ("\\" in part.text) == (name == "discord")


def test_a_link_is_handed_over_and_the_slot_is_taken(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    capsys.readouterr()
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "link") == 0
    told = capsys.readouterr()
    wanted = json.loads(kept(desk, "posts/x.json").read_text())["sent"][0]["text"]
    assert parse_qs(urlsplit(told.out.strip()).query)["text"] == [wanted]
    assert "Handed over, not sent" in told.err
    assert (kept(desk, "handed/x") / "part-1-1-price-btc.png").read_bytes()
    assert (kept(desk, "handed/x") / "part-1-1-price-btc.png.alt.txt").read_text()
    assert commentary(desk, "publish", RUN, "--to", "x") == 0  # the slot is filled
    assert "handed to a person" in capsys.readouterr().err
    assert sent.network.posts == []
    commentary(desk, "outbox", "list", "--state", "handed over")
    assert "handed over x" in capsys.readouterr().out


def test_what_was_sent_is_not_handed_over_besides(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    capsys.readouterr()
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "link") == 3
    told = capsys.readouterr()
    assert "already holds post 1 (sent)" in told.err
    assert told.out == ""


def test_what_may_be_out_is_not_handed_over(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMENTARY_PUBLISH__PAUSE_S", "0")
    sent.faults = ["before"]
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "file") == 3


def test_what_was_certainly_not_sent_may_be_handed_over_and_is_then_not_sent(
    desk: Path, sent: FakeSender
) -> None:
    sent.faults = ["401"]
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "file") == 0
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    assert sent.network.posts == []


def test_a_text_that_a_person_did_not_post_can_be_sent_after_all(
    desk: Path, sent: FakeSender
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    commentary(desk, "publish", RUN, "--to", "x", "--by", "file")
    assert commentary(desk, "outbox", "resolve", "1", "--as", "not-sent") == 0
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    assert len(sent.network.posts) == 1


def test_a_text_lost_on_the_way_is_given_again(desk: Path, sent: FakeSender) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    for _ in range(2):
        assert commentary(desk, "publish", RUN, "--to", "x", "--by", "file") == 0
    with Ledger(state()) as ledger:
        assert len(ledger.entries()) == 1


def test_a_thread_whose_handing_over_died_is_given_whole(desk: Path, sent: FakeSender) -> None:
    commentary(desk, "approve", RUN, "--to", "x:thread")
    with Ledger(state()) as ledger:
        approval = ledger.approved(RUN, "x")
        assert approval is not None
        parts = len(ledger.post(approval.id).segments)
        entry = ledger.claim(approval, BY_HAND, parts, approval.at)
        ledger.end(entry, 0, "handed over", approval.at)
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "file") == 0
    with Ledger(state()) as ledger:
        assert {row.state for row in ledger.entry(entry.id).rows} == {"handed over"}


def test_files_hold_every_part(desk: Path, sent: FakeSender) -> None:
    commentary(desk, "approve", RUN, "--to", "x:thread")
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "file") == 0
    wanted = json.loads(kept(desk, "posts/x.thread.en.json").read_text())["sent"]
    for number, segment in enumerate(wanted, 1):
        path = kept(desk, f"handed/x/part-{number}.txt")
        assert path.read_text() == segment["text"] + "\n"


def test_the_clipboard_gets_the_text(desk: Path, sent: FakeSender, board: Path) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "clipboard") == 0
    wanted = json.loads(kept(desk, "posts/x.json").read_text())["sent"][0]["text"]
    assert board.read_text() == wanted


def test_without_a_clipboard_nothing_is_written_down(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    monkeypatch.setenv("PATH", "")
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "clipboard") == 2
    with Ledger(state()) as ledger:
        assert ledger.entries() == ()


def test_a_replay_is_not_handed_over(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    monkeypatch.delenv("COMMENTARY_NETWORKS__X__BASE_URL")
    assert commentary(desk, "publish", RUN, "--to", "x", "--by", "link") == 3
    with Ledger(state()) as ledger:
        assert ledger.entries() == ()
