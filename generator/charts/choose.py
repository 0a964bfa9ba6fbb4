"""Which charts a story has: of its lead, then of its evidence, each kind once."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from generator.charts.model import Picture
from generator.charts.view import DRAWN, View
from generator.errors import CommentaryError
from generator.measure import catalog
from generator.model import Draft, Finding, NumberTrace, Problem, SourceRef, Story
from generator.write.check import check
from generator.write.sheet import Desk
from generator.write.stamp import stamp_of

if TYPE_CHECKING:
    from generator.flow import Note
    from generator.settings import Config
    from generator.write.templates import Templates

MOST = 3  # pictures of one story
LONGEST_ALT = 1000  # code points: what the strictest networks take


@dataclass(frozen=True)
class Chart:
    """A picture with what stands behind it.

    draft: every text printed on the picture and its alt text, one segment each, with the trace;
    problems: what the gates found in it. sources: what was drawn. A chart with an error among its
    problems is not to be drawn.
    """

    name: str
    finding: str
    picture: Picture
    draft: Draft
    sources: tuple[SourceRef, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def sound(self) -> bool:
        return not any(p.severity == "error" for p in self.problems)


@cache
def kinds() -> dict[str, ModuleType]:
    """Every module of `kinds/`, by name."""
    import generator.charts.kinds as package

    found = sorted(m.name for m in pkgutil.iter_modules(package.__path__))
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in found}


def showing(finding: Finding) -> list[str]:
    """The kinds that show a finding, the one whose pattern says most first."""
    told = f"{finding.family}/{finding.rule}"
    fits = {
        name: max((len(p) for p in kind.FOR if fnmatchcase(told, p)), default=0)
        for name, kind in kinds().items()
    }
    return sorted((name for name, fit in fits.items() if fit), key=lambda n: (-fits[n], n))


def charts(
    note: Note,
    config: Config,
    templates: Templates,
    seed: str,
    lost: dict[str, str] | None = None,
) -> tuple[Chart, ...]:
    """The charts of a note, the lead's first; none of what there are no data for.

    lost: takes each chart, by name, that a mistake in its kind stopped, with the mistake; without
    it the mistake is raised. Raises TemplateError for what is wrong with charts.j2.
    """
    if not templates.exists("charts.j2"):
        return ()
    desk = Desk(
        snapshot=note.snapshot,
        measured=note.measured,
        story=note.story,
        house=config.house,
        templates=templates,
        majors=config.market.majors,
        seed=f"{seed}|{config.house.seed_salt}",
        missing="",
        partial="",
    )
    out, tried = list[Chart](), set[str]()

    def had(finding: Finding, kind: str) -> bool:
        """Whether a kind had its turn: as a chart, or lost to a mistake in it."""
        name = f"{len(out) + 1}-{kind}-{finding.subject.replace('/', '-')}".lower()
        try:
            chart = _chart(desk, finding, kind, name)
            if chart is None:
                return False
            out.append(replace(chart, problems=_checked(chart, note, templates)))
        except CommentaryError:
            raise
        except Exception as error:
            if lost is None:
                raise
            lost[name] = mistake(error)
        return True

    for finding in _told(note.story, config.market.majors):
        for kind in showing(finding) if len(out) < MOST else ():
            if kind in tried:
                break
            if had(finding, kind):
                tried.add(kind)
                break
    return tuple(out)


def mistake(error: Exception) -> str:
    """What stopped a picture, on one line: a mistake in its kind, not in what it was given."""
    return f"a mistake in its kind, {type(error).__name__}: {' '.join(str(error).split())}"


def _told(story: Story, majors: tuple[str, ...]) -> Iterator[Finding]:
    """What the note tells, in its order; without a lead, first of all the first major's price."""
    if story.lead is not None:
        yield story.lead
    else:
        yield from (f for f in story.levels if f.key == f"price_level:{majors[0]}")
    yield from story.evidence


def _chart(desk: Desk, finding: Finding, kind: str, name: str) -> Chart | None:
    view = View(desk, finding)
    picture = kinds()[kind].picture(view)
    if picture is None:
        return None
    stamp = stamp_of(desk.snapshot, desk.templates.words())
    picture = replace(picture, kind=kind, stamp=stamp.word, stamp_why=stamp.why)
    return Chart(name, finding.key, picture, _draft(view), tuple(view.sources))


def _draft(view: View) -> Draft:
    """All that was printed, as one draft with a segment for each text."""
    numbers, sentences = [], []
    for i, said in enumerate(view.said):
        numbers += [replace(n, segment=i) for n in said.numbers]
        sentences += [replace(s, segment=i) for s in said.sentences]
    return Draft(
        form="chart",
        network="",
        lang=view.desk.templates.lang,
        segments=tuple(said.segments[0] for said in view.said),
        numbers=tuple(numbers),
        sentences=tuple(sentences),
    )


def _checked(chart: Chart, note: Note, templates: Templates) -> tuple[Problem, ...]:
    """What the gates find in the texts of a picture; it needs no hashtags and no disclaimer,
    which stand in the text that it goes with."""
    from generator.flow import windows

    found = check(
        chart.draft,
        story=replace(note.story, conflicts=()),
        findings=note.findings,
        panel=note.panel,
        judgement_verdicts=note.judgement.verdicts.by_key,
        lexicon=templates.lexicon,
        now=int(note.panel.times[-1]),
        windows=windows(),
        headlines=note.snapshot.headlines,
        blocked=note.judgement.blocked_words,
    )
    own = [p for p in found if p.gate != "furniture" or p.start >= 0]
    proven = {(n.segment, n.start) for n in chart.draft.numbers if _proven(n, chart.picture)}
    own = [p for p in own if p.severity == "error" or (p.segment, p.start) not in proven]
    if len(chart.picture.alt) > LONGEST_ALT:
        what = f"the alt text of {chart.name} has {len(chart.picture.alt)} characters"
        own.append(Problem("length", "error", f"{what}; at most {LONGEST_ALT}"))
    return tuple(own)


def _proven(number: NumberTrace, picture: Picture) -> bool:
    """What the gates know no metric for and the picture itself proves: the moments at which it
    begins and ends, and the interval that its rates are per. (That the text says so is checked.)"""
    if number.metric == DRAWN:
        return any(number.value in (p.x.low, p.x.high) for p in picture.panels)
    base = number.metric.removeprefix("window:")
    unit = catalog()[base].unit if base in catalog() else ""
    return base != number.metric and unit.endswith(f" per {number.value:g} {number.unit}")
