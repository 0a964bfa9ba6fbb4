"""The daily job: one text for each slot and account, whatever is started when."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.cli import Context, main
from generator.collect.scenario import load_scenario
from generator.commands import preview
from generator.commands import run as command
from generator.commands.preview import State
from generator.flow import Memory
from generator.gather import LED
from generator.model import Source
from generator.moments import parse_moment
from generator.publish.base import NotSent
from generator.publish.daily import only_start
from generator.publish.ledger import Ledger
from generator.store import open_store
from tests.publish.fakes import Crash, FakeClock, FakeSender
from tests.publish.runs import _seen as seen_runs
from tests.publish.runs import known_once

DAY = "2026-06-26"
SLOT = f"{DAY}/morning"
AT = f"{DAY}T06:00:30Z"
SETTINGS = """
[run]
slots = { morning = "08:00 Europe/Zurich", evening = "20:00 Europe/Zurich" }
approval = "auto"
[house]
automation = "not reviewed"
"""


@dataclass
class Market:
    """What collecting finds; counts how often it was asked."""

    scenario: str = "source_article"
    asked: int = 0
    answered: int = 12
    minutes: int = 0
    alerts: list[str] = field(default_factory=list)
    broken: Exception | None = None

    def state(self, context: Any) -> State:
        self.asked += 1
        if self.broken:
            raise self.broken
        snapshot, history = load_scenario(self.scenario)
        sources = tuple(
            Source(
                name,
                "ok" if i < self.answered else "failed",
                "" if i < self.answered else "no",
                0.1,
                1,
            )
            for i, name in enumerate(context.config.collect.venues)
        )
        snapshot = replace(
            snapshot,
            now=snapshot.now + self.minutes * 60_000,
            id=f"x-{self.asked:06d}",
            mode="live",
            scenario="",
            sources=sources,
        )
        # What a run of the usual market knows is worked out once; of another, each time.
        known = f"{DAY}/06{self.minutes:02d}-{self.asked:06d}" in seen_runs
        if self.scenario != Market.scenario or not known:
            with context.open_store() as store:
                store.append_series(history.series.values())
                store.save(snapshot)
        return State(snapshot, history, Memory(), sources)


@pytest.fixture
def market(monkeypatch: pytest.MonkeyPatch) -> Market:
    market = Market()
    monkeypatch.setattr(command, "gathered", market.state)
    monkeypatch.setattr(
        command, "sends", lambda context: lambda title, text: market.alerts.append(title)
    )
    monkeypatch.setattr("generator.publish.candidate._known", known_once)
    monkeypatch.setattr(preview, "written_from", written_once)
    monkeypatch.setattr(preview, "kit_of", lambda context, lang: _kit(lang))
    return market


@cache
def _kit(lang: str) -> Any:
    """Rules and templates, which no test changes."""
    return _kit_of(Context(Path("/nowhere")), lang)


_kit_of = preview.kit_of
_written: dict[Any, Any] = {}
_written_from = preview.written_from


def written_once(state: State, networks: Any, kit: Any, context: Any, *, slot: str) -> Any:
    """The note of a market, worked out once for each slot and set of networks."""
    key = (state.snapshot.id, state.snapshot.now, tuple((n.name, n.form) for n in networks), slot)
    key = (*key, context.config.house.automation)
    if key not in _written:
        _written[key] = _written_from(state, networks, kit, context, slot=slot)
    return _written[key]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "commentary.toml").write_text(SETTINGS)
    return folder


@pytest.fixture
def sent(
    monkeypatch: pytest.MonkeyPatch, here: None, clock: FakeClock, sender: FakeSender
) -> FakeSender:
    monkeypatch.setenv("COMMENTARY_PUBLISH__PAUSE_S", "0")
    clock.time = parse_moment(AT) + 60_000
    monkeypatch.setattr("generator.publish.senders.sender_of", lambda account, state: sender)
    return sender


Start = Callable[..., int]


@pytest.fixture
def start(place: Path) -> Start:
    def start(*words: str, at: str = AT) -> int:
        networks = () if "--to" in words else ("--to", "x")
        words = ("run", "--folder", str(place), "--now", at, "--no-charts", *networks, *words)
        return main(words)

    return start


def told(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    rows = json.loads(capsys.readouterr().out)["results"]
    return [(row["network"], row["state"]) for row in rows]


def setting(place: Path, old: str, new: str) -> None:
    text = (place / "commentary.toml").read_text()
    assert old in text
    (place / "commentary.toml").write_text(text.replace(old, new))


def test_a_slot_is_posted_once_however_often_it_is_started(
    start: Start, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start() == 0
    assert [start(at=f"{DAY}T06:{m}:00Z") for m in (10, 20, 50)] == [0, 0, 0]
    capsys.readouterr()
    assert start("--slot", SLOT, "--json") == 0
    assert told(capsys) == [("x", "sent")]
    assert len(sent.network.posts) == 1
    assert market.asked == 1
    assert market.alerts == []


def test_the_next_slot_is_another_post(start: Start, market: Market, sent: FakeSender) -> None:
    start()
    market.scenario = "quiet_sunday"
    start(at=f"{DAY}T18:05:00Z")
    with Ledger(Path(os.environ["COMMENTARY_STATE"])) as ledger:
        assert [e.slot for e in ledger.entries()] == [f"{DAY}/evening", SLOT]


def test_between_the_slots_nothing_is_asked_or_sent(
    start: Start, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(at=f"{DAY}T12:00:00Z") == 0
    assert f"Nothing is due before {DAY}/evening, {DAY}T18:00:00Z" in capsys.readouterr().err
    assert not market.asked
    assert not sent.calls


def test_two_starts_at_once_are_one(
    start: Start, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_start(Path(os.environ["COMMENTARY_STATE"]), SLOT) as alone:
        assert alone
        assert start() == 0
    assert "another start of this slot is at work" in capsys.readouterr().err
    assert not sent.calls
    assert start() == 0
    assert len(sent.network.posts) == 1


def test_without_leave_the_job_ends_waiting_and_calls_once(
    start: Start, place: Path, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    setting(place, 'approval = "auto"', 'approval = "manual"')
    assert start("--json") == 0
    assert told(capsys) == [("x", "waiting")]
    assert start(at=f"{DAY}T06:10:00Z") == 0
    assert market.asked == 1
    assert not sent.calls
    assert market.alerts == [f"commentary {SLOT}: waiting x"]


def test_what_a_person_approved_the_next_start_sends(
    start: Start, place: Path, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    setting(place, 'approval = "auto"', 'approval = "manual"')
    start("--json")
    run = json.loads(capsys.readouterr().out)["results"][0]["what"].split(" ")[0]
    at = f"{DAY}T06:10:00Z"
    assert main(["approve", "--folder", str(place), "--now", at, run, "--to", "x"]) == 0
    assert start(at=f"{DAY}T06:11:00Z") == 0
    assert len(sent.network.posts) == 1
    assert market.asked == 1


def test_a_note_that_nobody_approved_in_time_is_written_anew(
    start: Start, place: Path, market: Market, sent: FakeSender
) -> None:
    setting(place, 'approval = "auto"', 'approval = "manual"')
    start()
    assert start(at=f"{DAY}T06:40:00Z") == 0
    assert market.asked == 2
    assert len(market.alerts) == 1


def test_later_notes_remember_what_was_approved_and_not_what_was_only_written(
    start: Start, market: Market, sent: FakeSender, place: Path
) -> None:
    setting(place, 'approval = "auto"', 'approval = "manual"')
    start()
    start("--slot", SLOT, at=f"{DAY}T06:40:00Z")  # too old to be sent by then, so written anew
    first, second = (
        json.loads(p.read_text())["phrases"]
        for p in sorted((place / "output").glob("*/*/run.json"))
    )
    assert first
    assert said(place) == set(second)  # nobody approved anything: the slot's latest
    at = ("--now", f"{DAY}T06:20:00Z")
    assert main(["approve", "--folder", str(place), *at, "0600-000001", "--to", "x"]) == 0
    assert said(place) == set(first)


def said(place: Path) -> set[str]:
    """What a note of the next day would remember to have been said."""
    with open_store(place / "output" / "history.sqlite3") as store:
        said = store.recall(parse_moment("2026-06-27T06:00:00Z"))
    return {phrase for phrase in said if not phrase.startswith(LED)}


def test_texts_that_say_they_were_reviewed_are_not_sent_unreviewed(
    start: Start, place: Path, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    setting(place, 'automation = "not reviewed"', 'automation = "reviewed"')
    assert start() == 2
    assert "every text says that it was reviewed" in capsys.readouterr().err
    assert not market.asked


def test_a_gate_that_fails_sends_nothing_and_calls_once(
    start: Start, market: Market, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generator.model import Problem

    wrong = (Problem("network", "error", "X: 290 of 280 weighted characters"),)
    monkeypatch.setattr("generator.publish.approved.problems_of", lambda *a: wrong)
    assert start() == 1
    assert start(at=f"{DAY}T06:10:00Z") == 1
    assert not sent.calls
    assert market.alerts == [f"commentary {SLOT}: failed x"]


def test_a_quiet_day_is_posted_or_passed_over_as_the_house_has_it(
    start: Start, place: Path, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    market.scenario = "quiet_sunday"
    setting(place, "[run]", '[run]\nquiet = "skip"')
    assert start("--json") == 0
    assert told(capsys) == [("x", "quiet")]
    assert start(at=f"{DAY}T06:10:00Z") == 0
    assert market.asked == 1  # what was passed over stays so
    assert not sent.calls
    assert market.alerts == []


def test_too_few_venues_write_nothing(
    start: Start, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    market.answered = 1
    assert start("--json") == 4
    assert "1 of 12 venues answered" in json.loads(capsys.readouterr().out)["results"][0]["what"]
    assert not sent.calls
    market.answered = 12
    assert start(at=f"{DAY}T06:10:00Z") == 0
    assert len(sent.network.posts) == 1
    assert len(market.alerts) == 1


def test_a_start_that_dies_after_the_network_acted_is_no_second_post(
    start: Start, market: Market, sent: FakeSender
) -> None:
    sent.faults = ["die after"]
    with pytest.raises(Crash):
        start()
    assert start(at=f"{DAY}T06:10:00Z") == 0
    assert len(sent.network.posts) == 1
    assert market.asked == 1


def test_an_uncertain_post_stops_the_slot_and_calls_once(
    start: Start, market: Market, sent: FakeSender
) -> None:
    sent.faults = ["before"]
    assert start() == 3
    assert [start(at=f"{DAY}T06:{m}:00Z") for m in (10, 40)] == [3, 3]
    assert sent.calls.count("send") == 1
    assert market.alerts == [f"commentary {SLOT}: stopped x"]
    assert market.asked == 1


def test_what_never_left_goes_out_later_with_new_numbers_if_its_own_are_old(
    start: Start, market: Market, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMENTARY_PUBLISH__POST_MINUTES", "2")
    sent.faults = ["not connected"]
    assert start() == 3
    market.minutes = 3
    assert start(at=f"{DAY}T06:03:00Z") == 0
    assert market.asked == 2
    assert len(sent.network.posts) == 1


def test_a_refused_post_is_not_tried_with_another_text(
    start: Start, market: Market, sent: FakeSender
) -> None:
    sent.faults = ["403"]
    assert start() == 3
    assert start(at=f"{DAY}T06:10:00Z") == 3
    assert market.asked == 1
    assert sent.calls.count("send") == 1


def test_one_networks_trouble_is_no_others(
    start: Start, market: Market, sent: FakeSender, clock: FakeClock, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("COMMENTARY_NETWORKS__BLUESKY__BASE_URL", "http://127.0.0.1:9")
    other = FakeSender(type(sent.network)(clock), faults=["before"])
    both = {"x": sent, "bluesky": other}
    monkeypatch.setattr("generator.publish.senders.sender_of", lambda a, state: both[a.name])
    assert start("--to", "bluesky", "--to", "x", "--json") == 3
    assert told(capsys) == [("bluesky", "stopped"), ("x", "sent")]
    assert start("--to", "bluesky", "--to", "x") == 3
    assert len(sent.network.posts) == 1


def test_the_file_stop_stops_the_job_before_anything_is_asked(
    start: Start, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    state = Path(os.environ["COMMENTARY_STATE"])
    state.mkdir(parents=True)
    (state / "STOP").touch()
    assert start() == 3
    assert "stops the daily job" in capsys.readouterr().err
    assert not market.asked
    (state / "STOP").unlink()
    assert start() == 0


def test_a_lost_ledger_reads_back_and_asks_instead_of_posting_again(
    start: Start, place: Path, market: Market, sent: FakeSender, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    start()
    sent.network.posts[0].at = sent.network.posts[0].seen = 0
    monkeypatch.setenv("COMMENTARY_STATE", str(tmp_path / "empty"))
    assert start(at=f"{DAY}T06:10:00Z") == 3
    assert "this ledger is new to the account" in capsys.readouterr().err
    assert len(sent.network.posts) == 1
    assert main(["outbox", "--folder", str(place), "meet", "x"]) == 0
    assert start(at=f"{DAY}T06:11:00Z") == 0
    assert len(sent.network.posts) == 2  # a person said so


def test_a_ci_job_that_takes_its_ledger_along_sends_nothing(
    start: Start, market: Market, sent: FakeSender, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("COMMENTARY_NETWORKS__X__BASE_URL")
    assert start() == 3
    assert "whose ledger is lost with the job" in capsys.readouterr().err
    monkeypatch.setenv("COMMENTARY_PUBLISH__CHECKPOINT", "true")
    assert start() == 3  # the clock of --now leaves this machine no more than before
    assert "under the clock of --now" in capsys.readouterr().err
    assert sent.calls == []


def test_a_slot_that_is_out_stays_so_when_output_is_deleted(
    start: Start, place: Path, market: Market, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    start()
    shutil.rmtree(place / "output")
    capsys.readouterr()
    assert start("--json", at=f"{DAY}T06:10:00Z") == 0
    assert told(capsys) == [("x", "sent")]
    assert len(sent.network.posts) == market.asked == 1


def test_a_thread_that_broke_off_goes_on_though_output_is_deleted(
    start: Start, place: Path, market: Market, sent: FakeSender
) -> None:
    send, parts = sent.send, []

    def second_fails(attempt: Any) -> Any:
        parts.append(attempt.part.index)
        return NotSent("no connection") if len(parts) == 2 else send(attempt)

    sent.send = second_fails  # type: ignore[method-assign]
    assert start("--to", "x:thread") == 3
    shutil.rmtree(place / "output")
    assert start("--to", "x:thread", at=f"{DAY}T06:10:00Z") == 0
    assert parts == [0, 1, *range(1, len(sent.network.posts))]
    assert len({p.text for p in sent.network.posts}) == len(sent.network.posts) > 2
    assert market.asked == 1


def test_a_replay_never_leaves_this_machine(
    start: Start, market: Market, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMENTARY_NETWORKS__X__BASE_URL", "https://example.org")
    assert start() == 3
    assert not sent.calls


@pytest.mark.parametrize("words", [("--to", "x", "--to", "x:thread"), ("--to", "nowhere")])
def test_a_network_is_named_once_and_exists(
    start: Start, market: Market, sent: FakeSender, words: tuple[str, ...]
) -> None:
    assert start(*words) == 2
    assert not sent.calls


def test_a_newsletter_goes_the_whole_way_to_files_and_so_does_its_correction(
    start: Start,
    place: Path,
    market: Market,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    setting(
        place, 'slots = { morning = "08:00 Europe/Zurich", evening = "20:00 Europe/Zurich" }', ""
    )
    market.scenario = "one_hour_crash"
    day = "2026-03-11"
    monkeypatch.setenv("COMMENTARY_NETWORKS__NEWSLETTER__BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("COMMENTARY_NETWORKS__NEWSLETTER__FOLDER", str(tmp_path / "letters"))
    at = f"{day}T15:02:00Z"
    assert start("--to", "newsletter", "--slot", f"{day}/noon", "--json", at=at) == 0, (
        capsys.readouterr()
    )
    stem = tmp_path / "letters" / f"{day}-noon"
    text = stem.with_suffix(".txt").read_text()
    assert text.startswith("BTC ")
    assert stem.with_suffix(".md").read_text().startswith("# BTC ")
    (run,) = (place / "output").glob("*/*/run.json")
    told = "As of 15:00 UTC on 11 March: ETH fell 8.9% between 13:00 and 14:00 UTC."
    words = ("--folder", str(place), "--now", f"{day}T15:40:00Z", str(run.parent))
    assert main(["correct", *words, "--to", "newsletter", "--text", told]) == 0, capsys.readouterr()
    (corrected,) = (tmp_path / "letters").glob(f"{day}-noon-correction-*.txt")
    dated = f"Correction {day} 15:40 UTC: {told}"
    title, _, rest = text.partition("\n\n")
    assert corrected.read_text() == f"{title}\n\n{dated}\n\n{rest}"
