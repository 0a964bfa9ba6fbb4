"""A day without a range, hours without a spread: what is divided by nothing is not known."""

from __future__ import annotations

import math

from generator.measure.registry import compute


def test_a_place_in_a_range_of_nothing_is_unknown_and_no_fault() -> None:
    found = compute("asset", {"last": 2.0, "low_24h": 2.0, "high_24h": 2.0})
    assert math.isnan(found["position_in_range"])
    assert found["pullback_from_high"] == 0
