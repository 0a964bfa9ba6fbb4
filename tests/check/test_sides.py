"""Two assets around a word of change are compared; two before it moved together."""

from __future__ import annotations

import pytest

from tests.check.own import checked, of_scenario

LED = "As of 06:00 UTC on 26 June, BTC is at $59,982 on Binance spot. "


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("ETH lost on BTC.", True),  # -5.5% beside -2.7%
        ("ETH gained on BTC.", False),
        ("BTC gained on ETH.", True),
    ],
)
def test_a_gain_on_another_asset_is_a_difference(text: str, right: bool) -> None:
    found = checked(of_scenario("source_article"), LED + text)
    assert ("direction" not in {p.gate for p in found}) is right
