"""The canon's order of telling (B.4, B.5 and its corrections), read in composed notes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.model import MARKET, Draft
from generator.write.article import body_words
from generator.write.plan import Recent
from tests.rules.composed import PAIR, composed, finding, first, planned, told

# Left: what says it better; right: what is then not said, of the same subject.
BETTER = [
    ("one_hour_shock", "daily_fall"),
    ("one_hour_shock", "wide_range"),
    ("largest_fall", "daily_fall"),
    ("new_low", "closing_low"),
    ("persistently_negative", "sign_flip"),
    ("broad_fall", "median_gap"),
    ("narrow_rise", "median_gap"),
    ("move_on_heavy_volume", "heavy_volume"),
    ("move_on_heavy_volume", "price_impact"),
    ("down_streak", "week_fall"),
    ("largest_week", "week_fall"),
    ("realised_volatility", "volatility_expanding"),
    ("wide_spread", "venues_disagree"),
    ("fear_greed_extreme", "label_change"),
]


def body(draft: Draft) -> str:
    return draft.segments[0].partition("Data coverage")[0]


@pytest.mark.parametrize(("better", "plainer"), BETTER, ids=" ".join)
def test_a_note_says_one_thing_once(better: str, plainer: str) -> None:
    one = finding(better)
    other = finding(plainer, 2.5, one.subject)
    read = told(composed(one, other))
    assert one.key in read
    assert other.key not in read


@pytest.mark.parametrize(("better", "plainer"), BETTER, ids=" ".join)
def test_nothing_is_left_out_in_favour_of_what_is_not_told(better: str, plainer: str) -> None:
    weak = finding(better, 0.1)
    other = finding(plainer, 2.5, weak.subject)
    read = told(composed(weak, other))
    assert weak.key not in read
    assert other.key in read


def test_an_extreme_of_a_year_leads_with_its_hour_in_the_same_sentence() -> None:
    low = finding("new_low", 2.56, forced_lead=True)
    hour = finding("one_hour_shock", 2.9, always=True)
    opened = first(composed(low, hour, finding("daily_fall", 2.9)))
    assert "lowest intraday price since" in opened
    assert "fell 6.4% between 13:00 and 14:00 UTC" in opened


def test_an_extreme_of_less_than_a_year_leaves_the_lead_to_the_hour() -> None:
    low, hour = finding("new_low", 1.9), finding("one_hour_shock", 2.9, always=True)
    assert "lowest" not in first(composed(low, hour))


def test_among_forced_leads_the_rarest_opens() -> None:
    low = finding("new_low", 2.56, forced_lead=True)
    fall = finding("largest_fall", 2.9, forced_lead=True)
    assert "largest daily fall" in first(composed(low, fall))


def test_conflicting_findings_are_joined_by_but() -> None:
    draft = composed(finding("added_in_fall"), finding("long_liquidations", 1.9))
    assert told(draft) >= {"added_in_fall:BTC", "long_liquidations:BTC"}
    assert "But " in body(draft)


def test_one_but_is_enough() -> None:
    low, rise = finding("new_low", 2.6, forced_lead=True), finding("daily_rise")
    read = told(composed(low, rise, finding("week_fall", 2.5)))
    assert read >= {low.key, rise.key}
    assert "week_fall:BTC" not in read


@pytest.mark.parametrize("rule", ["account_ratio_unusual", "top_trader_ratio_unusual"])
def test_ratios_of_accounts_never_lead(rule: str) -> None:
    assert planned(finding(rule, 3.0, may_lead=False)).lead is None


def test_a_mood_never_leads_nor_stands_beside_the_move() -> None:
    mood = finding("fear_greed_extreme", 3.0, may_lead=False)
    text = body(composed(finding("daily_fall"), mood))
    assert text.index("BTC") < text.index("Fear")
    assert text.split("\n\n")[0].find("Fear") == -1


def test_context_comes_after_turnover_derivatives_and_breadth() -> None:
    draft = composed(
        finding("daily_fall", 2.9), finding("down_streak", 2.9), finding("heavy_volume"),
        finding("closed_in_fall"), finding("broad_fall", 1.4),
    )  # fmt: skip
    where = {s.findings[0].partition(":")[0]: s.start for s in draft.sentences if s.findings}
    for rule in ("heavy_volume", "closed_in_fall", "broad_fall"):
        assert where[rule] < where["down_streak"]


# ---------------------------------------------------------------- what always has its sentence


def test_a_day_that_must_be_told_leads_but_over_what_is_of_a_day_in_a_hundred() -> None:
    usual = finding("daily_rise", 1.1, always=True)
    assert planned(usual).lead == usual
    assert planned(finding("daily_rise", 1.1)).lead is None
    assert planned(usual, finding("heavy_volume", 1.4)).lead == usual
    assert planned(usual, finding("heavy_volume", 2.1)).lead != usual


def test_an_hour_that_may_not_lead_does_not_silence_a_fall_that_leads() -> None:
    hour, fall = finding("one_hour_shock", 1.1, always=True), finding("daily_fall", 1.4)
    story = planned(hour, fall)
    assert story.lead == fall
    assert hour in story.evidence


def test_what_is_of_a_day_in_a_hundred_takes_nobodys_place_and_keeps_its_own() -> None:
    price = [finding(r, 2.4) for r in ("new_high", "daily_rise", "largest_week")]
    story = planned(finding("record_day_rise", 2.9, forced_lead=True), *price)
    assert {f.rule for f in story.evidence} >= {f.rule for f in price}


def test_the_best_of_the_pair_and_of_the_list_have_a_place_of_their_own() -> None:
    crowd = [
        finding(r, 1.9)
        for r in ("heavy_volume", "dvol_shock", "perp_discount", "usdt_premium", "taker_buy_share")
    ]
    pair, breadth = finding("eth_underperformance", 1.0), finding("broad_fall", 1.0)
    story = planned(finding("daily_fall", 2.5), *crowd, pair, breadth)
    assert {pair, breadth} <= set(story.evidence)


def test_a_long_day_loses_context_and_levels_before_what_is_rare() -> None:
    rare = [
        *(finding("new_low", 2.6, s, forced_lead=True) for s in ("BTC", "ETH")),
        *(finding("move_on_heavy_volume", 2.2, s) for s in ("BTC", "ETH")),
        *(finding("closed_in_fall", 1.4, s) for s in ("BTC", "ETH")),
        finding("broad_fall", 2.55),
    ]
    context = [finding(r, 2.9) for r in ("week_fall", "wide_range")]
    filling = [finding("eth_underperformance", 1.4), finding("price_impact", 1.4, "ETH")]
    draft = composed(*rare, *context, *filling)
    read = told(draft)
    assert {f.key for f in rare} <= read
    assert body_words(draft) <= 320


# ---------------------------------------------------------------- over three days

GOING_ON: dict[str, str | tuple[str, ...]] = {
    "daily_fall": "Still lower, BTC",
    "daily_rise": "Still higher, BTC",
    "new_low": ("The intraday low of BTC in 24 h,", "Within 24 h BTC", "The low of BTC in 24 h"),
    "new_high": ("The intraday high of BTC in 24 h,", "Within 24 h BTC", "The high of BTC in 24 h"),
    "closing_low": "The daily close of BTC on 10 March (UTC),",
    "closing_high": "The daily close of BTC on 10 March (UTC),",
    "heavy_volume": "Turnover in BTC on Binance spot is still well above normal:",
    "one_hour_shock": "Still within the last 24 h: between",
    "broad_fall": "The fall is still broad:",
    "broad_rise": "The rise is still broad:",
    "persistently_negative": (
        "BTC funding on Binance is still negative,",
        "Every BTC funding settlement on Binance in the last",
        "For 24 hours now BTC funding",
        "The negative run of BTC funding",
        "Still below zero,",
        "Negative BTC funding on Binance has held",
        "No change of sign in BTC funding",
        "The settlements of BTC funding on Binance stay negative",
    ),
    "unusually_high": "BTC funding on Binance is still above its baseline:",
    "eth_underperformance": "In the last 24 h too, ETH did",
    "eth_outperformance": "In the last 24 h too, ETH did",
}


@pytest.mark.parametrize("rule", GOING_ON)
def test_what_goes_on_for_three_days_is_news_once(rule: str) -> None:
    later = 2_000_000_000_000
    day = [finding(rule, 2.0)]
    day += [finding(rule, 2.0, state="persisting", since=later) for _ in range(2)]
    up = {"return_24h": 7.1, "move_band": 3.0} if rule == "daily_rise" else {}
    recent, opened = Recent(), []
    for told_today in day:
        opened.append(first(composed(told_today, recent=recent, **up)))
        recent = Recent(((rule, 2.0), *recent.leads))
    assert not opened[0].startswith(GOING_ON[rule])
    assert all(text.startswith(GOING_ON[rule]) for text in opened[1:])
    # On the third day something new takes the lead, and what goes on is told below it.
    new = finding("label_change" if rule.startswith("broad") else "broad_fall", 1.6)
    new = finding("heavy_volume", 1.6) if rule.startswith(("broad", "eth")) else new
    third = composed(new, day[2], recent=recent, **up)
    assert not first(third).startswith(GOING_ON[rule])
    wanted = GOING_ON[rule]
    assert any(w in body(third) for w in ((wanted,) if isinstance(wanted, str) else wanted))


def test_what_goes_on_for_two_assets_is_told_so_for_both() -> None:
    both = [finding("daily_fall", 2.0, s, state="persisting") for s in ("BTC", "ETH")]
    opened = first(composed(*both))
    assert re.search("still lower|as before, lower", opened.lower())
    assert " and ETH " in opened


def test_one_of_two_that_is_new_makes_the_sentence_news() -> None:
    fall = [finding("daily_fall", 2.0), finding("daily_fall", 2.0, "ETH", state="persisting")]
    assert "Still" not in first(composed(*fall))


def test_a_quiet_opening_is_true_of_what_follows() -> None:
    quiet = composed()
    assert any(w in first(quiet) for w in ("ordinary", "unusual", "stands out", "like most"))
    beside = composed(finding("large_change", 2.0, may_lead=False))
    paragraphs = body(beside).split("\n\n")
    assert "large_change:BTC" in told(beside)
    assert "interest" in paragraphs[1]
    for rule, subject in (("eth_btc_move", PAIR), ("median_gap", MARKET)):
        moved = composed(finding(rule, 2.0, subject, may_lead=False))
        assert not any(w in body(moved) for w in ("ordinary", "unusual", "stands out", "like most"))


def test_a_day_that_must_be_told_leads_over_a_ratio_and_over_what_weeks_did() -> None:
    # Its own rank is unknown under a short record, and it has no strength; it is the day all the same.
    fall = replace(finding("daily_fall", 0.0), always=True, tail=1.0)
    ratio = finding("eth_outperformance", 2.5, PAIR)
    streak, month = finding("down_streak", 2.5), finding("month_close", 2.5)
    lead = planned(fall, ratio, streak, month).lead
    assert lead is not None
    assert lead.key == fall.key
    rarer = finding("new_low", 2.0)
    lead = planned(fall, ratio, rarer).lead
    assert lead is not None
    assert lead.key == rarer.key


def test_on_an_ordinary_day_the_ratio_leads() -> None:
    lead = planned(
        finding("eth_outperformance", 2.5, PAIR), finding("volume_ratio", 2.0, PAIR)
    ).lead
    assert lead is not None
    assert lead.rule == "eth_outperformance"
