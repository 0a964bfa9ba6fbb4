"""The protocol: written before the call, looked for after it, never sent on a guess."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import StoreError, UsageError
from generator.publish.base import Outcome, Post, PublishError
from generator.publish.ledger import Approval, Ledger
from generator.publish.outbox import STOP, Outbox, Result
from generator.settings import PublishSection
from tests.publish.fakes import NOW, Crash, FakeClock, FakeNetwork, FakeSender, thread

THREE = thread("one", "two", "three")
# Every commit is synced; where there is a folder in memory, thousands of them cost little.
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None


def approved(ledger: Ledger, post: Post = THREE, slot: str = "2026-06-09/morning") -> Approval:
    return ledger.approve(post, run="run", as_of=NOW, slot=slot, mode="live", who="person", at=NOW)


def texts(network: FakeNetwork) -> list[str]:
    return [p.text for p in network.posts]


def test_a_thread_goes_out_once_in_order_each_part_answering_the_one_before(
    outbox: Outbox, sender: FakeSender
) -> None:
    result = outbox.deliver(approved(outbox.ledger), sender)
    assert result.whole
    assert not result.stopped
    assert texts(sender.network) == ["one", "two", "three"]
    assert [p.parent for p in sender.network.posts] == ["", "id0", "id1"]


def test_a_second_delivery_sends_nothing(outbox: Outbox, sender: FakeSender) -> None:
    approval = approved(outbox.ledger)
    outbox.deliver(approval, sender)
    again = outbox.deliver(approval, sender)
    assert again.whole
    assert texts(sender.network) == ["one", "two", "three"]


def test_a_slot_takes_one_post_whatever_is_approved_for_it_later(
    outbox: Outbox, sender: FakeSender
) -> None:
    outbox.deliver(approved(outbox.ledger), sender)
    other = outbox.deliver(approved(outbox.ledger, thread("another")), sender)
    assert "already holds post 1" in other.stopped
    assert texts(sender.network) == ["one", "two", "three"]


@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_broken_connection_is_looked_into_and_never_answered_by_sending_again(
    outbox: Outbox, sender: FakeSender, fault: str
) -> None:
    sender.faults = ["", fault]
    result = outbox.deliver(approved(outbox.ledger), sender)
    assert sender.calls.count("send") == (2 if fault == "before" else 3)
    if fault == "after":
        assert result.whole
    else:
        assert "part 2 is uncertain" in result.stopped
        assert texts(sender.network) == ["one"]
    assert len(set(texts(sender.network))) == len(sender.network.posts)


def test_what_the_network_shows_late_is_found_by_looking_again(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.network.lag, sender.faults = 8_000, ["after"]
    result = outbox.deliver(approved(outbox.ledger), sender)
    assert result.whole
    assert outbox.clock.slept >= 8  # type: ignore[attr-defined]


def test_what_is_still_not_found_waits_for_a_person(outbox: Outbox, sender: FakeSender) -> None:
    sender.network.lag, sender.faults = 3_600_000, ["after"]
    approval = approved(outbox.ledger)
    assert "uncertain" in outbox.deliver(approval, sender).stopped
    assert "uncertain" in outbox.deliver(approval, sender).stopped
    assert texts(sender.network) == ["one"]
    entry = outbox.ledger.entry(1)
    outbox.settle(entry, 0, "sent", "id0")
    assert outbox.deliver(approval, sender).whole
    assert texts(sender.network) == ["one", "two", "three"]


def test_a_person_may_settle_that_it_never_went_out(outbox: Outbox, sender: FakeSender) -> None:
    sender.faults = ["before"]
    approval = approved(outbox.ledger)
    outbox.deliver(approval, sender)
    outbox.settle(outbox.ledger.entry(1), 0, "not sent")
    assert outbox.deliver(approval, sender).whole
    assert texts(sender.network) == ["one", "two", "three"]


def test_what_is_out_needs_its_id_where_the_next_part_answers_it(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.faults = ["before"]
    outbox.deliver(approved(outbox.ledger), sender)
    with pytest.raises(UsageError, match="needs its id"):
        outbox.settle(outbox.ledger.entry(1), 0, "sent")


def test_looking_again_writes_nothing_that_is_not_new_and_ends_after_a_day(
    outbox: Outbox, sender: FakeSender, clock: FakeClock
) -> None:
    sender.faults = ["before"]
    approval = approved(outbox.ledger)
    outbox.deliver(approval, sender)
    told = outbox.ledger.events(1)
    outbox.deliver(approval, sender)
    assert outbox.ledger.events(1) == told
    clock.time += 25 * 3_600_000
    sender.calls.clear()
    outbox.deliver(approval, sender)
    assert "look" not in sender.calls


def test_what_shows_hours_later_is_found_by_the_next_run(
    outbox: Outbox, sender: FakeSender, clock: FakeClock
) -> None:
    sender.network.lag, sender.faults = 60_000, ["after"]
    approval = approved(outbox.ledger)
    assert "uncertain" in outbox.deliver(approval, sender).stopped
    clock.time += 120_000
    assert outbox.deliver(approval, sender).whole


def test_a_key_of_ones_own_lets_the_same_attempt_be_sent_again(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.idempotent = sender.network.keyed = True
    sender.network.lag = 3_600_000  # it never shows what it took
    sender.faults = ["after"]
    approval = approved(outbox.ledger)
    outbox.deliver(approval, sender)
    assert outbox.deliver(approval, sender).whole
    assert texts(sender.network) == ["one", "two", "three"]


def test_what_certainly_never_left_is_tried_again_by_the_next_run(
    outbox: Outbox, sender: FakeSender, clock: FakeClock
) -> None:
    sender.faults = ["", "429"]
    approval = approved(outbox.ledger)
    assert "not sent" in outbox.deliver(approval, sender).stopped
    assert "not before" in outbox.deliver(approval, sender).stopped
    clock.time += 61_000
    assert outbox.deliver(approval, sender).whole
    assert texts(sender.network) == ["one", "two", "three"]


def test_what_is_refused_is_not_tried_again(outbox: Outbox, sender: FakeSender) -> None:
    sender.faults = ["403"]
    approval = approved(outbox.ledger)
    assert "refused: 403 (look at the account)" in outbox.deliver(approval, sender).stopped
    outbox.deliver(approval, sender)
    assert sender.calls.count("send") == 1


def test_half_a_thread_of_this_morning_is_not_finished_tonight(
    outbox: Outbox, sender: FakeSender, clock: FakeClock
) -> None:
    sender.faults = ["", "not connected"]
    approval = approved(outbox.ledger)
    outbox.deliver(approval, sender)
    clock.time += 31 * 60_000
    assert "older than 30 minutes" in outbox.deliver(approval, sender).stopped
    assert texts(sender.network) == ["one"]


def test_old_numbers_are_not_sent(outbox: Outbox, sender: FakeSender, clock: FakeClock) -> None:
    clock.time += 31 * 60_000
    assert "older than 30 minutes" in outbox.deliver(approved(outbox.ledger), sender).stopped
    assert not sender.network.posts


def test_a_slot_of_which_nothing_is_out_takes_the_next_note(
    outbox: Outbox, sender: FakeSender, clock: FakeClock
) -> None:
    sender.faults = ["403"]
    outbox.deliver(approved(outbox.ledger), sender)
    assert outbox.deliver(approved(outbox.ledger, thread("mended")), sender).whole
    assert texts(sender.network) == ["mended"]
    assert [e.note for e in outbox.ledger.events(1) if e.position < 0] == [
        "approval 1",
        "approval 2",
    ]


def test_a_slot_of_which_something_may_be_out_takes_no_other_note(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.faults = ["before"]
    outbox.deliver(approved(outbox.ledger), sender)
    result = outbox.deliver(approved(outbox.ledger, thread("mended")), sender)
    assert "already holds post 1 (uncertain)" in result.stopped
    assert not sender.network.posts


def test_a_slot_whose_post_was_given_up_takes_no_other_note_for_it_may_be_out(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.faults = ["before"]
    outbox.deliver(approved(outbox.ledger), sender)
    outbox.settle(outbox.ledger.entry(1), 0, "given up")
    result = outbox.deliver(approved(outbox.ledger, thread("mended")), sender)
    assert "already holds post 1 (given up)" in result.stopped
    assert not sender.network.posts


def test_a_sender_that_fails_unforeseen_is_uncertain_and_tells_no_secret(
    outbox: Outbox, sender: FakeSender
) -> None:
    def send(attempt: object) -> Outcome:
        raise RuntimeError("Bearer abc")

    sender.send = send  # type: ignore[method-assign]
    result = outbox.deliver(approved(outbox.ledger), sender)
    assert "uncertain: the sender failed (RuntimeError)" in result.stopped
    assert "Bearer" not in result.stopped


def test_an_approval_voided_after_it_was_looked_up_sends_nothing(
    outbox: Outbox, sender: FakeSender
) -> None:
    approval = approved(outbox.ledger)
    outbox.ledger.void("run", "fake", NOW, "edited")
    with pytest.raises(UsageError, match="voided meanwhile"):
        outbox.deliver(approval, sender)
    assert not sender.network.posts


def test_a_clock_that_was_set_back_sends_nothing(
    outbox: Outbox, sender: FakeSender, clock: FakeClock
) -> None:
    approval = approved(outbox.ledger)
    clock.time -= 3_600_000
    assert "before the approval" in outbox.deliver(approval, sender).stopped
    assert not sender.network.posts


def test_a_file_stops_all_sending(outbox: Outbox, sender: FakeSender) -> None:
    (outbox.ledger.folder / STOP).touch()
    with pytest.raises(PublishError, match="stops all sending"):
        outbox.deliver(approved(outbox.ledger), sender)
    assert not sender.calls


def test_the_month_has_a_cap_and_what_never_left_costs_nothing(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.price, sender.faults = 4_000_000, ["not connected"]
    approval = approved(outbox.ledger)
    outbox.deliver(approval, sender)
    assert outbox.ledger.spent("fake", "me", 0) == 0
    result = outbox.deliver(approval, sender)
    assert "of $10.00 are spent" in result.stopped
    assert texts(sender.network) == ["one", "two"]
    assert outbox.ledger.spent("fake", "me", 0) == 8_000_000


def test_what_reading_costs_counts_against_the_month_and_stops_no_looking(
    outbox: Outbox, sender: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> int:
        looks = sender.calls.count("look")
        sender.calls = [c for c in sender.calls if c != "look"]
        return looks * 1_000_000

    monkeypatch.setattr(sender, "request_cost", read, raising=False)
    sender.price, sender.faults = 2_000_000, ["before"]
    approval = approved(outbox.ledger)
    assert outbox.deliver(approval, sender).entry.state == "uncertain"
    assert outbox.ledger.spent("fake", "me", 0) == 2_000_000 + 4_000_000
    for _ in range(5):
        assert outbox.deliver(approval, sender).entry.state == "uncertain"
    assert outbox.ledger.spent("fake", "me", 0) == 11_000_000
    outbox.settle(outbox.ledger.entries()[0], 0, "not sent")
    assert "of $10.00 are spent" in outbox.deliver(approval, sender).stopped


def test_a_ledger_that_is_new_to_an_account_looks_at_it_before_it_sends(
    outbox: Outbox, sender: FakeSender, tmp_path: Path, clock: FakeClock
) -> None:
    outbox.deliver(approved(outbox.ledger), sender)
    with Ledger(tmp_path / "another") as lost:
        approval, other = approved(lost), Outbox(lost, PublishSection(), clock)
        with pytest.raises(PublishError, match="holds this text already"):
            other.deliver(approval, sender)
    assert texts(sender.network) == ["one", "two", "three"]


def test_a_new_ledger_sends_to_no_account_that_cannot_be_read(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.reads_back = False
    approval = approved(outbox.ledger)
    with pytest.raises(PublishError, match="cannot be read back"):
        outbox.deliver(approval, sender)
    outbox.ledger.meet("fake", sender.identity(), NOW)
    assert outbox.deliver(approval, sender).whole


def test_a_voided_approval_sends_nothing(outbox: Outbox, sender: FakeSender) -> None:
    approval = approved(outbox.ledger)
    assert outbox.ledger.void("run", "fake", NOW, "edited") == 1
    with pytest.raises(UsageError, match="is void: edited"):
        outbox.deliver(outbox.ledger.approval(approval.id), sender)
    assert outbox.ledger.approved("run", "fake") is None


def test_what_was_approved_is_sent_though_nothing_of_the_run_is_left(
    outbox: Outbox, sender: FakeSender
) -> None:
    approval = approved(outbox.ledger)
    assert outbox.ledger.post(approval.id) == replace(
        THREE, media=((), (), ())
    )  # whole, from the ledger alone


def test_a_full_disk_sends_nothing(tmp_path: Path, sender: FakeSender, clock: FakeClock) -> None:
    with Ledger(tmp_path / "small", most_pages=60) as ledger:
        outbox = Outbox(ledger, PublishSection(), clock)

        def fill() -> None:
            for n in range(1000):
                post = thread(*(f"{n} {i} {'x' * 200}" for i in range(4)))
                outbox.deliver(approved(ledger, post, f"slot {n}"), sender)

        with pytest.raises(StoreError, match="no room left"):
            fill()
        written = [r for e in ledger.entries(most=1000) for r in e.rows]
        known = {r.sent.id for r in written if r.sent}
        assert {p.id for p in sender.network.posts} <= known


# ---------------------------------------------------------------- dying anywhere, any number of times

FAULTS = ("", "before", "after", "die before", "die after", "not connected", "read fails")


@given(
    faults=st.lists(st.sampled_from(FAULTS), max_size=12),
    deaths=st.lists(st.integers(1, 30), max_size=6),
    lag=st.sampled_from((0, 0, 3_000, 40_000)),
    keyed=st.booleans(),
)
@settings(deadline=None)
def test_whatever_dies_nothing_is_doubled_lost_or_out_of_order(
    faults: list[str], deaths: list[int], lag: int, keyed: bool
) -> None:
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        clock = FakeClock()
        network = FakeNetwork(clock, lag, keyed)
        sender = FakeSender(network, list(faults), idempotent=keyed)
        result = None
        for death in (*deaths, *[-1] * 14):
            clock.asked, clock.dies_at = 0, death
            with Ledger(Path(folder)) as ledger:
                approval = ledger.approved("run", "fake") or approved(ledger)
                with contextlib.suppress(Crash):
                    result = Outbox(ledger, PublishSection(), clock).deliver(approval, sender)
            clock.dies_at = -1
        with Ledger(Path(folder)) as ledger:
            _holds(network, ledger, result)


def _holds(network: FakeNetwork, ledger: Ledger, result: Result | None) -> None:
    out = [p.text for p in network.posts]
    assert out == ["one", "two", "three"][: len(out)]  # none twice, none out of order
    rows = ledger.entry(1).rows
    known = {r.sent.id for r in rows if r.sent}
    assert known <= {p.id for p in network.posts}  # nothing is called sent that is not there
    unsure = [r.position for r in rows if r.state == "uncertain"]
    for position, post in enumerate(network.posts):
        assert post.id in known or position in unsure  # what is out is known, or said to be unsure
    assert result is not None
    assert result.whole or unsure or result.stopped
