"""A funding record opens the note only when the asset's own price did not move."""

from __future__ import annotations

import pytest

from tests.rules.test_precedence import SHORTS_PAY, now

CALM = {"move_band": -2, "worst_hour_z": 3.9}
HIGH = {
    "major": 1,
    "funding_settled": 0.05,
    "funding_mean_24h": 0.04,
    "funding_baseline": 0.01,
    "funding_above_baseline": 0.04,
    "funding_rank": 99,
}


@pytest.mark.parametrize(
    ("state", "rule"), [(SHORTS_PAY, "persistently_negative"), (HIGH, "unusually_high")]
)
@pytest.mark.parametrize(
    ("move", "leads"),
    [
        (CALM, True),
        ({**CALM, "move_band": 2}, True),
        ({**CALM, "move_band": -3}, False),  # ETH on 6 February 2026: -9.2%, 32 h negative
        ({**CALM, "move_band": 3}, False),
        ({**CALM, "worst_hour_z": -4.0}, False),  # 23 February 2026, 01:00 to 02:00 UTC
        ({}, False),  # what the price did is unknown
    ],
)
def test_a_price_that_moved_leads_before_its_funding(
    state: dict[str, float], rule: str, move: dict[str, float], leads: bool
) -> None:
    (found,) = (f for f in now(BTC={**state, **move}).findings if f.rule == rule)
    assert found.may_lead is leads
