"""Hostile and mistaken expressions are refused, fast, with a place."""

from __future__ import annotations

import time

import pytest

from generator.errors import RuleError
from generator.judge.rules import load_text
from tests.judge.books import CATALOG, rule_text

HOSTILE = [
    "return_24h.__class__ > 1",
    "().__class__.__bases__ > 1",
    "__import__(1) > 1",
    "_x > 1",
    "btc.__dict__ > 1",
    "btc.return_24h.real > 1",
    "9**9**9**9 > 1",
    "return_24h ** 2 > 1",
    "9999999999999999999999999999999 > 1",
    "1e999 > return_24h",
    "1e308 * 1e308 > (1e999)",
    "(" * 30 + "return_24h" + ")" * 30 + " > 1",
    "(" * 900 + "1" + ")" * 900 + " > 1",
    "not " * 400 + "return_24h > 1",
    "-" * 1500 + "return_24h > 1",
    "[x for x in y] > 1",
    "(x := 3) > 1",
    "(lambda: 1)() > 1",
    "f'{return_24h}' > 1",
    "'a' < 'b'",
    "return_24h[0] > 1",
    "{1} > 1",
    "return_24h @ 2 > 1",
    "return_24h % 2 > 1",
    "return_24h // 2 > 1",
    "return_24h & 2 > 1",
    "return_24h is return_24h",
    "True > 1",
    "1j > 1",
    "abs(*return_24h) > 1",
    "abs(x=return_24h) > 1",
    "(return_24h, 1) > 1",
    "await return_24h > 1",
    "return_24h > 1; 2",
    "return_24h > 1 # and more",
    "eval(return_24h) > 1",
    "open(1) > 1",
    "return_24h > 1\x00",
    "rеturn_24h > 1",  # a Cyrillic letter
]


@pytest.mark.parametrize("expression", HOSTILE[:-1])
def test_what_is_not_in_the_language_is_refused_fast(expression: str) -> None:
    quoted = expression.replace("\x00", "\\0")
    began = time.perf_counter()
    with pytest.raises(RuleError) as error:
        load_text(rule_text(f'"{quoted}"'), "x", "x", CATALOG)
    assert time.perf_counter() - began < 0.5
    assert error.value.subject.startswith("x.yaml:4:")


def test_letters_that_only_look_latin_are_refused() -> None:
    with pytest.raises(RuleError, match="not part of the rule language"):
        load_text(rule_text(HOSTILE[-1]), "x", "x", CATALOG)


def test_an_expression_of_400_kilobytes_is_refused_before_it_is_parsed() -> None:
    from generator.judge.grammar import Text, parse

    began = time.perf_counter()
    with pytest.raises(RuleError, match="the limit is 2000"):
        parse(Text("return_24h + " * 32_000 + "1 > 1"))
    assert time.perf_counter() - began < 0.05


def test_many_lets_that_double_each_other_cost_nothing() -> None:
    lines = ["a0: return_24h + 1"]
    lines += [f"a{i}: a{i - 1} + a{i - 1}" for i in range(1, 60)]
    text = rule_text("a59 > 0", let="{" + ", ".join(lines) + "}")
    from generator.judge import explain, judge
    from tests.judge.books import panel

    began = time.perf_counter()
    book = load_text(text, "x", "x", CATALOG)
    data = panel({"return_24h": {"BTC": [1.0]}})
    assert explain(book, judge(book, data), "BTC")[0].startswith("x (X01): ON")
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("expression", "what", "todo"),
    [
        ("retrun_24h > 1", "unknown name 'retrun_24h'", "Did you mean return_24h"),
        (
            "abs(return_24h) > 1 and zscor(return_24h, days(3)) > 1",
            "unknown function 'zscor'",
            "zscore",
        ),
        ("btc.fundng_8h > 1", "unknown asset metric 'fundng_8h'", "funding_8h"),
        ("not known(return_24h)", "known(...) cannot be negated", "Ask for what is known"),
        ("not (return_24h > 1 and known(funding_8h))", "known(...) cannot be negated", ""),
        (
            "return_24h > 1 if known(funding_8h) else return_24h > 2",
            "cannot decide",
            "known(x) and",
        ),
        ("return_24h", "a condition is needed", "Compare it"),
        ("(return_24h > 1) > 1", "a number is needed here", ""),
        ("mean(return_24h) > 1", "does not take these arguments", "mean(x, days(7))"),
        ("mean(return_24h, 7) > 1", "does not take these arguments", "mean(x, days(7))"),
        ("mean(count_if(return_24h > 1), days(3)) > 1", "pair of bounds", ""),
        ("days(3) > 1", "it stands only as a last argument", ""),
        ("left.return_24h > 1", "only in rules of scope pair", ""),
        ("ratio_7d > 1", "belongs to pairs", ""),
        ("return_24h > ", "not an expression", ""),
        ("lag(return_24h, days(return_24h)) > 1", "one plain number", ""),
        ("known(return_24h > 1)", "a number is needed", ""),
    ],
)
def test_a_mistake_is_named_with_what_to_do(expression: str, what: str, todo: str) -> None:
    with pytest.raises(RuleError) as error:
        load_text(rule_text(expression), "x", "x", CATALOG)
    assert what in error.value.what
    assert todo in error.value.todo


def test_a_market_rule_cannot_take_an_assets_number_without_saying_whose() -> None:
    with pytest.raises(RuleError, match="differs by asset"):
        load_text(rule_text("return_24h > 1", "market"), "x", "x", CATALOG)
    text = rule_text("falling", "market", let="{falling: return_24h < 0}")
    with pytest.raises(RuleError, match="differs by asset"):
        load_text(text, "x", "x", CATALOG)
    fine = rule_text("share(falling) > 0.8", "market", let="{falling: return_24h < 0}")
    assert load_text(fine, "x", "x", CATALOG).rules


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("when: return_24h > 1 and fnding_8h > 2", "x.yaml:1:26"),
        ('when: "return_24h > 1 and fnding_8h > 2"', "x.yaml:1:27"),
        ("when: |\n  return_24h > 1\n  and fnding_8h > 2", "x.yaml:3:7"),
        ("when: >-\n  return_24h > 1\n\n    and fnding_8h > 2", "x.yaml:4:9"),
        ("when: return_24h > 1\n  and fnding_8h > 2", "x.yaml:2:7"),
    ],
)
def test_the_place_of_a_mistake_is_exact_however_the_yaml_is_folded(text: str, place: str) -> None:
    with pytest.raises(RuleError) as error:
        load_text(text + "\nid: X\ntitle: X\nscope: asset", "x", "x", CATALOG)
    assert error.value.subject == place
