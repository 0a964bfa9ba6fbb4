"""What reaches the note: the outlets' own words, in order, checked by the gates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.collect.scenario import load_scenario
from generator.flow import Note, note
from generator.folders import shipped_rules, shipped_templates
from generator.judge import load_rules
from generator.measure import catalog, measure
from generator.model import HOUR, Headline
from generator.settings import Config, MarketSection
from generator.write.templates import Templates

OUTAGE = "Kraken suffers an outage"
COMPANY = "Metaplanet acquires 1,000 BTC"
FIGURE = "Core PCE rose 2.9% in May, a three-year high"


def written(*headlines: tuple[str, str, float]) -> Note:
    """A calm day with headlines (outlet, title, hours ago)."""
    snapshot, history = load_scenario("quiet_sunday")
    news = tuple(
        Headline(
            source, title, "https://example.org/a", int(snapshot.now - ago * HOUR), snapshot.now
        )
        for source, title, ago in headlines
    )
    book = load_rules((shipped_rules(),), catalog())
    templates = Templates((shipped_templates(),), "en")
    return note(
        replace(snapshot, headlines=news), history, Config(Path(".")), book, templates, seed="k"
    )


def test_the_note_quotes_the_outlet_its_time_and_who_carried_it_too() -> None:
    made = written(("Decrypt", OUTAGE, 2), ("CoinDesk", OUTAGE, 3))
    text = made.drafts[0].segments[0]
    assert f"“{OUTAGE}”" in text
    assert "CoinDesk reported at" in text
    assert "Decrypt carried it too." in text
    assert not made.failed


def test_a_figure_comes_first_and_of_each_theme_one_is_told() -> None:
    made = written(
        ("A", COMPANY, 1),
        ("B", OUTAGE, 2),
        ("C", FIGURE, 5),
        ("D", "Coinbase goes down for two hours", 4),
    )
    text = made.drafts[0].segments[0]
    assert text.index(FIGURE) < text.index(OUTAGE)
    assert "goes down" not in text
    assert not made.failed


def test_the_words_of_a_headline_bring_their_source_into_the_trace() -> None:
    made = written(("CoinDesk", OUTAGE, 3))
    (quoted,) = [n for n in made.drafts[0].numbers if n.metric == "headline"]
    (ref,) = quoted.sources
    assert (ref.venue, ref.note) == ("CoinDesk", "https://example.org/a")
    assert quoted.rule == "failure_reported"


@pytest.mark.parametrize(
    "title",
    [
        "Could Kraken suffer an outage?",
        "Kraken denies it suffered an outage",
        "Flower shop pays in Bitcoin",
    ],
)
def test_what_no_theme_licenses_is_not_told(title: str) -> None:
    made = written(("CoinDesk", title, 3))
    assert title not in made.drafts[0].segments[0]


def test_counts_are_unknown_when_the_feeds_gave_nothing_and_zero_when_they_hold_other_news() -> (
    None
):
    snapshot, history = load_scenario("quiet_sunday")
    other = Headline("A", "Flower shop pays in Bitcoin", "", snapshot.now - HOUR, snapshot.now)
    bare = measure(replace(snapshot, headlines=()), history, MarketSection()).values
    some = measure(replace(snapshot, headlines=(other,)), history, MarketSection()).values
    assert bare["BTC"]["news_of_outage"] != bare["BTC"]["news_of_outage"]
    assert some["BTC"]["news_of_outage"] == some["MARKET"]["market_news_of_outage"] == 0
    assert some["BTC"]["headlines_linked"] == 1
