"""A pass over the newest row alone gives the same bits as a pass over the whole panel."""

from __future__ import annotations

import numpy as np
import pytest

from generator.judge.grammar import Text
from generator.judge.kernel import Evaluation, Frame
from generator.judge.language import compile_expression
from generator.judge.nodes import Names, Nodes
from generator.judge.windows import _running, _running_at
from generator.model import HOUR, MARKET, Panel
from tests.judge.books import CATALOG, NOW


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("columns", [1, 2, 3, 8, 500])
@pytest.mark.parametrize("step", [np.add, np.minimum, np.maximum])
@pytest.mark.parametrize("backward", [False, True])
def test_one_row_is_reduced_to_the_bits_of_the_running_total(
    order: str, columns: int, step: np.ufunc, backward: bool
) -> None:
    random = np.random.default_rng(columns)
    x = random.normal(size=(91, columns)) * 10.0 ** random.integers(-8, 9, (91, columns))
    x[random.random(x.shape) < 0.01] = np.nan
    x = np.array(x, order=order)  # type: ignore[call-overload]  # "C" or "F", as parametrised
    block = np.repeat([3, 4, 6], [40, 50, 1])
    whole = _running(x, block, step, backward)
    for row in (0, 17, 39, 40, 88, 90):
        alone = _running_at(x, block, step, backward, np.array([row]))
        np.testing.assert_array_equal(alone, whole[row : row + 1])


@pytest.mark.parametrize("assets", [1, 2, 40])
@pytest.mark.parametrize(
    "expression",
    [
        *("mean(return_24h, days(10))", "std(return_24h, days(10))"),
        *("zscore(return_24h, days(10))", "min(return_24h, days(3))", "max(return_24h, days(3))"),
        *("mean(abs(return_24h) * funding_8h, days(4))", "pctile(funding_8h, days(10))"),
    ],
)
def test_a_window_at_the_newest_row_does_not_depend_on_how_much_is_asked_for(
    expression: str, assets: int
) -> None:
    random = np.random.default_rng(assets)
    rows, subjects = 60, (*(f"A{i:02d}" for i in range(assets)), MARKET)
    times = (NOW - np.arange(rows)[::-1] * 8 * HOUR).astype(np.int64)
    scopes = dict.fromkeys(("return_24h", "funding_8h"), "asset")
    columns = {n: random.normal(size=(rows, len(subjects))) for n in scopes}
    panel = Panel(times, subjects, columns, scopes)
    node = compile_expression(Text(expression), Names("asset", CATALOG), Nodes(), condition=False)
    newest, whole = Evaluation(Frame(panel)), Evaluation(Frame(panel))
    last = newest.number(node, newest.columns("asset"), rows - 1)
    every = whole.number(node, whole.columns("asset"), 0)
    for one, all_ in zip(last, every, strict=True):
        assert np.isfinite(one).all()
        np.testing.assert_array_equal(one, np.asarray(all_)[-1:])
