"""Nothing later than the moment reaches a metric."""

from __future__ import annotations

import numpy as np
import pytest

from generator.measure import measure, panel
from generator.model import DAY, LENGTH, History, Series
from generator.settings import MarketSection
from tests.states import NOW, random_state
from tests.truth.rich import states


def with_a_future(history: History, now: int = NOW) -> History:
    """Every series with three days of absurd rows behind what is known at a moment."""
    longer = {}
    for key, s in history.series.items():
        first = now - LENGTH.get(s.kind, 0) + 1
        rows = np.repeat(s.data[-1:], 3, axis=0) * 17.0
        rows[:, 0] = first + DAY * np.arange(3)
        kept = s.data[s.data[:, 0] < first]
        longer[key] = Series(s.venue, s.symbol, s.kind, np.vstack([kept, rows]), s.endpoint)
    return History(longer)


@pytest.mark.parametrize("seed", [2, 3, 11])
def test_metrics_are_the_same_with_and_without_rows_of_the_future(seed: int) -> None:
    snapshot, history = random_state(seed, 0.0)
    market = MarketSection()
    one = measure(snapshot, history, market)
    other = measure(snapshot, with_a_future(history), market)
    assert one.values.keys() == other.values.keys()
    for subject, values in one.values.items():
        for name, value in values.items():
            assert repr(value) == repr(other.values[subject][name]), (subject, name)


def test_no_metric_of_any_kind_of_series_knows_rows_of_the_future() -> None:
    """A state that feeds every metric, with index series, dollar pairs and vendors' series."""
    market = MarketSection()
    for snapshot, history in states():
        kinds = {k[1].partition("#")[2] or k[2] for k in history.series}
        assert len(kinds) > 12
        one = measure(snapshot, history, market)
        other = measure(snapshot, with_a_future(history, snapshot.now), market)
        for subject, values in one.values.items():
            for name, value in values.items():
                assert repr(value) == repr(other.values[subject][name]), (subject, name)


def test_the_days_before_are_the_same_too() -> None:
    snapshot, history = random_state(3, 0.0)
    market = MarketSection()
    future = with_a_future(history)
    one = panel(measure(snapshot, history, market), snapshot, history, market)
    other = panel(measure(snapshot, future, market), snapshot, future, market)
    assert one.times.tolist() == other.times.tolist()
    for name, column in one.columns.items():
        np.testing.assert_array_equal(column, other.columns[name], err_msg=name)


def test_a_bar_that_has_not_ended_is_of_the_future() -> None:
    """The test itself must be able to fail: the same rows, already ended, do change metrics."""
    snapshot, history = random_state(3, 0.0)
    ended = {
        k: Series(s.venue, s.symbol, s.kind, s.data * np.where(np.arange(s.data.shape[1]), 17.0, 1))
        for k, s in history.series.items()
    }
    market = MarketSection()
    one, other = measure(snapshot, history, market), measure(snapshot, History(ended), market)
    assert repr(one.values["BTC"]) != repr(other.values["BTC"])
