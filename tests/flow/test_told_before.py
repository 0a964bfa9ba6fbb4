"""A figure that stands in a text is not told a second time by something that adds no other."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from generator.collect.scenario import load_scenario
from generator.flow import desk_of
from generator.model import Finding
from generator.write import marks
from generator.write.compose import Composer
from generator.write.newsletter import SECTIONS
from generator.write.sheet import Desk
from generator.write.views import FindingView
from tests.flow.desk import SLOT, shop, templates

LANGUAGES = ("en", "es", "zh")


@cache
def judged() -> Desk:
    kit, market = shop(), load_scenario("one_hour_crash")
    return desk_of(*market, kit.config, kit.book, kit.templates, seed=SLOT)[0]


def desk(lang: str) -> Desk:
    return replace(judged(), templates=templates(lang))


def of(rule: str, subject: str) -> Finding:
    known = shop().book.rules[rule]
    return Finding(rule, subject, known.family, known.role, "new", 0, 2.0, 0.01, known.evidence)


def prices(composer: Composer) -> list[FindingView]:
    return [composer.view(of("price_level", asset)) for asset in ("BTC", "ETH")]


def changes(composer: Composer, text: str) -> list[str]:
    """The assets whose change of the day a marked text prints."""
    found = [
        composer.recorder.printed[s.index][0] for s in marks.read(text)[1] if s.kind == "number"
    ]
    return [q.subject for q in found if q.metric == "return_24h"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("told", [(), ("BTC",), ("ETH",), ("BTC", "ETH")])
def test_prices_tell_the_change_of_those_assets_whose_change_was_not_told(
    lang: str, told: tuple[str, ...]
) -> None:
    composer = Composer(desk(lang))
    for asset in told:
        assert changes(composer, composer.say(composer.view(of("daily_fall", asset)))) == [asset]
    text = composer.tell(prices(composer))
    assert changes(composer, text) == [a for a in ("BTC", "ETH") if a not in told]
    assert all(asset in marks.plain(text) for asset in ("BTC", "ETH"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_prices_of_a_post_leave_out_the_change_that_its_lead_told(lang: str) -> None:
    composer = Composer(desk(lang))
    composer.say(composer.view(of("daily_fall", "BTC")), "post")
    assert changes(composer, composer.together(prices(composer), "post")) == ["ETH"]


def test_every_wording_of_prices_without_a_told_change_reads_with_and_without_one() -> None:
    for lang in LANGUAGES:
        made = desk(lang)
        for block in ("again_prices", "again_post"):
            for name in made.templates.variants("phrases/price_level.j2", block):
                composer = Composer(made)
                composer.figures = {("return_24h", "BTC", 0.0)}
                _, views = composer._told_before(prices(composer), "group") or ("", [])
                given = composer.context({"f": views[0], "group": views})
                text = made.templates.block("phrases/price_level.j2", name, given)
                assert changes(composer, text) == ["ETH"], (lang, name)


def test_a_level_whose_every_figure_stands_in_the_text_is_left_out_without_a_trace() -> None:
    composer = Composer(desk("en"))
    views = [composer.view(of("at_baseline", a)) for a in ("BTC", "ETH")]
    first = composer.tell(views)
    kept = list(composer.recorder.printed), list(composer.taken), len(composer.regions)
    said = list(composer.chooser.said)
    again = composer.tell([composer.view(of("at_baseline", a)) for a in ("BTC", "ETH")])
    assert first
    assert not again
    assert (composer.recorder.printed, composer.taken, len(composer.regions)) == kept
    assert composer.chooser.said == said


def test_of_two_assets_only_the_one_that_adds_a_figure_is_told() -> None:
    composer = Composer(desk("en"))
    alone = composer.say(composer.view(of("volume_level", "BTC")))
    both = composer.tell([composer.view(of("volume_level", a)) for a in ("BTC", "ETH")])
    assert re.search(r"\bBTC\b", marks.plain(alone))
    assert "ETH" in marks.plain(both)
    assert "BTC" not in marks.plain(both)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_figure_that_two_assets_share_and_is_printed_once_is_told_of_both(lang: str) -> None:
    made = desk(lang)
    values = {k: dict(v) for k, v in made.measured.values.items()}
    for metric in [m for m in values["BTC"] if m.startswith("funding_")]:
        values["ETH"][metric] = values["BTC"][metric]
    values["BTC"]["funding_above_baseline"] = values["ETH"]["funding_above_baseline"] = 0.0
    composer = Composer(replace(made, measured=replace(made.measured, values=values)))
    text = marks.plain(composer.tell([composer.view(of("at_baseline", a)) for a in ("BTC", "ETH")]))
    assert "BTC" in text
    assert "ETH" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_phrase_that_names_its_asset_twice_has_one_cashtag(lang: str) -> None:
    composer = Composer(desk(lang), cashtag="BTC")
    first = composer.say(composer.view(of("large_change", "BTC")))
    second = composer.say(composer.view(of("daily_fall", "BTC")))
    text = marks.plain(first) + marks.plain(second)
    assert text.count("$BTC") == 1
    assert text.count("BTC") > 2


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("pulled", [False, True])
def test_a_finding_whose_figures_stand_takes_no_sentence_unless_one_pulls_against_it(
    lang: str, pulled: bool
) -> None:
    made, move = desk(lang), of("daily_fall", "ETH")
    conflicts = ((move.key, "new_high:ETH"),) if pulled else ()
    composer = Composer(replace(made, story=replace(made.story, conflicts=conflicts)))
    first = Composer(made)
    assert first.adding(move, "post")  # nothing stands yet
    composer.figures = set(first.figures)
    assert bool(composer.adding(move, "post")) is pulled
    assert bool(composer.recorder.printed) is pulled
    assert (move.key in composer.stands) is not pulled


def test_what_is_said_of_the_majors_over_longer_times_stands_with_them_in_a_newsletter() -> None:
    assert "context" in dict(SECTIONS)["lead"]
