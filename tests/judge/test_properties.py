"""What must hold for every expression and every panel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.judge import evaluate, judge
from generator.judge.rules import RuleBook, load_text
from generator.model import DAY, HOUR, MARKET, Panel
from tests.judge.books import CATALOG, NOW, rule_text

ASSETS = ("AAA", "BBB", "BTC", "ETH")
WINDOWS = ("days(1)", "days(2)", "hours(30)")


def numbers(depth: int, exact: bool = False) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(
        ["return_24h", "funding_8h", "btc.return_24h", "fear_greed", "1", "0.5"]
    )
    if depth == 0:
        return leaves
    inner, plain = numbers(depth - 1, exact), numbers(depth - 1, True)
    windowed = st.builds(
        "{}({}, {})".format,
        st.sampled_from(["lag", "change", "pct_change", "mean", "std", "zscore", "min", "max"]),
        plain,
        st.sampled_from(WINDOWS),
    )
    options = [
        leaves,
        windowed,
        st.builds("pctile({}, {})".format, plain, st.sampled_from(WINDOWS)),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("{}({})".format, st.sampled_from(["abs", "sign", "-"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds("({} if {} else {})".format, inner, conditions(depth - 1, False), inner),
    ]
    if not exact:
        counted = conditions(depth - 1)
        options += [
            st.builds("{}({})".format, st.sampled_from(["count_if", "share"]), counted),
            st.builds(
                "{}({}, {})".format,
                st.sampled_from(["count_if", "share"]),
                counted,
                st.sampled_from(WINDOWS),
            ),
            st.builds("{}({})".format, st.sampled_from(["rank", "rank_pct"]), plain),
        ]
    return st.one_of(options)


def conditions(depth: int, asking: bool = True) -> st.SearchStrategy[str]:
    sign = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    leaf = st.builds("{} {} {}".format, numbers(max(depth - 1, 0)), sign, numbers(0))
    if depth <= 0:
        return leaf
    inner = conditions(depth - 1, asking)
    options = [
        leaf,
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("(not {})".format, conditions(depth - 1, False)),
        st.builds("between({}, -1, {})".format, numbers(depth - 1), numbers(0)),
    ]
    if asking:
        options.append(st.builds("known({})".format, numbers(depth - 1)))
    return st.one_of(options)


CONDITIONS = st.one_of(conditions(3), conditions(2))


@st.composite
def panels(draw: Any) -> Panel:
    rows = draw(st.integers(4, 9))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    gaps = random.choice([6, 8, 12, 24], rows)
    times = NOW - np.concatenate([np.cumsum(gaps[:-1])[::-1], [0]]) * HOUR
    subjects = (*ASSETS, MARKET)
    columns = {}
    for name in ("return_24h", "funding_8h", "fear_greed"):
        # Few distinct values, so that ties, zeros and equalities are met.
        table = random.integers(-2, 3, (rows, len(subjects))).astype(np.float64)
        table[random.random(table.shape) < 0.1] = np.nan
        columns[name] = table
    scopes = {"return_24h": "asset", "funding_8h": "asset", "fear_greed": "market"}
    return Panel(times.astype(np.int64), subjects, columns, scopes)


def one_rule(expression: str) -> RuleBook | None:
    """None when the random expression breaks a rule of the language (bounds in a window)."""
    from generator.errors import RuleError

    try:
        return load_text(rule_text(f'"{expression}"'), "x", "x", CATALOG)
    except RuleError as error:
        if not any(word in error.what for word in ("bounds", "deeper", "negated", "decide")):
            raise
        return None


@given(CONDITIONS, panels(), st.integers(0, 10_000), st.sampled_from([0.02, 0.1, 0.5, 1.0]))
def test_deleting_inputs_never_adds_a_claim_nor_its_negation(
    expression: str, data: Panel, seed: int, much: float
) -> None:
    book = one_rule(expression)
    if book is None:
        return
    random = np.random.default_rng(seed)
    fewer = {}
    for name, table in data.columns.items():
        fewer[name] = np.where(random.random(table.shape) < much, np.nan, table)
    before = evaluate(book, data)["x"]
    after = evaluate(book, Panel(data.times, data.subjects, fewer, data.scopes))["x"]
    assert not (after.is_true & ~before.is_true).any(), "a claim appeared"
    assert not (after.is_false & ~before.is_false).any(), "a negation appeared"
    assert not (before.is_true & before.is_false).any()


@given(CONDITIONS, panels(), st.permutations(range(len(ASSETS) + 1)))
def test_shuffling_subjects_changes_nothing(expression: str, data: Panel, order: list[int]) -> None:
    book = one_rule(expression)
    if book is None:
        return
    shuffled = Panel(
        data.times,
        tuple(data.subjects[i] for i in order),
        {n: t[:, order] for n, t in data.columns.items()},
        data.scopes,
    )
    assert judge(book, data).findings == judge(book, shuffled).findings
    for a, b in zip(evaluate(book, data)["x"], evaluate(book, shuffled)["x"], strict=True):
        np.testing.assert_array_equal(a, b)


@given(CONDITIONS, panels())
def test_the_newest_row_alone_says_what_the_whole_panel_says(expression: str, data: Panel) -> None:
    book = one_rule(expression)
    if book is None:
        return
    whole = evaluate(book, data, threads=2)["x"]
    judged = judge(book, data)
    for i, subject in enumerate(sorted(ASSETS)):
        verdict = judged.verdicts.verdict("x", subject)
        expected = "on" if whole.is_true[-1, i] else "off" if whole.is_false[-1, i] else "unknown"
        assert verdict == expected


def test_blocks_of_rows_and_threads_do_not_change_a_whole_panel(monkeypatch: Any) -> None:
    from generator.judge import engine

    random = np.random.default_rng(3)
    times = NOW - np.arange(200)[::-1] * 8 * HOUR
    subjects = (*(f"A{i}" for i in range(30)), MARKET)
    table = random.normal(size=(200, 31))
    table[random.random(table.shape) < 0.02] = np.nan
    data = Panel(times, subjects, {"return_24h": table}, {"return_24h": "asset"})
    text = "zscore(return_24h, days(5)) > 1 or rank(return_24h) <= 2 or pctile(return_24h, days(3)) > 90"
    book = load_text(rule_text(text), "x", "x", CATALOG)
    whole = evaluate(book, data)["x"]
    monkeypatch.setattr(engine, "CHUNK", 1)
    blocks = evaluate(book, data, threads=2)["x"]
    assert 0 < whole.is_true.sum() < whole.is_true.size
    np.testing.assert_array_equal(whole.is_true, blocks.is_true)
    np.testing.assert_array_equal(whole.is_false, blocks.is_false)
    assert times[-1] - times[0] > 60 * DAY


@pytest.mark.parametrize("compared", ["> 0", "< 0.5", "== 1", "!= 1", ">= 50", "<= 1"])
@pytest.mark.parametrize(
    "number",
    [
        "mean(return_24h, days(1))",
        "std(return_24h, days(2))",
        "min(return_24h, days(1))",
        "max(return_24h, days(1))",
        "zscore(return_24h, days(2))",
        "pctile(return_24h, days(2))",
        "lag(return_24h, days(1))",
        "pct_change(return_24h, days(1))",
        "count_if(return_24h > 0, days(1))",
        "share(not return_24h > 0, days(1))",
        "count_if(return_24h > 0)",
        "1 - share(return_24h > 0)",
        "rank(return_24h)",
        "rank_pct(return_24h)",
        "abs(rank(return_24h) - 2)",
        "return_24h / funding_8h",
    ],
)
def test_no_function_says_more_from_less(number: str, compared: str) -> None:
    """The property again, function by function, on panels large enough to meet every case."""
    random = np.random.default_rng(11)
    rows, subjects = 300, (*ASSETS, MARKET)
    times = (NOW - np.arange(rows)[::-1] * 8 * HOUR).astype(np.int64)
    columns = {
        name: random.integers(-2, 3, (rows, 5)).astype(np.float64)
        for name in ("return_24h", "funding_8h")
    }
    scopes = dict.fromkeys(columns, "asset")
    book = load_text(rule_text(f"{number} {compared}"), "x", "x", CATALOG)
    before = evaluate(book, Panel(times, subjects, columns, scopes))["x"]
    assert (before.is_true | before.is_false).mean() > 0.3
    for much in (0.01, 0.1, 0.5):
        fewer = {n: np.where(random.random(x.shape) < much, np.nan, x) for n, x in columns.items()}
        after = evaluate(book, Panel(times, subjects, fewer, scopes))["x"]
        assert not (after.is_true & ~before.is_true).any()
        assert not (after.is_false & ~before.is_false).any()
