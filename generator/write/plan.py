"""Planning: which findings lead, which support, which are left out, and why.

Score = strength x weight of the family. A finding may lead when its unweighted tail share is at
most 5% (with n = 365 the weighted floor of the canon let nothing lead twice). Forced leads come
first, the rarest among them; a rule that led lately is decayed unless it is larger this time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.model import MARKET, Finding, Story, Watch, iter_pairs

if TYPE_CHECKING:
    from generator.judge import RuleBook

LEAD_TAIL = 0.05
MENTION = 0.7
DECAY = 0.85
MOST_EVIDENCE = 4
MOST_PER_FAMILY = 2
MOST_WATCH = 3
UNWEIGHTED = 0.5  # of a family that `weights.yaml` does not name


@dataclass(frozen=True, eq=False)
class Ranking:
    """What the rule files say of one another.

    conflicts and precedes: rule -> rules; always: rules told whatever else; weights: by family.
    """

    conflicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    precedes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, book: RuleBook) -> Ranking:
        rules = book.rules.values()
        return cls(
            conflicts={r.name: r.conflicts for r in rules if r.conflicts},
            precedes={r.name: r.precedes for r in rules if r.precedes},
            always=frozenset(r.name for r in rules if r.always),
            weights=book.weights,
        )

    def must(self, finding: Finding) -> bool:
        """What is told whatever else there is; it takes no other finding's place."""
        return finding.rule in self.always or finding.forced_lead

    def score(self, finding: Finding, recent: Recent) -> float:
        """Weighted significance, decayed by 0.85 for each recent lead of the same rule."""
        value = finding.strength * self.weights.get(finding.family, UNWEIGHTED)
        before = [s for rule, s in recent.leads[:3] if rule == finding.rule]
        if before and finding.strength <= before[0]:
            value *= DECAY ** len(before)
        return float(value)


@dataclass(frozen=True)
class Recent:
    """What led the last notes: (rule, strength), newest first."""

    leads: tuple[tuple[str, float], ...] = ()

    def told(self, finding: Finding) -> bool:
        """Whether a finding led the last note, goes on, and is no larger than it was then."""
        last = self.leads[0] if self.leads else ("", 0.0)
        same = finding.rule == last[0] and finding.strength <= last[1]
        return same and finding.state == "persisting"


@dataclass
class _Plan:
    left_out: dict[str, str] = field(default_factory=dict)

    def drop(self, finding: Finding, reason: str) -> None:
        self.left_out.setdefault(finding.key, reason)


def plan(
    findings: Iterable[Finding],
    *,
    ranking: Ranking,
    quiet_known: bool,
    recent: Recent = Recent(),
) -> Story:
    """Choose and order. quiet_known: enough is known to call a day without a lead quiet."""
    notes = _Plan()
    everything = sorted(findings, key=lambda f: f.key)
    levels = tuple(f for f in everything if f.role == "level")
    open_ = [f for f in everything if f.role == "finding"]
    for better, worse in _preceded(open_, ranking):
        notes.drop(worse, f"{better.rule} says it better")
    open_ = [f for f in open_ if f.key not in notes.left_out]
    ranked = sorted(
        open_, key=lambda f: (not ranking.must(f), -ranking.score(f, recent), f.tail, f.key)
    )
    lead = _lead(ranked, ranking, recent)
    evidence: list[Finding] = []
    for finding in ranked:
        if lead is not None and finding.key == lead.key:
            continue
        if finding.family == "news":
            evidence.append(finding)  # a sentence beside the move, not a competitor for space
        elif reason := _no_room(finding, lead, evidence, ranking, recent):
            notes.drop(finding, reason)
        else:
            evidence.append(finding)
    clash = ranking.conflicts
    chosen = (*((lead,) if lead else ()), *evidence)
    return Story(
        lead=lead,
        evidence=tuple(evidence),
        levels=levels,
        watch=_watch(chosen, levels),
        left_out=tuple(sorted(notes.left_out.items())),
        quiet=lead is None and quiet_known,
        conflicts=tuple(
            (a.key, b.key)
            for a, b in iter_pairs(chosen)
            if a.subject == b.subject
            and (b.rule in clash.get(a.rule, ()) or a.rule in clash.get(b.rule, ()))
        ),
    )


def _lead(ranked: list[Finding], ranking: Ranking, recent: Recent) -> Finding | None:
    forced = [f for f in ranked if f.forced_lead and f.may_lead]
    if forced:
        return min(forced, key=lambda f: (f.tail, -ranking.score(f, recent), f.key))
    able = [f for f in ranked if f.may_lead and f.tail <= LEAD_TAIL]
    # What led the last note and only goes on is no news twice: it leads again when it is larger,
    # or when nothing new may.
    able = [f for f in able if not recent.told(f)] or able
    return min(able, key=lambda f: (-ranking.score(f, recent), f.tail, f.key)) if able else None


def _preceded(findings: list[Finding], ranking: Ranking) -> Iterator[tuple[Finding, Finding]]:
    """Pairs (better, worse) of findings of one subject."""
    for better in findings:
        worse_rules = ranking.precedes.get(better.rule, ())
        for worse in findings:
            if worse.subject == better.subject and worse.rule in worse_rules:
                yield better, worse


def _no_room(
    finding: Finding,
    lead: Finding | None,
    evidence: list[Finding],
    ranking: Ranking,
    recent: Recent,
) -> str:
    """Why a finding is not told; empty when it is. The same rule for two assets counts once."""
    if ranking.must(finding):
        return ""
    if (score := ranking.score(finding, recent)) < MENTION:
        return f"significance {score:.2f} is under the floor for a mention"
    told = [f for f in evidence if f.family != "news" and not ranking.must(f)]
    rules = {f.rule for f in told}
    family = {f.rule for f in told if f.family == finding.family}
    family |= {lead.rule} if lead is not None and lead.family == finding.family else set()
    if finding.rule in rules:
        return ""
    if len(family | {finding.rule}) > MOST_PER_FAMILY:
        return f"{MOST_PER_FAMILY} findings of {finding.family} are told already"
    if len(rules) >= MOST_EVIDENCE:
        return f"{MOST_EVIDENCE} findings are told already"
    return ""


def _watch(chosen: tuple[Finding, ...], levels: tuple[Finding, ...]) -> tuple[Watch, ...]:
    """Two or three items from the leading findings, confirming and refuting, each kind once."""
    items: list[Watch] = []
    seen: set[str] = set()
    pool = [f for f in chosen if f.watch] + [f for f in levels if f.watch and f.strength > 0]
    # With nothing else to watch, the ends of the day's range are what any reader can check.
    pool = pool or [f for f in levels if f.watch]
    ordered = [w for f in pool for w in sorted(f.watch, key=lambda w: (w.metric, w.trigger))]
    for wanted in (("confirm",), ("refute",), ("confirm", "refute")):
        for watch in ordered:
            if watch.effect in wanted and watch.phrase not in seen:
                seen.add(watch.phrase)
                items.append(watch)
                break
    return tuple(items[:MOST_WATCH])


def subject_order(subject: str, majors: tuple[str, ...]) -> tuple[int, str]:
    """Majors in configured order, then pairs, the market, and the rest by name."""
    if subject in majors:
        return majors.index(subject), subject
    return (len(majors) + (0 if "/" in subject else 1 if subject == MARKET else 2), subject)
