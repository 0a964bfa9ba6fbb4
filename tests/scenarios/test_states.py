"""The generator of awkward market states is deterministic, fast and awkward."""

from __future__ import annotations

import time

import numpy as np

from tests.states import random_state


def test_the_same_seed_gives_the_same_state() -> None:
    (a, past), (b, again) = random_state(7, 0.2), random_state(7, 0.2)
    assert a.values.tobytes() == b.values.tobytes()
    assert a.instruments == b.instruments
    assert all(past.series[k].data.tobytes() == again.series[k].data.tobytes() for k in past.series)
    assert a.values.tobytes() != random_state(8, 0.2)[0].values.tobytes()


def test_states_differ_in_size_gaps_and_headlines() -> None:
    states = [random_state(seed, 0.3) for seed in range(25)]
    assert len({len(s.instruments) for s, _ in states}) > 10
    assert any(s.headlines for s, _ in states)
    assert any(
        "market_cap_usd" in s.fields and np.isfinite(s.column("market_cap_usd")).any()
        for s, _ in states
    )
    assert any((s.column("last") == 0).any() for s, _ in states)
    for snapshot, history in states:
        assert np.isnan(snapshot.column("last")).any()
        for series in history.series.values():
            assert (np.diff(series.data[:, 0]) > 0).all()
            assert len(series.until(snapshot.now).data) == len(series.data)


def test_a_state_takes_less_than_thirty_milliseconds() -> None:
    random_state(0, 0.1)
    start = time.process_time()
    for seed in range(20):
        random_state(seed, 0.1)
    # The bound leaves room for a slow machine; the figure to hold is 30 ms.
    assert (time.process_time() - start) / 20 < 0.09
