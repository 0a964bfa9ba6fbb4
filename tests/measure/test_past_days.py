"""The rows of past days: the same as measured from a history that ends there, only faster."""

from __future__ import annotations

import numpy as np
import pytest

from generator.measure import PAST_DAYS, measure, panel
from generator.measure.inputs import known_at
from generator.measure.past import rebuilt
from generator.model import DAY, HOUR
from generator.settings import MarketSection
from tests.states import random_state

MARKET_OF = MarketSection()


@pytest.mark.parametrize(("seed", "missing"), [(1, 0.0), (4, 0.0), (7, 0.1), (11, 0.3)])
def test_a_past_day_is_measured_as_if_history_ended_there(seed: int, missing: float) -> None:
    snapshot, history = random_state(seed, missing)
    made = panel(measure(snapshot, history, MARKET_OF), snapshot, history, MARKET_OF)
    assert len(made.times) == PAST_DAYS + 1
    for row, moment in enumerate(made.times[:-1]):
        past = rebuilt(snapshot, history, int(moment))
        alone = measure(past, history.until(int(moment)), MARKET_OF)
        for j, subject in enumerate(made.subjects):
            for name, column in made.columns.items():
                want = alone.values.get(subject, {}).get(name, np.nan)
                np.testing.assert_equal(column[row, j], want, err_msg=f"{name} of {subject}")


def test_what_was_known_of_a_series_is_its_beginning_without_a_copy() -> None:
    snapshot, history = random_state(7, 0.1)
    for series in list(history.series.values())[::5]:
        for back in (0, 1, HOUR, 3 * DAY - 1, 3 * DAY, 10_000 * DAY):
            known, want = known_at(series, snapshot.now - back), series.until(snapshot.now - back)
            if known is None:
                assert not len(want.data)
            else:
                np.testing.assert_array_equal(known.data, want.data)
                assert np.shares_memory(known.data, series.data)
