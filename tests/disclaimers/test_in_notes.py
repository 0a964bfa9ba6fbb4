"""Packs in whole notes, and on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from generator.cli import main
from generator.collect.scenario import load_scenario
from generator.declared import NONE
from generator.disclaimers import required, said
from generator.flow import Note, note
from generator.networks import named
from tests.disclaimers.test_packs import DECLARED, HELD, PAID, SHIPPED
from tests.flow.desk import SLOT, shop


@cache
def written(*networks: str, **house: object) -> Note:
    kit = shop()
    config = replace(kit.config, house=replace(kit.config.house, **house))  # type: ignore[arg-type]
    wanted = tuple(named(n) for n in networks)
    state = load_scenario("quiet_sunday")
    return note(*state, config, kit.book, kit.templates, seed=SLOT, networks=wanted)


def test_every_text_of_a_run_carries_what_its_house_requires_to_the_letter() -> None:
    packs = ("eu_generic",)
    made = written("x", "newsletter", disclaimers=packs, positions="none")
    assert not made.failed
    house = replace(shop().config.house, disclaimers=packs, positions="none")
    for draft, limit in zip(made.drafts, (None, 280, None), strict=True):
        whole = "\n".join(draft.segments)
        for text in required(house, limit, SHIPPED, "en"):
            assert text in whole


def test_a_notice_is_traced_to_its_pack_and_version() -> None:
    draft = written().drafts[0]
    notice = next(n for n in draft.numbers if n.metric == "disclaimer")
    assert notice.text in draft.segments[0]
    assert notice.sources[0].instrument == "generic"
    assert notice.sources[0].note.startswith("version 1, reviewed 20")


def test_the_uk_warning_stands_before_everything_else_with_its_link_and_passes_the_gates() -> None:
    made = written(
        "newsletter", disclaimers=("uk_generic", "uk_finprom_authorised"), declared=DECLARED
    )
    assert not made.failed
    article, letter = made.drafts
    assert article.segments[0].startswith("Don't invest unless")
    assert "https://example.org/risk" in article.segments[0]
    assert letter.segments[0].split("\n\n")[1].startswith("Don't invest unless")


def test_a_link_that_no_pack_says_is_refused_still() -> None:
    made = written(disclaimers=("generic",), sign_off="See https://example.org")
    assert made.failed


def test_compensation_is_printed_when_it_is_disclosed() -> None:
    assert "Compensation:" not in written().drafts[0].segments[0]
    paid = written(compensation=PAID).drafts[0].segments[0]
    assert "Compensation: 500 EUR from Example Ltd as of 2026-11-20." in paid
    assert "Compensation: none." in written(compensation=NONE).drafts[0].segments[0]


def test_what_is_held_stands_in_every_text_and_no_gate_takes_it_for_a_number_of_the_run() -> None:
    made = written("x", "newsletter", positions=HELD, disclaimers=("eu_generic",))
    assert not made.failed
    assert (
        "Positions: the operator holds BTC long (spot) as of 2026-11-20;"
        in (made.drafts[0].segments[0])
    )
    for draft in made.drafts:
        assert said(HELD, SHIPPED, "en") in "\n".join(draft.segments)


def test_check_knows_what_the_house_declares_and_nothing_that_was_changed_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "commentary.toml").write_text(
        '[house]\npositions = [{ asset = "BTC", side = "long", instrument = "spot", '
        "as_of = 2026-11-20 }]\n"
    )
    line = "Positions: the operator holds BTC long (spot) as of 2026-11-20."
    codes = {}
    for text in (line, line.replace("2026-11-20", "2026-11-21")):
        (tmp_path / "note.md").write_text(f"As of 09:00 UTC on Binance. {text}\n")
        main(["check", "note.md", "--scenario", "quiet_sunday", "--json"])
        codes[text] = json.loads(capsys.readouterr().out)["problems"]
    assert [any("2026-11-2" in str(p) for p in found) for found in codes.values()] == [False, True]


@pytest.mark.parametrize(
    ("house", "line"),
    [
        ({}, "Prepared automatically, reviewed before posting."),
        (
            {"reviewer": "A. Person"},
            "Prepared automatically, reviewed by A. Person before posting.",
        ),
        (
            {"automation": "not reviewed", "reviewer": "A. Person"},
            "Prepared automatically, not reviewed before posting.",
        ),
    ],
)
def test_the_automation_line_is_always_there_and_true_to_the_policy(
    house: dict[str, str], line: str
) -> None:
    assert line in written(**house).drafts[0].segments[0]


def test_a_pack_that_lacks_a_declaration_ends_the_preview_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "commentary.toml").write_text('[house]\ndisclaimers = ["in_asci"]\n')
    assert main(["preview", "--scenario", "quiet_sunday"]) == 2
    err = capsys.readouterr().err
    assert "disclaimer in_asci: needs firm" in err
    assert "declared = { firm = ... }" in err
    assert not (tmp_path / "output").exists()


def test_what_a_pack_asks_for_is_checked_as_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "commentary.toml").write_text('[house]\ndeclared = { firm = "see @someone" }\n')
    assert main(["preview", "--scenario", "quiet_sunday"]) == 2
    assert "a mention" in capsys.readouterr().err


def test_list_marks_the_chosen_and_show_gives_words_and_sources(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["disclaimers", "list"]) == 0
    out = capsys.readouterr().out
    assert "* generic" in out
    assert "needs positions" in out
    assert main(["disclaimers", "show", "uk_generic", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["prescribed"] is False
    assert set(shown["words"]) == {"long", "medium", "short"}
    assert shown["sources"]


@pytest.mark.parametrize("argv", [["show"], ["list", "generic"], ["show", "generc"]])
def test_a_wrong_call_is_answered_with_what_there_is(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["disclaimers", *argv]) == 2
    assert "generic" in capsys.readouterr().err


def test_check_finds_a_disclaimer_that_was_dropped_or_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "commentary.toml").write_text('[house]\ndisclaimers = ["uk_generic"]\n')
    note = written(disclaimers=("uk_generic",)).drafts[0].segments[0]
    texts = {
        "whole": note,
        "wrapped": note.replace(" inducement ", "\ninducement "),
        "changed": note.replace("invitation or inducement", "inducement"),
        "dropped": "\n\n".join(p for p in note.split("\n\n") if "inducement" not in p),
    }
    found = {}
    for name, text in texts.items():
        (tmp_path / "note.md").write_text(text)
        main(["check", "note.md", "--scenario", "quiet_sunday", "--form", "article"])
        found[name] = "disclaimer uk_generic" in capsys.readouterr().out
    assert found == {"whole": False, "wrapped": False, "changed": True, "dropped": True}


def test_check_asks_for_no_pack_that_nobody_chose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.md").write_text("BTC is here. Not financial advice.")
    main(["check", "note.md", "--scenario", "quiet_sunday", "--form", "post"])
    assert "words of the disclaimer" not in capsys.readouterr().out
