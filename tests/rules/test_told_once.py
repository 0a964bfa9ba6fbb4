"""One fact, one sentence: the pair's level, and what a quiet note says of funding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.model import Finding, Story
from generator.write.room import FUNDING, RANK, spare_funding
from tests.rules.composed import PAIR, composed, finding, planned, told

QUIET = replace(planned(), quiet=True)


def level(rule: str) -> Finding:
    return replace(finding(rule, 0.0), role="level")


def quiet(*findings: Finding, levels: tuple[str, ...] = ()) -> Story:
    return replace(QUIET, evidence=findings, levels=tuple(level(rule) for rule in levels))


@pytest.mark.parametrize("rule", ["eth_btc_closing_high", "eth_btc_closing_low"])
def test_a_record_close_of_the_pair_says_its_level_once(rule: str) -> None:
    numbers: dict[str, Any] = {
        "pair_closing_level": 0.02948,
        "pair_level": 0.02985,
        "pair_level_rank": 2.0,
    }
    close = finding(rule, 2.8, PAIR)
    draft = composed(close, level("eth_btc_level"), **numbers)
    assert f"eth_btc_level:{PAIR}" not in told(draft)
    for other in ("eth_btc_move", "eth_underperformance"):
        text = composed(close, finding(other, 1.9, PAIR), **numbers).segments[0]
        assert "0.02948" in text
        assert "0.02985" not in text.partition("What to watch:")[0]


def test_without_a_record_the_pairs_level_is_told() -> None:
    text = composed(finding("eth_btc_move", 1.9, PAIR), pair_level=0.02985).segments[0]
    assert "0.02985" in text


def test_a_quiet_note_has_two_sentences_on_funding_and_the_first_are_the_most_telling() -> None:
    two = ("negative_print", "funding_level", "below_baseline")
    assert spare_funding(quiet(levels=two)) == {"funding_level", RANK}
    assert spare_funding(quiet(levels=("at_baseline",))) == frozenset()


def test_findings_of_funding_are_told_before_its_levels() -> None:
    one, other = finding("sign_flip", 1.6), finding("wide_spread", 1.4)
    both = ("negative_print", "below_baseline")
    assert spare_funding(quiet(one, levels=both)) == {"below_baseline", RANK}
    assert spare_funding(quiet(one, other, levels=both)) == {*both, RANK}


def test_every_level_of_funding_that_a_note_asks_for_can_be_spared() -> None:
    assert {level(rule).family for rule in FUNDING if rule != RANK} == {"funding"}
