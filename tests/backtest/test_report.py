"""What a report says of pairs, the market, single coins, short records; and what would have led."""

from __future__ import annotations

import numpy as np
import pytest

from generator.backtest import Report, backtest
from generator.backtest.leads import leads
from generator.backtest.measured import Bench, measured
from generator.backtest.report import priced
from generator.backtest.table import as_data, printed
from generator.backtest.verdicts import judged
from generator.judge import RuleBook, judge
from generator.model import DAY, MARKET, History, Series
from generator.panels import align
from generator.settings import MarketSection
from tests.backtest.small import VENUE, history, midnights
from tests.states import NOW, random_state

SETTINGS = MarketSection()
MOMENTS = midnights(120, 40)


@pytest.fixture(scope="module")
def report(book: RuleBook) -> Report:
    return backtest(history(), book, SETTINGS, MOMENTS)


def test_a_pair_s_returns_are_its_ratio_s_and_the_market_s_are_bitcoin_s(book: RuleBook) -> None:
    course = judged(book, measured(Bench(history(), SETTINGS), MOMENTS).rows, SETTINGS.majors)
    btc, eth = course.prices["BTC"], course.prices["ETH"]
    name, ratio = priced(course, "ETH/BTC")
    assert name == "ETH/BTC"
    assert ratio is not None
    np.testing.assert_allclose(ratio, eth / btc)
    assert priced(course, MARKET) == ("BTC", btc)
    assert priced(course, "SOL") == ("SOL", None)


def test_what_fired_was_known_and_every_share_lies_in_its_interval(report: Report) -> None:
    assert len(report.lines) > 20
    for line in report.lines:
        assert line.fired <= line.spoke <= line.known <= line.moments
        assert sum(line.runs.lengths) == line.fired == len(line.at)
        low, high = line.interval
        assert low <= line.share <= high


def test_a_rule_whose_data_are_not_there_is_left_out(report: Report) -> None:
    rules = {line.rule for line in report.lines}
    assert "broad_fall" not in rules
    assert "daily_fall" in rules


def test_a_share_of_a_short_record_says_since_when(book: RuleBook) -> None:
    past = dict(history().series)
    key = (VENUE, "ETH/USDT:USDT", "bars_1d")
    past[key] = Series(*key[:2], "bars_1d", past[key].data[150:])
    made = backtest(History(past), book, SETTINGS, MOMENTS, rules=["price_level"])
    lines = {line.subject: line for line in made.lines}
    assert lines["BTC"].known < lines["BTC"].moments  # both majors on one market, or none
    assert any("known since 2025-06-01" in text for text in printed(made))


def test_a_course_is_the_same_with_and_without_the_coins(book: RuleBook) -> None:
    past = random_state(3, 0.0)[1]
    midnight = NOW // DAY * DAY
    rows = measured(Bench(past, SETTINGS), [midnight - k * DAY for k in range(4, -1, -1)]).rows
    few, many = (judged(book, rows, SETTINGS.majors, coins=c) for c in (False, True))
    assert few.said.keys() <= many.said.keys()
    for key, said in few.said.items():
        np.testing.assert_array_equal(said.fired, many.said[key].fired)
    others = {s for _, s in many.said} - {s for _, s in few.said}
    assert others == {s for row in rows for s in row.subjects} - {s for _, s in few.said}


def test_the_json_and_the_table_hold_the_same_counts(report: Report) -> None:
    data = as_data(report)
    text = "\n".join(printed(report))
    for line, row in zip(report.lines, data["rules"], strict=True):
        assert (row["fired"], row["known"]) == (line.fired, line.known)
        assert f"{line.rule:<28} {line.subject:<8} {line.known:>6} {line.fired:>6}" in text


def test_what_led_is_among_what_was_found_that_day(book: RuleBook) -> None:
    rows = measured(Bench(history(), SETTINGS), MOMENTS[:15]).rows
    found = list(leads(book, rows, MOMENTS[5]))
    assert [x.now for x in found] == list(MOMENTS[5:15])
    assert any(x.lead is not None for x in found)
    for i, led in enumerate(found, 5):
        keys = {f.key for f in judge(book, align(rows[i - 3 : i + 1])).findings}
        assert led.lead is None or led.lead.key in keys
        assert set(led.evidence) <= keys
