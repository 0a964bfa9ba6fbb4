"""X: what a text weighs, what it links, and what gives way when it is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.networks.base import Piece
from generator.networks.twitter_text import entities, urls, weighted_length
from generator.networks.x import cashtags, defuse, fit, hashtags, one_cashtag


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
    assert cashtags("$BTC and $eth, not $1,555") == ("BTC", "ETH")
    assert hashtags("#BTC #2026 #ETH") == ("BTC", "ETH")


def test_the_first_cashtag_stays_and_later_ones_lose_their_sign() -> None:
    assert (
        one_cashtag("$BTC, $ETH ($SOL) and $BTC at $59,910") == "$BTC, ETH (SOL) and BTC at $59,910"
    )
    assert one_cashtag("no tag at $1,555") == "no tag at $1,555"


def test_an_address_nobody_meant_is_no_longer_one_and_a_meant_one_stays() -> None:
    text = "BTC.Today fell.In all, see example.org or https://example.com"
    safe = defuse(text, keep=("example.org",))
    assert [u.text for u in urls(text)] == [
        "BTC.Today",
        "fell.In",
        "example.org",
        "https://example.com",
    ]
    assert [u.text for u in urls(safe)] == ["example.org", "https://example.com"]
    assert safe.replace("\u200b", "") == text


def test_numbers_are_never_addresses() -> None:
    assert urls("1.5 2.03B 0.0001% 59,982.10 v1.2.3 3.5x") == ()


def test_the_least_important_piece_goes_first_and_nothing_is_cut() -> None:
    pieces = (
        Piece("A" * 150, priority=9),
        Piece("B" * 100, priority=1),
        Piece("C" * 100, priority=5),
        Piece("Not advice.", droppable=False, glue="\n"),
    )
    fitted = fit(pieces)
    assert fitted.kept == (0, 2, 3)
    assert fitted.dropped == (1,)
    assert fitted.text == "A" * 150 + " " + "C" * 100 + "\nNot advice."
    assert fitted.fits
    assert fitted.length == weighted_length(fitted.text)


def test_what_may_not_be_dropped_is_whole_even_when_it_does_not_fit() -> None:
    fitted = fit((Piece("D" * 281, droppable=False), Piece("x")))
    assert not fitted.fits
    assert fitted.text == "D" * 281


def test_of_equally_important_pieces_the_last_goes_first() -> None:
    assert fit(tuple(Piece(c * 120) for c in "abc")).kept == (0, 1)


@given(st.lists(st.tuples(st.text(max_size=120), st.integers(0, 3), st.booleans()), max_size=8))
def test_fitting_keeps_whole_pieces_and_never_drops_what_must_stay(
    raw: list[tuple[str, int, bool]],
) -> None:
    pieces = tuple(Piece(t, p, d) for t, p, d in raw)
    fitted = fit(pieces)
    assert sorted(fitted.kept + fitted.dropped) == list(range(len(pieces)))
    assert all(pieces[i].droppable for i in fitted.dropped)
    assert fitted.text == " ".join(pieces[i].text for i in fitted.kept)
    assert fitted.fits == (fitted.length <= 280)


@given(st.text(max_size=200))
def test_defusing_leaves_no_address_without_a_scheme_and_changes_nothing_else(text: str) -> None:
    text = text.replace("\u200b", "")
    safe = defuse(text)
    assert all("://" in u.text for u in urls(safe))
    assert safe.replace("\u200b", "") == text
