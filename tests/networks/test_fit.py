"""Fitting: what gives way when a text is too long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.write.fit import Fitted, Piece, fit, joined
from generator.write.forms import words


def fitted(*pieces: Piece, most: int = 280) -> Fitted:
    return fit(pieces, lambda chosen: len(joined(chosen)) <= most)


def test_the_least_important_piece_goes_first_and_nothing_is_cut() -> None:
    lead, odd, more = Piece("A" * 150, 9), Piece("B" * 100, 1), Piece("C" * 100, 5)
    notice = Piece("Not advice.", keep=True, glue="\n")
    found = fitted(lead, odd, more, notice)
    assert found == Fitted((lead, more, notice), (odd,), True)
    assert joined(found.kept) == "A" * 150 + " " + "C" * 100 + "\nNot advice."


def test_a_piece_too_long_for_the_room_left_makes_way_for_the_next() -> None:
    long, short = Piece("B" * 200, 5), Piece("C" * 20, 1)
    found = fitted(Piece("A" * 100, 9), long, short)
    assert found.dropped == (long,)
    assert short in found.kept


def test_what_may_not_be_dropped_is_whole_even_when_it_does_not_fit() -> None:
    found = fitted(Piece("D" * 281, keep=True), Piece("x"))
    assert not found.fits
    assert joined(found.kept) == "D" * 281


def test_of_equally_important_pieces_the_last_goes_first() -> None:
    found = fitted(*(Piece(c * 120) for c in "abc"))
    assert [p.text[0] for p in found.kept] == ["a", "b"]


@given(
    st.lists(st.tuples(st.text("ab .", max_size=120), st.integers(0, 3), st.booleans()), max_size=8)
)
def test_fitting_keeps_whole_pieces_and_never_drops_what_must_stay(
    raw: list[tuple[str, int, bool]],
) -> None:
    pieces = [Piece(t, p, k) for t, p, k in raw]
    found = fitted(*pieces)
    assert sorted(map(repr, found.kept + found.dropped)) == sorted(map(repr, pieces))
    assert not any(p.keep for p in found.dropped)
    assert joined(found.kept) == " ".join(p.text for p in found.kept)
    assert found.fits == (len(joined([p for p in pieces if p.keep])) <= 280)
    assert not found.fits or len(joined(found.kept)) <= 280


def test_half_of_a_contradiction_is_never_told_alone() -> None:
    rise = Piece("It rose.", 9, about=("rise",), needs=frozenset({"low"}))
    low = Piece("But it made a low." + "!" * 100, 5, about=("low",), needs=frozenset({"rise"}))
    assert fitted(rise, low).kept == (rise, low)
    assert fitted(rise, low, most=50).kept == ()
    ask = Piece("Does it hold?", 1, needs=frozenset({"rise", "low"}))
    assert fitted(ask).kept == ()
    assert fitted(rise, low, ask).kept == (rise, low, ask)


def test_two_chinese_characters_count_as_a_word() -> None:
    assert words("BTC fell 2.7% in 24 h.") == 6
    assert words("比特币下跌 2.7%。") == 4
    assert words("") == 0
