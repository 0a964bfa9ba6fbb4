"""Which headlines may stand beside a move."""

from __future__ import annotations

import pytest

from generator.model import DAY, HOUR, Headline
from generator.news import linked
from tests.conftest import NOW


def headline(title: str, age: int | None = HOUR) -> Headline:
    published = None if age is None else NOW - age
    return Headline("CoinDesk", title, "https://example.org/a", published, NOW)


def titles(*given: Headline) -> list[str]:
    return [h.title for h in linked(given, ("BTC",), NOW)["BTC"]]


def test_a_dated_statement_that_names_the_asset_is_linked_newest_first() -> None:
    old, new = headline("Bitcoin miners merge", 5 * HOUR), headline("BTC fund opens", HOUR)
    assert titles(old, new) == ["BTC fund opens", "Bitcoin miners merge"]


@pytest.mark.parametrize(
    "title",
    [
        "Is Bitcoin dead?",
        "Price analysis 2/23: BTC, ETH, BNB",
        "Bitcoin price prediction for the week",
        "Sponsored: a wallet for Bitcoin",
        "Bitcoin Cash forks again",
        "Bitcoinist hires an editor",
        "Bitcoin is up, says @someone",
        "Bitcoin: read more at https://example.org",
        "Solana validators upgrade",
    ],
)
def test_what_asserts_nothing_about_the_asset_is_left_out(title: str) -> None:
    assert titles(headline(title)) == []


@pytest.mark.parametrize("age", [None, DAY + 1, -1, 365 * 100 * DAY])
def test_a_headline_without_a_time_of_the_last_day_is_left_out(age: int | None) -> None:
    assert titles(headline("Bitcoin miners merge", age)) == []
