"""Which charts a story has, what is printed on them, and that all of it can be defended."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from generator.charts.choose import LONGEST_ALT, MOST, charts, kinds, showing
from generator.charts.model import Picture, picture_of
from generator.folders import shipped_templates
from generator.model import DAY, HOUR, Finding
from generator.write.templates import Templates
from tests.charts.notes import (
    LANGUAGES,
    SCENARIOS,
    charts_in,
    charts_of,
    drawn_without,
    generated,
    scenario,
)
from tests.flow.desk import shop

MANY = 400 if os.environ.get("HYPOTHESIS_PROFILE") == "evidence" else 12


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_has_a_chart_and_every_text_on_it_passes_the_gates(
    name: str, lang: str
) -> None:
    found = charts_in(lang, scenario(name)[0])
    assert found
    assert {c.picture.lang for c in found} == {lang}
    assert [(c.name, c.problems) for c in found] == [(c.name, ()) for c in found]


# Beside the first ones: a streak, a record close, the largest hour, a record day.
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("seed", [*range(MANY), 111, 112, 103, 127])
def test_charts_of_generated_markets_pass_the_gates(seed: int, lang: str) -> None:
    for chart in generated(seed, lang):
        assert not chart.problems, chart.name


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_digit_stands_on_a_picture_that_is_not_traced(name: str) -> None:
    for chart in scenario(name)[1]:
        for index, text in enumerate(chart.draft.segments):
            traced = {
                i for n in chart.draft.numbers if n.segment == index for i in range(n.start, n.end)
            }
            assert not [c for i, c in enumerate(text) if c.isdigit() and i not in traced], text
            for n in chart.draft.numbers:
                if n.segment == index:
                    assert text[n.start : n.end] == n.text
                    assert n.sources or n.metric.startswith("window:")


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_word_of_a_picture_is_one_that_was_checked(name: str) -> None:
    for chart in scenario(name)[1]:
        checked, p = set(chart.draft.segments), chart.picture
        labels = [m.label for panel in p.panels for m in (*panel.bands, *panel.levels) if m.label]
        labels += [panel.name for panel in p.panels if panel.name]
        assert {p.title, p.subtitle, p.footer, *labels} <= checked | {""}
        rest = p.alt
        for text in sorted(checked, key=len, reverse=True):
            rest = rest.replace(text, "")
        assert not rest.strip()
        assert 0 < len(p.alt) <= LONGEST_ALT


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_alt_text_tells_every_label(name: str, lang: str) -> None:
    for chart in charts_in(lang, scenario(name)[0]):
        panels = chart.picture.panels
        labels = [b.label for p in panels for b in p.bands] + [
            x.label for p in panels for x in p.levels
        ]
        assert [x for x in labels if x not in chart.picture.alt] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_stamped(name: str) -> None:
    assert {c.picture.stamp for c in scenario(name)[1]} == {"SCENARIO"}


def test_the_lead_comes_first_and_each_kind_once() -> None:
    for name in SCENARIOS:
        note, found = scenario(name)
        names = [c.picture.kind for c in found]
        assert len(names) == len(set(names)) <= MOST
        if note.story.lead is not None:
            assert found[0].finding == note.story.lead.key


def test_a_day_without_a_lead_shows_the_price_of_the_first_major() -> None:
    note, found = scenario("quiet_sunday")
    assert note.story.lead is None
    assert [(c.picture.kind, c.picture.subject) for c in found] == [("price", "BTC")]


def test_the_hour_of_a_shock_is_marked_where_it_was() -> None:
    note, found = scenario("short_squeeze")
    (chart,) = [c for c in found if c.picture.kind == "price"]
    (band,) = chart.picture.panels[0].bands
    values = note.measured.values[chart.picture.subject]
    assert (band.start, band.end) == (values["worst_hour_start"], values["worst_hour_end"])
    assert band.end - band.start == HOUR


def test_a_low_that_is_told_of_is_drawn_at_its_price_and_its_hour() -> None:
    note, found = scenario("one_hour_crash")
    chart = found[0]
    assert chart.finding.startswith("new_low:")
    (panel,) = chart.picture.panels
    (level,) = panel.levels
    assert level.value == note.measured.values[chart.picture.subject]["low_price_24h"]
    (reach,) = [r for r in panel.reaches if level.at is not None and r.start < level.at < r.end]
    assert reach.low == level.value


@pytest.mark.parametrize(
    ("rule", "name"), [("daily_fall", "low_price_24h"), ("daily_rise", "high_price_24h")]
)
def test_under_a_fall_stands_its_low_and_under_a_rise_its_high(rule: str, name: str) -> None:
    note, _ = scenario("quiet_sunday")
    evidence = shop().book.rules[rule].evidence
    lead = Finding(rule, "BTC", "price", "finding", "new", 0, 1.0, 0.01, evidence)
    found = charts_of(replace(note, story=replace(note.story, lead=lead)))
    (panel,) = found[0].picture.panels
    assert [x.value for x in panel.levels] == [note.measured.values["BTC"][name]]


@pytest.mark.parametrize("seed", range(MANY))
def test_whatever_is_marked_lies_on_the_scale(seed: int) -> None:
    for chart in generated(seed):
        for p in chart.picture.panels:
            for level in p.levels:
                axis = p.x if level.upright else p.y
                assert axis.low <= level.value <= axis.high
            known = [y for line in p.lines for _, y in line.points if y is not None]
            edges = [v for r in p.reaches for v in (r.low, r.high)]
            heights = [*known, *edges, *(c.value for c in p.columns)]
            assert all(p.y.low <= v <= p.y.high for v in heights)


def test_the_last_point_is_the_price_that_the_note_tells() -> None:
    for name in SCENARIOS:
        note, found = scenario(name)
        for chart in found:
            if chart.picture.kind == "price":
                last = chart.picture.panels[0].lines[0].points[-1]
                price = note.measured.values[chart.picture.subject]["price"]
                assert last == (note.snapshot.now, price)


def test_missing_hours_are_a_gap_and_the_rest_is_as_it_was() -> None:
    snapshot, note = drawn_without("quiet_sunday", "bars_1h", hours=60, length=6)
    (whole,) = scenario("quiet_sunday")[1]
    (gapped,) = charts_of(note)
    full = dict(whole.picture.panels[0].lines[0].points)
    points = gapped.picture.panels[0].lines[0].points
    gaps = [at for at, value in points if value is None]
    end = snapshot.now // HOUR * HOUR - 60 * HOUR
    assert len(gaps) == 1
    assert end - 6 * HOUR <= gaps[0] <= end + HOUR
    assert all(full[at] == value for at, value in points if value is not None)
    assert len(points) == len(full) - 6 + 1


def test_without_hours_closes_of_days_are_drawn_and_called_so() -> None:
    _, note = drawn_without("quiet_sunday", "bars_1h", hours=-1, length=24 * 400)
    (chart,) = charts_of(note)
    points = chart.picture.panels[0].lines[0].points
    assert "daily closes" in chart.picture.subtitle
    assert points[-2][0] % DAY == 0


def test_where_there_are_no_data_there_is_no_chart() -> None:
    note, _ = scenario("quiet_sunday")
    bare = replace(note, measured=replace(note.measured, inputs={}))
    assert charts_of(bare) == ()


def test_breadth_counts_every_coin_once() -> None:
    note, found = scenario("one_hour_crash")
    (chart,) = [c for c in found if c.picture.kind == "breadth"]
    counted = sum(c.value for c in chart.picture.panels[0].columns)
    assert counted == note.measured.values["MARKET"]["universe_count"]
    down = sum(c.value for c in chart.picture.panels[0].columns if c.left < 0)
    assert down == note.measured.values["MARKET"]["decliners"]


def test_every_rule_that_may_lead_has_a_kind_of_chart() -> None:
    without = {
        r.name
        for r in shop().book.rules.values()
        if r.role == "finding"
        and r.may_lead is not False
        and not showing(
            Finding(r.name, "BTC", r.family, "finding", "new", 0, 1.0, 0.01, r.evidence)
        )
    }
    assert without == set()


def test_every_kind_stands_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "charts.md").read_text("utf-8")
    assert [kind for kind in kinds() if f"| `{kind}` |" not in page] == []


def test_the_same_note_gives_the_same_pictures() -> None:
    note, found = scenario("one_hour_crash")
    assert charts_of(note) == found


def test_a_picture_survives_its_json() -> None:
    for name in SCENARIOS:
        for chart in scenario(name)[1]:
            again = picture_of(json.loads(json.dumps(chart.picture.as_data())))
            assert isinstance(again, Picture)
            assert again == chart.picture


def test_a_text_that_fails_a_gate_costs_the_picture(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "en"
    own.mkdir(parents=True)
    (own / "charts.j2").write_text(
        '{% extends "shipped/en/charts.j2" %}'
        "{% block title_price %}{{ f.asset }} surged {{ f.return_24h | percent }} in "
        "{{ f.return_24h | window }}{% endblock %}"
    )
    note, _ = scenario("quiet_sunday")
    kit = shop()
    templates = Templates((shipped_templates(), tmp_path / "templates"), "en")
    (chart,) = charts(note, kit.config, templates, "2026-02-28/morning")
    assert not chart.sound
    assert any("surged" in p.message for p in chart.problems)


def test_a_language_without_words_for_charts_has_none(tmp_path: Path) -> None:
    shutil.copytree(shipped_templates() / "en", tmp_path / "xx")
    (tmp_path / "xx" / "charts.j2").unlink()
    note, _ = scenario("quiet_sunday")
    assert charts(note, shop().config, Templates((tmp_path,), "xx"), "s") == ()
