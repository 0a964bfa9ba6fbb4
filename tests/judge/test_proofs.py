"""Which rules can hold together, what can never hold, and what a check says of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.judge.pairs import Prover, matrix
from generator.judge.rules import RuleBook
from generator.judge.soundness import check_rules
from generator.model import HOUR
from tests.judge.books import CATALOG, panel, rule_text, verdicts
from tests.judge.sharing import shared_book

R, F = "return_24h", "funding_8h"


def two(first: str, second: str, scope: str = "asset", **more: str) -> RuleBook:
    """Two rules, `more` being further keys of the first."""
    return shared_book(
        a=rule_text(first, scope, **more), b=rule_text(second, scope, params="{least: 2}")
    )


def verdict(first: str, second: str, scope: str = "asset", **more: str) -> str:
    book = two(first, second, scope, **more)
    return Prover(book).pair(book.rules["a"], book.rules["b"]).verdict


def problems(**texts: str) -> list[str]:
    found = check_rules(shared_book(**texts))
    return [p.message for p in found if "test" not in p.message and "sources" not in p.message]


APART = [
    (f"{R} > 5", f"{R} < 3"),
    (f"{R} > 2", f"{R} <= least"),
    (f"abs({R}) < 2", f"abs({R}) >= least"),
    (f"not ({R} > 2 or {F} > 1)", f"{R} > least and {F} > 0"),
    (f"between({R}, 1, 2)", f"{R} > least"),
    (f"max({R}, {F}) < 1", f"{F} >= 1"),
    (f"min({R}, {F}) > 1", f"{F} <= 1"),
    (f"sign({R}) == 1", f"{R} <= 0"),
    (f"{R} - {F} > 3", f"{R} < {F}"),
    (f"2 * {R} + {F} > 6 and {F} < 1", f"{R} < 2"),
    (f"{R} * {F} < 0", f"{R} > 0 and {F} > 0"),
    (f"({R} if {F} > 0 else 0) > 1", f"{F} < 0"),
    (f"pctile({R}, days(3)) > 101", f"{F} > 0"),
    (f"std({R}, days(3)) < 0", f"{F} > 0"),
    (f"mean({R}, days(3)) > 1", f"mean({R}, days(3)) < 1"),
    ("btc.return_24h > 1", "btc.return_24h < 1"),
    (f"{R} / 0 > 1", f"{F} > 0"),
    (f"{R} == 2", f"{R} != least"),
]
TOGETHER = [
    (f"{R} > 2", f"{R} >= least"),
    (f"abs({R}) >= 2", f"{R} <= -least"),
    ("btc.return_24h > 1", f"{R} < 1"),
    (f"mean({R}, days(3)) > 1", f"{R} > least"),
    (f"change({R}, days(1)) <= 0", f"{F} > 0"),
    (f"pctile({R}, days(3)) > 40", f"{R} < 0"),
    (f"{R} > 1 or {F} > 1", f"{R} < 0"),
    (f"share({R} > 1, days(2)) > 0.5", f"{R} > 0"),
    (f"known({F}) and {R} > 0", f"{F} == 0.25"),
]


@pytest.mark.parametrize("pair", APART, ids=" with ".join)
def test_what_cannot_hold_together_is_proven_apart(pair: tuple[str, str]) -> None:
    assert verdict(*pair) == "apart"


@pytest.mark.parametrize("pair", TOGETHER, ids=" with ".join)
def test_what_can_hold_together_is_shown_by_the_kernel_itself(pair: tuple[str, str]) -> None:
    assert verdict(*pair) == "together"


@pytest.mark.parametrize(
    "pair",
    [
        (f"zscore({R}, days(3)) > 1", f"{R} > 0"),  # nothing that stands still has a z-score
        (f"rank({R}) <= 3", f"{R} > 0"),  # one asset's rank needs the others
        (f"{R} * {F} > 4", f"{R} > {F}"),  # not linear
    ],
    ids=" with ".join,
)
def test_what_is_neither_proven_nor_shown_is_left_open(pair: tuple[str, str]) -> None:
    assert verdict(*pair) == "undecided"


def test_a_witness_names_its_numbers_and_they_do_what_it_says() -> None:
    book = two(f"{R} > 5 and {F} < 0", f"{R} > 7")
    found = Prover(book).pair(book.rules["a"], book.rules["b"])
    values = {m: [v] for m, _, v in found.witness}
    data = panel({m: {"BTC": v} for m, v in values.items()})
    assert verdicts(f"{R} > 5 and {F} < 0 and {R} > 7", data) == {"BTC": True}
    assert f"{R} = " in found.shown


def test_rules_that_must_last_are_shown_by_a_market_that_stands_still() -> None:
    assert verdict(f"{R} > 2", f"{F} < -2", for_="{of: 3d, times: 2}") == "together"
    assert verdict(f"{R} > 2", f"{R} < 2", for_="48h") == "apart"


def test_an_assets_rule_meets_the_markets_and_a_pairs() -> None:
    book = shared_book(
        a=rule_text(f"{R} > 2"),
        m=rule_text("btc.return_24h < 1", "market"),
        p=rule_text("left.return_24h < 0 and right.return_24h < 0", "pair"),
    )
    found = {(f.left, f.right): f.verdict for f in matrix(book)}
    assert found == {("a", "m"): "together", ("a", "p"): "apart", ("m", "p"): "together"}


NUMBERS = st.sampled_from([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 7.0])
TERMS = st.sampled_from([R, F, f"abs({R})", f"({R} - {F})", f"max({R}, 2 * {F})", "btc.return_24h"])
LEAVES = st.builds(
    lambda t, s, n: f"{t} {s} {n}", TERMS, st.sampled_from(["<", "<=", ">", ">=", "=="]), NUMBERS
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)


@given(CONDITIONS, CONDITIONS, st.lists(NUMBERS, min_size=24, max_size=24))
def test_no_numbers_contradict_a_proof(first: str, second: str, numbers: list[float]) -> None:
    said = verdict(first, second)
    assert said != "undecided"
    if said == "apart":
        thirds = [numbers[i::3] for i in range(3)]
        for r, f, b in zip(*thirds, strict=True):
            data = panel({R: {"ETH": [r], "BTC": [b]}, F: {"ETH": [f], "BTC": [f]}})
            assert verdicts(f"({first}) and ({second})", data)["ETH"] is not True


def test_hostile_conditions_are_left_open_and_cost_little() -> None:
    import time

    began = time.perf_counter()
    sums = " + ".join(f"abs({R} - {i})" for i in range(20))
    # Either is fine; running on is not.
    assert verdict(f"{sums} > 3", f"{R} > 0") in {"undecided", "together"}
    lets = ["d0: abs(return_24h)"] + [f"d{i}: abs(d{i - 1} - d{i - 1} * 2)" for i in range(1, 30)]
    assert verdict("d29 > 1", f"{R} > 0", let="{" + ", ".join(lets) + "}")
    wide = " or ".join(f"({R} > {i} and {F} < {i})" for i in range(9))
    assert verdict(f"({wide}) and ({wide.replace('>', '<')})", f"{R} > 99")
    assert time.perf_counter() - began < 20


# ---------------------------------------------------------------- what the check says


@pytest.mark.parametrize(
    ("when", "more", "message"),
    [
        (f"{R} > 5 and {R} < 3", {}, "`when` can never hold"),
        (f"{R} > 5", {"clear_when": f"{R} < 4 and {R} > 4"}, "`clear_when` can never hold"),
        (f"{R} < 0", {"clear_when": f"{R} < 5"}, "`clear_when` holds whenever `when` does"),
        (f"{R} > 5", {"may_lead": f"{R} < 0"}, "`may_lead` can never hold while"),
        (f"{R} > 5", {"score": f"{{tail: 0.1 * 1, forced: {R} < 1}}"}, "`forced` can never hold"),
    ],
)
def test_what_can_never_be_is_named(when: str, more: dict[str, str], message: str) -> None:
    found = problems(a=rule_text(when, evidence="[return_24h]", **more))
    assert any(message in m for m in found), found


def test_what_can_be_or_cannot_be_decided_is_passed_over() -> None:
    fine = [
        rule_text(f"{R} > 5", evidence="[return_24h]", clear_when=f"{R} < 4", role="level"),
        rule_text(f"zscore({R}, days(3)) > 9", evidence="[return_24h]", role="level"),
        rule_text(f"rank({R}) <= 3 and {R} < 0", evidence="[return_24h]", role="level"),
    ]
    for text in fine:
        assert problems(a=text) == []


def pair_problems(first: str, second: str, a: str = "", b: str = "") -> list[str]:
    texts = {}
    for name, when, more in (("a", first, a), ("b", second, b)):
        text = rule_text(when, evidence="[return_24h]", role="level")
        texts[name] = text + (f"\n{more}" if more else "")
    return problems(**texts)


def test_an_exclusion_that_does_not_hold_fails_with_the_numbers_that_show_it() -> None:
    found = pair_problems(f"{R} > 2", f"{R} < 5", a="excludes: [b]")
    assert len(found) == 1
    assert "excludes b, yet both hold where return_24h = 3" in found[0]


def test_an_exclusion_that_holds_passes_and_one_that_is_open_does_not() -> None:
    assert pair_problems(f"{R} > 2", f"{R} < 2", a="excludes: [b]") == []
    found = pair_problems(f"{R} * {F} > 4", f"{R} > {F}", a="excludes: [b]")
    assert "cannot be proven" in found[0]


def test_opposites_that_could_both_speak_must_be_settled() -> None:
    found = pair_problems(f"{R} > 0", f"{R} > 1", a="opposite: b")
    assert "is the opposite of b, yet both hold" in found[0]
    assert pair_problems(f"{R} > 0", f"{R} > 1", a="opposite: b\nprecedes: [b]") == []
    assert pair_problems(f"{R} > 0", f"{R} < 0", a="opposite: b") == []


def test_relations_that_go_round_in_circles_are_named() -> None:
    one, two_ = f"{R} > 0", f"{F} > 0"
    found = pair_problems(one, two_, "precedes: [b]", "precedes: [a]")
    assert any("rules precede each other: " in m for m in found)
    found = pair_problems(one, two_, "precedes: [b]", "inhibits: [a]")
    assert any("precedes b, which inhibits it" in m for m in found)
    assert any("rules precede and inhibit each other" in m for m in found)
    assert any(
        "inhibit each other" in m
        for m in pair_problems(one, two_, "inhibits: [b]", "inhibits: [a]")
    )


def test_relations_with_what_is_not_there_are_named() -> None:
    found = pair_problems(f"{R} > 0", f"{F} > 0", "precedes: [c]\nexcludes: [d]")
    assert found == ["excludes 'd', which is no rule", "precedes 'c', which is no rule"]


def test_a_conflict_across_subjects_cannot_be_joined() -> None:
    book = {
        "a": rule_text(f"{R} > 0", evidence="[return_24h]", role="level", conflicts="[m]"),
        "m": rule_text("fear_greed > 0", "market", evidence="[fear_greed]", role="level",
                       conflicts="[a]"),
    }  # fmt: skip
    assert any("no `but` could join them" in m for m in problems(**book))


def test_a_rule_owes_an_unknown_test_and_one_for_each_misreading() -> None:
    tests = "\n  - {given: {return_24h: 1}, expect: on}\n  - {given: {return_24h: -1}, expect: off}"
    text = rule_text(f"{R} > 0", evidence="[return_24h]", role="level", tests=tests)
    owed = [p.message for p in check_rules(shared_book(a=text))]
    assert owed == ["no test in which a datum is missing (expect: unknown)"]
    text = text.replace("role:", "misreadings: [one, two]\nrole:")
    owed = [p.message for p in check_rules(shared_book(a=text))]
    assert "2 misreadings, 1 silent tests: each is owed one" in owed


def test_a_rule_may_not_bear_the_name_of_a_family() -> None:
    text = rule_text(f"{R} > 0", evidence="[return_24h]", role="level", family="a")
    assert any("name is that of a family" in m for m in problems(a=text))


def test_a_still_market_is_one_row_after_the_other_without_a_gap() -> None:
    from generator.judge.pairs import _steady

    book = two(f"mean({R}, days(3)) > 1", f"lag({R}, hours(24)) > 1")
    rows = _steady({(R, "BTC"): 2.0}, list(book.rules.values()), ["BTC"])
    assert rows is not None
    assert set(np.diff(rows.times).tolist()) == {8 * HOUR}
    assert rows.times[-1] - rows.times[0] >= 72 * HOUR
    assert set(rows.columns) <= set(CATALOG)
