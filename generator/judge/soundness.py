"""The checks of a whole book: what is missing, what can never be, who contradicts whom.

Names, types and kinds are checked at load already. Here: tests that a rule owes, units, conditions
that can never hold, relations that go round in circles, and pairs declared never to meet that can.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from generator.judge.model import Rule
from generator.judge.nodes import Node
from generator.judge.pairs import Prover, bearing
from generator.judge.rules import RuleBook
from generator.judge.units import unit_errors


@dataclass(frozen=True, slots=True, order=True)
class RuleProblem:
    """Something unsound in a book: the rule, its place, and one line what."""

    rule: str
    place: str
    message: str


def check_rules(book: RuleBook, guests: Collection[str] = ()) -> tuple[RuleProblem, ...]:
    """Everything unsound in a book, sorted; names that do not resolve fail at load already.

    guests: rules of a pack. Only they are looked at then, and a conflict that a guest declares
    with a shipped rule holds without the shipped rule's knowing of it.
    """
    prover = Prover(book)
    rules = [r for r in book.rules.values() if not guests or r.name in guests]
    found = [p for rule in rules for p in _check(book, rule, prover, guests)]
    return tuple(sorted({*found, *_circles(book)}))


def _check(
    book: RuleBook, rule: Rule, prover: Prover, guests: Collection[str]
) -> Iterator[RuleProblem]:
    def problem(message: str) -> RuleProblem:
        return RuleProblem(rule.name, rule.place, message)

    yield from map(problem, _owed(rule))
    yield from (RuleProblem(rule.name, place, what) for place, what in unit_errors(rule, book))
    yield from map(problem, _unreachable(rule, prover))
    yield from map(problem, _conflicts(book, rule, guests))
    yield from map(problem, _relations(book, rule))
    yield from map(problem, _meetings(book, rule, prover))


# ---------------------------------------------------------------- what a rule owes


def _owed(rule: Rule) -> Iterator[str]:
    silent = [t for t in rule.tests if not t.speaks]
    if not any(t.speaks for t in rule.tests):
        yield "no test in which it speaks"
    if not silent:
        yield "no test in which it is silent"
    if not any(t.expect == "unknown" for t in rule.tests):
        yield "no test in which a datum is missing (expect: unknown)"
    negative = sum(t.expect in {"off", "pending"} for t in rule.tests)
    if negative < len(rule.misreadings):
        yield f"{len(rule.misreadings)} misreadings, {negative} silent tests: each is owed one"
    if rule.role in {"finding", "level"} and not rule.evidence:
        yield "no evidence: no sentence could quote a number"
    if rule.role == "finding" and rule.tail is None and rule.frequency is None:
        yield "no score: give a tail or a frequency"
    # A gate may speak to the planner alone, as the quiet day does; a level claims no threshold.
    if rule.role == "veto" and not rule.blocks:
        yield "a veto that blocks nothing"
    if rule.role != "level" and not rule.sources:
        yield "no sources"


# ---------------------------------------------------------------- what can never be


def _unreachable(rule: Rule, prover: Prover) -> Iterator[str]:
    """Only what is proven; a condition that cannot be decided is passed over in silence."""
    if prover.never(rule, (rule.when, True)):
        yield "`when` can never hold"
        return
    if rule.clear_when is not None:
        clear = rule.clear_when
        if prover.never(rule, (clear, True)):
            yield "`clear_when` can never hold: once on, it would stay on for ever"
        elif prover.never(rule, (rule.when, True), (clear, False)):
            yield "`clear_when` holds whenever `when` does: it is on the wrong side"
    told = (("may_lead", rule.may_lead), ("always", rule.always))
    for key, inner in (*told, ("forced", rule.forced)):
        if isinstance(inner, Node) and prover.never(rule, (rule.when, True), (inner, True)):
            yield f"`{key}` can never hold while the rule speaks"


# ---------------------------------------------------------------- what rules say of each other


def _conflicts(book: RuleBook, rule: Rule, guests: Collection[str]) -> Iterator[str]:
    known = set(book.rules)
    for other in rule.conflicts:
        if other not in known:
            yield f"conflicts with {other!r}, which is no rule"
        elif rule.name not in book.rules[other].conflicts and (not guests or other in guests):
            yield f"conflicts with {other}, which does not declare it"
        elif other in rule.inhibits:
            yield f"both conflicts with and inhibits {other}: they can never stand together"
        elif book.rules[other].scope != rule.scope:
            yield f"conflicts with {other}, which judges other subjects: no `but` could join them"


def _relations(book: RuleBook, rule: Rule) -> Iterator[str]:
    known = set(book.rules)
    if rule.name in book.families:
        yield "its name is that of a family: relations could not tell them apart"
    for other in rule.inhibits:
        if other not in known | book.families:
            yield f"inhibits {other!r}, which is no rule and no family"
    for key in ("precedes", "excludes"):
        for other in getattr(rule, key):
            if other not in known:
                yield f"{key} {other!r}, which is no rule"
    for other in rule.precedes:
        if other in known and rule.name in book.rules[other].precedes:
            yield f"precedes {other}, which precedes it"
        if other in known and book.rules[other].scope != rule.scope:
            yield f"precedes {other}, which judges other subjects"
        if other in known and rule.name in book.rules[other].inhibits:
            yield f"precedes {other}, which inhibits it"
    if rule.opposite and rule.opposite not in known:
        yield f"its opposite {rule.opposite!r} is no rule"
    for word in rule.blocks:
        if "_" in word and word not in known | book.families:
            yield f"blocks {word!r}, which is no rule, no family and no word"


def _meetings(book: RuleBook, rule: Rule, prover: Prover) -> Iterator[str]:
    """Pairs that may never be told together, and that nothing keeps apart."""
    declared = dict.fromkeys(rule.excludes, "excludes")
    if rule.opposite:
        declared.setdefault(rule.opposite, "is the opposite of")
    for name, how in sorted(declared.items()):
        other = book.rules.get(name)
        if other is None or name == rule.name:
            continue
        if not bearing(rule, other):
            yield f"{how} {name}, with which it shares no subject"
            continue
        found = prover.pair(rule, other)
        # What one silences, or what is joined by "but", is resolved; exclusion is a claim.
        if how != "excludes" and found.resolution:
            continue
        if found.verdict == "together":
            yield f"{how} {name}, yet both hold where {found.shown} (subject {found.subject})"
        elif found.verdict == "undecided" and how == "excludes":
            yield f"{how} {name}, which cannot be proven: say `inhibits` to be sure of it"


def _circles(book: RuleBook) -> Iterator[RuleProblem]:
    """Rules that silence or precede each other in a circle would all fall silent together."""
    rules = book.rules.values()

    def inhibited(rule: Rule) -> Iterable[str]:
        wanted = set(rule.inhibits)
        return (o.name for o in rules if o is not rule and {o.name, o.family} & wanted)

    def either(rule: Rule) -> Iterable[str]:
        return {*inhibited(rule), *(n for n in rule.precedes if n in book.rules)}

    circle = _circle(book, inhibited)
    if circle:
        yield _round(book, circle, "rules inhibit each other")
        return
    circle = _circle(book, lambda r: (n for n in r.precedes if n in book.rules))
    if circle:
        yield _round(book, circle, "rules precede each other")
    elif circle := _circle(book, either):
        yield _round(book, circle, "rules precede and inhibit each other")


def _circle(book: RuleBook, after: Callable[[Rule], Iterable[str]]) -> list[str]:
    try:
        TopologicalSorter({r.name: set(after(r)) for r in book.rules.values()}).prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        return names
    return []


def _round(book: RuleBook, circle: list[str], what: str) -> RuleProblem:
    first = book.rules[min(circle)]
    return RuleProblem(first.name, first.place, f"{what}: {' -> '.join(circle)}")
