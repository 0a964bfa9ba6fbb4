"""Corrections and retractions: dated, bound to the original, once each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.cli import main
from generator.publish.base import Ambiguous, Attempt, NotSent, Outcome
from generator.publish.ledger import Approval, Ledger
from generator.publish.outbox import Outbox
from generator.settings import PublishSection
from tests.conftest import ROOT
from tests.publish.fakes import Crash, FakeClock, FakeNetwork, FakeSender, thread
from tests.publish.runs import AT, RUN

SLOT = "2026-06-26/morning"
LATER = "2026-06-26T09:30:00Z"
SAID = "$ETH is down 1.6% in 24 h."


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, sender: FakeSender, here: None) -> FakeSender:
    monkeypatch.setenv("COMMENTARY_PUBLISH__PAUSE_S", "0")
    monkeypatch.setattr("generator.publish.senders.sender_of", lambda account, state: sender)
    return sender


def commentary(folder: Path, *words: str, at: str = AT) -> int:
    return main([words[0], "--folder", str(folder), "--now", at, *words[1:]])


@pytest.fixture
def out(desk: Path, sent: FakeSender) -> Path:
    """A working folder whose run is out on x."""
    assert commentary(desk, "approve", RUN, "--to", "x") == 0
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    return desk


def figure(folder: Path) -> str:
    """A sentence that the run's data bears out: the first of its post."""
    kept = json.loads((folder / "output" / RUN / "posts" / "x.json").read_text())
    return str(kept["segments"][0]).split("\n")[0]


def test_a_correction_is_dated_and_answers_what_it_corrects(out: Path, sent: FakeSender) -> None:
    text = figure(out)
    assert commentary(out, "correct", RUN, "--to", "x", "--text", text, at=LATER) == 0
    first, second = sent.network.posts
    assert second.parent == first.id
    assert second.text.startswith("Correction 2026-06-26 09:30 UTC: ")
    with Ledger(Path(os.environ["COMMENTARY_STATE"])) as ledger:
        slots = [e.slot for e in ledger.entries()]
        assert slots[1] == SLOT
        assert slots[0].startswith(f"{SLOT}#correction-")
        approval = ledger.approval(ledger.entries()[0].approval)
        assert (approval.kind, approval.original) == ("correction", 1)


def test_the_same_correction_twice_is_one(out: Path, sent: FakeSender) -> None:
    text = figure(out)
    for minute in (30, 40):
        at = f"2026-06-26T09:{minute}:00Z"
        assert commentary(out, "correct", RUN, "--to", "x", "--text", text, at=at) == 0
    assert len(sent.network.posts) == 2


def test_a_correction_that_no_number_bears_out_is_not_sent(
    out: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "BTC touched $18,115 in 24 h."
    assert commentary(out, "correct", RUN, "--to", "x", "--text", wrong, at=LATER) == 1
    assert len(sent.network.posts) == 1


def test_an_edited_text_is_the_correction_where_none_is_given(
    out: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert commentary(out, "correct", RUN, "--to", "x", at=LATER) == 2
    assert "has no correction" in capsys.readouterr().err
    folder = out / "output" / RUN
    edited = folder / "edited" / "x.txt"
    edited.parent.mkdir()
    text = (folder / "posts" / "x.txt").read_text()
    shorter = text.partition(". ")[2].partition("#")[0]  # room for the date
    edited.write_text(shorter.rstrip() + "\n")
    assert commentary(out, "correct", RUN, "--to", "x", "--dry-run", at=LATER) == 0
    assert "Correction 2026-06-26 09:30 UTC: " in capsys.readouterr().out
    assert len(sent.network.posts) == 1


def test_what_was_not_sent_is_neither_corrected_nor_taken_back(
    desk: Path, sent: FakeSender
) -> None:
    assert commentary(desk, "correct", RUN, "--to", "x", "--text", SAID) == 2
    assert commentary(desk, "retract", RUN, "--to", "x") == 2
    assert not sent.calls


def test_what_may_be_out_is_settled_before_it_is_taken_back(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    sent.faults, sent.network.lag = ["after"], 10**9
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    capsys.readouterr()
    assert commentary(desk, "retract", RUN, "--to", "x") == 2
    told = capsys.readouterr().err
    assert "may be out" in told
    assert "outbox resolve 1" in told


def test_a_thread_is_taken_back_from_its_end_and_only_once(desk: Path, sent: FakeSender) -> None:
    commentary(desk, "approve", RUN, "--to", "x:thread")
    commentary(desk, "publish", RUN, "--to", "x")
    parts = [p.id for p in sent.network.posts]
    assert len(parts) > 1
    taken: list[str] = []
    retract = sent.retract
    sent.retract = lambda s: (taken.append(s.id), retract(s))[1]  # type: ignore[method-assign]
    assert commentary(desk, "retract", RUN, "--to", "x", at=LATER) == 0
    assert taken == parts[::-1]
    assert sent.network.posts == []
    assert commentary(desk, "retract", RUN, "--to", "x", at=LATER) == 0
    assert len(taken) == len(parts)


def test_a_dry_run_of_a_retraction_names_the_parts_and_takes_nothing_back(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    commentary(desk, "approve", RUN, "--to", "x:thread")
    commentary(desk, "publish", RUN, "--to", "x")
    parts = [f"https://example.org/{p.id}" for p in sent.network.posts]
    shutil.rmtree(desk / "output" / RUN)  # what is out is in the ledger
    capsys.readouterr()
    assert commentary(desk, "retract", RUN, "--to", "x", "--dry-run", at=LATER) == 0
    told = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert told == parts[::-1]
    assert len(sent.network.posts) == len(parts)
    with Ledger(Path(os.environ["COMMENTARY_STATE"])) as ledger:
        assert len(ledger.entries()) == 1


def test_while_everything_is_stopped_a_person_may_correct_and_take_back(
    out: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(os.environ["COMMENTARY_STATE"]) / "STOP").touch()
    correct = ("correct", RUN, "--to", "x", "--text", figure(out))
    retract = ("retract", RUN, "--to", "x")
    for words in (correct, retract):
        assert commentary(out, *words, at=LATER) == 3
        assert "--despite-stop" in capsys.readouterr().err
    assert len(sent.network.posts) == 1
    assert commentary(out, *correct, "--despite-stop", at=LATER) == 0
    assert len(sent.network.posts) == 2
    assert commentary(out, *retract, "--despite-stop", at=LATER) == 0
    assert [p.text[:10] for p in sent.network.posts] == ["Correction"]


def test_half_a_thread_that_was_taken_back_is_not_finished(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    send = sent.send

    def second_fails(attempt: Attempt) -> Outcome:
        return NotSent("no connection") if attempt.part.index else send(attempt)

    sent.send = second_fails  # type: ignore[method-assign]
    commentary(desk, "approve", RUN, "--to", "x:thread")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    sent.send = send  # type: ignore[method-assign]
    assert commentary(desk, "retract", RUN, "--to", "x") == 0
    assert sent.network.posts == []
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert "it was taken back" in capsys.readouterr().err
    assert sent.network.posts == []


def test_a_part_that_turns_out_to_be_there_is_taken_back_after_the_others(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    commentary(desk, "approve", RUN, "--to", "x:thread")
    send, sent.network.lag = sent.send, 10**9  # what is out is not to be seen

    def second_is_lost(attempt: Attempt) -> Outcome:
        given = send(attempt)
        return Ambiguous("time-out") if attempt.part.index else given

    sent.send = second_is_lost  # type: ignore[method-assign]
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    second = sent.network.posts[1].id
    assert commentary(desk, "retract", RUN, "--to", "x") == 3
    assert "part 2 may be out" in capsys.readouterr().err
    assert [p.id for p in sent.network.posts] == [second]
    assert commentary(desk, "outbox", "resolve", "1", "--as", "sent", "--id", second) == 0
    for _ in range(2):
        assert commentary(desk, "retract", RUN, "--to", "x") == 0
        assert sent.network.posts == []
    with Ledger(Path(os.environ["COMMENTARY_STATE"])) as ledger:
        slots = [e.slot for e in ledger.entries()]
    assert slots == [f"{SLOT}#retraction-2", f"{SLOT}#retraction", SLOT]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_retraction_that_dies_is_gone_on_with(desk: Path, sent: FakeSender, when: str) -> None:
    commentary(desk, "approve", RUN, "--to", "x:thread")
    commentary(desk, "publish", RUN, "--to", "x")
    retract, deaths = sent.retract, iter([True])

    def dying(of: object) -> object:
        dies = next(deaths, False)
        if when == "after" or not dies:
            retract(of)  # type: ignore[arg-type]
        if dies:
            raise Crash
        return of

    sent.retract = dying  # type: ignore[method-assign, assignment]
    with pytest.raises(Crash):
        commentary(desk, "retract", RUN, "--to", "x", at=LATER)
    later = "2026-06-26T19:30:00Z"
    assert commentary(desk, "retract", RUN, "--to", "x", at=later) == 0
    assert sent.network.posts == []


# ---------------------------------------------------------------- a ledger that is carried along


def approved(ledger: Ledger, clock: FakeClock, *texts: str) -> Approval:
    return ledger.approve(
        thread(*texts), run="r/1", as_of=clock.now(), slot=SLOT, mode="live", who="person", at=clock.now()
    )  # fmt: skip


def carried(tmp_path: Path, clock: FakeClock, command: str) -> tuple[Ledger, Outbox]:
    ledger = Ledger(tmp_path / "job")
    return ledger, Outbox(ledger, PublishSection(pause_s=0, checkpoint=command), clock)


def test_a_job_that_vanishes_after_the_call_leaves_the_intent_elsewhere(
    tmp_path: Path, clock: FakeClock, network: FakeNetwork
) -> None:
    kept = tmp_path / "kept"
    ledger, outbox = carried(tmp_path, clock, f"cp -r . {kept}")
    sender = FakeSender(network, faults=["die after"])
    with ledger, pytest.raises(Crash):
        outbox.deliver(approved(ledger, clock, "one"), sender)
    assert len(network.posts) == 1
    for file in kept.glob("*-wal"):
        assert file.stat().st_size == 0  # the one file is whole
    with Ledger(kept) as next_job:  # all that is left of the first job
        again = Outbox(next_job, PublishSection(pause_s=0), clock)
        result = again.deliver(next_job.approval(1), FakeSender(network))
    assert result.whole
    assert len(network.posts) == 1


def test_nothing_is_sent_that_could_not_be_kept_elsewhere(
    tmp_path: Path, clock: FakeClock, network: FakeNetwork
) -> None:
    ledger, outbox = carried(tmp_path, clock, "false")
    with ledger:
        result = outbox.deliver(approved(ledger, clock, "one"), FakeSender(network))
    assert result.entry.state == "not sent"
    assert "could not be kept elsewhere" in result.stopped
    assert network.posts == []


def test_the_command_that_keeps_the_ledger_gets_no_secret(
    tmp_path: Path, clock: FakeClock, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMENTARY_NETWORKS__X__API_KEY", "planted")
    seen = tmp_path / "seen"
    ledger, outbox = carried(tmp_path, clock, f"sh -c 'env > {seen}'")
    with ledger:
        outbox.deliver(approved(ledger, clock, "one"), FakeSender(network))
    assert "planted" not in seen.read_text()
    assert len(network.posts) == 1


KEEP = ROOT / "docs" / "examples" / "keep-ledger"


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


@pytest.fixture
def branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an empty branch `ledger`, as the CI example has it."""
    if shutil.which("git") is None:
        pytest.skip("no git")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "desk")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "desk@example.org")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=ledger", "origin")
    git(tmp_path, "clone", "--quiet", "origin", "first")
    git(tmp_path / "first", "commit", "--quiet", "--allow-empty", "-m", "The ledger")
    git(tmp_path / "first", "push", "--quiet", "origin", "HEAD:ledger")
    return tmp_path / "origin"


def job(branch: Path, name: str, clock: FakeClock) -> tuple[Ledger, Outbox]:
    """A CI job: a fresh checkout of the branch, as its state folder."""
    folder = branch.with_name(name)
    git(branch.parent, "clone", "--quiet", "--branch", "ledger", str(branch), str(folder))
    ledger = Ledger(folder)
    policy = PublishSection(pause_s=0, checkpoint=f"sh {KEEP}")
    return ledger, Outbox(ledger, policy, clock)


def test_a_ci_job_that_vanishes_is_gone_on_with_by_the_next(
    branch: Path, clock: FakeClock, network: FakeNetwork
) -> None:
    ledger, outbox = job(branch, "one", clock)
    with ledger, pytest.raises(Crash):
        outbox.deliver(approved(ledger, clock, "a", "b"), FakeSender(network, faults=["die after"]))
    shutil.rmtree(branch.with_name("one"))  # nothing was kept after the call
    ledger, outbox = job(branch, "two", clock)
    with ledger:
        assert outbox.deliver(ledger.approval(1), FakeSender(network)).whole
    assert [p.text for p in network.posts] == ["a", "b"]


def test_of_two_ci_jobs_that_carry_the_same_ledger_one_sends(
    branch: Path, clock: FakeClock, network: FakeNetwork
) -> None:
    one, first = job(branch, "one", clock)
    two, second = job(branch, "two", clock)
    with one, two:
        for ledger in (one, two):
            approved(ledger, clock, "a")
            ledger.meet("fake", FakeSender(network).identity(), clock.now())
        assert first.deliver(one.approval(1), FakeSender(network)).whole
        result = second.deliver(two.approval(1), FakeSender(network))
    assert result.entry.state == "not sent"
    assert len(network.posts) == 1
