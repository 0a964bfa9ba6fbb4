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


@pytest.mark.parametrize(
    ("scenario", "text", "right"),
    [
        ("one_hour_crash", "BTC gained on ETH.", True),  # -7.1% beside -9.9%
        ("one_hour_crash", "ETH gained on BTC.", False),
        ("short_squeeze", "BTC lost on ETH.", True),  # +6.8% beside +9.4%
        ("short_squeeze", "ETH lost on BTC.", False),
    ],
)
def test_an_asset_may_gain_on_another_in_a_fall(scenario: str, text: str, right: bool) -> None:
    found = checked(of_scenario(scenario), text)
    assert ("direction" not in {p.gate for p in found}) is right
