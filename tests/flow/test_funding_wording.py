"""What the funding rules may say at the edges that the numbers set."""

from __future__ import annotations

import pytest

from tests.flow.test_price_wording import said

PRINT = {"funding_settled_at": 1_772_265_600_000.0, "funding_baseline": 0.01}
YEAR = {"funding_record_days": 365.0, "funding_record_start": 1.74e12}


@pytest.mark.parametrize("block", ["body", "group", "post"])
@pytest.mark.parametrize(
    ("settled", "at"),
    [(0.01, True), (0.01004, True), (0.0096, False), (0.0104, False), (0.00994, False)],
)
def test_a_rate_is_at_the_baseline_when_it_prints_like_it(
    block: str, settled: float, at: bool
) -> None:
    text = said(
        "at_baseline",
        block,
        **PRINT,
        funding_settled=settled,
        funding_above_baseline=settled - 0.01,
        funding_baseline_apr=10.95,
    )
    assert ("near" not in text) is at, text
    assert (f"{settled:+.4f}%" in text) is (not at and block != "post"), text


def test_a_day_of_funding_far_from_its_last_print_is_told_with_both() -> None:
    text = said(
        "mean_beyond_last_print",
        "body",
        **PRINT,
        **YEAR,
        funding_settled=0.0118,
        funding_mean_24h=-0.0971,
        funding_rank=0.1,
        funding_rank_most=1.0,
        funding_rank_least=0.0,
    )
    assert "-0.0971% per 8 h" in text
    assert "+0.0118%" in text
    assert "in the bottom 1% of its past year" in text


def test_a_long_negative_run_is_told_of_the_venue_it_is_on() -> None:
    text = said(
        "long_negative_run",
        "body",
        **PRINT,
        **YEAR,
        funding_negative_hours=64.0,
        funding_settled=-0.0055,
        funding_mean_24h=-0.0048,
        funding_rank=1.5,
        funding_rank_most=2.0,
    )
    assert "on Binance" in text.replace("On", "on")
    assert "64 hours on end" in text
    assert "in the bottom 2%" in text


def test_heavy_perpetual_turnover_is_named_as_that() -> None:
    text = said(
        "heavy_perp_volume",
        "body",
        perp_volume_24h=5.296e10,
        perp_volume_multiple=3.31,
        perp_same_class_days=30.0,
        weekend_window=0.0,
    )
    assert "perpetuals" in text
    assert "$52.96bn" in text
    assert "3.3 times the median of its last 30 weekdays" in text
