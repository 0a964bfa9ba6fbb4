"""Planning: which findings lead, which support, which are left out, and why.

Score = strength x weight of the family. A finding may lead when its unweighted tail share is at
most 5% (with n = 365 the weighted floor of the canon let nothing lead twice). Forced leads come
first, the rarest among them; a rule that led lately is decayed unless it is larger this time.
What is told beside the lead is the rarest of each group; context (streaks, ranges, states of long
standing) comes after all of it, and what pulls against a chosen finding is never left out.
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
MOST_EVIDENCE = 5
MOST_PER_GROUP = 2
MOST_CONTEXT = 2
CONTEXT = "context"  # the group of what sets a day beside longer times
# The best finding of each of these has a place of its own: a note that passes over what open
# contracts, funding or the whole list did on a large day tells a part for the whole.
RESERVED = ("open_interest", "funding", "breadth")
MOST_WATCH = 3
UNWEIGHTED = 0.5  # of a family that `weights.yaml` does not name


@dataclass(frozen=True, eq=False)
class Ranking:
    """What the rule files say of one another.

    conflicts and precedes: rule -> rules; always: rules told whatever else; weights: by family;
    groups: rule -> the group it shares the room of, where that is not its family.
    """

    conflicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    precedes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, book: RuleBook) -> Ranking:
        rules = book.rules.values()
        return cls(
            conflicts={r.name: r.conflicts for r in rules if r.conflicts},
            precedes={r.name: r.precedes for r in rules if r.precedes},
            always=frozenset(r.name for r in rules if r.always),
            weights=book.weights,
            groups={r.name: r.group for r in rules if r.group},
        )

    def group(self, finding: Finding) -> str:
        """What it competes with for room: its rule's group, or else its family."""
        return self.groups.get(finding.rule, finding.family)

    def against(self, a: Finding, b: Finding) -> bool:
        """Whether two findings of one subject are declared to pull against each other."""
        clash = self.conflicts
        declared = b.rule in clash.get(a.rule, ()) or a.rule in clash.get(b.rule, ())
        return declared and a.subject == b.subject

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
        open_,
        key=lambda f: (
            not ranking.must(f),
            ranking.group(f) == CONTEXT,
            -ranking.score(f, recent),
            f.tail,
            f.key,
        ),
    )
    lead = _lead(ranked, ranking, recent)
    evidence = _evidence([f for f in ranked if f is not lead], lead, ranking, recent, notes)
    chosen = (*((lead,) if lead else ()), *evidence)
    conflicts = tuple((a.key, b.key) for a, b in iter_pairs(chosen) if ranking.against(a, b))
    return Story(
        lead=lead,
        evidence=evidence,
        levels=levels,
        watch=_watch(chosen, levels),
        left_out=tuple(sorted(notes.left_out.items())),
        quiet=lead is None and quiet_known,
        conflicts=conflicts,
        context=frozenset(f.rule for f in chosen if ranking.group(f) == CONTEXT),
        held=frozenset(_held(lead, evidence, conflicts, ranking)),
    )


def _lead(ranked: list[Finding], ranking: Ranking, recent: Recent) -> Finding | None:
    forced = [f for f in ranked if f.forced_lead and f.may_lead]
    if forced:
        forced = [f for f in forced if not recent.told(f)] or forced
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


def _evidence(
    ranked: list[Finding], lead: Finding | None, ranking: Ranking, recent: Recent, notes: _Plan
) -> tuple[Finding, ...]:
    """What is told beside the lead, in order. Why the rest is not goes into the notes."""
    reasons: dict[str, str] = {}
    chosen: list[Finding] = []
    for finding in ranked:
        if finding.family == "news":
            chosen.append(finding)  # a sentence beside the move, not a competitor for space
        elif reason := _no_room(finding, lead, chosen, ranking, recent):
            reasons[finding.key] = reason
        else:
            chosen.append(finding)
    # To leave out what pulls against a told finding would hide what spoils the story.
    beside = (*chosen, *((lead,) if lead else ()))
    for finding in ranked:
        if finding.key in reasons:
            if any(ranking.against(finding, other) for other in beside):
                chosen.append(finding)
            else:
                notes.drop(finding, reasons[finding.key])
    return tuple(sorted(chosen, key=ranked.index))


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
    if finding.rule in {f.rule for f in (*evidence, *((lead,) if lead else ()))}:
        return ""
    group = ranking.group(finding)
    told = [f for f in evidence if f.family != "news" and not ranking.must(f)]
    rules = {f.rule for f in told}
    mates = {f.rule for f in told if ranking.group(f) == group}
    mates |= {lead.rule} if lead is not None and ranking.group(lead) == group else set()
    most = MOST_CONTEXT if group == CONTEXT else MOST_PER_GROUP
    if len(mates) >= most:
        return f"{most} findings of {group} are told already"
    if finding.family in RESERVED and group != CONTEXT and not mates:
        return ""
    if len(rules) >= MOST_EVIDENCE:
        return f"{MOST_EVIDENCE} findings are told already"
    return ""


def _held(
    lead: Finding | None,
    evidence: tuple[Finding, ...],
    conflicts: tuple[tuple[str, str], ...],
    ranking: Ranking,
) -> Iterator[str]:
    """Rules that stay whatever the length: the lead, what must be told, both sides of a conflict
    (one of them alone would say what the other takes back), news (a sentence about timing), and
    what open contracts did on a day that moved."""
    yield from (f.rule for f in evidence if ranking.must(f) or f.family == "news")
    yield from (key.partition(":")[0] for pair in conflicts for key in pair)
    if lead is None:
        return
    yield lead.rule
    if lead.family == "price":
        contracts = [
            f.rule for f in evidence if f.family == "open_interest" and ranking.group(f) != CONTEXT
        ]
        yield from contracts[:1]


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
