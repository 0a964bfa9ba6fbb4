"""Charts of prepared and of generated market states, and pictures made by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from generator.charts.choose import Chart, charts
from generator.charts.model import Axis, Line, Panel, Picture
from generator.collect.scenario import load_scenario
from generator.errors import NotEnoughData
from generator.flow import Note
from generator.folders import shipped_templates
from generator.model import DAY, HOUR, History, Snapshot
from generator.write.templates import Folders, Templates
from tests.flow.desk import SLOT, shop, state, written

SCENARIOS = (
    "source_article",
    "one_hour_crash",
    "quiet_sunday",
    "short_squeeze",
    "micro_cap_rotation",
    "venue_outage",
)


def charts_of(note: Note) -> tuple[Chart, ...]:
    kit = shop()
    return charts(note, kit.config, kit.templates, SLOT)


@cache
def scenario(name: str) -> tuple[Note, tuple[Chart, ...]]:
    made = written(*load_scenario(name))
    assert isinstance(made, Note)
    return made, charts_of(made)


@cache
def words(lang: str) -> Templates:
    return Templates((shipped_templates(),), lang)


LANGUAGES = tuple(
    lang
    for lang in Folders((shipped_templates(),)).languages()
    if (shipped_templates() / lang / "charts.j2").is_file()
)


def charts_in(lang: str, note: Note) -> tuple[Chart, ...]:
    return charts(note, shop().config, words(lang), SLOT)


@cache
def _made(seed: int) -> Note | NotEnoughData:
    return written(*state(seed))


def generated(seed: int, lang: str = "en") -> tuple[Chart, ...]:
    made = _made(seed)
    return () if isinstance(made, NotEnoughData) else charts_in(lang, made)


def without(history: History, kind: str, start: int, end: int) -> History:
    """The same past with the rows of one kind of series from start to end (ms) taken out."""
    kept = {}
    for key, series in history.series.items():
        if series.kind == kind:
            ts = series.data[:, 0]
            series = replace(series, data=series.data[(ts < start) | (ts >= end)])
        kept[key] = series
    return History(kept)


def drawn_without(name: str, kind: str, hours: int, length: int) -> tuple[Snapshot, Note]:
    """A scenario's note with `length` hours of a series missing, `hours` before its moment."""
    snapshot, history = load_scenario(name)
    end = snapshot.now // HOUR * HOUR - hours * HOUR
    made = written(snapshot, without(history, kind, end - length * HOUR, end))
    assert isinstance(made, Note)
    return snapshot, made


def plain(title: str = "BTC", footer: str = "As of then.", stamp: str = "") -> Picture:
    """A picture with one line, which has a gap."""
    points = ((0.0, 1.0), (1.0 * DAY, 2.0), (1.5 * DAY, None), (2.0 * DAY, 1.5), (3.0 * DAY, 1.0))
    panel = Panel(
        x=Axis(0.0, 3.0 * DAY, ((1.0 * DAY, "1 January"),)),
        y=Axis(0.9, 2.1, ((1.0, "1"), (2.0, "2"))),
        lines=(Line(points),),
    )
    return Picture("price", "BTC", "en", title, "by hand", (panel,), footer, "", stamp, "")
