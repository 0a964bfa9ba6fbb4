"""Correlation, dominance and a vendor's season index against hand-made numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.folders import shipped_rules
from generator.judge import judge, load_rules
from generator.measure import altseason, catalog, correlation, dominance, measure, panel
from generator.model import DAY, HOUR, Floats, History, Series, Snapshot
from generator.settings import MarketSection
from tests.conftest import NOW
from tests.states import NOW as STATE
from tests.states import random_state

MIDNIGHT = NOW - NOW % DAY


def closes(shared: Floats, own: Floats) -> tuple[Floats, Floats, Floats]:
    """(ts, left, right) whose daily log returns are shared + own and shared."""
    n = len(shared) + 1
    ts = MIDNIGHT - DAY * np.arange(n, 0, -1.0)
    right = 100 * np.exp(np.append(0, np.cumsum(shared)))
    left = 10 * np.exp(np.append(0, np.cumsum(shared + own)))
    return ts, left, right


def noise(n: int, seed: int) -> Floats:
    return np.random.Generator(np.random.PCG64(seed)).normal(0, 0.02, n)


def test_a_correlation_is_that_of_the_log_returns() -> None:
    shared, own = noise(40, 1), noise(40, 2)
    ts, left, right = closes(shared, own)
    want = np.corrcoef((shared + own)[-30:], shared[-30:])[0, 1]
    assert correlation._of_window(ts, left, right, 30, 0) == pytest.approx(want)
    want = np.corrcoef((shared + own)[-35:-5], shared[-35:-5])[0, 1]
    assert correlation._of_window(ts, left, right, 30, 5) == pytest.approx(want)


def test_the_interval_is_fishers() -> None:
    low, high = correlation.interval(np.asarray(0.8), 30)
    # atanh(0.8) = 1.09861, half width 1.96 / sqrt(27) = 0.37720
    assert (float(low), float(high)) == pytest.approx((0.61778, 0.90068), abs=5e-6)


def test_leaving_one_day_out_is_the_same_as_deleting_it() -> None:
    x, y = noise(30, 3), noise(30, 4)
    out = correlation.left_out(x, y)
    for k in (0, 7, 29):
        want = np.corrcoef(np.delete(x, k), np.delete(y, k))[0, 1]
        assert out[k] == pytest.approx(want)


def test_a_lasting_change_is_seen_and_dated() -> None:
    shared, n = noise(80, 5), 80
    own = np.where(np.arange(n) < n - 30, 0.05, 3.0) * noise(n, 6)
    ts, left, right = closes(shared, own)
    assert correlation.days_apart(ts, left, right, 30) < 0
    own = np.where(np.arange(n) < n - 30, 3.0, 0.05) * noise(n, 6)
    assert correlation.days_apart(*closes(shared, own), 30) > 0


def test_one_outlier_day_is_no_regime() -> None:
    shared = noise(80, 7)
    own = 0.2 * noise(80, 8)
    own[-10] = 0.5  # a single day far off the line
    ts, left, right = closes(shared, own)
    x, y = correlation._logs(ts, left, right, 60)
    new = correlation.interval(correlation.pearson(x[30:], y[30:]), 30)
    old = correlation.interval(correlation.pearson(x[:30], y[:30]), 30)
    assert new[1] < old[0], "the whole windows are apart"
    assert correlation.days_apart(ts, left, right, 30) == 0


def test_a_missing_day_gives_no_correlation_across_it() -> None:
    ts, left, right = closes(noise(80, 9), noise(80, 10))
    kept = np.delete(np.arange(81), 70)
    assert math.isnan(correlation.days_apart(ts[kept], left[kept], right[kept], 30))
    assert math.isnan(correlation._of_window(ts[kept], left[kept], right[kept], 30, 0))
    assert math.isnan(correlation.days_apart(ts[-60:], left[-60:], right[-60:], 30))


def samples(days: int) -> tuple[Floats, Floats]:
    """A share sampled daily at this time: 50% and up a tenth of a point a day, today a whole one."""
    ts = np.asarray(NOW - DAY * np.arange(days - 1, -1, -1.0), dtype=np.float64)
    value = np.asarray(50 + 0.1 * np.arange(days), dtype=np.float64)
    value[-1] += 0.9
    return ts, value


def test_a_share_is_compared_with_its_sample_a_day_before() -> None:
    ts, value = samples(100)
    now = dominance.btc_dominance(ts, value, NOW)
    assert now == pytest.approx(60.8)
    assert dominance.dominance_change(now, ts, value) == pytest.approx(1.0)
    assert dominance.dominance_record_days(ts, value) == 98
    assert dominance.dominance_rank(1.0, ts, value) == pytest.approx(98.5 / 99 * 100)
    assert dominance.dominance_tail(1.0, ts, value) == pytest.approx(0.5 / 99)
    assert math.isnan(dominance.dominance_rank(1.0, ts[-91:], value[-91:])), "89 changes"


def test_a_sample_an_hour_off_will_do_and_one_further_off_will_not() -> None:
    ts, value = samples(3)
    ts[-2] += HOUR
    assert dominance.dominance_change(50.0, ts, value) == pytest.approx(50.0 - 50.1)
    ts[-2] += 1
    assert math.isnan(dominance.dominance_change(50.0, ts, value))


def test_a_share_that_is_not_fresh_is_unknown() -> None:
    ts, value = samples(3)
    assert math.isnan(dominance.btc_dominance(ts, value, NOW + HOUR))
    assert math.isnan(dominance.btc_dominance(np.empty(0), np.empty(0), NOW))


def test_a_share_rises_while_everything_falls() -> None:
    # Bitcoin 60 of 100, then 57 of 92: its value fell by 5%, the total by 8%.
    share, total = np.array([60.0, 57 / 92 * 100]), np.array([100.0, 92.0])
    ts = np.array([NOW - DAY, NOW], dtype=np.float64)
    now = dominance.btc_dominance(ts, share, NOW)
    change = dominance.dominance_change(now, ts, share)
    whole = dominance.total_return_24h(ts, total, NOW)
    own = dominance.dominance_btc_return(now, change, whole)
    assert change == pytest.approx(1.9565, abs=1e-4)
    assert (own, whole) == pytest.approx((-5.0, -8.0))
    assert dominance.btc_minus_total(own, whole) == pytest.approx(3.0)


def test_a_season_needs_a_whole_week_of_readings() -> None:
    ts = MIDNIGHT - DAY * np.arange(9, -1, -1.0)
    value = np.array([80, 70, 71, 72, 73, 74, 73, 72, 74, 76.0])
    assert altseason.altseason_index(ts, value, NOW) == 76
    assert altseason.altseason_week_high(ts, value) == 74
    assert altseason.altseason_week_low(ts, value) == 71
    assert math.isnan(altseason.altseason_week_high(np.delete(ts, 5), np.delete(value, 5)))
    assert math.isnan(altseason.altseason_index(ts, value, NOW + 3 * DAY))


def with_series(history: History, venue: str, symbol: str, ts: Floats, value: Floats) -> History:
    made = Series(venue, symbol, "index", np.column_stack([ts, value]))
    return History({**history.series, (venue, symbol, "index"): made})


def fired(snapshot: Snapshot, history: History) -> set[str]:
    market = MarketSection()
    rows = panel(measure(snapshot, history, market), snapshot, history, market)
    book = load_rules((shipped_rules(),), catalog())
    return {f.rule for f in judge(book, rows).findings if f.subject == "MARKET"}


def test_a_vendors_share_is_told_once_its_sample_of_yesterday_is_there() -> None:
    snapshot, history = random_state(3, 0.0)
    r = measure(snapshot, history, MarketSection()).values["BTC"]["return_24h"]
    ts = np.array([STATE - DAY, STATE], dtype=np.float64)
    share = np.array([50.0, 51.0])
    # The total moves so that bitcoin's value in it moves as its price did.
    total = np.array([1e12, 1e12 * 50 / 51 * (1 + r / 100)])
    full = with_series(history, "coingecko", "BTC#dominance", ts, share)
    full = with_series(full, "coingecko", "TOTAL#market_cap", ts, total)
    assert "dominance_change" in fired(snapshot, full)
    assert "dominance_change" not in fired(snapshot, history), "nothing feeds it"
    young = with_series(full, "coingecko", "BTC#dominance", ts[1:], share[1:])
    assert "dominance_change" not in fired(snapshot, young), "no sample a day ago"
    other = with_series(full, "coingecko", "TOTAL#market_cap", ts, total * [1, 1.05])
    assert "dominance_change" not in fired(snapshot, other), "its bitcoin is not the note's"


def test_a_season_is_told_on_entering_and_not_on_the_next_day() -> None:
    snapshot, history = random_state(3, 0.0)
    ts = np.asarray(STATE // DAY * DAY - DAY * np.arange(9, -1, -1.0), dtype=np.float64)
    value = np.append(np.full(9, 60.0), 76.0)
    first = with_series(history, "coinmarketcap", "ALTSEASON", ts, value)
    assert "alt_season_index" in fired(snapshot, first)
    assert "bitcoin_season_index" not in fired(snapshot, first)
    value[-2] = 75.5
    assert "alt_season_index" not in fired(
        snapshot, with_series(history, "coinmarketcap", "ALTSEASON", ts, value)
    )
