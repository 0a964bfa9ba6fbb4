"""The canon's precedence, line by line, through judging and planning."""

from __future__ import annotations

import pytest

from generator.judge.pairs import Prover
from generator.judge.soundness import check_rules
from generator.model import Finding, Story
from generator.write.plan import Ranking, Recent, plan
from tests.rules.shipped import rule_book


def finding(rule: str, strength: float = 2.0, subject: str = "BTC", **more: object) -> Finding:
    found = rule_book().rules[rule]
    given: dict[str, object] = {"state": "new", "forced_lead": False, "may_lead": True, **more}
    return Finding(
        rule, subject, found.family, found.role, since=0, strength=strength, tail=10**-strength,
        evidence=found.evidence, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def told(*findings: Finding, recent: Recent | None = None) -> Story:
    ranking = Ranking.of(rule_book())
    return plan(findings, ranking=ranking, quiet_known=True, recent=recent or Recent())


# Left: what says it better; right: what is then not said, of the same subject.
BETTER = [
    ("one_hour_shock", "daily_fall", "P02 replaces P01"),
    ("one_hour_shock", "daily_rise", "P02 replaces P01"),
    ("largest_fall", "daily_fall", "a return record is the day's move, and more"),
    ("round_trip", "daily_fall", "not 'little changed', and no fall either"),
    ("persistently_negative", "negative_print", "F05 replaces F04"),
    ("broad_fall", "median_gap", "one sentence on breadth"),
]
SILENCES = [
    ("added_in_fall", "large_change", "O03 says what O02 counts"),
    ("eth_outperformance", "eth_btc_move", "R02 before R01"),
    ("headline_before_shock", "no_catalyst", "N02 before N01"),
]
GATES = [
    ("implausible_change", "open_interest", "O08 fails: the family is dropped"),
    ("incoherent_signs", "persistently_negative", "B04 fails: neither feed is told"),
    ("incoherent_signs", "perp_discount", "B04 fails: neither feed is told"),
    ("thin_pump", "notable_mover", "M06 keeps M05's list clean"),
]


@pytest.mark.parametrize(("better", "worse", "line"), BETTER, ids=lambda x: str(x))
def test_what_says_it_better_stands_and_the_plainer_is_left_out(
    better: str, worse: str, line: str
) -> None:
    assert worse in rule_book().rules[better].precedes, line
    story = told(finding(better), finding(worse, 2.5))
    names = {f.rule for f in (story.lead, *story.evidence) if f is not None}
    assert worse not in names
    apart = told(finding(better), finding(worse, 2.5, subject="ETH"))
    assert worse not in dict(apart.left_out)


@pytest.mark.parametrize(("by", "other", "line"), SILENCES, ids=lambda x: str(x))
def test_what_is_silenced_is_declared(by: str, other: str, line: str) -> None:
    assert other in rule_book().rules[by].inhibits, line


@pytest.mark.parametrize(("gate", "blocked", "line"), GATES, ids=lambda x: str(x))
def test_what_a_gate_blocks_is_declared(gate: str, blocked: str, line: str) -> None:
    assert blocked in rule_book().rules[gate].blocks, line


def test_both_members_of_a_conflict_are_told_and_joined() -> None:
    story = told(finding("new_low"), finding("daily_rise", 1.9))
    assert {f.rule for f in (story.lead, *story.evidence) if f} == {"new_low", "daily_rise"}
    assert len(story.conflicts) == 1


EXCLUSIVE = (
    ("daily_fall", "daily_rise"),
    ("added_in_fall", "added_in_rise"),
    ("added_in_fall", "closed_in_fall"),
    ("perp_discount", "perp_premium"),
    ("eth_outperformance", "eth_underperformance"),
    ("heavy_volume", "thin_volume"),
    ("broad_fall", "broad_rise"),
    ("largest_fall", "daily_rise"),
)


@pytest.mark.parametrize("pair", EXCLUSIVE, ids=" ".join)
def test_what_excludes_each_other_is_proven_apart(pair: tuple[str, str]) -> None:
    book = rule_book()
    assert Prover(book).pair(book.rules[pair[0]], book.rules[pair[1]]).verdict == "apart"


def test_the_shipped_book_is_sound() -> None:
    assert [f"{p.rule}: {p.message}" for p in check_rules(rule_book())] == []


# ---------------------------------------------------------------- over several days


def test_what_led_yesterday_and_goes_on_yields_to_what_is_new() -> None:
    going_on = finding("persistently_negative", 2.0, state="persisting")
    news = finding("new_low", 1.6)
    first = told(finding("persistently_negative", 2.0))
    assert first.lead is not None
    recent = Recent(((first.lead.rule, first.lead.strength),))
    second = told(going_on, news, recent=recent)
    assert second.lead == news
    assert going_on in second.evidence  # told again, as what goes on


def test_what_goes_on_and_is_larger_leads_again() -> None:
    larger = finding("persistently_negative", 2.9, state="persisting")
    story = told(
        larger, finding("daily_fall", 1.4), recent=Recent((("persistently_negative", 2.0),))
    )
    assert story.lead == larger


def test_what_goes_on_with_nothing_new_leads_as_what_goes_on() -> None:
    going_on = finding("daily_fall", 2.0, state="persisting")
    story = told(going_on, recent=Recent((("daily_fall", 2.0),)))
    assert story.lead == going_on
    assert story.lead.state == "persisting"
