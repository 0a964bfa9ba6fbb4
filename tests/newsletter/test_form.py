"""The newsletter's own text: headings, room, traces, gates."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest

from generator.collect.scenario import scenario_names
from generator.write.article import body_words
from generator.write.newsletter import MOST_WORDS
from tests.newsletter.desk import letter, text_of, written

# The others make the same kinds of text; with the long proofs all are tried.
FEW = ("one_hour_crash", "quiet_sunday", "venue_outage")
SCENARIOS = scenario_names() if os.environ.get("HYPOTHESIS_PROFILE") == "evidence" else FEW


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_number_is_traced_and_no_gate_is_failed(scenario: str) -> None:
    note = written(scenario)
    assert [p for p in note.problems[1] if p.severity == "error"] == []
    draft = letter(scenario)
    assert len(draft.numbers) > 10
    for number in draft.numbers:
        assert draft.segments[0][number.start : number.end] == number.text


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_parts_follow_one_another_and_cover_the_whole_text(scenario: str) -> None:
    draft = letter(scenario)
    at = 0
    for part in draft.parts:
        assert draft.segments[0][at : part.start].strip() == ""
        assert part.start < part.end
        at = part.end
    assert at == len(draft.segments[0])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_heading_stands_over_nothing(scenario: str) -> None:
    kinds = [p.kind for p in letter(scenario).parts]
    assert kinds[0] == "title"
    assert kinds[-1] == "small"
    assert ("heading", "heading") not in list(pairwise(kinds))


def test_the_title_holds_the_majors_moves_and_the_moment() -> None:
    draft = letter()
    assert draft.title == "BTC -7.1%, ETH -9.9% in 24 h on Binance spot, 15:00 UTC on 11 March 2026"
    assert draft.segments[0].startswith(draft.title)
    traced = [n.metric for n in draft.numbers if n.end <= len(draft.title)]
    assert traced == ["return_24h", "return_24h", "window:return_24h", "as_of", "as_of"]


def test_a_newsletter_tells_more_than_a_note_and_has_room_for_it() -> None:
    note = written()
    words = [body_words(d) for d in note.drafts]
    assert words[0] < words[1] <= MOST_WORDS


def test_the_data_notes_hold_coverage_positions_automation_and_risk() -> None:
    draft = letter()
    small = [text_of(draft, p) for p in draft.parts if p.kind == "small"]
    begins = (
        "Data coverage: as of",
        "Positions: ",
        "Prepared automatically",
        "This is a description",
    )
    assert all(text.startswith(start) for text, start in zip(small, begins, strict=False))


def test_the_same_state_gives_the_same_bytes() -> None:
    draft = letter("quiet_sunday")
    written.cache_clear()
    assert repr(letter("quiet_sunday")) == repr(draft)  # a traced NaN equals nothing
