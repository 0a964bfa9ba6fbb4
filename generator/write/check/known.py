"""What a run knows, laid out once so that any number of texts can be held against it."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from generator.judge import Judgement, RuleBook
from generator.measure import Measured, catalog
from generator.measure.venues import venue_name
from generator.model import MARKET, Finding, Headline, Panel, Snapshot, Source, Watch
from generator.write.check.facts import MARKETS, Fact, is_length, kind_of, quoted, topic_of
from generator.write.check.lexicon import Lexicon, fold
from generator.write.check.windows import defined_hours, named_hours


@dataclass(frozen=True, eq=False)
class Known:
    """A run as a checker reads it: every number, moment, finding, headline and source.

    units and windows: metric -> unit, text of its window. scopes: (metric, subject) -> the venues
    as text. blocked: words that rules forbid now. lead: the finding that the run puts first, None
    where it is quiet or not known. sources: what was asked, with what came of it.
    """

    panel: Panel
    lexicon: Lexicon
    findings: tuple[Finding, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    windows: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    headlines: tuple[Headline, ...] | None = None
    sources: tuple[Source, ...] = ()
    undated: frozenset[str] = frozenset()  # folded names of venues that gave numbers no time
    blocked: tuple[tuple[str, str, str], ...] = ()
    lead: Finding | None = None
    lead_needs: frozenset[str] = frozenset()  # metrics without which the lead's rule says nothing

    @cached_property
    def licensed(self) -> frozenset[tuple[str, str]]:
        """(metric, subject) of everything that a finding may quote or watch."""
        found = {(w.metric, w.subject) for f in self.findings for w in f.watch}
        return frozenset(
            found | {quoted(written, f.subject) for f in self.findings for written in f.evidence}
        )

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Every finite number that is no moment, triggers of watch items among them."""
        found = []
        for metric, column in self.panel.columns.items():
            if self.units.get(metric, "") in ("ms", "band") or not len(column):
                continue
            newest = column[-1]
            for i in np.flatnonzero(np.isfinite(newest)).tolist():
                found.append(self._fact(metric, self.panel.subjects[i], float(newest[i])))
        for f in self.findings:
            for w in f.watch:
                found.append(self._fact(w.metric, w.subject, w.current))
                found.append(self._fact(w.metric, w.subject, w.trigger, w))
        return tuple(found)

    def _fact(self, metric: str, subject: str, value: float, watch: Watch | None = None) -> Fact:
        unit, own = self.units.get(metric, ""), (metric, subject) in self.licensed
        hours, per = self._hours(metric, unit)
        return Fact(
            metric,
            subject,
            value,
            unit,
            kind_of(unit),
            topic_of(metric),
            self._venues(self.scopes.get((metric, subject), "")),
            next((k for k in MARKETS if self.scopes.get((metric, subject), "").endswith(k)), ""),
            hours,
            per,
            own or (metric, MARKET) in self.licensed,
            watch,
        )

    def _venues(self, scope: str) -> frozenset[str]:
        return _named(self.lexicon, scope)

    def _hours(self, metric: str, unit: str) -> tuple[frozenset[float], frozenset[float]]:
        key = (metric, unit)
        found = self._hours_of.get(key)
        if found is None:
            own = named_hours(metric) | defined_hours(self.windows.get(metric, ""))
            found = own, defined_hours(unit)
            self._hours_of[key] = found
        return found

    @cached_property
    def _hours_of(self) -> dict[tuple[str, str], tuple[frozenset[float], frozenset[float]]]:
        return {}

    @cached_property
    def _sorted(self) -> dict[str, tuple[list[float], list[int]]]:
        """Kind -> magnitudes in ascending order, and the facts they are of."""
        rows: dict[str, list[tuple[float, int]]] = {}
        for i, f in enumerate(self.facts):
            rows.setdefault(f.kind, []).append((abs(f.value), i))
        return {
            kind: ([v for v, _ in sorted(of)], [i for _, i in sorted(of)])
            for kind, of in rows.items()
        }

    def near(self, kind: str, least: float, most: float) -> list[Fact]:
        """Facts of a kind (or of none that is known) whose magnitude lies in a range."""
        found = []
        for name in (kind, "") if kind else ("",):
            values, rows = self._sorted.get(name, ([], []))
            a, b = bisect_left(values, least), bisect_right(values, most)
            found += [self.facts[i] for i in sorted(rows[a:b])]
        return found

    @cached_property
    def moments(self) -> Mapping[str, tuple[tuple[str, float], ...]]:
        """Subject -> (metric, ms) of every moment."""
        of: dict[str, list[tuple[str, float]]] = {}
        for metric, unit in self.units.items():
            if unit == "ms" and metric in self.panel.columns:
                for subject in self.panel.subjects:
                    value = self.panel.value(metric, subject)
                    if math.isfinite(value):
                        of.setdefault(subject, []).append((metric, value))
        return {s: tuple(v) for s, v in of.items()}

    @cached_property
    def deadlines(self) -> frozenset[float]:
        return frozenset(float(w.deadline) for f in self.findings for w in f.watch)

    @cached_property
    def venues(self) -> frozenset[str]:
        """Every venue that some number of the run rests on."""
        return frozenset(v for f in self.facts for v in f.venues)

    @cached_property
    def told_metrics(self) -> frozenset[str]:
        """Every metric of which a finding may quote some asset's number."""
        return frozenset(f.metric for f in self.facts if f.licensed)

    @cached_property
    def lengths(self) -> Mapping[str, tuple[Fact, ...]]:
        """Each subject's numbers that are a length of time, whether or not a finding says them."""
        of: dict[str, list[Fact]] = {}
        for f in self.facts:
            if is_length(f):
                of.setdefault(f.subject, []).append(f)
        return {s: tuple(v) for s, v in of.items()}

    @cached_property
    def by_subject(self) -> Mapping[str, tuple[Fact, ...]]:
        """The facts that a finding may quote, of each subject."""
        of: dict[str, list[Fact]] = {}
        for f in self.facts:
            if f.licensed:
                of.setdefault(f.subject, []).append(f)
        return {s: tuple(v) for s, v in of.items()}


def known_of(
    snapshot: Snapshot,
    measured: Measured,
    rows: Panel,
    judgement: Judgement,
    lexicon: Lexicon,
    lead: Finding | None = None,
    book: RuleBook | None = None,
) -> Known:
    """All that a run knows: what it collected, measured and judged, and what it would put first.

    book: of the rules, to tell which of the lead's evidence is its own.
    """
    rule = book.rules.get(lead.rule) if book is not None and lead is not None else None
    info = catalog()
    return Known(
        panel=rows,
        lexicon=lexicon,
        findings=judgement.findings,
        units={name: i.unit for name, i in info.items()},
        windows={name: i.window for name, i in info.items() if i.window},
        scopes={
            (name, subject): inputs.scopes[i.venue]
            for subject, inputs in measured.inputs.items()
            for name, i in info.items()
            if i.venue in inputs.scopes
        },
        headlines=snapshot.headlines,
        sources=snapshot.sources,
        undated=frozenset(
            fold(venue_name(snapshot.instruments[i].venue))
            for i in np.flatnonzero(
                (np.isfinite(snapshot.values) & np.isnan(snapshot.as_of)).any(axis=1)
            ).tolist()
        ),
        blocked=judgement.blocked_words,
        lead=lead,
        lead_needs=frozenset(n.text for n in rule.requires) if rule else frozenset(),
    )


@lru_cache(maxsize=512)
def _venue_names(lexicon_venues: re.Pattern[str], text: str) -> frozenset[str]:
    return frozenset(m[0] for m in lexicon_venues.finditer(text))


def _named(lexicon: Lexicon, text: str) -> frozenset[str]:
    return _venue_names(lexicon.venue, fold(text))
