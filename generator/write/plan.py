"""Planning: which findings lead, which support, which are left out, and why.

As a desk editor would read it:

1. The lead. Score = strength x weight of the family. A finding may lead when its unweighted tail
   share is at most 5% (with n = 365 the weighted floor of the canon let nothing lead twice).
   Forced leads come first, the rarest among them; a rule that led lately is decayed unless it is
   larger this time.
2. Beside it, the rarest of each group, a few of them. What is of a day in a hundred, and what must
   be told, takes nobody's place; context (streaks, ranges, states of long standing) comes last.
3. What says it better stands for the plainer finding of the same subject, but only where it is
   itself told: nothing is left out in favour of something untold.
4. What pulls against a told finding is told as well.
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
STRIKING = 2.0  # strength of a day in a hundred
MOST_EVIDENCE = 5
MOST_PER_GROUP = 2
MOST_CONTEXT = 2
CONTEXT = "context"  # the group of what sets a day beside longer times
# The best finding of each of these has a place of its own: a note that passes over what open
# contracts, funding, the pair or the whole list did on a large day tells a part for the whole.
RESERVED = ("open_interest", "funding", "relative", "breadth")
MOST_WATCH = 3
# What prices did after they had gone one way: told after that, or a reader gets half of a day.
RETURNS = ("round_trip", "rebound", "pullback")
UNWEIGHTED = 0.5  # of a family that `weights.yaml` does not name


@dataclass(frozen=True, eq=False)
class Ranking:
    """What the rule files say of one another.

    conflicts and precedes: rule -> rules; weights: by family; groups: rule -> the group it shares
    the room of, where that is not its family.
    """

    conflicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    precedes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, book: RuleBook) -> Ranking:
        rules = book.rules.values()
        return cls(
            conflicts={r.name: r.conflicts for r in rules if r.conflicts},
            precedes={r.name: r.precedes for r in rules if r.precedes},
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

    def better(self, a: Finding, b: Finding) -> bool:
        """Whether a says what b says, and more."""
        return a.subject == b.subject and b.rule in self.precedes.get(a.rule, ())

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


def plan(
    findings: Iterable[Finding],
    *,
    ranking: Ranking,
    quiet_known: bool,
    recent: Recent = Recent(),
) -> Story:
    """Choose and order. quiet_known: enough is known to call a day without a lead quiet."""
    everything = sorted(findings, key=lambda f: f.key)
    levels = tuple(f for f in everything if f.role == "level")
    ranked = _ranked([f for f in everything if f.role == "finding"], ranking, recent)
    lead = _lead(ranked, ranking, recent)
    evidence, left_out = _evidence([f for f in ranked if f is not lead], lead, ranking, recent)
    chosen = (*((lead,) if lead else ()), *evidence)
    conflicts = tuple((a.key, b.key) for a, b in iter_pairs(chosen) if ranking.against(a, b))
    return Story(
        lead=lead,
        evidence=evidence,
        levels=levels,
        watch=_watch(chosen, levels),
        left_out=tuple(sorted(left_out.items())),
        quiet=lead is None and quiet_known,
        conflicts=conflicts,
        context=frozenset(f.rule for f in chosen if ranking.group(f) == CONTEXT),
        held=frozenset(_held(lead, evidence, conflicts, ranking)),
    )


def must(finding: Finding) -> bool:
    """What is told whatever else there is; it takes no other finding's place."""
    return finding.always or finding.forced_lead


def clear(finding: Finding) -> bool:
    """Whether a finding is rare enough to lead, were its rule allowed to."""
    return finding.tail <= LEAD_TAIL


def striking(finding: Finding) -> bool:
    """Whether a finding is one of a day in a hundred."""
    return finding.strength >= STRIKING


def _ranked(findings: list[Finding], ranking: Ranking, recent: Recent) -> list[Finding]:
    """In the order in which they are considered: what says it better just before the plainer."""
    by_weight = sorted(
        findings,
        key=lambda f: (
            not must(f),
            ranking.group(f) == CONTEXT,
            -ranking.score(f, recent),
            f.tail,
            f.key,
        ),
    )
    out: list[Finding] = []

    def put(finding: Finding, above: tuple[Finding, ...] = ()) -> None:
        for other in by_weight:
            if ranking.better(other, finding) and other not in above:
                put(other, (*above, finding))
        if finding not in out:
            out.append(finding)

    for finding in by_weight:
        put(finding)
    return out


def _lead(ranked: list[Finding], ranking: Ranking, recent: Recent) -> Finding | None:
    """What opens the note. Of two that may, the one that says the other better does."""
    may = [f for f in ranked if f.may_lead]
    forced = [f for f in may if f.forced_lead]
    # A day that must be told is no quiet day, however often the last year had such days.
    near = [f for f in may if f.family != "relative" and ranking.group(f) != CONTEXT]
    days = [] if forced else [f for f in near if f.always and f.family == "price"]
    able = forced or [f for f in may if clear(f)] or [f for f in may if f.always]
    if days:
        # Of such a day the news is the day: neither a ratio of two assets, nor what weeks did, nor
        # the way back of one asset beside the move of another.
        moves = [f for f in days if f.rule not in RETURNS]
        able = [f for f in near if f in days or clear(f)]
        able = [f for f in able if not moves or f.rule not in RETURNS]
    # What led the last note and only goes on is no news twice: it leads again when it is larger,
    # or when nothing new may.
    able = [f for f in able if not recent.told(f)] or able
    able = [f for f in able if not _plainer(f, able, ranking)]

    def place(finding: Finding) -> tuple[bool, float, float, str]:
        # Beside such a day only what is of a day in a hundred opens, if it is not of prices too: a
        # fall of eight percent is the news even where a short record gives it no rank.
        waits = finding.family != "price" and not (must(finding) or striking(finding))
        score = -ranking.score(finding, recent)
        first, then = (finding.tail, score) if forced else (score, finding.tail)
        return bool(days) and waits, first, then, finding.key

    return min(able, key=place, default=None)


def _plainer(finding: Finding, able: list[Finding], ranking: Ranking) -> bool:
    """Whether another that may lead says it better; what is clear yields only to what is clear."""
    others = (o for o in able if clear(o) or not clear(finding))
    return any(ranking.better(other, finding) for other in others)


def _evidence(
    ranked: list[Finding], lead: Finding | None, ranking: Ranking, recent: Recent
) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """What is told beside the lead, in order; and by key why the rest is not."""
    told = [lead] if lead is not None else []
    reasons: dict[str, str] = {}
    for finding in ranked:
        reason = _said(finding, told, lead, ranking)
        if reason := reason or _no_room(finding, told, lead, ranking, recent):
            reasons[finding.key] = reason
        else:
            told.append(finding)
    # To leave out what pulls against a told finding would hide what spoils the story.
    for finding in ranked:
        if finding.key not in reasons or _said(finding, told, lead, ranking):
            continue
        if any(ranking.against(finding, other) for other in told):
            told.append(finding)
            del reasons[finding.key]
    # A round trip holds both ways in one sentence; what followed a move comes after all moves.
    after = RETURNS[1:]
    return tuple(sorted((f for f in ranked if f in told), key=lambda f: f.rule in after)), reasons


def _said(finding: Finding, told: list[Finding], lead: Finding | None, ranking: Ranking) -> str:
    """Why a finding would only repeat what is told; empty when it would not."""
    for other in told:
        if ranking.better(other, finding):
            return f"{other.rule} says it better"
    # The lead stands, even where something plainer than itself would have said it.
    if lead is not None and ranking.better(finding, lead) and not must(finding):
        return f"{lead.rule} leads, and says it"
    if ranking.group(finding) == CONTEXT:
        # One "but" is enough: a streak or a week against a move that has its other side beside it.
        for move in (t for t in told if ranking.against(finding, t)):
            if sides := [t.rule for t in told if ranking.against(move, t)]:
                return f"{sides[0]} stands against {move.rule} already"
    return ""


def _no_room(
    finding: Finding,
    told: list[Finding],
    lead: Finding | None,
    ranking: Ranking,
    recent: Recent,
) -> str:
    """Why there is no room for a finding; empty when there is. One rule for two assets is one."""
    if must(finding) or finding.family == "news":
        return ""  # news: a sentence beside the move, not a competitor for space
    if (score := ranking.score(finding, recent)) < MENTION:
        return f"significance {score:.2f} is under the floor for a mention"
    if finding.rule in {f.rule for f in told}:
        return ""
    group = ranking.group(finding)
    if striking(finding) and group != CONTEXT:
        return ""
    rules = {f.rule: f for f in told if f is lead or not (must(f) or f.family == "news")}
    mates = [f for f in rules.values() if ranking.group(f) == group]
    most = MOST_CONTEXT if group == CONTEXT else MOST_PER_GROUP
    if len(mates) >= most:
        return f"{most} findings of {group} are told already"
    if group in RESERVED and not mates:
        return ""
    if len(rules) - (lead is not None) >= MOST_EVIDENCE:
        return f"{MOST_EVIDENCE} findings are told already"
    return ""


def _held(
    lead: Finding | None,
    evidence: tuple[Finding, ...],
    conflicts: tuple[tuple[str, str], ...],
    ranking: Ranking,
) -> Iterator[str]:
    """Rules that stay whatever the length: the lead, what must be told, both sides of a conflict
    (one of them alone would say what the other takes back), an event that came before a move, and
    what open contracts did on a day that moved."""
    yield from (f.rule for f in evidence if must(f) or (f.family == "news" and clear(f)))
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
