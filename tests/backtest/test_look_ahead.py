"""Nothing after a moment changes what is said at or before it; and the guard would notice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.backtest.guard import peeking, with_another_future
from generator.backtest.measured import Bench, measured
from generator.backtest.verdicts import Course, judged
from generator.judge import RuleBook, judge
from generator.measure import inputs as inputs_of
from generator.measure.past import Record, day_bar, hours_bar, sampled
from generator.model import DAY, HOUR, History, Series
from generator.panels import align
from generator.settings import MarketSection
from tests.backtest.small import START, VENUE, history, midnights
from tests.states import NOW, random_state

MARKET = MarketSection()
MOMENTS = midnights(150, 20)


def course(past: History, book: RuleBook, moments: tuple[int, ...] = MOMENTS) -> Course:
    rows = measured(Bench(past, MARKET), moments).rows
    return judged(book, rows, MARKET.majors)


@pytest.fixture(scope="module")
def shipped(book: RuleBook) -> Course:
    return course(history(), book)


@given(cut=st.integers(0, len(MOMENTS) - 1), late=st.integers(0, DAY - 1))
def test_another_future_changes_no_verdict_at_or_before_the_cut(
    shipped: Course, book: RuleBook, cut: int, late: int
) -> None:
    other = course(with_another_future(history(), MOMENTS[cut] + late), book, MOMENTS[: cut + 1])
    for key, said in other.said.items():
        for name in ("known", "spoke", "fired"):
            np.testing.assert_array_equal(
                getattr(said, name), getattr(shipped.said[key], name)[: cut + 1], err_msg=str(key)
            )


@pytest.mark.parametrize("seed", [3, 7, 11])
def test_the_guard_finds_nothing_in_markets_of_many_venues(seed: int) -> None:
    past = random_state(seed, 0.1)[1]
    midnight = NOW // DAY * DAY
    assert peeking(Bench(past, MARKET), [midnight - k * DAY for k in range(6, -1, -1)]) == {}


def test_the_guard_names_a_metric_that_reads_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    def peek(inputs: inputs_of.Inputs, desk: inputs_of.Desk, asset: str) -> None:
        whole = desk.history.get(VENUE, f"{asset}/USDT:USDT", "bars_1d")
        assert whole is not None
        inputs.put("last", float(whole.column("close")[-1]))

    drawn: dict[str, Any] = inputs_of._DRAWN["asset"]
    monkeypatch.setitem(drawn, "tests.peek", peek)
    found = peeking(Bench(history(), MARKET), MOMENTS)
    assert "price of BTC" in found
    assert all(moment in MOMENTS for moment in found.values())


def test_a_course_is_what_a_note_of_every_moment_would_have_judged(
    shipped: Course, book: RuleBook
) -> None:
    rows = measured(Bench(history(), MARKET), MOMENTS).rows
    spoken = 0
    for i in range(len(MOMENTS)):
        judgement = judge(book, align(rows[: i + 1]))
        there = {(f.rule, f.subject) for f in judgement.findings}
        here = {
            k for k, s in shipped.said.items() if s.fired[i] and book.rules[k[0]].role != "veto"
        }
        assert here == there, MOMENTS[i]
        spoken += len(there)
    assert spoken > 20


def test_open_interest_is_the_last_sample_before_a_moment_never_the_next() -> None:
    series = Series(VENUE, "BTC/USDT:USDT", "oi", np.array([[1000.0, 5.0, 1.0], [HOUR, 6.0, 1.0]]))
    assert sampled(series, 2000) == 5.0
    assert sampled(series, HOUR - 1) != sampled(series, HOUR)
    assert np.isnan(sampled(series, 999))
    assert np.isnan(sampled(series, 1000 + HOUR // 2 + 1))


def test_a_moment_within_a_day_needs_all_of_its_hours() -> None:
    ts = START + HOUR * np.arange(30.0)
    bars = np.column_stack([ts, *(np.arange(30.0) + k for k in (1, 3, 0, 2)), *[np.ones(30)] * 2])
    whole = Series(VENUE, "BTC/USDT:USDT", "bars_1h", bars)
    got = hours_bar(whole, START + 25 * HOUR)
    assert got is not None
    assert got.tolist() == [2.0, 27.0, 1.0, 26.0, 24.0, 24.0]
    broken = Series(VENUE, "BTC/USDT:USDT", "bars_1h", np.delete(bars, 10, axis=0))
    assert hours_bar(broken, START + 25 * HOUR) is None
    assert day_bar(None, START) is None


def test_a_coin_that_is_not_listed_yet_or_no_more_is_in_no_snapshot() -> None:
    past = history()
    eth = past.series[VENUE, "ETH/USDT:USDT", "bars_1d"]
    late = {k: s for k, s in past.series.items() if k[1] != "ETH/USDT:USDT"}
    late[VENUE, "ETH/USDT:USDT", "bars_1d"] = Series(
        VENUE, "ETH/USDT:USDT", "bars_1d", eth.data[50:100]
    )
    bench = Bench(History(late), MARKET)
    names = [[i.base for i in bench.record.at(m).instruments] for m in midnights(48, 53)]
    assert names[0] == ["BTC"]
    assert names[2] == ["BTC", "ETH"]
    assert names[51] == ["BTC", "ETH"]
    assert names[52] == ["BTC"]


def test_a_market_value_is_carried_by_price_and_never_from_later() -> None:
    past = dict(history().series)
    past["coingecko", "BTC#market_cap", "index"] = Series(
        "coingecko", "BTC#market_cap", "index", np.array([[START + 50 * DAY, 1e12]])
    )
    bench = Bench(History(past), MARKET)
    assert isinstance(bench.record, Record)
    before, after = (bench.record.at(START + d * DAY) for d in (49, 60))
    assert "aggregate" not in {i.kind for i in before.instruments}
    row = next(n for n, i in enumerate(after.instruments) if i.kind == "aggregate")
    bars = past[VENUE, "BTC/USDT:USDT", "bars_1d"].column("close")
    want = 1e12 * bars[59] / bars[49]
    assert after.column("market_cap_usd")[row] == pytest.approx(want)
