"""The program's own notes as free text: nothing in them is wrong, and what is changed shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.own import LANGUAGES, SCENARIOS, checked, of_scenario, of_states, texts, told

GENERATED = 10


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_texts_of_a_scenario_have_nothing_wrong_as_free_text(name: str, lang: str) -> None:
    made = of_scenario(name, lang)
    for form, text in texts(made):
        assert told(text, checked(made, text, form, lang)) == []


def test_the_notes_of_generated_states_have_nothing_wrong_as_free_text() -> None:
    for made in of_states(GENERATED):
        for form, text in texts(made):
            assert told(text, checked(made, text, form)) == [], made.snapshot.id


BY_HAND = """As of 06:00 UTC on 26 June, BTC is at $59,982 (-2.7% in 24 h) on Binance spot.

BTC set its lowest intraday price since 17 September 2024. Between 13:00 and 14:00 UTC on 25 June \
BTC fell 4.8% and ETH fell 6.0%. ETH funding on Binance last settled at -0.0011% per 8 h.

99 of 102 Binance perpetuals fell in 24 h. Cointelegraph reported at 04:00 UTC on 26 June: \
“Sharplink buys 5,000 ETH after a pause of eight months”.

A trade in BTC under $58,115.01 on Binance spot before 06:00 UTC on 27 June would be a lower low.
"""


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("17 September 2024", "18 September 2024", "low_last_seen of BTC is 2024-09-17"),
        ("14:00 UTC on 25 June", "14:00 UTC on 24 June", "worst_hour_end of"),
        ("As of 06:00 UTC", "As of 05:00 UTC", "should be 2026-06-26 06:00 UTC"),
        ("before 06:00 UTC on 27 June", "before 06:00 UTC on 28 June", "its deadline is"),
        ("at 04:00 UTC on 26 June", "at 03:00 UTC on 26 June", "should be 2026-06-26 04:00"),
        ("per 8 h", "per 1 h", "is no window of this sentence's numbers (8 h)"),
        ("ETH fell 6.0%", "ETH fell 4.8%", "worst_hour_return of BTC, the text says ETH"),
        ("at -0.0011%", "at +0.0011%", "no metric prints as '0.0011'"),
        ("buys 5,000 ETH", "buys 6,000 ETH", "no metric prints as '6,000'"),
        ("99 of 102", "97 of 102", "no metric prints as '97'"),
        ("$58,115.01", "$58,015.01", "no metric prints as '58,015.01'"),
    ],
)
def test_what_is_wrong_is_named(right: str, wrong: str, message: str) -> None:
    made = of_scenario("source_article")
    assert told(BY_HAND, checked(made, BY_HAND)) == []
    changed = BY_HAND.replace(right, wrong, 1)
    assert changed != BY_HAND
    found = checked(made, changed)
    assert any(message in p.message for p in found), told(changed, found)


def test_a_date_that_nothing_known_falls_on_is_unverifiable_and_no_error() -> None:
    made = of_scenario("source_article")
    text = "As of 06:00 UTC, on Binance spot BTC is at $59,982. The ballot closes on 3 July 2027."
    (problem,) = (p for p in checked(made, text) if p.gate != "left_out")
    assert (problem.gate, problem.severity) == ("unverifiable", "warning")
    assert text[problem.start : problem.end] == "3 July 2027"


def test_words_in_quotation_marks_that_are_no_headline_are_read_like_any_others() -> None:
    made = of_scenario("source_article")
    text = BY_HAND.replace("“Sharplink buys", "“Sharplinks buy")
    assert {p.gate for p in checked(made, text)} >= {"advice", "numbers"}


SAID_OF_THE_SOURCE_ARTICLE = [
    ("2.66", "numbers", "no ratio, and no difference"),
    ("2.66", "numbers", "spot_volume_24h of BTC to that of ETH is 2.65"),
    ("2.07", "numbers", "is a ratio (return_24h of ETH to that of BTC), no differential"),
    ("2.07", "numbers", "the differential is 2.86 percentage points"),
    ("negative", "numbers", "funding without its number: ETH last settled at -0.0011% per 8 h"),
    ("discount on $ETH spot", "direction", "contradicts premium, which is negative"),
    ("leverage is too expensive", "direction", "contradicts funding, which is negative"),
    ("conviction", "motive", "names a state of mind"),
    ("connects directly", "causality", "states a cause"),
    ("rotating", "licence", "needs the rule micro_cap_rotation"),
    ("buying opportunity", "advice", "tells the reader to trade"),
    ("CoinMarketCap", "venue", "what this sentence says is of binance"),
    ("", "left_out", "new_low of BTC"),
]


@pytest.mark.parametrize(("words", "gate", "message"), SAID_OF_THE_SOURCE_ARTICLE)
def test_what_is_wrong_with_the_source_article_is_said_by_name(
    reference: Path, words: str, gate: str, message: str
) -> None:
    text = (reference / "source-article.txt").read_text(encoding="utf-8")
    found = checked(of_scenario("source_article"), text)
    assert any(
        p.gate == gate and message in p.message and (not words or words in text[p.start : p.end])
        for p in found
    ), [p for p in found if p.gate == gate]


def test_the_advice_of_the_source_article_is_in_its_closing_question(reference: Path) -> None:
    text = (reference / "source-article.txt").read_text(encoding="utf-8")
    question = text.index("Is this negative funding rate")
    found = checked(of_scenario("source_article"), text)
    assert any(p.gate == "advice" and p.start > question for p in found)
