"""The whole product on one screen.

    collect | measure | judge | plan | write | check | publish

`note` is everything between a snapshot and a checked draft: pure, without clock, network or disk
(templates and rules are read before). The same snapshot, history, configuration, memory and seed
give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from generator.charts.gallery import Gallery
from generator.errors import NotEnoughData
from generator.judge import Judgement, RuleBook, judge
from generator.measure import Measured, catalog, measure, panel
from generator.measure.venues import listed, source_name
from generator.model import Draft, Finding, History, Panel, Problem, Snapshot, Story
from generator.networks import named
from generator.networks.base import Network
from generator.panels import joined
from generator.settings import Config
from generator.write.article import article
from generator.write.check import Known, Lexicon, check
from generator.write.check.known import known_of
from generator.write.plan import Ranking, Recent, plan
from generator.write.sheet import Desk
from generator.write.stamp import Stamp, stamp_of
from generator.write.templates import Templates
from generator.write.texts import text_for

# A gate that licenses the whole form of a note rather than one subject's sentence.
QUIET = "quiet_day"


@dataclass(frozen=True)
class Memory:
    """What earlier notes said, what led them, what was measured then.

    phrases: phrase id -> its place in the order of saying, of the last time; later is higher.
    """

    phrases: Mapping[str, int] = field(default_factory=dict)
    recent: Recent = field(default_factory=Recent)
    past: Panel | None = None  # metrics of earlier snapshots


@dataclass(frozen=True)
class Note:
    """Everything one run made.

    drafts: the note, then one for each of `networks`. phrases: ids of the phrases used, for the
    memory of later notes.
    """

    snapshot: Snapshot
    measured: Measured
    panel: Panel
    judgement: Judgement
    findings: tuple[Finding, ...]
    story: Story
    drafts: tuple[Draft, ...]
    problems: tuple[tuple[Problem, ...], ...]
    phrases: tuple[str, ...]
    memory: Memory
    networks: tuple[Network, ...] = ()
    stamp: Stamp = field(default_factory=Stamp)
    pictures: Gallery = field(default_factory=Gallery)

    @property
    def failed(self) -> bool:
        return any(p.severity == "error" for found in self.problems for p in found)


def note(
    snapshot: Snapshot,
    history: History,
    config: Config,
    book: RuleBook,
    templates: Templates,
    *,
    seed: str,
    memory: Memory = Memory(),
    networks: tuple[Network, ...] | None = None,
) -> Note:
    """Measure, judge, plan, write, check. Raises NotEnoughData when nothing true can be said.

    networks: whose texts to write beside the note; by default those of the configuration.
    """
    networks = chosen(config) if networks is None else networks
    desk, rows, judgement = desk_of(
        snapshot, history, config, book, templates, seed=seed, memory=memory
    )
    return told(desk, rows, judgement, networks, memory)


def told(
    desk: Desk,
    rows: Panel,
    judgement: Judgement,
    networks: tuple[Network, ...],
    memory: Memory = Memory(),
) -> Note:
    """Write and check: a judged moment in the words of the desk's language."""
    drafts, phrases = _write(desk, networks)
    problems = tuple(_checked(d, desk, judgement, rows) for d in drafts)
    refused = ((), *(n.check(d) for n, d in zip(networks, drafts[1:], strict=True)))
    problems = tuple((*a, *b) for a, b in zip(problems, refused, strict=True))
    return Note(
        desk.snapshot,
        desk.measured,
        rows,
        judgement,
        judgement.findings,
        desk.story,
        drafts,
        problems,
        phrases,
        memory,
        networks,
        stamp_of(desk.snapshot, desk.templates.words()),
    )


def desk_of(
    snapshot: Snapshot,
    history: History,
    config: Config,
    book: RuleBook,
    templates: Templates,
    *,
    seed: str,
    memory: Memory = Memory(),
) -> tuple[Desk, Panel, Judgement]:
    """Measure, judge and plan: all that any text of one market state is written from."""
    measured, rows, judgement = judged(snapshot, history, config, book, memory)
    story = planned(judgement, book, memory)
    desk = Desk(
        snapshot=snapshot,
        measured=measured,
        story=story,
        house=config.house,
        templates=templates,
        majors=config.market.majors,
        seed=f"{seed}|{config.house.seed_salt}",
        missing=_missing(snapshot, "failed", "blocked"),
        partial=_missing(snapshot, "partial"),
        used=memory.phrases,
    )
    return desk, rows, judgement


def judged(
    snapshot: Snapshot,
    history: History,
    config: Config,
    book: RuleBook,
    memory: Memory | None = None,
    *,
    however_little: bool = False,
) -> tuple[Measured, Panel, Judgement]:
    """Measure and judge: what is known at the snapshot's moment, and what the rules make of it.

    Raises NotEnoughData where a major has no price, unless however little is known will do.
    """
    measured = measure(snapshot, history, config.market, book.news)
    if not however_little:
        _enough(measured, config.market.majors)
    rows = panel(measured, snapshot, history, config.market, book.news)
    if memory is not None and memory.past is not None:
        rows = joined(memory.past, rows)
    return measured, rows, judge(book, rows)


def planned(judgement: Judgement, book: RuleBook, memory: Memory) -> Story:
    """What of the findings is told, and in which order."""
    return plan(
        judgement.findings,
        ranking=Ranking.of(book),
        quiet_known=any(f.rule == QUIET for f in judgement.findings),
        recent=memory.recent,
    )


def known(
    snapshot: Snapshot,
    history: History,
    config: Config,
    book: RuleBook,
    lexicon: Lexicon,
    memory: Memory = Memory(),
) -> Known:
    """All that any text about one market state is held against."""
    measured, rows, judgement = judged(snapshot, history, config, book, memory)
    lead = planned(judgement, book, memory).lead
    return known_of(snapshot, measured, rows, judgement, lexicon, lead, book)


@cache
def windows() -> Mapping[str, str]:
    """Metric -> the text of its window, for the checker."""
    return {name: info.window for name, info in catalog().items() if info.window}


def chosen(config: Config) -> tuple[Network, ...]:
    """The networks of the configuration, with their settings."""
    return tuple(network_of(config, name) for name in config.previewed)


def network_of(config: Config, name: str) -> Network:
    """A network with its settings; `x:thread` is the network x with its form set to thread."""
    name, _, form = name.partition(":")
    settings = config.networks.get(name)
    options = dict(settings.options) if settings else {}
    return named(name, options | ({"form": form} if form else {}))


def _write(desk: Desk, networks: tuple[Network, ...]) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
    long, said = article(desk)
    return (long, *(text_for(desk, network, long) for network in networks)), said


def _checked(draft: Draft, desk: Desk, judgement: Judgement, rows: Panel) -> tuple[Problem, ...]:
    return check(
        draft,
        story=desk.story,
        findings=judgement.findings,
        panel=rows,
        judgement_verdicts=judgement.verdicts.by_key,
        lexicon=desk.templates.lexicon,
        now=int(rows.times[-1]),
        windows=windows(),
        headlines=desk.snapshot.headlines,
        blocked=judgement.blocked_words,
    )


def _enough(measured: Measured, majors: tuple[str, ...]) -> None:
    missing = [
        a for a in majors if not math.isfinite(measured.values[a].get("return_24h", math.nan))
    ]
    if missing:
        names = " and ".join(missing)
        raise NotEnoughData(
            "price",
            f"no venue gives a fresh price and its change for {names} beside the other majors",
            "`commentary doctor` shows what is reachable; the sources above say why each failed",
        )


def _missing(snapshot: Snapshot, *states: str) -> str:
    return listed(sorted({source_name(s.name) for s in snapshot.sources if s.state in states}))
