"""X: what a text weighs, what it links, and what gives way when it is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.networks import named
from generator.networks.base import defused
from generator.networks.twitter_text import entities, urls, weighted_length
from generator.networks.x import one_cashtag


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("BTC fell 2.7% to $59,910", 24),
        ("BTC.Today", 23),
        ("see https://example.com/a/very/long/path/indeed?with=query here", 4 + 23 + 5),
        ("a–b — c", 7),
        ("−", 2),
        ("…", 2),
        ("•", 2),
        ("▲▼", 4),
        ("→ ≈", 5),
        ("₿€‰", 6),
        ("\u202f", 2),
        ("中文", 4),
        ("e\u0301", 1),
        ("a\r\nb", 3),
        ("👍", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🧑‍🧑‍🧒‍🧒", 2),
        ("⛓️‍💥", 2),
        ("🇩🇪", 2),
        ("1️⃣", 2),
        ("©", 1),
        ("©️", 2),
        ("2.7", 3),
        ("node.js 1.2.3", 13),
    ],
)
def test_a_text_weighs_what_x_counts(text: str, weight: int) -> None:
    assert weighted_length(text) == weight


def test_entities_of_a_post_are_found_in_order() -> None:
    got = [(e.kind, e.text) for e in entities("$BTC fell, says @desk on example.org #Bitcoin")]
    assert got == [
        ("cashtag", "BTC"),
        ("mention", "desk"),
        ("url", "example.org"),
        ("hashtag", "Bitcoin"),
    ]
    assert [e.text for e in entities("$BTC and $eth, not $1,555")] == ["BTC", "eth"]
    assert [e.text for e in entities("#BTC #2026 #ETH")] == ["BTC", "ETH"]


def test_the_first_cashtag_stays_and_later_ones_lose_their_sign() -> None:
    assert (
        one_cashtag("$BTC, $ETH ($SOL) and $BTC at $59,910") == "$BTC, ETH (SOL) and BTC at $59,910"
    )
    assert one_cashtag("no tag at $1,555") == "no tag at $1,555"


def test_an_address_nobody_meant_is_no_longer_one_and_a_meant_one_stays() -> None:
    text = "BTC.Today fell.In all, see https://example.com"
    safe = defused(text)
    assert [u.text for u in urls(text)] == ["BTC.Today", "fell.In", "https://example.com"]
    assert [u.text for u in urls(safe)] == ["https://example.com"]
    assert safe.replace("\u200b", "") == text


def test_numbers_are_never_addresses() -> None:
    assert urls("1.5 2.03B 0.0001% 59,982.10 v1.2.3 3.5x") == ()


@given(st.text(max_size=200))
def test_defusing_leaves_no_address_without_a_scheme_and_changes_nothing_else(text: str) -> None:
    text = text.replace("\u200b", "")
    safe = defused(text)
    assert all("://" in u.text for u in urls(safe))
    assert safe.replace("\u200b", "") == text


@given(
    st.lists(st.sampled_from(["$BTC", "#Bitcoin", "https://a.org/x", "fell", "2.7%.", "($ETH)"]))
)
def test_what_the_preview_shows_as_links_is_what_x_links(words: list[str]) -> None:
    text = named("x").segment(" ".join(words)).text
    kinds = {"url": "link"}
    exact = [(kinds.get(e.kind, e.kind), e.start, e.end) for e in entities(text)]
    shown = [(f.kind, f.start, f.end) for f in named("x").segment(text).facets]
    assert [e for e in exact if text[e[1] - 1 : e[1]] != "("] == [
        f for f in shown if text[f[1] - 1 : f[1]] != "("
    ]
