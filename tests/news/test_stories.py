"""What may be told, in which order, and which reports are one story."""

from __future__ import annotations

import pytest

from generator.model import DAY, HOUR, MARKET, Headline
from generator.news import Wire, of_themes, shipped
from tests.conftest import NOW

MINUTE = 60_000
FIGURE = "US consumer prices rose more than forecast in February"
OUTAGE = "Base, the layer 2 of Coinbase, stops producing blocks"
COMPANY = "Sharplink buys 5,000 ETH after a pause of eight months"


def report(
    title: str, source: str = "CoinDesk", age: int = HOUR, event: int | None = None
) -> Headline:
    return Headline(source, title, "https://example.org/a", NOW - age, NOW, event_at=event)


def wire(*headlines: Headline) -> Wire:
    return Wire(headlines, ("BTC", "ETH"), NOW, shipped())


def test_figures_come_before_failures_and_company_news() -> None:
    found = wire(report(COMPANY, age=1), report(OUTAGE), report(FIGURE, age=3 * HOUR))
    assert [s.headline.title for s in found.stories] == [FIGURE, OUTAGE, COMPANY]
    assert [s.headline.title for s in found.told[MARKET]] == [FIGURE, OUTAGE]
    assert [s.headline.title for s in found.told["ETH"]] == [COMPANY]
    assert found.told["BTC"] == ()


def test_a_second_outlet_is_a_confirmation_of_the_same_story() -> None:
    first = report("Qubit Finance exploited for $80 million", "CoinDesk", 2 * HOUR)
    second = report(
        "BSC-based DeFi project Qubit loses $80 million, exploited through a bridge",
        "Decrypt",
        HOUR,
    )
    (story,) = wire(second, first).stories
    assert (story.headline.source, story.also) == ("CoinDesk", ("Decrypt",))


def test_an_outlet_does_not_confirm_itself() -> None:
    first, second = report(OUTAGE, age=2 * HOUR), report(OUTAGE + " again", age=HOUR)
    (story,) = wire(first, second).stories
    assert story.also == ()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sharplink buys 5,000 ETH", "Sharplink buys 7,000 ETH"),
        ("Metaplanet acquires 1,000 BTC", "Metaplanet acquires 1,000 ETH"),
        ("Kraken suffers an outage", "Coinbase lists four tokens"),
        (
            "SEC rejects Skybridge's application for spot Bitcoin ETF",
            "SEC rejects application for Fidelity's spot Bitcoin ETF",
        ),
        ("Kraken suffers an outage", "Coinbase suffers an outage"),
    ],
)
def test_other_numbers_coins_or_themes_are_another_story(left: str, right: str) -> None:
    found = wire(report(left), report(right, "Decrypt"))
    assert len(found.stories) == 2
    assert all(s.also == () for s in found.stories)


@pytest.mark.parametrize("age", [DAY, DAY + 1, -1])
def test_a_report_outside_the_last_day_is_no_story(age: int) -> None:
    assert wire(report(OUTAGE, age=age)).stories == ()


@pytest.mark.parametrize(
    "title",
    [
        "Will the Fed cut rates?",
        "Opinion: the outage of Kraken was a lesson",
        "Price prediction: Bitcoin ETF approved",
        "Sponsored: Coinbase lists a token",
        "5 coins that Coinbase lists",
        "Bitcoin drops as US consumer prices rose",
        "Ваse, the layer 2 of Coinbase, stops producing blocks",
    ],
)
def test_what_reports_nothing_or_states_a_cause_is_never_told(title: str) -> None:
    assert wire(report(title)).stories == ()


def test_a_disguised_name_still_counts_as_named() -> None:
    """Else a note could say that nothing in the feeds names the coin."""
    found = wire(report("Вitсоin miners merge"))
    assert len(found.naming["BTC"]) == 1
    assert found.told["BTC"] == ()


def test_a_count_of_liquidations_stands_before_no_move() -> None:
    event = NOW - HOUR
    own = report("Bitcoin positions of 70 million liquidated", event=event)
    assert own.event_at == event
    assert all(e != e for _, e in wire(own).stamps("BTC"))
    told = report("Metaplanet acquires 1,000 BTC", event=event)
    assert [e for _, e in wire(told).stamps("BTC")] == [event]


def test_a_rule_that_counts_one_theme_is_given_only_its_stories() -> None:
    told = wire(report(OUTAGE), report(FIGURE)).told[MARKET]
    assert [s.headline.title for s in of_themes(told, ["market_news_of_outage"])] == [OUTAGE]
    assert of_themes(told, ["market_news_of_told"]) == told
    assert of_themes(told, ["market_news_of_etf"]) == ()


def test_stories_do_not_depend_on_the_order_of_the_feeds() -> None:
    given = [
        report(t, s, a * MINUTE)
        for t, s, a in [(OUTAGE, "A", 3), (OUTAGE, "B", 3), (FIGURE, "C", 9)]
    ]
    assert wire(*given).stories == wire(*reversed(given)).stories
