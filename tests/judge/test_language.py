"""What the language means: three-valued, durations over irregular times, bounds over gaps."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from generator.errors import RuleError
from tests.judge.books import DAY, HOUR, NOW, panel, value, verdicts

NAN = float("nan")


def one(expression: str, **metrics: float | None) -> bool | None:
    found = verdicts(expression, panel({m: {"BTC": [v]} for m, v in metrics.items()}))
    return found["BTC"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("return_24h > 1", None),
        ("return_24h <= 1", None),
        ("not return_24h > 1", None),
        ("return_24h != return_24h", None),
        ("return_24h > 1 or funding_8h > 1", True),
        ("return_24h > 1 and funding_8h > 1", None),
        ("return_24h > 1 and funding_8h < 1", False),
        ("funding_8h > 1 if return_24h > 0 else funding_8h > 2", None),
        ("funding_8h > 1 if funding_8h > 2 else return_24h > 2", True),
        ("known(return_24h) or funding_8h > 9", None),
        ("known(funding_8h)", True),
        ("abs(return_24h) >= 0", None),
        ("min(return_24h, funding_8h) < 100", None),
        ("count_if(known(return_24h)) < 1", None),
    ],
)
def test_an_unknown_number_makes_neither_a_claim_nor_its_negation(
    expression: str, expected: bool | None
) -> None:
    assert one(expression, return_24h=None, funding_8h=3.0) is expected


def test_arithmetic_chains_and_between_mean_what_python_means() -> None:
    assert one("-(return_24h) * 2 + 1 == -5", return_24h=3) is True
    assert one("1 < return_24h <= 3", return_24h=3) is True
    assert one("1 < return_24h < 3", return_24h=3) is False
    assert one("between(return_24h, 3, 4)", return_24h=3) is True
    assert one("sign(return_24h) == -1 and max(return_24h, -5) == -3", return_24h=-3) is True
    assert one("not (return_24h > 1 and return_24h < 2)", return_24h=3) is True


def test_division_by_zero_and_infinity_are_unknown() -> None:
    assert one("return_24h / funding_8h > 0", return_24h=1, funding_8h=0) is None
    assert one("return_24h / 0 > 0", return_24h=1) is None
    assert one("return_24h / 0 <= 0", return_24h=1) is None
    assert one("return_24h > 0", return_24h=math.inf) is None
    assert one("return_24h * return_24h > 0", return_24h=1e150) is None


def test_a_lag_takes_the_row_nearest_to_the_moment_and_none_that_is_far() -> None:
    times = [NOW - 25 * HOUR, NOW - 24 * HOUR - 600_000, NOW - 3 * HOUR, NOW]
    data = panel({"return_24h": {"BTC": [1, 2, 3, 10]}}, times=times)
    assert value("lag(return_24h, hours(24))", data)[0] == 2
    assert math.isnan(value("lag(return_24h, hours(12))", data)[0])
    assert value("change(return_24h, days(1))", data)[0] == 8
    assert value("pct_change(return_24h, days(1))", data)[0] == pytest.approx(400)


def test_a_percent_change_from_nothing_or_less_is_unknown() -> None:
    for base in (0, -2):
        data = panel({"return_24h": {"BTC": [base, 10]}}, every=DAY)
        assert math.isnan(value("pct_change(return_24h, days(1))", data)[0])


def test_windows_are_durations_whatever_the_number_of_rows() -> None:
    times = [NOW - h * HOUR for h in (80, 73, 60, 50, 49, 48, 30, 20, 10, 9, 8, 0)]
    x = [5.0, 9, 2, 8, 3, 7, 1, 6, 4, 11, 12, 10]
    data = panel({"return_24h": {"BTC": x}}, times=times)
    inside = x[2:]  # (now - 72 h, now]
    assert value("mean(return_24h, days(3))", data)[0] == pytest.approx(statistics.mean(inside))
    assert value("std(return_24h, days(3))", data)[0] == pytest.approx(statistics.stdev(inside))
    assert value("min(return_24h, days(3))", data)[0] == 1
    assert value("max(return_24h, days(3))", data)[0] == 12
    prior = inside[:-1]
    z = (10 - statistics.mean(prior)) / statistics.stdev(prior)
    assert value("zscore(return_24h, days(3))", data)[0] == pytest.approx(z)
    below = sum(v < 10 for v in prior)
    assert value("pctile(return_24h, days(3))", data)[0] == pytest.approx(
        100 * (below + 0.5) / (len(prior) + 1)
    )


def test_the_percentile_is_a_mid_rank() -> None:
    data = panel({"funding_8h": {"BTC": [1.0] * 31}}, every=DAY)
    assert value("pctile(funding_8h, days(30))", data)[0] == pytest.approx(50.0)


def test_a_window_that_is_not_whole_is_unknown() -> None:
    short = panel({"return_24h": {"BTC": [1, 2, 3]}}, every=DAY)
    assert math.isnan(value("mean(return_24h, days(7))", short)[0])
    times = [NOW - 9 * DAY, NOW - 8 * DAY, NOW - DAY, NOW]
    hole = panel({"return_24h": {"BTC": [1, 2, 3, 4]}}, times=times)
    assert math.isnan(value("mean(return_24h, days(7))", hole)[0])
    gap = panel({"return_24h": {"BTC": [1, 2, None, 4, 5, 6, 7, 8, 9]}}, every=DAY)
    assert math.isnan(value("mean(return_24h, days(7))", gap)[0])
    assert value("mean(return_24h, days(5))", gap)[0] == 7


def test_a_constant_series_has_no_z_score() -> None:
    data = panel({"return_24h": {"BTC": [0.1] * 40 + [0.2]}}, every=DAY)
    assert (
        value("std(return_24h, days(7))", panel({"return_24h": {"BTC": [0.1] * 9}}, every=DAY))[0]
        == 0
    )
    assert math.isnan(value("zscore(return_24h, days(30))", data)[0])


def test_counting_over_time_gives_bounds_where_values_are_missing() -> None:
    data = panel({"return_24h": {"BTC": [5, 5, None, -1, 3]}}, every=DAY)
    assert value("count_if(return_24h > 0, days(3))", data) == (1, 2)
    assert value("share(return_24h > 0, days(3))", data) == (
        pytest.approx(1 / 3),
        pytest.approx(2 / 3),
    )
    assert verdicts("count_if(return_24h > 0, days(3)) >= 2", data)["BTC"] is None
    assert verdicts("count_if(return_24h > 0, days(3)) >= 1", data)["BTC"] is True
    assert verdicts("count_if(return_24h > 0, days(3)) >= 3", data)["BTC"] is False


CROSS = {
    "return_24h": {"AAA": [1], "BBB": [3], "CCC": [3], "DDD": [None], "EEE": [-2]},
    "fear_greed": {"MARKET": [12]},
}


def test_counting_across_assets_is_true_only_if_both_ends_agree() -> None:
    data = panel(CROSS)
    assert verdicts("count_if(return_24h > 0) >= 3", data, "market")["MARKET"] is True
    assert verdicts("count_if(return_24h > 0) >= 4", data, "market")["MARKET"] is None
    assert verdicts("count_if(return_24h > 0) >= 5", data, "market")["MARKET"] is False
    assert verdicts("share(return_24h > 0) > 0.7", data, "market")["MARKET"] is None
    assert verdicts("1 - share(return_24h > 0) < 0.5", data, "market")["MARKET"] is True
    assert verdicts("fear_greed < 20 and btc.return_24h > 0", data, "market")["MARKET"] is None
    assert verdicts("fear_greed < 20 and bbb.return_24h > 0", data, "market")["MARKET"] is True


def test_ranks_allow_for_every_place_that_a_missing_value_could_take() -> None:
    data = panel(CROSS)
    assert value("rank(return_24h)", data, "BBB") == (1, 2)
    assert value("rank(return_24h)", data, "EEE") == (4, 5)
    assert value("rank_pct(return_24h)", data, "AAA") == (pytest.approx(30), pytest.approx(50))
    found = verdicts("rank(return_24h) <= 2", data)
    assert found == {"AAA": False, "BBB": True, "CCC": True, "DDD": None, "EEE": False}


def test_a_pair_sees_its_two_assets_and_the_market() -> None:
    data = panel(
        {
            "return_24h": {"BTC": [1], "ETH": [4]},
            "ratio_7d": {"ETH/BTC": [2]},
            "fear_greed": {"MARKET": [30]},
        }
    )
    rule = "left.return_24h - right.return_24h == 3 and ratio_7d > 1 and fear_greed > 20"
    assert verdicts(rule, data, "pair") == {"ETH/BTC": True}
    assert verdicts("left.return_24h > btc.return_24h", data, "pair") == {"ETH/BTC": True}


@pytest.mark.parametrize(
    "expression",
    [
        "mean(return_24h, days(4))",
        "std(return_24h, hours(50))",
        "max(return_24h, days(2))",
        "zscore(return_24h, days(5))",
        "pctile(return_24h, days(3))",
        "count_if(return_24h > 0, days(2))",
        "lag(return_24h, days(1))",
        "mean(mean(return_24h, days(2)), days(3)) / std(return_24h, days(3))",
    ],
)
def test_the_newest_row_and_the_whole_panel_agree_to_the_last_bit(expression: str) -> None:
    from generator.judge.grammar import Text
    from generator.judge.kernel import Evaluation, Frame
    from generator.judge.language import compile_expression
    from generator.judge.nodes import Names, Nodes
    from tests.judge.books import CATALOG

    random = np.random.default_rng(7)
    rows = 90
    times = NOW - np.cumsum(random.choice([7, 8, 8, 8, 9, 16], rows))[::-1] * HOUR
    x = random.normal(1e5, 3, (rows, 4))
    x[random.random(x.shape) < 0.02] = np.nan
    table = {"return_24h": dict(zip("ABCD", x.T.tolist(), strict=True))}
    data = panel(table, times=times.tolist())
    node = compile_expression(Text(expression), Names("asset", CATALOG), Nodes(), condition=False)
    frame = Frame(data)
    whole = Evaluation(frame).number(node, frame.columns("asset"), 0)
    known = 0
    for row in range(rows):
        newest = Evaluation(frame, row + 1).number(node, frame.columns("asset"), row)
        for a, b in zip(whole, newest, strict=True):
            np.testing.assert_array_equal(np.asarray(a)[row], np.asarray(b)[-1])
        known += int(np.isfinite(np.asarray(newest.low)).sum())
    assert known > 50


def test_a_threshold_over_thousands_of_days_is_refused() -> None:
    with pytest.raises(RuleError, match="2,000 days"):
        one("mean(return_24h, days(2001)) > 0", return_24h=1)
