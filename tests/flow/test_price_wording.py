"""What the price rules may say, at the edges that the numbers set: the worst hour, size, closes."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from generator.collect.scenario import load_scenario
from generator.flow import Note, note
from generator.measure import catalog, records
from generator.model import DAY, Finding
from generator.write.compose import Composer
from generator.write.sheet import Desk
from tests.conftest import NOW
from tests.flow.desk import shop
from tests.measure.test_price_by_hand import days, hours
from tests.rules.composed import composed, finding

MOST, WHOLE = "most of its move", "more than its whole net move"


@cache
def crash() -> Note:
    kit = shop()
    snapshot, history = load_scenario("one_hour_crash")
    return note(snapshot, history, kit.config, kit.book, kit.templates, seed="wording")


def desk_of(**values: float) -> Desk:
    """The crash's desk, with these numbers for BTC in place of the scenario's."""
    kit, made = shop(), crash()
    own = {**made.measured.values["BTC"], **values}
    measured = replace(made.measured, values={**made.measured.values, "BTC": own})
    return Desk(
        snapshot=made.snapshot,
        measured=measured,
        story=made.story,
        house=kit.config.house,
        templates=kit.templates,
        majors=kit.config.market.majors,
        seed="wording",
        missing="",
        partial="",
    )


def said(rule: str, block: str, **values: float) -> str:
    """A rule's words for BTC."""
    known = shop().book.rules[rule]
    finding = Finding(rule, "BTC", known.family, known.role, "new", 0, 2.0, 0.01, known.evidence)
    composer = Composer(desk_of(**values))
    text = re.sub("[\ue000\ue003][0-9]+\ue001", "", composer.say(composer.view(finding), block))
    return "".join(c for c in text if c.isprintable() and not 0xE000 <= ord(c) <= 0xF8FF)


@pytest.mark.parametrize("block", ["lead", "body", "post"])
@pytest.mark.parametrize(
    ("share", "z", "words"),
    [
        (0.6, -1.0, MOST),
        (1.0, 1.0, MOST),
        (1.04, 1.0, ""),  # as large as the whole, within rounding
        (0.59, -3.0, ""),
        (0.9, -0.99, ""),  # most of a move that was none
        (1.06, -1.0, WHOLE),
        (4.0, 0.2, WHOLE),
        (-0.8, -2.0, ""),  # the hour went against the day
        (math.nan, -2.0, ""),
    ],
)
def test_the_worst_hour_is_most_of_the_move_between_six_tenths_and_all_of_it(
    share: float, z: float, words: str, block: str
) -> None:
    text = said("one_hour_shock", block, worst_hour_share=share, return_24h_z=z, move_band=2)
    assert (MOST in text, WHOLE in text) == (words == MOST, words == WHOLE)


@pytest.mark.parametrize("block", ["lead", "body"])
def test_a_shock_on_a_sharp_day_tells_the_day_with_its_verb(block: str) -> None:
    sharp = said("one_hour_shock", block, worst_hour_share=0.7, return_24h=-9.9, move_band=-4)
    assert re.search(r"in all BTC (plunged|tumbled) \d*9\.9%", sharp)
    assert MOST not in sharp


def test_a_day_that_is_told_with_its_verb_is_not_told_again_beside_the_shock() -> None:
    hour = finding("one_hour_shock", 1.2, always=True)
    assert "in all" in composed(hour, move_band=-4.0).segments[0]
    for rule in ("daily_fall", "largest_fall"):
        text = composed(hour, finding(rule, 2.6), move_band=-4.0).segments[0]
        assert "13:00 and 14:00" in text
        assert "in all" not in text


@pytest.mark.parametrize("block", ["lead", "body", "post"])
@pytest.mark.parametrize("rule", ["new_low", "new_high", "closing_low", "closing_high"])
def test_an_extreme_says_whether_it_is_a_close_or_intraday_and_where(rule: str, block: str) -> None:
    known = {m: 60.0 for m in catalog() if m.endswith(("_beats_days",))}
    text = said(rule, block, **known, closing_price=61_234.0)
    assert ("close" in text) == rule.startswith("closing")
    assert ("intraday" in text) == rule.startswith("new")
    assert "Binance spot" in text


def test_beating_n_days_means_since_the_day_before_them() -> None:
    lows = [80.0, 90, 95, 96, 97, 99]  # the last day overlaps the window
    ts, quiet = days(6), hours(34) * 0 + 99
    beaten = records.low_beats_days(85.0, ts, np.array(lows), hours(34), quiet, NOW)
    seen = records.low_last_seen(85.0, ts, np.array(lows), hours(34), quiet, NOW)
    assert beaten == 4
    assert ts[4] - seen == beaten * DAY


@pytest.mark.parametrize("rule", ["daily_fall", "daily_rise", "one_hour_shock", "round_trip"])
def test_a_move_that_is_told_is_not_called_ordinary(rule: str) -> None:
    desk = desk_of()
    level = next(f for f in desk.story.levels if f.rule == "price_level" and f.subject == "BTC")
    moved = replace(level, rule=rule, role="finding")

    def quiet(*told: Finding) -> str:
        story = replace(desk.story, lead=None, evidence=told)
        composer = Composer(replace(desk, story=story))
        return composer.together([composer.view(level)], "quiet")

    assert quiet()
    assert not quiet(moved)
