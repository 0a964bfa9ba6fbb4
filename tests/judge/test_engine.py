"""Persistence, hysteresis, silence, gates, scores and watch items."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from generator.judge import explain, judge
from generator.judge.rule_file import build_rule
from generator.judge.rules import RuleBook
from generator.model import Finding, Panel
from tests.judge.books import DAY, HOUR, NOW, book, panel, rule_text


def verdict(text: str, x: Sequence[float | None], **shape: int) -> str:
    data = panel({"return_24h": {"BTC": x}}, **shape)  # type: ignore[arg-type]  # every=...
    return judge(book(a_rule=text), data).verdicts.verdict("a_rule", "BTC")


def only(text: str, data: Panel, subject: str = "BTC") -> Finding:
    found = [f for f in judge(book(a_rule=text), data).findings if f.subject == subject]
    assert len(found) == 1
    return found[0]


def test_a_finding_is_new_then_persists_with_the_moment_it_began() -> None:
    text = rule_text("return_24h > 1")
    fresh = only(text, panel({"return_24h": {"BTC": [0, 0, 2]}}))
    assert (fresh.state, fresh.since) == ("new", NOW)
    old = only(text, panel({"return_24h": {"BTC": [0, 2, 2]}}))
    assert (old.state, old.since) == ("persisting", NOW - 8 * HOUR)


def test_for_needs_the_whole_duration_without_a_break() -> None:
    text = rule_text("return_24h > 1", for_="24h")
    assert verdict(text, [2, 2, 2]) == "pending"
    assert verdict(text, [2, 2, 2, 2]) == "on"
    assert verdict(text, [2, 2, 0, 2]) == "pending"
    assert verdict(text, [2, 2, None, 2]) == "pending"
    assert (
        verdict(rule_text("return_24h > 1", for_="24h", on_unknown="hold"), [2, 2, None, 2]) == "on"
    )


def test_two_of_three_days_are_days_not_snapshots() -> None:
    text = rule_text("return_24h > 1", for_="{of: 3d, times: 2}")
    assert verdict(text, [0, 0, 0, 0, 0, 0, 2, 2, 2]) == "pending"
    assert verdict(text, [2, 0, 2], every=DAY) == "on"
    assert verdict(text, [2, 0, 0], every=DAY) == "off"
    assert verdict(text, [0, 0, 2], every=DAY) == "pending"


TWO_OF_THREE = rule_text("return_24h > 1", for_="{of: 3d, times: 2}")
MIDNIGHT = NOW - 8 * HOUR


def often(values: Sequence[float | None], times: Sequence[int]) -> str:
    data = panel({"return_24h": {"BTC": values}}, times=times)
    return judge(book(a_rule=TWO_OF_THREE), data).verdicts.verdict("a_rule", "BTC")


@pytest.mark.parametrize("hour", [0.5, 8, 11, 14, 23, 23.5])
def test_now_and_the_last_midnights_are_three_days_at_any_hour(hour: float) -> None:
    now = MIDNIGHT + round(hour * HOUR)
    times = [MIDNIGHT - 2 * DAY, MIDNIGHT - DAY, MIDNIGHT, now]
    assert often([0, 2, 0, 2], times) == "on"
    assert often([2, 0, 0, 2], times) == "on"
    assert often([0, 0, 0, 2], times) == "pending"
    # Midnight of the same day knows the same completed days as now does.
    assert often([0, 0, 2, 2], times) == "pending"
    assert often([2, 2, 2, 0], times) == "off"


def test_a_day_without_a_row_is_no_day_on_which_it_held() -> None:
    assert often([2, 2], [NOW - 3 * DAY, NOW]) == "pending"
    assert often([2, 2], [NOW - 2 * DAY - 5 * HOUR, NOW]) == "on"
    assert often([2, 2], [NOW - 11 * HOUR, NOW]) == "pending"
    assert often([2, 2], [NOW - 13 * HOUR, NOW]) == "on"


def test_a_run_that_starts_late_or_early_is_still_one_a_day() -> None:
    minutes = HOUR // 60
    late = [NOW - 2 * DAY + 40 * minutes, NOW - DAY - 25 * minutes, NOW]
    assert often([0, 2, 2], late) == "on"
    assert often([2, 0, 2], late) == "on"
    assert often([0, 0, 2], late) == "pending"


def test_explaining_shows_the_name_that_the_rule_itself_gives_a_threshold() -> None:
    text = "id: X\ntitle: X\nscope: asset\nparams: {%s: 5}\nwhen: return_24h > %s\n"
    rules = book(a_first=text % ("rank", "rank"), b_second=text % ("excess", "excess"))
    nodes, both_rules = rules.nodes, dict(rules.rules)
    for name in both_rules:  # one table for both, as when a folder is loaded
        both_rules[name] = build_rule(both_rules[name].document, name, "x", rules.catalog, nodes)
    both = RuleBook(both_rules, rules.catalog, nodes)
    found = judge(both, panel({"return_24h": {"BTC": [6]}}))
    shown = [found.verdicts[n, "BTC"].comparisons[0].text for n in ("a_first", "b_second")]
    assert shown == ["return_24h > rank", "return_24h > excess"]


def test_a_state_is_held_until_it_clears_and_only_by_what_is_known() -> None:
    text = rule_text("return_24h > 3", clear_when="return_24h < 1")
    assert verdict(text, [0, 2]) == "off"
    assert verdict(text, [4, 2]) == "held"
    assert verdict(text, [4, 0, 2]) == "off"
    assert verdict(text, [4, None, 2]) == "off"
    assert verdict(text, [4, None]) == "unknown"
    held = rule_text("return_24h > 3", clear_when="return_24h < 1", on_unknown="hold")
    assert verdict(held, [4, None, 2]) == "held"
    stale = rule_text(
        "return_24h > 3", clear_when="return_24h < 1", on_unknown="hold", stale_after="9h"
    )
    assert verdict(stale, [4, None, 2]) == "off"
    data = panel({"return_24h": {"BTC": [4, 2, 2]}})
    assert only(text, data).since == NOW - 16 * HOUR


def test_an_unknown_newest_number_is_never_held_on() -> None:
    text = rule_text("return_24h > 1", on_unknown="hold")
    assert verdict(text, [2, 2, None]) == "unknown"


def test_what_a_rule_requires_must_be_known() -> None:
    text = rule_text("return_24h > 1", requires="[funding_8h]")
    data = panel({"return_24h": {"BTC": [2]}, "funding_8h": {"BTC": [None]}})
    found = judge(book(a_rule=text), data).verdicts["a_rule", "BTC"]
    assert (found.verdict, found.reason) == ("unknown", "unknown: funding_8h")


def test_a_turn_from_the_opposite_rule_is_reversed() -> None:
    rules = book(
        a_up=rule_text("return_24h > 1", opposite="a_down"),
        a_down=rule_text("return_24h < -1", opposite="a_up"),
    )
    assert judge(rules, panel({"return_24h": {"BTC": [-2, 2]}})).findings[0].state == "reversed"
    assert judge(rules, panel({"return_24h": {"BTC": [-2, 0, 2]}})).findings[0].state == "new"


SILENCED = {
    "big": rule_text("return_24h > 5 or funding_8h > 1", inhibits="[small]"),
    "small": rule_text("return_24h > 1"),
}


@pytest.mark.parametrize(
    ("x", "funding", "spoken", "reason"),
    [
        (6, 0, ["big"], "inhibited by big"),
        (2, 0, ["small"], ""),
        (2, None, [], "inhibited by big, which is unknown"),
    ],
)
def test_an_inhibitor_silences_and_an_unknown_one_blocks_as_if_it_had_fired(
    x: float, funding: float | None, spoken: list[str], reason: str
) -> None:
    data = panel({"return_24h": {"BTC": [x]}, "funding_8h": {"BTC": [funding]}})
    found = judge(book(**SILENCED), data)
    assert [f.rule for f in found.findings] == spoken
    assert [d.reason for d in found.dropped] == ([reason] if reason else [])


def test_an_unknown_inhibitor_may_be_declared_harmless() -> None:
    rules = SILENCED | {"big": SILENCED["big"] + "\nunknown_blocks: false"}
    data = panel({"return_24h": {"BTC": [2]}, "funding_8h": {"BTC": [None]}})
    assert [f.rule for f in judge(book(**rules), data).findings] == ["small"]


def test_silence_stays_with_the_subject_it_concerns() -> None:
    data = panel({"return_24h": {"BTC": [6], "ETH": [2]}, "funding_8h": {"BTC": [0], "ETH": [0]}})
    found = judge(book(**SILENCED), data)
    assert [f.key for f in found.findings] == ["big:BTC", "small:ETH"]


def test_a_gate_blocks_its_families_and_when_unknown_only_what_interprets() -> None:
    rules = {
        "gate_crossed": rule_text("fear_greed > 50", "market", role="gate", blocks="[funding]"),
        "funding_level": rule_text("funding_8h > 0", role="level"),
        "funding_eager": rule_text("funding_8h > 0", interprets="true"),
    }

    def spoken(fear: float | None) -> list[str]:
        columns = {"funding_8h": {"BTC": [1.0]}, "fear_greed": {"MARKET": [fear]}}
        return [f.rule for f in judge(book(**rules), panel(columns)).findings]

    assert spoken(20) == ["funding_eager", "funding_level"]
    assert spoken(60) == ["gate_crossed"]
    assert spoken(None) == ["funding_level"]


def test_a_veto_blocks_words_and_is_no_finding() -> None:
    rules = book(a_veto=rule_text("return_24h > 1", role="veto", blocks="[rally, sell-off]"))
    found = judge(rules, panel({"return_24h": {"BTC": [2], "ETH": [0]}}))
    assert found.findings == ()
    assert found.blocked_words == (("rally", "a_veto", "BTC"), ("sell-off", "a_veto", "BTC"))


def test_strength_is_the_surprise_of_the_tail_and_at_most_three() -> None:
    def strength(score: str, x: float | None = 0.01) -> float:
        columns = {"return_24h": {"BTC": [1.0]}, "funding_8h": {"BTC": [x]}}
        return only(rule_text("return_24h > 0", score=score), panel(columns)).strength

    assert strength("{tail: funding_8h}") == pytest.approx(2)
    assert strength("{tail: funding_8h}", 1e-9) == 3
    assert strength("{tail: funding_8h}", 0) == 3
    assert strength("{tail: funding_8h}", None) == 0
    assert strength("{frequency: 0.07}") == pytest.approx(-math.log10(0.07))


def test_a_lead_is_forced_or_allowed_only_by_what_is_known_true() -> None:
    text = rule_text("return_24h > 0", score="{forced: funding_8h > 1}", may_lead="funding_8h > 0")
    for x, forced, may in ((2.0, True, True), (0.5, False, True), (None, False, False)):
        columns = {"return_24h": {"BTC": [1.0]}, "funding_8h": {"BTC": [x]}}
        found = only(text, panel(columns))
        assert (found.forced_lead, found.may_lead) == (forced, may)


def test_watch_items_carry_numbers_and_deadlines_and_drop_what_is_past_or_unknown() -> None:
    watch = """
  confirm:
    - {metric: return_24h, above: most * 2, within: 8h, phrase: further}
    - {metric: return_24h, above: 1, within: 8h}
    - {metric: btc.funding_8h, below: 0, at: next_funding, phrase: print}
  refute:
    - {metric: volume_24h_usd, below: 1, within: 1d}"""
    text = rule_text("return_24h > most", params="{most: 2}", watch=watch)
    columns: dict[str, dict[str, list[float | None]]] = {
        "return_24h": {"ETH": [3]},
        "funding_8h": {"BTC": [0.5]},
        "next_funding_ts": {"BTC": [NOW + 2 * HOUR]},
    }
    found = only(text, panel(columns), "ETH").watch
    assert [(w.metric, w.subject, w.current, w.trigger, w.deadline) for w in found] == [
        ("return_24h", "ETH", 3, 4, NOW + 8 * HOUR),
        ("funding_8h", "BTC", 0.5, 0, NOW + 2 * HOUR),
    ]
    columns["next_funding_ts"]["BTC"] = [None]
    assert len(only(text, panel(columns), "ETH").watch) == 1


def test_rules_for_named_subjects_and_deprecated_rules_keep_to_themselves() -> None:
    data = panel({"return_24h": {"BTC": [2], "ETH": [2]}})
    rules = book(
        a_some=rule_text("return_24h > 1 and rank(return_24h) <= 2", subjects="[ETH, XRP]"),
        a_gone=rule_text("return_24h > 1", status="deprecated"),
    )
    assert [f.key for f in judge(rules, data).findings] == ["a_some:ETH"]


def test_an_empty_panel_and_an_unheard_metric_say_nothing() -> None:
    rules = book(a_rule=rule_text("return_24h > 1"))
    assert judge(rules, panel({"return_24h": {"BTC": []}})).findings == ()
    found = judge(rules, panel({"funding_8h": {"BTC": [1]}}))
    assert found.findings == ()
    assert found.verdicts.verdict("a_rule", "BTC") == "unknown"


def test_explain_shows_every_comparison_with_its_values() -> None:
    rules = book(
        a_rule=rule_text(
            "calm and count_if(return_24h > 0) >= 2", let="{calm: abs(return_24h) < 5}"
        ),
        b_rule=rule_text("funding_8h > 0 or return_24h > 9"),
    )
    data = panel({"return_24h": {"BTC": [2], "ETH": [None], "XRP": [1]}})
    assert explain(rules, judge(rules, data), "BTC") == [
        "a_rule (X01): ON - the condition holds",
        "  yes     abs(return_24h) < 5   [2 < 5]",
        "  yes     count_if(return_24h > 0) >= 2   [2 to 3 >= 2]",
        "b_rule (X01): UNKNOWN - unknown: funding_8h",
        "  unknown funding_8h > 0   [? > 0; missing: funding_8h]",
        "  no      return_24h > 9   [2 > 9]",
    ]
    assert len(explain(rules, judge(rules, data), "BTC", "b_rule")) == 3
