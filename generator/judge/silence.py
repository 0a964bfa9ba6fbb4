"""Who keeps whom silent: inhibition, gates and vetoes, after every rule has been evaluated.

Silence rests on what fired, never on what is left after silencing, so the order of rules cannot
matter. An unknown inhibitor or gate with unknown_blocks counts as if it had fired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.judge.model import Rule
from generator.judge.rules import RuleBook
from generator.model import MARKET


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A rule and a subject: that it spoke for, or (among the unknown) might have."""

    rule: Rule
    subject: str


@dataclass(frozen=True, slots=True, order=True)
class Dropped:
    """A finding that is kept silent, and the named reason."""

    rule: str
    subject: str
    reason: str


def concerning(subject: str) -> tuple[str, ...]:
    """The subjects that bear on this one: itself, the market, and the assets of a pair."""
    sides = subject.split("/") if "/" in subject else []
    return tuple(dict.fromkeys((subject, MARKET, *sides)))


def silence(spoken: Iterable[Spoken], unknown: Iterable[Spoken]) -> tuple[Dropped, ...]:
    """The findings to drop, each once, with the first reason by rule name."""
    spoken = list(spoken)
    sayers: dict[str, list[tuple[Spoken, bool]]] = {}
    for group, in_doubt in ((spoken, False), (unknown, True)):
        for by in sorted(group, key=lambda s: s.rule.name):
            if by.rule.inhibits or by.rule.blocks:
                sayers.setdefault(by.subject, []).append((by, in_doubt))
    found = []
    for target in spoken:
        bearing = (t for s in concerning(target.subject) for t in sayers.get(s, ()))
        reasons = (_reason(by, target, in_doubt) for by, in_doubt in bearing)
        reason = next((r for r in reasons if r), "")
        if reason:
            found.append(Dropped(target.rule.name, target.subject, reason))
    return tuple(sorted(found))


def _reason(by: Spoken, target: Spoken, in_doubt: bool) -> str:
    if by.rule.name == target.rule.name:
        return ""
    named = {target.rule.name, target.rule.family}
    doubt = ", which is unknown" if in_doubt else ""
    if named & set(by.rule.inhibits):
        return f"inhibited by {by.rule.name}{doubt}"
    if by.rule.role not in {"gate", "veto"} or not named & set(by.rule.blocks):
        return ""
    # A gate that cannot be read blocks what interprets; a labelled number may still be said.
    if in_doubt and by.rule.role == "gate" and not target.rule.interprets:
        return ""
    return f"blocked by the {by.rule.role} {by.rule.name}{doubt}"


def blocked_words(
    book: RuleBook, spoken: Iterable[Spoken], unknown: Iterable[Spoken]
) -> tuple[tuple[str, str, str], ...]:
    """(word, rule, subject) for every entry of `blocks` that is neither a family nor a rule."""
    names = book.families | set(book.rules)
    return tuple(
        sorted(
            (word, s.rule.name, s.subject)
            for s in (*spoken, *unknown)
            for word in s.rule.blocks
            if word not in names
        )
    )
