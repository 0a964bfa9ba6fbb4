"""Volume, breadth, relative strength, rotation, sentiment and news against hand-made numbers."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from generator.measure import breadth, news, relative, rotation, sentiment, volume
from generator.measure.day_class import is_weekend
from generator.model import DAY, HOUR, Floats
from tests.conftest import NOW

MINUTE = 60_000
NO_NEWS = np.empty((0, 2))  # of no report that concerns all


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-02-27T12:00", 0.0),  # Thursday noon to Friday noon
        ("2026-02-28T06:00", 0.0),  # six hours of Saturday
        ("2026-02-28T07:00", math.nan),
        ("2026-02-28T17:00", math.nan),
        ("2026-02-28T18:00", 1.0),  # eighteen hours of Saturday
        ("2026-03-02T00:00", 1.0),  # all Sunday
        ("2026-03-02T06:00", 1.0),
        ("2026-03-02T12:00", math.nan),
        ("2026-03-02T18:00", 0.0),
    ],
)
def test_a_window_is_a_weekends_or_a_weekdays_or_mixed(moment: str, expected: float) -> None:
    found = volume.weekend_window(at(moment))
    assert found == expected or (math.isnan(found) and math.isnan(expected))


def test_weekdays_are_compared_with_weekdays() -> None:
    now = at("2026-02-27T12:00")
    ts = now - now % DAY - DAY * np.arange(100, 0, -1.0)
    traded = np.where(is_weekend(ts), 10.0, 100.0)
    assert volume.spot_volume_multiple(150.0, ts, traded, now) == pytest.approx(1.5)
    sunday = at("2026-03-02T00:00")
    longer = sunday - DAY * np.arange(150, 0, -1.0)
    traded = np.where(is_weekend(longer), 10.0, 100.0)
    assert volume.spot_volume_multiple(15.0, longer, traded, sunday) == pytest.approx(1.5)
    assert volume.spot_volume_vs_weekdays(15.0, longer, traded, sunday) == pytest.approx(0.15)
    assert math.isnan(volume.spot_volume_multiple(15.0, ts, traded[:100], at("2026-02-28T12:00")))


def test_the_day_inside_the_window_is_not_its_own_normal() -> None:
    now = at("2026-02-27T00:00")
    ts = now - DAY * np.arange(60, 0, -1.0)
    traded = np.full(60, 100.0)
    traded[-1] = 1e9
    assert volume.spot_volume_tail(100.0, ts, traded, now) != 0
    assert volume.spot_volume_multiple(100.0, ts, traded, now) == pytest.approx(1.0)


def test_breadth_counts_and_takes_the_median() -> None:
    returns = np.array([300.0] + [1.0] * 9 + [-2.0] * 20 + [0.0, math.nan])
    assert breadth.universe_count(returns) == 31
    assert breadth.advancers(returns) == 10
    assert breadth.decliners(returns) == 20
    assert breadth.median_return_24h(returns) == -2.0
    assert breadth.advancers_share(10.0, 31.0) == pytest.approx(10 / 31)
    assert math.isnan(breadth.advancers(returns[:29])), "fewer than thirty are no market"


def test_a_cross_rate_moves_by_the_ratio_of_the_legs() -> None:
    # 0.945 / 0.973 = 0.97122...
    assert relative.pair_return_24h(-5.5, -2.7) == pytest.approx((0.945 / 0.973 - 1) * 100)


def legs(beta: float, n: int = 120) -> tuple[Floats, Floats, Floats]:
    rng = np.random.Generator(np.random.PCG64(5))
    market = rng.normal(0, 2, n)
    own = np.tile([0.5, -0.5], n // 2)
    right = 100 * np.cumprod(1 + market / 100)
    left = 10 * np.cumprod(1 + (beta * market + own) / 100)
    ts = np.asarray(NOW - DAY * np.arange(n, 0, -1.0), dtype=np.float64)
    return ts, left.astype(np.float64), right.astype(np.float64)


def test_beta_and_its_residual_are_found_again() -> None:
    ts, left, right = legs(1.25)
    beta = relative.pair_beta(ts, left, right)
    assert beta == pytest.approx(1.25, abs=0.06)
    assert relative.beyond_beta(-5.0, -2.0, 1.25) == pytest.approx(-2.5)
    assert relative.beyond_beta_z(-2.0, ts, left, right) == pytest.approx(-4.0, rel=0.05)
    assert math.isnan(relative.pair_beta(ts[-80:], left[-80:], right[-80:])), "79 pairs"


def bucket(winners: float) -> tuple[Floats, Floats, Floats]:
    """Thirty coins worth 200 m a week ago, of which 25 changed by `winners` percent."""
    close = np.full((71, 30), 10.0)
    close[-1, :25] *= 1 + winners / 100
    return np.full(30, 2e8), close, np.append(np.full(70, 100.0), 102.0)


def test_a_bucket_is_its_members_of_a_week_ago() -> None:
    from generator.measure.registry import catalog

    known = catalog()
    # Up 900%: at today's value they would have left the bucket by winning.
    value, close, btc = bucket(900.0)
    assert known["small_count"].function(value, close) == 30
    assert known["small_median_7d"].function(value, close) == pytest.approx(900.0)
    assert known["small_excess_7d"].function(value, close, btc) == pytest.approx(898.0)
    assert known["small_beat_share"].function(value, close, btc) == pytest.approx(25 / 30)
    assert math.isnan(known["mid_count"].function(value, close))


def test_a_share_of_turnover_is_taken_over_coins_known_throughout() -> None:
    inside = np.arange(60) < 30
    traded = np.full((67, 60), 1.0)
    traded[-7:, :30] = 3.0
    # A half before; three quarters of the week's turnover.
    assert rotation.volume_share_change(traded, inside) == pytest.approx(50.0)
    traded[:30, :15] = math.nan  # listed half way: no inflow
    assert math.isnan(rotation.volume_share_change(traded, inside)), "fifteen are left"


def test_a_first_crossing_differs_from_a_stay() -> None:
    ts = NOW - NOW % DAY - DAY * np.arange(399, -1, -1.0)
    value = np.append(np.linspace(30, 60, 398), [29.0, 9.0])
    assert sentiment.fear_greed(ts, value, NOW) == 9.0
    assert sentiment.fear_greed_yesterday(ts, value) == 29.0
    assert sentiment.fear_greed_rank(9.0, value) == pytest.approx(0.5 / 400 * 100)
    assert math.isnan(sentiment.fear_greed(ts, value, NOW + 2 * DAY))
    assert math.isnan(sentiment.fear_greed_yesterday(np.delete(ts, -2), np.delete(value, -2)))


@pytest.mark.parametrize(
    ("minutes", "known"), [(-1, False), (0, True), (37, True), (60, True), (61, False)]
)
def test_an_event_counts_up_to_an_hour_before_the_move(minutes: int, known: bool) -> None:
    onset = NOW - 5.0 * HOUR
    event = np.array([onset - minutes * MINUTE])
    lead = news.event_before_hour(event, NO_NEWS, onset)
    assert (lead == minutes) if known else math.isnan(lead)
    assert np.isfinite(news.event_at(event, NO_NEWS, onset)) == known


def test_silence_is_claimed_only_where_the_feeds_answered() -> None:
    onset, none = NOW - 5.0 * HOUR, np.empty(0)
    assert news.headlines_before_hour(none, onset, 12.0) == 0
    assert math.isnan(news.headlines_before_hour(none, onset, 0.0))
    stamps = np.array([onset - 7 * HOUR, onset - 6 * HOUR, onset, onset + 1])
    assert news.headlines_before_hour(stamps, onset, 12.0) == 2
