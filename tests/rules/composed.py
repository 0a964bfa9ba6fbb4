"""Made-up findings, planned and composed: what of them a reader gets to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from generator.collect.scenario import load_scenario
from generator.flow import Memory, Note, note
from generator.flow import planned as of_judgement
from generator.flow import told as written
from generator.judge import judge
from generator.measure import catalog
from generator.model import MARKET, Draft, Finding, Story
from generator.write.article import article
from generator.write.plan import Ranking, Recent, plan
from generator.write.sheet import Desk
from tests.flow.desk import shop

PAIR = "ETH/BTC"


def finding(rule: str, strength: float = 2.0, subject: str = "", **more: Any) -> Finding:
    """A finding of a shipped rule, by default of its first subject, new, and rare."""
    found = shop().book.rules[rule]
    subject = subject or {"asset": "BTC", "pair": PAIR, "market": MARKET}[found.scope]
    given: dict[str, Any] = {"state": "new", "since": 0, "may_lead": True, **more}
    return Finding(
        rule, subject, found.family, found.role, strength=strength, tail=10**-strength,
        evidence=found.evidence, **given,
    )  # fmt: skip


@cache
def crash(scenario: str = "one_hour_crash") -> Note:
    kit = shop()
    snapshot, history = load_scenario(scenario)
    return note(snapshot, history, kit.config, kit.book, kit.templates, seed="composed")


def planned(*findings: Finding, recent: Recent | None = None) -> Story:
    ranking = Ranking.of(shop().book)
    return plan(findings, ranking=ranking, quiet_known=True, recent=recent or Recent())


def composed(*findings: Finding, recent: Recent | None = None, **numbers: float) -> Draft:
    """The note of these findings beside the prices, on the numbers of a crash; what that does not
    know of their evidence is 1. numbers: instead, for every subject."""
    made, kit = crash(), shop()
    levels = [f for f in made.findings if f.rule == "price_level"]
    values = {s: dict(known) for s, known in made.measured.values.items()}
    for f in findings:
        known = values.setdefault(f.subject, {})
        for name in (n for n in f.evidence if n in catalog()):
            place = values[MARKET] if catalog()[name].scope == "market" else known
            if not place.get(name, 0.0) or place[name] != place[name]:
                place[name] = 1.0
            if name in numbers:
                place[name] = numbers[name]
    desk = Desk(
        snapshot=made.snapshot,
        measured=replace(made.measured, values=values),
        story=planned(*findings, *levels, recent=recent),
        house=kit.config.house,
        templates=kit.templates,
        majors=kit.config.market.majors,
        seed="composed",
        missing="",
        partial="",
        used={f"phrases/{f.rule}.j2.body": 1 for f in findings if f.state == "persisting"},
    )
    return article(desk)[0]


def told(draft: Draft) -> set[str]:
    """Keys of the findings that license its sentences, watch items apart."""
    text = draft.segments[0]
    end = text.find("What to watch:")
    kept = [s for s in draft.sentences if not s.furniture and (end < 0 or s.start < end)]
    return {key for s in kept for key in s.findings}


def first(draft: Draft) -> str:
    """The first sentence that a finding licenses."""
    span = min((s for s in draft.sentences if s.findings), key=lambda s: s.start)
    return draft.segments[0][span.start : span.end]


def retold(numbers: Mapping[str, Mapping[str, float]], scenario: str = "one_hour_crash") -> Note:
    """A scenario judged, planned and written again with some of its metrics changed; NaN: unknown.

    Not made-up findings but what the rules make of these numbers: gates and inhibition included.
    """
    made, kit = crash(scenario), shop()
    values = {s: {**known, **numbers.get(s, {})} for s, known in made.measured.values.items()}
    columns = {name: column.copy() for name, column in made.panel.columns.items()}
    for subject, given in numbers.items():
        for name, value in given.items():
            columns[name][-1, made.panel.subjects.index(subject)] = value
    rows = replace(made.panel, columns=columns)
    judgement = judge(kit.book, rows)
    desk = Desk(
        snapshot=made.snapshot,
        measured=replace(made.measured, values=values),
        story=of_judgement(judgement, kit.book, Memory()),
        house=kit.config.house,
        templates=kit.templates,
        majors=kit.config.market.majors,
        seed=f"composed|{kit.config.house.seed_salt}",
        missing="",
        partial="",
    )
    return written(desk, rows, judgement, ())
