"""Funding and basis: who says it better, what a limit silences, and settled or estimated."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from generator.judge import judge
from generator.write.plan import Ranking, plan
from generator.write.templates import read
from tests.conftest import NOW
from tests.rules.shipped import ROOT, phrase_file, rule_book
from tests.rules.test_precedence import PLAIN, SHORTS_PAY, now, said
from tests.rules.test_rule_book_properties import SEEDS, SUBJECTS, random_panel

LEVELS = ("at_baseline", "below_baseline", "negative_print", "unusually_high")
HIGH = {
    "major": 1,
    "funding_settled": 0.0472,
    "funding_settled_at": NOW,
    "funding_mean_24h": 0.049,
    "funding_baseline": 0.01,
    "funding_above_baseline": 0.0372,
    "funding_rank": 97.9,
}
GAP = {"funding_gap": -0.96, "funding_gap_rank": 3.9, "funding_gap_mean_24h": -0.52}
LIMITS = (
    {"funding_of_limit": 0.99},
    {"funding_interval_hours": 4, "funding_interval_before": 8},
)
BLOCK = re.compile(r"{% block (\w+) %}(.*?){% endblock %}", re.S)
OF_FUNDING = sorted(
    r.name
    for r in rule_book().rules.values()
    if r.family == "funding" and r.role in {"finding", "level"}
)


def left_out(**given_: dict[str, float]) -> dict[str, str]:
    story = plan(now(**given_).findings, ranking=Ranking.of(rule_book()), quiet_known=False)
    return {key.partition(":")[0]: reason for key, reason in story.left_out}


@given(SEEDS)
def test_a_settled_rate_is_told_at_one_place_of_its_scale(seed: int) -> None:
    panel = random_panel(seed)
    settled, base = panel.columns["funding_settled"], panel.columns["funding_baseline"]
    panel.columns["funding_above_baseline"][:] = settled - base
    verdicts = judge(rule_book(), panel).verdicts
    for subject in SUBJECTS:
        told = [r for r in LEVELS if verdicts.verdict(r, subject) in {"on", "held"}]
        assert len(told) <= 1 or base[-1, panel.subjects.index(subject)] < 0.001


def test_a_run_says_better_what_a_turn_and_a_print_say() -> None:
    given_ = {**SHORTS_PAY, "funding_turned_at": NOW, "funding_tail": 0.04}
    assert left_out(BTC=given_)["sign_flip"] == "persistently_negative says it better"
    assert "negative_print" not in said(now(BTC=given_))


def test_a_wide_spread_says_better_what_signs_on_both_sides_say() -> None:
    given_ = {"major": 1, "funding_venues": 4, "funding_venues_low": -0.01,
              "funding_venues_high": 0.02, "funding_signs_conflict": 1, "funding_spread": 3,
              "funding_spread_rank": 97, "funding_spread_tail": 0.03,
              "funding_spread_venues": 4}  # fmt: skip
    assert left_out(BTC=given_)["venues_disagree"] == "wide_spread says it better"


@pytest.mark.parametrize("limit", LIMITS, ids=["limit", "interval"])
def test_at_a_limit_and_across_a_change_of_interval_nothing_is_ranked(
    limit: dict[str, float],
) -> None:
    pair = {"ETH/BTC": {**PLAIN, **GAP}}
    assert "unusually_high" in said(now(BTC=HIGH))
    assert "unusually_high" not in said(now(BTC={**HIGH, **limit}))
    assert "persistently_negative" in said(now(BTC=SHORTS_PAY))
    assert "persistently_negative" not in said(now(BTC={**SHORTS_PAY, **limit}))
    assert "eth_btc_funding_gap" in said(now(BTC=HIGH, **pair), "ETH/BTC")
    assert "eth_btc_funding_gap" not in said(now(BTC={**HIGH, **limit}, **pair), "ETH/BTC")


def test_an_unknown_limit_silences_nothing() -> None:
    assert {"unusually_high"} <= said(now(BTC={**HIGH, "funding_interval_hours": 8}))


def test_a_rate_at_its_limit_leads() -> None:
    given_ = {"major": 1, **LIMITS[0], "funding_limit": 1.5, "funding_limited_rate": 1.485}
    story = plan(now(BTC=given_).findings, ranking=Ranking.of(rule_book()), quiet_known=False)
    assert story.lead is not None
    assert story.lead.rule == "funding_at_limit"


def test_what_the_premium_contradicts_is_not_said() -> None:
    told = said(now(BTC={**HIGH, "funding_turned_at": NOW, "funding_incoherent": 1}))
    assert not told & {"unusually_high", "sign_flip", "negative_print", "below_baseline"}
    agreed = said(now(BTC={**HIGH, "funding_turned_at": NOW, "funding_incoherent": 0}))
    assert {"unusually_high", "sign_flip"} <= agreed


def test_an_old_estimate_counts_nothing() -> None:
    breadth = {"perps_negative_share": 0.61, "perps_negative": 122, "perps_with_funding": 200}
    assert "negative_breadth" in said(now(MARKET=breadth), "MARKET")
    old = {**breadth, "perps_estimate_age": 16}
    assert "negative_breadth" not in said(now(MARKET=old), "MARKET")


@pytest.mark.parametrize("rule", OF_FUNDING)
def test_every_sentence_with_a_rate_says_settled_or_estimated_and_where(rule: str) -> None:
    text = read(ROOT / "templates" / "en" / phrase_file(rule))
    for name, block in BLOCK.findall(text):
        if "| rate" in block or "| share" in block:
            assert re.search(r"settle|current|\bmean\b|\baverage", block, re.I), f"{rule}.{name}"
            assert ".scope" in block or "venues" in block, f"{rule}.{name} names no venue"
