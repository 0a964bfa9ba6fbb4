"""A house's style changes words, never numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from generator.errors import UsageError
from generator.model import Draft
from generator.settings import HouseSection
from generator.write import marks
from generator.write.house import face, own_tags, style
from tests.flow.desk import shop
from tests.newsletter.desk import written

SCENARIO = "quiet_sunday"


def drafts(**house: Any) -> tuple[Draft, Draft]:
    """The note and the newsletter; no gate may object to either."""
    note = written(SCENARIO, **house)
    assert not note.failed, note.problems
    return note.drafts[0], note.drafts[1]


def numbers(draft: Draft) -> Counter[tuple[str, str, float, str]]:
    """What is printed, and of what; the notices' own words aside."""
    return Counter(
        (n.metric, n.subject, n.value, n.text) for n in draft.numbers if n.unit != "text"
    )


@pytest.mark.parametrize(
    "house",
    [
        {"name": "Example Desk"},
        {"sign_off": "Back tomorrow."},
        {"hashtags": ("MarketData", "Notes")},
        {"hashtags_max": 2},
        {"emoji": True},
        {"cashtags": False},
        {"spelling": "us"},
        {"positions": "none"},
        {"reviewer": "A. Person"},
    ],
    ids=str,
)
def test_a_setting_changes_the_text_or_nothing_and_never_a_number(house: dict[str, Any]) -> None:
    for plain, styled in zip(drafts(), drafts(**house), strict=True):
        assert numbers(styled) == numbers(plain)


def test_a_brisk_house_prints_no_number_that_a_plain_one_does_not() -> None:
    for plain, brisk in zip(drafts(), drafts(tone="brisk"), strict=True):
        assert numbers(brisk) <= numbers(plain)
        assert len(brisk.segments[0]) < len(plain.segments[0])
        assert "Watch:" in brisk.segments[0]


def test_american_spelling_is_printed_everywhere_but_in_other_peoples_words() -> None:
    turn = style(HouseSection(spelling="us"), shop().templates.words())
    quoted = marks.number(0, "Realised losses, annualised")
    assert turn(f"Realised and annualised: {quoted} realised.") == (
        f"Realized and annualized: {quoted} realized."
    )


def test_a_number_or_its_mark_is_never_turned_whatever_the_table_says() -> None:
    words = {"tone": {"brisk": {"5": "six", "fell 5%": "did nothing", "fell": "was down"}}}
    turn = style(HouseSection(tone="brisk"), words)
    assert turn(f"BTC fell {marks.number(7, '5%')}.") == f"BTC was down {marks.number(7, '5%')}."


def test_a_plain_british_house_is_the_templates_own_words() -> None:
    assert style(HouseSection(), shop().templates.words())("realised") == "realised"


def test_the_name_stands_over_the_sign_off_of_a_newsletter() -> None:
    assert drafts(name="Example Desk")[1].segments[0].endswith("Example Desk. Numbers first.")


def test_own_tags_come_first_and_those_of_assets_by_themselves() -> None:
    note = drafts(hashtags=("MarketData", "Solana", "BTC"))[0]
    assert note.hashtags == ("#MarketData", "#Bitcoin", "#Ethereum")
    assert note.segments[0].endswith("#MarketData #Bitcoin #Ethereum")
    house = HouseSection(hashtags=("#ETH", "#Desk"))
    assert own_tags(house, shop().templates.lexicon.aliases) == ("#Desk",)


def test_at_most_as_many_tags_as_the_house_wants() -> None:
    assert len(drafts(hashtags=("One", "Two"), hashtags_max=3)[0].hashtags) == 3


@pytest.mark.parametrize(
    ("moves", "way"),
    [
        ([1.0, 0.1], "up"),
        ([-1.0, -0.1], "down"),
        ([1.0, -0.1], "mixed"),
        ([0.0, 1.0], "mixed"),
        ([1.0, float("nan")], ""),
        ([], ""),
    ],
)
def test_a_picture_character_says_only_what_every_major_did(moves: list[float], way: str) -> None:
    words = shop().templates.words()
    wanted = words["emoji"][way] if way else ""
    assert face(HouseSection(emoji=True), words, moves) == wanted
    assert face(HouseSection(), words, moves) == ""
    assert face(HouseSection(emoji=True), {}, moves) == ""


def test_the_picture_character_stands_before_note_and_title_where_it_is_wanted() -> None:
    note, letter = drafts(emoji=True)
    plain = drafts()[0].segments[0]
    assert note.segments[0] == f"📊 {plain}"
    assert letter.title[0] == "📊"
    assert "📊" not in drafts()[0].segments[0]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('tone = "loud"', "plain or brisk"),
        ('spelling = "au"', "uk or us"),
        ('hashtags = ["two words"]', "hashtag"),
        ('hashtags = ["#1"]', "hashtag"),
        ('sign_off = "Up 5%."', "figure"),
        ('reviewer = "@someone"', "mention"),
        ('emoji = "perhaps"', "true or false"),
    ],
)
def test_a_style_that_cannot_be_meant_is_refused(line: str, why: str, tmp_path: Any) -> None:
    from generator.config import load_config

    (tmp_path / "commentary.toml").write_text(f"[house]\n{line}\n")
    with pytest.raises(UsageError) as refused:
        load_config(tmp_path, {})
    assert why in str(refused.value)


def test_the_page_lists_every_setting_of_the_house() -> None:
    from dataclasses import fields

    from tests.conftest import ROOT

    page = (ROOT / "docs" / "house-style.md").read_text("utf-8")
    for field in fields(HouseSection):
        assert f"`{field.name}`" in page, field.name
