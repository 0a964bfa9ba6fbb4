"""What each kind of chart draws, from numbers made up for it: rules that no scenario fires."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.choose import kinds, showing
from generator.charts.kinds import breadth
from generator.charts.model import Picture
from generator.charts.view import WORDS, View
from generator.collect.scenario import load_scenario
from generator.measure import Measured, catalog
from generator.measure.inputs import Inputs
from generator.model import DAY, HOUR, MARKET, Finding, SourceRef
from generator.write.sheet import Desk
from generator.write.trial import desk_of
from tests.charts.notes import LANGUAGES, words
from tests.flow.desk import shop

RNG = np.random.Generator(np.random.PCG64(7))
BINANCE = SourceRef("binance", "BTC/USDT", "made up", None, None)


@dataclass(frozen=True)
class Case:
    """A rule, its subject's numbers and inputs, and how many bars or points are drawn of them."""

    rule: str
    subject: str
    values: Mapping[str, float]
    inputs: Mapping[str, Any]
    scopes: Mapping[str, str]
    drawn: int
    refs: Mapping[str, tuple[SourceRef, ...]] = field(default_factory=dict)


@cache
def bare(lang: str) -> Desk:
    kit = shop()
    snapshot, history = load_scenario("quiet_sunday")
    return desk_of(snapshot, history, kit.config, kit.book, words(lang))[0]


NOW = bare("en").snapshot.now
HOURLY = NOW // HOUR * HOUR
DAYS = np.arange(60) * DAY + (NOW // DAY - 60.0) * DAY
MONEY = RNG.uniform(0.8e9, 2e9, 60)
CASES = (
    Case(
        "heavy_volume",
        "BTC",
        {"spot_volume_24h": 4.1e9, "spot_volume_multiple": 2.9, "same_class_days": 30.0,
         "weekend_window": 1.0, "spot_volume_tail": 0.01},
        {"spot_volume": 4.1e9, "spot_daily_ts": DAYS, "spot_daily_volume": MONEY},
        {"spot": "Binance spot"},
        45,
    ),
    Case(
        "long_liquidations",
        "BTC",
        {"liquidations_usd": 61.2e6, "liquidations_long": 0.91, "liquidations_short": 0.09,
         "liquidations_until": float(HOURLY), "liquidations_venues": 1.0},
        {"liquidations_hours": np.append(np.full(24, 2.55e6), RNG.uniform(0, 2e5, 400)),
         "liquidations_end": float(HOURLY), "liquidations_total": 61.2e6},
        {"liquidations": "Gate"},
        168,
    ),
    Case(
        "usdt_off_peg",
        MARKET,
        {"usdt_least": 0.9871, "usdt_most": 0.9904, "usdt_peg_gap": -1.1},
        {"usdt_prices": np.array([0.9871, 0.9904, 0.9888])},
        {"usdt": "Kraken, Coinbase and Binance.US"},
        3,
        {"usdt_prices": tuple(replace(BINANCE, venue=v) for v in ("kraken", "coinbase", "okx"))},
    ),
    Case(
        "dvol_shock",
        "BTC",
        {"dvol": 61.0, "dvol_at": float(HOURLY), "dvol_change_24h": 14.2,
         "dvol_changes_as_large": 0.0, "dvol_record_days": 364.0},
        {"dvol_ts": DAYS, "dvol_value": np.linspace(41, 61, 60)},
        {"dvol": "Deribit"},
        60,
    ),
    Case(
        "dominance_change",
        MARKET,
        {"btc_dominance": 58.4, "dominance_change": 1.6, "dominance_btc_return": -2.0,
         "total_return_24h": -4.6},
        {"dominance_ts": DAYS, "dominance_value": np.linspace(56, 58.4, 60)},
        {"dominance": "CoinGecko"},
        60,
    ),
    Case(
        "stablecoin_supply",
        MARKET,
        {"stablecoin_supply": 2.6e11, "stablecoin_supply_change": -1.7},
        {"supply_ts": DAYS, "supply_past": np.linspace(2.65e11, 2.6e11, 60)},
        {"stablecoins": "DefiLlama"},
        60,
    ),
    Case(
        "fear_greed_extreme",
        MARKET,
        {"fear_greed": 8.0, "fear_greed_yesterday": 11.0},
        {"fng_ts": DAYS, "fng_value": np.linspace(50, 8, 60)},
        {"fear_greed": "alternative.me"},
        60,
    ),
    Case(
        "account_ratio_unusual",
        "BTC",
        {"account_ratio": 2.4},
        {"accounts_ts": np.arange(400.0) * HOUR + (HOURLY - 399 * HOUR),
         "accounts_ratios": np.linspace(1.4, 2.4, 400)},
        {"accounts": "Binance"},
        14 * 24,
    ),
)  # fmt: skip


def made_up(rule: Any) -> dict[str, float]:
    """1 for every number that the rule may tell."""
    return {name: 1.0 for name in rule.evidence if name in catalog()}


def view_of(case: Case, lang: str = "en") -> View:
    rule, desk = shop().book.rules[case.rule], bare(lang)
    refs = {name: case.refs.get(name, (BINANCE,)) for name in case.inputs}
    inputs = Inputs(
        dict(case.inputs),
        {name: tuple((lambda r=r: r) for r in found) for name, found in refs.items()},
        dict(case.scopes),
    )
    measured = Measured(
        desk.measured.now,
        {MARKET: {}, case.subject: made_up(rule) | case.values},
        {MARKET: Inputs(), case.subject: inputs},
    )
    finding = Finding(
        rule.name, case.subject, rule.family, "finding", "new", NOW, 3.0, 0.01, rule.evidence
    )
    story = replace(desk.story, lead=finding, evidence=(), levels=())
    return View(replace(desk, measured=measured, story=story), finding)


def drawn_of(case: Case, lang: str = "en") -> Picture | None:
    view = view_of(case, lang)
    return kinds()[showing(view.finding)[0]].picture(view)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.rule)
def test_it_is_drawn_as_it_was_given_with_a_title_of_the_finding(case: Case, lang: str) -> None:
    picture = drawn_of(case, lang)
    assert picture is not None
    (panel,) = picture.panels
    points = [p for line in panel.lines for p in line.points]
    assert len(panel.rows) + len(panel.columns) + len(points) == pytest.approx(case.drawn, abs=1)
    assert all(panel.y.low <= y <= panel.y.high for _, y in points if y is not None)
    if f"title_{case.rule}" in words(lang).blocks(WORDS):
        assert any(c.isdigit() for c in picture.title)
    assert len(picture.alt) > 60


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.rule)
def test_without_its_numbers_there_is_no_picture(case: Case) -> None:
    for name in case.inputs:
        if name == "liquidations_total":
            continue  # the sum is a metric; the bars are hours
        rest = {k: v for k, v in case.inputs.items() if k != name}
        assert drawn_of(replace(case, inputs=rest)) is None, name


def test_the_median_line_of_turnover_is_the_one_that_the_multiple_is_of() -> None:
    picture = drawn_of(CASES[0])
    assert picture is not None
    (panel,) = picture.panels
    (level,) = panel.levels
    assert panel.columns[-1].value / level.value == pytest.approx(2.9)
    assert panel.columns[-1].right == NOW
    assert all(c.right <= NOW - DAY + HOUR for c in panel.columns[:-1]), "no day counts twice"


def test_the_last_day_of_liquidations_adds_up_to_what_is_told() -> None:
    picture = drawn_of(CASES[1])
    assert picture is not None
    (panel,) = picture.panels
    (band,) = panel.bands
    day = [c.value for c in panel.columns if band.start <= c.left and c.right <= band.end]
    assert len(day) == 24
    assert math.fsum(day) == pytest.approx(CASES[1].values["liquidations_usd"])


def test_a_coin_under_its_peg_has_a_bar_to_the_left_on_every_venue() -> None:
    picture = drawn_of(CASES[2])
    assert picture is not None
    rows = picture.panels[0].rows
    assert [r.value < 0 for r in rows] == [True] * 3
    assert [r.text for r in rows] == ["-0.96%", "-1.12%", "-1.29%"]
    assert {r.name for r in rows} == {"Kraken", "Coinbase", "OKX"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sums_on_an_axis_are_not_rounded_away(lang: str) -> None:
    for case in (CASES[0], CASES[1], CASES[5]):
        picture = drawn_of(case, lang)
        assert picture is not None
        texts = [text for _, text in picture.panels[0].y.ticks]
        assert len(texts) == len(set(texts)) >= 2, texts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_title_of_a_rule_can_be_rendered_and_belongs_to_one(lang: str) -> None:
    book, kit = shop().book.rules, words(lang)
    kinds_of_titles = {b for b in kit.blocks(WORDS) if b.startswith("title_")}
    of_rules = {b.removeprefix("title_") for b in kinds_of_titles} & book.keys()
    assert len(of_rules) > 25
    for name in sorted(of_rules):
        subject = {"market": MARKET, "pair": "ETH/BTC"}.get(book[name].scope, "BTC")
        view = view_of(Case(name, subject, {}, {}, {}, 0), lang)
        view.desk.measured.values[MARKET].update(made_up(book[name]))
        assert view.say(f"title_{name}", view.finding), name


def test_all_languages_have_the_same_words_for_charts() -> None:
    blocks = {lang: set(words(lang).blocks(WORDS)) for lang in LANGUAGES}
    assert all(found == blocks["en"] for found in blocks.values())


# ---------------------------------------------------------------- breadth

returns = st.lists(
    st.floats(-60, 300) | st.floats(-8, 8) | st.just(0.0), min_size=20, max_size=400
).map(np.array)


@given(returns)
def test_breadth_counts_every_coin_once_in_few_bars(found: np.ndarray) -> None:
    low, high, wide = breadth.bounds(found)
    columns = breadth.bars(found, low, high, wide)
    assert sum(c.value for c in columns) == len(found)
    assert len(columns) <= breadth.MOST + 2
    assert low <= 0 <= high
    assert low <= np.median(found) <= high


@given(returns)
def test_few_coins_lie_beyond_the_scale_of_breadth_and_all_look_it(found: np.ndarray) -> None:
    low, high, wide = breadth.bounds(found)
    beyond = sum(c.value for c in breadth.bars(found, low, high, wide) if c.beyond)
    assert beyond == np.count_nonzero((found < low) | (found > high))
    assert beyond <= 2 * breadth.OUTSIDE * len(found) + 2


def test_a_day_on_which_everything_fell_by_a_fifth_is_not_one_bar_at_the_end() -> None:
    found = np.random.Generator(np.random.PCG64(1)).normal(-19, 6, 300)
    columns = breadth.bars(found, *breadth.bounds(found))
    assert max(c.value for c in columns) < 90
    assert sum(c.value for c in columns if c.beyond) <= 12
