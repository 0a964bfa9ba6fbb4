"""Text without a trace: what is found, and what is said to be unverifiable."""

from __future__ import annotations

from generator.model import Problem
from generator.write.check import Known, Lexicon, check_text
from tests.check.notes import FINDINGS, NOTE, NOW, UNITS, WINDOWS, draft, panel

TRUE = (
    "As of 06:00 UTC on OKX, BTC fell 2.7% in 24 h to $59,910 and ETH 5.5% to $1,555. "
    "Binance spot volume in BTC was $2.03 bn. This is not advice."
)


def known(lexicon: Lexicon) -> Known:
    return Known(panel(), lexicon, FINDINGS, UNITS, WINDOWS)


def checked(lexicon: Lexicon, text: str) -> tuple[Problem, ...]:
    return check_text(text, lexicon=lexicon, now=NOW, known=known(lexicon))


def test_true_text_is_found_true_by_value(lexicon: Lexicon) -> None:
    assert checked(lexicon, TRUE) == ()


def test_a_number_that_no_metric_prints_as_is_an_error(lexicon: Lexicon) -> None:
    (problem,) = checked(lexicon, TRUE.replace("2.7%", "2.9% and 2.8%").replace("2.9% and ", ""))
    assert (problem.gate, problem.severity) == ("numbers", "error")
    assert problem.message == "no metric prints as '2.8'; return_24h of BTC is 2.7"


def test_another_assets_number_is_an_error_that_says_whose_it_is(lexicon: Lexicon) -> None:
    (problem,) = checked(lexicon, "As of 06:00 UTC on OKX, BTC is at $1,555.")
    assert (problem.gate, problem.severity) == ("numbers", "error")
    assert problem.message == "'1,555' is price of ETH, the text says BTC"


def test_without_a_run_every_number_is_unverifiable(lexicon: Lexicon) -> None:
    found = check_text(TRUE, lexicon=lexicon, now=NOW)
    assert {p.severity for p in found} == {"warning"}
    assert all("unverifiable" in p.message for p in found)
    assert len(found) == 5


def test_scope_coherence_licence_and_words_need_no_trace(lexicon: Lexicon) -> None:
    text = "Volume was thin. Longs paid shorts in ETH. A squeeze came because whales sold."
    found = check_text(text, lexicon=lexicon, now=NOW, known=Known(panel(), lexicon))
    assert {p.gate for p in found} >= {"scope", "direction", "licence", "causality", "actors"}


def test_the_printed_form_of_the_true_note_passes_as_free_text_too(lexicon: Lexicon) -> None:
    text = draft(NOTE).segments[0].replace("stops 3 blocks", "stops")  # no headline is known here
    wrong = [p for p in checked(lexicon, text) if p.severity == "error"]
    # Coverage counts venues, which this small panel does not.
    assert [p.message for p in wrong if p.start < text.index("Prepared")] == []
