"""A recap from what is kept: measured, judged, written, checked, and every file of its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator import newsletter
from generator.flow import judged, windows
from generator.judge import Judgement, RuleBook
from generator.model import Draft, Headline, History, Panel, Problem, Snapshot, Story
from generator.recap.facts import WINDOW, Week, facts
from generator.recap.runs import led_by
from generator.settings import Config
from generator.show import audit, encode
from generator.write.check import check
from generator.write.plan import Ranking, plan
from generator.write.recap import recap
from generator.write.sheet import Desk
from generator.write.stamp import stamp_of
from generator.write.templates import Templates


@dataclass(frozen=True)
class Recap:
    """stamp: a first line for scenarios and replays, with the empty line after it."""

    week: Week
    draft: Draft
    problems: tuple[Problem, ...]
    stamp: str
    files: dict[str, str | bytes]
    as_json: dict[str, Any]


def written(
    snapshot: Snapshot,
    history: History,
    config: Config,
    book: RuleBook,
    templates: Templates,
    end: int,
) -> Recap:
    """The week that ends at `end` (ms). Raises NotEnoughData where a major has no price now."""
    known = history.until(snapshot.now)
    measured, rows, judgement = judged(snapshot, known, config, book)
    story = plan(judgement.findings, ranking=Ranking.of(book), quiet_known=False)
    stamped = stamp_of(snapshot, templates.words())
    led = () if snapshot.mode == "scenario" else led_by(
        config.output, end - 7 * 86_400_000, end, stamped.token, templates.lang
    )  # fmt: skip
    week = facts(known, measured, config.market.majors, end, led)
    desk = Desk(
        snapshot=snapshot,
        measured=measured,
        story=story,
        house=config.house,
        templates=templates,
        majors=config.market.majors,
        seed=f"recap|{end}|{config.house.seed_salt}",
        missing="",
        partial="",
    )
    draft = recap(desk, week, judgement.findings)
    problems = _checked(draft, week, story, judgement, rows, templates)
    stamp = f"{stamped.line}\n\n" if stamped.line else ""
    files: dict[str, str | bytes] = {
        **newsletter.files(draft, "recap", stamp=stamp.strip()),
        "trace.json": encode.trace_json((draft,)),
        "problems.json": encode.problems_json(problems),
        "week.json": audit.pretty(_plain(week)),
    }
    return Recap(week, draft, problems, stamp, files, {"draft": draft.segments[0], **_plain(week)})


def _checked(
    draft: Draft,
    week: Week,
    story: Story,
    judgement: Judgement,
    rows: Panel,
    templates: Templates,
) -> tuple[Problem, ...]:
    """Every gate, with the week's levels beside what the rules found, its facts beside metrics,
    and the notes it quotes as what may be quoted."""
    levels = week.findings()
    verdicts = {**judgement.verdicts.by_key, **{f.key: "on" for f in levels}}
    quoted = tuple(Headline(led.run, led.text, "", led.at, led.at) for led in week.led)
    return check(
        draft,
        story=story,
        findings=(*judgement.findings, *levels),
        panel=week.panel(rows),
        judgement_verdicts=verdicts,
        lexicon=templates.lexicon,
        now=int(rows.times[-1]),
        windows={**windows(), **{name: WINDOW for name, _ in week.facts}},
        headlines=quoted,
        blocked=judgement.blocked_words,
    )


def _plain(week: Week) -> dict[str, Any]:
    return {
        "start": encode.iso(week.start),
        "end": encode.iso(week.end),
        "missing": [{"asset": a, "day": encode.iso(d)} for a, d in week.missing],
        "led": [{"day": encode.iso(x.day), "run": x.run, "text": x.text} for x in week.led],
        "facts": [
            {
                "metric": f.metric,
                "subject": f.subject,
                "value": encode.iso(int(f.value)) if f.unit == "ms" else f.value,
                "unit": f.unit,
                "scope": f.scope,
                "sources": [
                    {"venue": r.venue, "instrument": r.instrument, "field": r.field,
                     "value": r.value, "as_of": encode.iso(r.as_of), "note": r.note}
                    for r in f.sources
                ],
            }
            for f in week.facts.values()
        ],
    }  # fmt: skip
