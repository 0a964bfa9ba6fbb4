"""Notes that follow one another do not read like one note with other figures in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from generator.collect.scenario import load_scenario
from generator.flow import Memory, desk_of
from generator.write.article import article
from generator.write.plan import Recent
from tests.flow.desk import shop
from tests.voice.mornings import body
from tests.voice.repetition import containment, readability, repetition, words

DAYS = 7
# The same market every morning is the hardest case: every sentence has the same reason each day.
MEAN, MOST = 0.5, 0.7


@cache
def series(scenario: str, remembering: bool) -> tuple[str, ...]:
    """The note of one market state on mornings in a row, with and without memory of phrases."""
    kit, (snapshot, history) = shop(), load_scenario(scenario)
    out: list[str] = []
    said: list[str] = []
    for day in range(1, DAYS + 1):
        places = {phrase: place for place, phrase in enumerate(said, 1)} if remembering else {}
        desk, *_ = desk_of(
            snapshot,
            history,
            kit.config,
            kit.book,
            kit.templates,
            seed=f"2026-03-{day:02d}/morning",
            memory=Memory(places, Recent()),
        )
        draft, phrases = article(desk)
        said += phrases
        out.append(body(draft))
    return tuple(out)


def test_the_same_market_day_after_day_is_told_in_other_words() -> None:
    told = repetition(series("quiet_sunday", remembering=True))
    assert told.openings == ()
    assert told.mean <= MEAN, told
    assert told.most <= MOST, told


def test_phrases_said_lately_wait_their_turn() -> None:
    with_memory = repetition(series("quiet_sunday", remembering=True))
    without = repetition(series("quiet_sunday", remembering=False))
    assert with_memory.mean < without.mean


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("BTC is at $78,321 (-6.2% in 24 h)", "btc is at # # in #"),
        ("$2.9bn between 19:00 and 20:00 UTC on 3 February", "# between # and #"),
        ("since 7 April 2025, at 08:00 UTC on 9 May", "since # at #"),
        ("desde las 08:00 UTC del 9 de mayo de 2025 hasta ahora", "desde las # hasta ahora"),
        ("其中 3 个币种", "其 中 # 个 币 种"),
        ("截至UTC 2月1日08:00，2025年4月9日以来，UTC 16:00前", "截 至 # # 以 来 # 前"),
    ],
)
def test_figures_and_moments_are_masked_whole(text: str, masked: str) -> None:
    assert words(text) == masked.split()


def test_two_notes_that_differ_in_figures_alone_are_the_same_note() -> None:
    one = "BTC fell 4.8% in 24 h on Binance spot at 08:00 UTC on 1 March."
    other = "BTC fell 1.2% in 24 h on Binance spot at 06:00 UTC on 12 April."
    assert containment(one, other) == 1.0
    assert containment(one, "Nothing of that stands in this line of text.") == 0.0


def test_an_opening_may_come_back_after_a_week_and_no_sooner() -> None:
    def notes(gap: int) -> Sequence[str]:
        between = [f"{'abcdefgh'[i]} note of its own with an opening" for i in range(gap - 1)]
        same = "By their own recent scale BTC and ETH had ordinary moves"
        return [same, *between, same]

    assert repetition(notes(6)).openings == ((0, 6),)
    assert repetition(notes(7)).openings == ()


def test_readability_counts_as_a_reader_does() -> None:
    found = readability("BTC fell 4.8% in 24 h. The median coin lost 5.1%.")
    assert (found.words, found.per_sentence, found.longest) == (10, 5.0, 5)
    assert found.figures == 30.0
