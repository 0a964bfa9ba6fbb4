"""Words about several assets stand only beside the one rule that measured what they say."""

from __future__ import annotations

import numpy as np
import pytest

from generator.model import Finding, Panel
from generator.write.check import Known, Lexicon, check_text
from tests.rules.shipped import rule_book

NOW = 1_772_265_600_000
NOTHING = Panel(np.array([NOW]), (), {}, {})
LICENCE = {  # word -> the shipped rules that license it, and no other
    "ETH and BTC diverged.": {"diverging_day"},
    "ETH decoupled from BTC.": {"diverging_day"},
    "Capital rotated into smaller coins.": {
        *("micro_cap_rotation", "small_cap_rotation", "mid_cap_rotation")
    },
    "It is altcoin season.": {"alt_season_index"},
    "The rise was broad.": {"broad_rise"},
    "The fall was broad.": {"broad_fall"},
    "The move was broad.": {"broad_rise", "broad_fall"},
}


def licensed(lexicon: Lexicon, text: str, rule: str) -> bool:
    shipped = rule_book().rules[rule]
    subject = {"market": "MARKET", "pair": "ETH/BTC"}.get(shipped.scope, "BTC")
    fired = Finding(rule, subject, shipped.family, "finding", "new", NOW, 2.0, 0.01, ())
    known = Known(NOTHING, lexicon, (fired,))
    found = check_text(text, lexicon=lexicon, now=NOW, known=known)
    return "licence" not in {p.gate for p in found}


@pytest.mark.parametrize("text", LICENCE)
def test_only_the_rule_that_measured_it_licenses_the_word(lexicon: Lexicon, text: str) -> None:
    relations = [r for r in rule_book().rules.values() if r.family in FAMILIES]
    assert {r.name for r in relations if licensed(lexicon, text, r.name)} == LICENCE[text]


FAMILIES = {"relative", "breadth", "rotation"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ETH decoupled from BTC.", "correlation_regime"),
        ("ETH diverged from BTC.", "eth_underperformance"),
        ("Money flowed into BTC.", "dominance_change"),
        ("Money flowed into small-caps.", "bucket_level"),
        ("There is rotation into single names.", "notable_mover"),
        ("It is altcoin season.", "bitcoin_season_index"),
        ("The rise was broad.", "narrow_rise"),
        ("The fall was market-wide.", "median_gap"),
    ],
)
def test_a_neighbouring_rule_does_not_license_it(lexicon: Lexicon, text: str, rule: str) -> None:
    assert not licensed(lexicon, text, rule)
