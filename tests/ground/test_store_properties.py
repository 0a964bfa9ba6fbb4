"""Properties of the history file that hold for any data."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generator.model import HOUR, Series
from generator.panels import MetricRow, align
from generator.store import open_store
from tests.conftest import NOW

numbers = st.floats(allow_infinity=False)
batches = st.lists(st.dictionaries(st.integers(0, 40), numbers, max_size=12), max_size=5)
names = st.sampled_from(["BTC", "ETH", "SOL", "XRP", "A", "B"])
moments = st.lists(
    st.tuples(
        st.lists(names, unique=True, max_size=6),
        st.lists(st.sampled_from(["f", "g", "h"]), unique=True, max_size=3),
    ),
    max_size=6,
)


@given(batches)
def test_a_series_is_what_its_batches_say_in_order_whatever_their_overlap(
    parts: list[dict[int, float]],
) -> None:
    expected: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "h") as store:
        for part in parts:
            data = np.array([[NOW + HOUR * k, v] for k, v in sorted(part.items())]).reshape(-1, 2)
            store.append_series([Series("alternative.me", "FNG", "index", data)])
            expected |= part
        kept = store.history().get("alternative.me", "FNG", "index")
    rows = [] if kept is None else kept.data.tolist()
    wanted = [[NOW + HOUR * k, v] for k, v in sorted(expected.items())]
    np.testing.assert_array_equal(rows, wanted)


@given(moments)
def test_every_number_of_a_panel_stands_where_its_names_say(
    states: list[tuple[list[str], list[str]]],
) -> None:
    rows = []
    for i, (subjects, metrics) in enumerate(states):
        values = np.arange(len(subjects) * len(metrics), dtype=float) + 100 * i
        table = values.reshape(len(metrics), len(subjects))
        scopes = dict.fromkeys(metrics, "asset")
        rows.append(MetricRow(NOW + i, tuple(subjects), scopes, {}, table))
    panel = align(rows)
    for i, row in enumerate(rows):
        for name, column in panel.columns.items():
            for j, subject in enumerate(panel.subjects):
                if name in row.scopes and subject in row.subjects:
                    at = list(row.scopes).index(name), row.subjects.index(subject)
                    assert column[i, j] == row.values[at]
                else:
                    assert math.isnan(column[i, j])
