"""What a text is written in: Markdown, other digits, hidden characters, words; and far too much."""

from __future__ import annotations

import time

import pytest

from generator.write.check import Lexicon, check_text
from generator.write.check.markup import readable
from generator.write.check.printed import printed
from tests.check.own import checked, of_scenario, told

NOW = 1_772_265_600_000
TRUE = (
    "As of 06:00 UTC on 26 June, BTC is at $59,982 (-2.7% in 24 h) on Binance spot. "
    "ETH funding on Binance last settled at -0.0011% per 8 h. "
    "BTC set its lowest intraday price since 17 September 2024."
)
MARKDOWN = """---
title: A day
---
# The day of BTC

As of **06:00 UTC on 26 June**, BTC is at `$59,982` (*-2.7%* in 24 h) on [Binance spot](https://example.org/BTC_59).

> BTC set its lowest intraday price since 17 September 2024.

1. ETH funding on Binance last settled at -0.0011% per 8 h.
2. 99 of 102 Binance perpetuals fell in 24 h.

| asset | price on Binance spot | in 24 h |
| ----- | --------------------: | ------- |
| BTC | $59,982 | -2.7% |
| ETH | $1,558.10 | -5.5% |

<!-- 12,345 is nobody's business -->
"""


def messages(text: str) -> list[str]:
    return told(text, checked(of_scenario("source_article"), text))


def test_markdown_is_read_for_its_words() -> None:
    assert messages(MARKDOWN) == []


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ("`$59,982`", "`$59,892`", "59,892"),
        ("*-2.7%*", "*-2.9%*", "2.9"),
        ("| ETH | $1,558.10 |", "| ETH | $1,585.10 |", "1,585.10"),
        ("[Binance spot]", "[OKX spot]", "59,982"),
        ("2. 99 of", "2. 98 of", "98"),
    ],
)
def test_what_is_wrong_in_markdown_is_shown_at_its_place(
    right: str, wrong: str, where: str
) -> None:
    text = MARKDOWN.replace(right, wrong, 1)
    found = checked(of_scenario("source_article"), text)
    assert where in {text[p.start : p.end] for p in found}, told(text, found)


@pytest.mark.parametrize(
    ("written", "gate"),
    [
        (TRUE.replace("59,982", "５９,９８２"), "furniture"),
        (TRUE.replace("59,982", "٥٩,٩٨٢"), "furniture"),
        (TRUE.replace("59,982", "59,9\u200b82"), "furniture"),
        (TRUE + " Many be\u200dlieve it fell be\u200bcause of the Fed.", "causality"),
        (TRUE + " It fell because\u00a0of the Fed.", "causality"),
        (TRUE + " It fell b\u0435cause of the Fed.", "furniture"),  # a Cyrillic letter
    ],
)
def test_nothing_hides_behind_other_characters(written: str, gate: str) -> None:
    found = checked(of_scenario("source_article"), written)
    assert gate in {p.gate for p in found if p.severity == "error"}, told(written, found)
    assert all(p.gate not in ("numbers", "unverifiable") for p in found), told(written, found)


def test_a_wrong_number_in_other_digits_is_wrong_too() -> None:
    text = TRUE.replace("59,982", "５９,８９２")
    assert any("no metric prints as '59,892'" in m for m in messages(text))


def test_the_place_of_a_problem_counts_what_was_taken_out() -> None:
    text = "\u200b\u200bIt fell be\u200bcause of the Fed."
    (found,) = (p for p in checked(of_scenario("source_article"), text) if p.gate == "causality")
    assert text[found.start : found.end] == "be\u200bcause"


@pytest.mark.parametrize(
    ("words", "value"),
    [("two thirds", 0.667), ("half", 0.5), ("doubled", 2.0), ("three quarters", 0.75)],
)
def test_numbers_in_words_are_about_so_much(lexicon: Lexicon, words: str, value: float) -> None:
    number = printed(lexicon, words, 0, len(words))
    assert number is not None
    assert number.value == pytest.approx(value, abs=0.01)
    assert number.half > 0.01 * value


def test_numbers_in_words_are_exactly_so_many(lexicon: Lexicon) -> None:
    for words, value in (("sixty five thousand", 65_000), ("ninety nine", 99), ("twelve", 12)):
        number = printed(lexicon, words, 0, len(words))
        assert number is not None
        assert number.value == value


def test_numbers_in_words_are_held_to_the_run() -> None:
    right = TRUE + " Ninety-nine of 102 Binance perpetuals fell in 24 h."
    assert messages(right) == []
    wrong = right.replace("Ninety-nine", "Ninety-eight")
    assert any("ninety-eight" in m for m in messages(wrong))


def test_a_file_of_another_kind_is_blanked_nowhere_it_says_something(lexicon: Lexicon) -> None:
    text = "5 * 3 and a_b and - 2.7% | x"
    assert len(readable(text).text) == len(text)
    assert "2.7%" in readable(text).text


NESTED = {
    "brackets": "[" * 200_000,
    "links": "[a](" * 50_000,
    "emphasis": "*" * 200_000,
    "underscores": "_ " * 100_000,
    "tags": "<a " * 60_000,
    "comments": "<!--" * 50_000,
    "pipes": "|-" * 100_000,
    "quotes": "“" * 200_000,
    "parentheses": "(" * 200_000,
    "digits": "1" * 200_000,
    "commas": "1," * 100_000,
    "numerals": "1.5% " * 40_000,
    "clocks": "12:30 " * 20_000,
    "dates": "5 May " * 20_000,
    "spaces": " " * 200_000,
    "lines": "\n" * 200_000,
    "hidden": "a\u200b" * 100_000,
    "dollars": "$" * 200_000,
    "words": "spot a " * 30_000,
    "perpetuals": "perp a a a a " * 16_000,
}


@pytest.mark.parametrize("name", NESTED)
def test_the_time_grows_with_the_length_and_no_faster(lexicon: Lexicon, name: str) -> None:
    whole = NESTED[name]

    def seconds(text: str) -> float:
        start = time.perf_counter()
        check_text(text, lexicon=lexicon, now=NOW)
        return time.perf_counter() - start

    small, large = seconds(whole[: len(whole) // 8]), seconds(whole)
    assert large < max(40 * small, 1.0), f"{small:.3f} s for an eighth, {large:.3f} s for all"
