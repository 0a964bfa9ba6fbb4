"""approve, publish, outbox and edit, from the command line, over a sender in memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from generator.publish.base import Post
from generator.publish.ledger import Ledger
from tests.publish.fakes import FakeSender
from tests.publish.runs import AT, RUN


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, sender: FakeSender, here: None) -> FakeSender:
    monkeypatch.setattr("generator.publish.senders.sender_of", lambda account, state: sender)
    return sender


def commentary(folder: Path, *words: str, at: str = AT) -> int:
    return main([words[0], "--folder", str(folder), "--now", at, *words[1:]])


def state() -> Path:
    import os

    return Path(os.environ["COMMENTARY_STATE"])


def every_file(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def kept(folder: Path, name: str) -> Path:
    return folder / "output" / RUN / name


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_is_approved_is_sent_to_the_byte_with_the_leads_picture(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commentary(desk, "approve", RUN, "--to", "x") == 0
    told = capsys.readouterr()
    assert "Approved for x, slot 2026-06-26/morning: " in told.err
    assert "with 1-price-btc.png" in told.err
    assert commentary(desk, "publish", "0600-abcdef", "--to", "x") == 0
    wanted = json.loads(kept(desk, "posts/x.json").read_text())["sent"]
    assert [p.text for p in sent.network.posts] == [s["text"] for s in wanted]
    assert capsys.readouterr().out == "x 1: https://example.org/id0\n"


def test_a_thread_is_approved_by_the_name_of_its_form(desk: Path, sent: FakeSender) -> None:
    assert commentary(desk, "approve", RUN, "--to", "x:thread") == 0
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    wanted = json.loads(kept(desk, "posts/x.thread.en.json").read_text())["sent"]
    assert len(wanted) > 1
    assert [p.text for p in sent.network.posts] == [s["text"] for s in wanted]


def test_a_picture_goes_ahead_of_a_text_that_is_too_long_for_its_caption(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMENTARY_NETWORKS__TELEGRAM__BASE_URL", "http://127.0.0.1:9")
    alt = json.loads(kept(desk, "charts/1-price-btc.json").read_text())["alt"]
    whole = json.loads(kept(desk, "posts/telegram.json").read_text())["segments"]
    assert len(whole[0]) > 1024
    with Ledger(state()) as ledger:

        def approved(*words: str) -> Post:
            assert commentary(desk, "approve", RUN, *words) == 0
            found = ledger.approved(RUN, "telegram")
            assert found is not None
            return ledger.post(found.id)

        post = approved("--to", "telegram")
        assert [s.text for s in post.segments] == [alt, *whole]
        assert [len(post.pictures(i)) for i in range(2)] == [1, 0]
        bare = approved("--to", "telegram", "--no-chart")
        assert [s.text for s in bare.segments] == whole
        assert not bare.pictures(0)
    assert commentary(desk, "approve", RUN, "--to", "telegram") == 0
    assert commentary(desk, "publish", RUN, "--to", "telegram") == 0
    assert [p.text for p in sent.network.posts] == [alt, *whole]
    assert sent.network.posts[1].parent == sent.network.posts[0].id
    words = ("--to", "telegram", "--text", alt.partition(". ")[2])
    assert commentary(desk, "correct", RUN, *words, "--dry-run") == 0


def test_a_pictures_description_that_goes_ahead_is_checked(
    desk: Path,
    sent: FakeSender,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMMENTARY_NETWORKS__TELEGRAM__BASE_URL", "http://127.0.0.1:9")
    change(kept(desk, "charts/1-price-btc.json"), "Line chart", "Buy now, up 77%. Line chart")
    assert commentary(desk, "approve", RUN, "--to", "telegram") == 1
    assert "'77'" in capsys.readouterr().err


def test_what_is_not_approved_is_not_sent(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commentary(desk, "publish", RUN, "--to", "x") == 2
    assert "is not approved" in capsys.readouterr().err
    assert not sent.calls


def test_what_was_approved_is_sent_though_the_folder_was_changed_or_lost(
    desk: Path, sent: FakeSender
) -> None:
    commentary(desk, "approve", RUN, "--to", "x", "--no-chart")
    wanted = json.loads(kept(desk, "posts/x.json").read_text())["sent"][0]["text"]
    change(kept(desk, "posts/x.json"), "$58,115", "$18,115")
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    assert [p.text for p in sent.network.posts] == [wanted]


@pytest.mark.parametrize(("old", "new"), [("$58,115", "$18,115"), ("in 24 h", "in 48 h")])
def test_a_run_folder_that_was_tampered_with_is_refused(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    change(kept(desk, "posts/x.json"), old, new)
    assert commentary(desk, "approve", RUN, "--to", "x") == 1
    assert f"edit {RUN}" in capsys.readouterr().err


def test_bytes_that_the_text_does_not_make_are_refused(desk: Path, sent: FakeSender) -> None:
    path = kept(desk, "posts/x.json")
    post = json.loads(path.read_text())
    post["sent"][0]["text"] += " Buy now."
    path.write_text(json.dumps(post))
    assert commentary(desk, "approve", RUN, "--to", "x") == 2


@pytest.mark.parametrize("slot", [" ", "\udcff", "a\nb", "x" * 101])
def test_what_is_no_slot_is_refused(desk: Path, sent: FakeSender, slot: str) -> None:
    assert commentary(desk, "approve", RUN, "--to", "x", "--slot", slot) == 2


def test_half_a_character_in_a_run_is_refused(desk: Path, sent: FakeSender) -> None:
    change(kept(desk, "run.json"), "2026-06-26/morning", "\\ud800")
    assert commentary(desk, "approve", RUN, "--to", "x") == 2


def test_a_pictures_description_is_checked_like_any_text(desk: Path, sent: FakeSender) -> None:
    change(kept(desk, "charts/1-price-btc.json"), "$58,115", "$18,115")
    assert commentary(desk, "approve", RUN, "--to", "x") == 1
    assert commentary(desk, "approve", RUN, "--to", "x", "--no-chart") == 0


def test_a_picture_that_is_none_or_lies_elsewhere_is_not_sent(
    desk: Path, sent: FakeSender, tmp_path: Path
) -> None:
    picture = kept(desk, "charts/1-price-btc.png")
    elsewhere = tmp_path / "private.png"
    elsewhere.write_bytes(picture.read_bytes())
    picture.unlink()
    picture.symlink_to(elsewhere)
    assert commentary(desk, "approve", RUN, "--to", "x") == 2
    picture.unlink()
    picture.write_text("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert commentary(desk, "approve", RUN, "--to", "x") == 2


def test_a_scenario_is_never_approved(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    change(kept(desk, "snapshot.json"), '"scenario": ""', '"scenario": "source_article"')
    assert commentary(desk, "approve", RUN, "--to", "x") == 2
    assert "SCENARIO" in capsys.readouterr().err


def test_a_replay_stays_on_this_machine(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(kept(desk, "snapshot.json"), '"mode": "live"', '"mode": "replay"')
    assert commentary(desk, "approve", RUN, "--to", "x") == 0
    monkeypatch.setenv("COMMENTARY_NETWORKS__X__BASE_URL", "https://127.0.0.1.example.org")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert commentary(desk, "approve", RUN, "--to", "x") == 2
    assert not sent.calls


def test_under_the_clock_of_now_nothing_leaves_this_machine(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMENTARY_NETWORKS__X__BASE_URL")
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert not sent.calls


def test_a_run_whose_gates_found_errors_is_not_approved(desk: Path, sent: FakeSender) -> None:
    kept(desk, "problems.json").write_text('[{"severity": "error"}]')
    assert commentary(desk, "approve", RUN, "--to", "x") == 1


@pytest.mark.parametrize("name", ["run.json", "snapshot.json", "posts/x.json", "problems.json"])
@pytest.mark.parametrize("content", ["", "[]", "{}", '{"segments": 3}', "[" * 5000, "\udcff"])
def test_a_broken_run_folder_is_an_error_of_two_lines(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str], name: str, content: str
) -> None:
    if name == "problems.json" and content == "[]":
        pytest.skip("that is a run without problems")
    kept(desk, name).write_bytes(content.encode("utf-8", "surrogateescape"))
    capsys.readouterr()
    assert commentary(desk, "approve", RUN, "--to", "x") == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_one_network_that_fails_leaves_the_others_alone(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMENTARY_NETWORKS__BLUESKY__BASE_URL", "http://127.0.0.1:9")
    broken = FakeSender(sent.network, account="other", faults=["403"])
    senders = {"bluesky": broken, "x": sent}
    monkeypatch.setattr(
        "generator.publish.senders.sender_of", lambda account, state: senders[account.name]
    )
    commentary(desk, "approve", RUN, "--to", "bluesky", "--to", "x")
    sent.network.posts.clear()
    assert commentary(desk, "publish", RUN, "--to", "bluesky", "--to", "x") == 3
    assert len(sent.network.posts) == 1


def test_publish_twice_sends_once(desk: Path, sent: FakeSender) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    assert commentary(desk, "approve", RUN, "--to", "x") == 0
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    assert len(sent.network.posts) == 1


def test_a_dry_run_shows_what_was_approved_and_changes_not_a_byte(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    commentary(desk, "approve", RUN, "--to", "x:thread")
    approved = capsys.readouterr()
    before = {p: p.read_bytes() for place in (state(), desk) for p in every_file(place)}
    assert commentary(desk, "publish", RUN, "--to", "x", "--dry-run") == 0
    rehearsed = capsys.readouterr()
    assert rehearsed.out == approved.out
    heads = [line for line in approved.err.splitlines() if line.startswith("--- ")]
    assert heads == [line for line in rehearsed.err.splitlines() if line.startswith("--- ")]
    assert heads[1].startswith("--- x, part 2 of ")
    commentary(desk, "publish", RUN, "--to", "x", "--dry-run", "--json")
    (told,) = json.loads(capsys.readouterr().out)["dry_run"]
    assert (told["state"], told["stopped"]) == ("waiting", "")
    assert [f"({s['length']})" for s in told["segments"]] == [h.split()[-1] for h in heads]
    assert before == {p: p.read_bytes() for place in (state(), desk) for p in every_file(place)}
    assert not sent.calls


@pytest.mark.parametrize("why", ["stops all sending", "older than 30 minutes", "it is out"])
def test_a_dry_run_says_what_it_knows_to_stand_in_the_way(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str], why: str
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    if why == "stops all sending":
        (state() / "STOP").touch()
    if why == "it is out":
        commentary(desk, "publish", RUN, "--to", "x")
    at = "2026-06-26T07:00:00Z" if "older" in why else AT
    capsys.readouterr()
    assert commentary(desk, "publish", RUN, "--to", "x", "--dry-run", at=at) == 0
    assert why in capsys.readouterr().err


def test_a_refusal_names_everything_that_stands_against_a_text(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(desk, "edited").mkdir()
    text = "BTC soared 77.7% in 24 h, and ETH 66.6%."
    kept(desk, "edited/x.txt").write_text(text)
    assert commentary(desk, "approve", RUN, "--to", "x") == 1
    told = capsys.readouterr().err
    assert "77.7" in told
    assert "66.6" in told
    assert "more" not in told
    *problems, what, todo = told.splitlines()
    errors = [p for p in problems if p.strip().startswith("error: ")]
    assert len(errors) > 1
    assert f"has {len(errors)} errors" in what
    assert todo.startswith("  `commentary edit ")
    commentary(desk, "approve", RUN, "--to", "x", "--json")
    (row,) = json.loads(capsys.readouterr().out)["approvals"]
    assert sum(p["severity"] == "error" for p in row["problems"]) == len(errors)


def test_the_outbox_lists_shows_and_settles(
    desk: Path,
    sent: FakeSender,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMMENTARY_PUBLISH__PAUSE_S", "0")
    commentary(desk, "approve", RUN, "--to", "x")
    capsys.readouterr()
    commentary(desk, "outbox", "list")
    assert "approved    x" in capsys.readouterr().out
    sent.faults = ["before"]
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert "`commentary outbox resolve 1`" in capsys.readouterr().err
    commentary(desk, "outbox", "list", "--state", "uncertain", "--json")
    assert json.loads(capsys.readouterr().out)["posts"][0]["parts"][0]["state"] == "uncertain"
    assert commentary(desk, "outbox", "resolve", "1", "--as", "sent", "--id", "77") == 0
    commentary(desk, "outbox", "show", "1")
    told = capsys.readouterr().out
    assert "part 1: sent  77" in told
    assert "settled by a person" in told
    assert commentary(desk, "outbox", "resolve", "1", "--as", "not-sent") == 2


def test_what_the_month_cost_is_listed_by_account(
    desk: Path, sent: FakeSender, capsys: pytest.CaptureFixture[str]
) -> None:
    commentary(desk, "outbox", "costs")
    assert "Nothing was spent" in capsys.readouterr().err
    sent.price = 15_000
    commentary(desk, "approve", RUN, "--to", "x")
    commentary(desk, "publish", RUN, "--to", "x")
    capsys.readouterr()
    commentary(desk, "outbox", "costs")
    assert capsys.readouterr().out.split() == ["x", "@desk", "$0.015", "of", "$10.00"]
    commentary(desk, "outbox", "costs", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["since"], told["costs"][0]["usd"]) == ("2026-06-01T00:00:00Z", 0.015)


def test_an_account_that_cannot_be_read_is_met_by_a_person(desk: Path, sent: FakeSender) -> None:
    sent.reads_back = False
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 3
    assert commentary(desk, "outbox", "meet", "x") == 0
    assert commentary(desk, "publish", RUN, "--to", "x") == 0


# ---------------------------------------------------------------- editing


def editor(place: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    script = place / "editor.py"
    script.write_text(
        f"import pathlib, sys\np = pathlib.Path(sys.argv[1])\nt = p.read_text()\n{code}\n"
    )
    import sys

    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")


def test_an_edit_is_kept_beside_the_original_checked_and_voids_the_approval(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    first = kept(desk, "posts/x.txt").read_text().partition(". ")[0]
    editor(tmp_path, monkeypatch, "p.write_text(t.partition('. ')[2])")
    assert commentary(desk, "edit", RUN, "--network", "x") == 0
    assert first not in kept(desk, "edited/x.txt").read_text()
    assert first in kept(desk, "posts/x.txt").read_text()
    assert commentary(desk, "publish", RUN, "--to", "x") == 2
    commentary(desk, "approve", RUN, "--to", "x")
    assert commentary(desk, "publish", RUN, "--to", "x") == 0
    assert first not in sent.network.posts[0].text


def test_an_edit_that_no_number_bears_out_is_kept_but_not_approved(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor(tmp_path, monkeypatch, "p.write_text(t.replace('$58,115', '$18,115'))")
    assert commentary(desk, "edit", RUN, "--network", "x") == 1
    assert commentary(desk, "approve", RUN, "--to", "x") == 1
    assert commentary(desk, "edit", RUN, "--network", "x", "--undo") == 0
    assert commentary(desk, "approve", RUN, "--to", "x") == 0


@pytest.mark.parametrize("code", ["sys.exit(1)", "p.write_bytes(b'\\xff')", "pass"])
def test_an_editor_that_is_left_without_saving_changes_nothing(
    desk: Path, sent: FakeSender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str
) -> None:
    commentary(desk, "approve", RUN, "--to", "x")
    editor(tmp_path, monkeypatch, code)
    assert commentary(desk, "edit", RUN, "--network", "x") == (0 if code == "pass" else 2)
    assert not kept(desk, "edited/x.txt").exists()
    with Ledger(state()) as ledger:
        assert ledger.approved(RUN, "x") is not None
