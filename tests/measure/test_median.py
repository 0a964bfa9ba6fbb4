"""The medians of this program are numpy's, to the last bit."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from generator.measure.statistics import known_median, median


@pytest.mark.parametrize("shape", [(1,), (2,), (59,), (60,), (7, 60), (300, 61), (0, 60), (0,)])
@pytest.mark.parametrize("missing", [0.0, 0.2, 1.0])
def test_medians_are_those_of_numpy(shape: tuple[int, ...], missing: float) -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    values = rng.normal(0, 3, shape).round(1)  # rounded, for ties
    values[rng.random(shape) < missing] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known, strict = np.nanmedian(values, axis=-1), np.median(values, axis=-1)
    np.testing.assert_array_equal(known_median(values), known)
    np.testing.assert_array_equal(median(values), strict)
