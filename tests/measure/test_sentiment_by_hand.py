"""The vendor's names of the Fear & Greed index, by hand and against a plain reading of eight years."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from generator.measure import sentiment
from generator.model import DAY, Floats
from tests.conftest import NOW

MIDNIGHT = NOW - NOW % DAY


def stamps(n: int) -> Floats:
    return np.asarray(MIDNIGHT - DAY * np.arange(n - 1, -1, -1.0), dtype=np.float64)


def names(*values: float) -> list[float]:
    return [float(v) for v in sentiment.labels(stamps(len(values)), np.array(values))]


def test_a_name_changes_three_points_past_its_cut_and_not_before() -> None:
    assert names(35, 47, 48) == [1, 1, 2]
    assert names(50, 43, 42) == [2, 2, 1]


def test_a_name_left_and_taken_back_within_three_points_never_changed() -> None:
    assert names(35, 24, 26, 23, 27) == [1, 1, 1, 1, 1]


def test_a_day_can_skip_a_name() -> None:
    assert names(20, 60, 10) == [0, 3, 0]


def test_every_name_has_its_values() -> None:
    assert names(10, 35, 50, 65, 90) == [0, 1, 2, 3, 4]


def test_no_name_is_known_until_a_value_is_clear_of_every_cut() -> None:
    found = names(44, 46, 50)
    assert math.isnan(found[0])
    assert math.isnan(found[1])
    assert found[2] == 2


def test_a_missing_day_ends_what_was_known_of_a_name() -> None:
    ts = np.delete(stamps(4), 1)
    found = sentiment.labels(ts, np.array([35.0, 46.0, 46.0]))
    assert found[0] == 1
    assert np.isnan(found[1:]).all()


def test_a_name_of_yesterday_is_unknown_without_yesterday() -> None:
    ts, value = stamps(3), np.array([35.0, 36.0, 50.0])
    assert sentiment.fear_greed_label(50.0, ts, value) == 2
    assert sentiment.fear_greed_label_yesterday(36.0, ts, value) == 1
    assert math.isnan(sentiment.fear_greed_label_yesterday(math.nan, ts, value))


def test_a_value_older_than_36_hours_says_nothing() -> None:
    ts, value = np.array([0.0]), np.array([12.0])
    assert sentiment.fear_greed(ts, value, 36 * 3_600_000.0) == 12
    assert math.isnan(sentiment.fear_greed(ts, value, 36 * 3_600_000.0 + 1))


def test_the_record_that_is_named_is_the_one_that_is_ranked() -> None:
    ts, value = stamps(3_000), np.full(3_000, 40.0)
    assert sentiment.fear_greed_start(ts, value) == ts[-1826]


@pytest.fixture(scope="module")
def record(reference: Path) -> tuple[Floats, Floats]:
    import pandas as pd

    frame = pd.read_csv(reference / "market" / "fear_greed_1d.csv", parse_dates=["date"])
    ms = frame.date.astype("datetime64[ms, UTC]" if frame.date.dt.tz else "datetime64[ms]")
    return ms.astype("int64").to_numpy(float), frame.fear_greed.to_numpy(float)


def plainly(values: Floats) -> Iterator[int]:
    """The same rule told as a story: stay until a value is three points past a cut."""
    cuts, place = (25, 45, 55, 75), -1
    for value in values:
        if place < 0:
            place = sum(value > c for c in cuts)
        while place < 4 and value >= cuts[place] + 3:
            place += 1
        while place > 0 and value <= cuts[place - 1] - 3:
            place -= 1
        yield place


def test_eight_years_give_the_names_of_a_plain_reading(record: tuple[Floats, Floats]) -> None:
    ts, value = record
    whole = slice(73, 2455)  # between two missing days
    ours = sentiment.labels(ts[whole], value[whole])
    theirs = np.array(list(plainly(value[whole])))
    known = np.isfinite(ours)
    assert known.mean() > 0.98
    assert (ours[known] == theirs[known]).all()


def test_names_change_on_one_day_in_eight_and_raw_ones_on_one_in_four(
    record: tuple[Floats, Floats],
) -> None:
    value = record[1][73:2455]
    calm = np.array(list(plainly(value)))
    raw = np.searchsorted(sentiment.CUTS, value)
    assert 0.11 < np.mean(np.diff(calm) != 0) < 0.15
    assert np.mean(np.diff(raw) != 0) > 0.2
