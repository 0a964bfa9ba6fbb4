"""Gate 4: every sentence has a finding that fired, and every claim the rule it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from generator.model import MARKET, Finding, NumberTrace, Problem
from generator.write.check.lexicon import Need, fold
from generator.write.check.reading import TAG_OR_LINK, Reading, Sentence, problem

GATE = "licence"
FIRED = ("on", "held")


def check_licence(reading: Reading) -> Iterator[Problem]:
    """Cover, keys, verdicts, evidence, words that need a rule, and conflicts."""
    yield from _check_cover(reading)
    for sentence in reading.body:
        if not sentence.keys:
            yield problem(GATE, "a sentence without a finding", sentence)
        for key in sentence.keys:
            yield from _check_key(reading, sentence, key)
        yield from _check_evidence(reading, sentence)
        yield from check_needs(reading, sentence)
        yield from check_blocked(reading, sentence)
    yield from _check_conflicts(reading)


def _check_cover(reading: Reading) -> Iterator[Problem]:
    """Text that lies in no sentence trace has no licence at all."""
    for index, text in enumerate(reading.draft.segments):
        position = 0
        spans = sorted((t.start, t.end) for t in reading.draft.sentences if t.segment == index)
        for start, end in [*spans, (len(text), len(text))]:
            gap = text[position : max(start, position)]
            if any(c.isalnum() for c in TAG_OR_LINK.sub("", gap)):
                message = f"no sentence trace covers {gap.strip()[:60]!r}"
                yield Problem(GATE, "error", message, index, position, start)
            position = max(position, end)


def _check_key(reading: Reading, sentence: Sentence, key: str) -> Iterator[Problem]:
    if key not in reading.findings:
        yield problem(GATE, f"the finding {key!r} did not fire", sentence)
    elif reading.verdicts is not None:
        verdict = reading.verdicts.get(key, "unknown")
        if verdict not in FIRED:
            yield problem(GATE, f"the finding {key!r} is {verdict}", sentence)


def _check_evidence(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    """A sentence quotes only what its findings name as evidence, or as something to watch."""
    fired = reading.fired(sentence)
    if not fired:
        return
    allowed = {m for f in fired for m in f.evidence}
    allowed |= {w.metric for f in fired for w in f.watch}
    for n in sentence.numbers:
        if n.unit not in ("ms", "text") and n.metric.rpartition(":")[2] not in allowed:
            message = f"{n.text!r}: {n.metric} is no evidence of {', '.join(sentence.keys)}"
            yield problem(GATE, message, sentence, (n.start, n.end))


def licensed(need: Need, fired: tuple[Finding, ...]) -> bool:
    """Whether one of the findings is of a rule, or a family, that the words need."""
    return any(
        f.family in need.families or any(fnmatchcase(f.rule, rule) for rule in need.rules)
        for f in fired
    )


def check_needs(
    reading: Reading, sentence: Sentence, fired: tuple[Finding, ...] | None = None
) -> Iterator[Problem]:
    """Words that need a rule; causal ones are reported by their own gate."""
    for i, m in reading.lexicon.needed.finditer(sentence.low, reading.met(sentence)):
        need = reading.lexicon.needs[i]
        at = sentence.at(m)
        known = reading.fired(sentence) if fired is None else fired
        if reading.is_name(sentence.segment, at[0]) or sentence.in_quotes(at[0]):
            continue
        if need.of_topic:
            known = _of_topic(reading, sentence.text(sentence.clause(at[0])), known)
        if need.of_asset:
            known = _of_asset(reading, sentence, known)
        if need.numbered and not any(_is_figure(n) for n in sentence.numbers):
            known = tuple(f for f in known if f.role == "finding")  # a level says its number
        if not licensed(need, known):
            rules = " or ".join(need.rules) or "no rule"
            yield problem(need.gate, f"{m[0]!r} needs the rule {rules}", sentence, at)


def _is_figure(trace: NumberTrace) -> bool:
    """Whether a number is more than a moment or a length of time."""
    lengths = ("ms", "text", "h", "days", "min")
    return trace.unit not in lengths and not trace.metric.startswith("window:")


def _of_asset(
    reading: Reading, sentence: Sentence, fired: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Of a sentence that names no asset, the findings of the one named last, and the market's."""
    segment, whole = sentence.segment, (sentence.start, sentence.end)
    last = reading.subjects_in(segment, (0, sentence.start))[-1:]
    if not last or reading.subjects_in(segment, whole):
        return fired
    return tuple(f for f in fired if {*last, MARKET} & {f.subject, *f.subject.split("/")})


def _of_topic(reading: Reading, clause: str, fired: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings about what a clause speaks of: a record of funding is none of prices."""
    from generator.write.check.facts import topic_of

    topics = {name for name, p in reading.lexicon.topics.items() if p.search(clause)}
    if not topics:
        return fired
    return tuple(f for f in fired if topics & {topic_of(m) for m in f.evidence})


def check_blocked(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    """Words that a rule which holds now forbids of its subject, and of nobody in particular."""
    for word, rule, subject in reading.blocked:
        named = reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
        if named and subject != MARKET and subject not in named:
            continue
        for m in re.finditer(rf"(?<!\w){re.escape(fold(word))}(?!\w)", sentence.low):
            at = sentence.at(m)
            if not reading.is_name(sentence.segment, at[0]) and not sentence.in_quotes(at[0]):
                yield problem(GATE, f"{m[0]!r} is ruled out by {rule}", sentence, at)


def _check_conflicts(reading: Reading) -> Iterator[Problem]:
    """Both halves of a declared conflict are printed, and joined by `but`."""
    if reading.story is None:
        return
    printed = {k for s in reading.body for k in s.keys}
    for left, right in reading.story.conflicts:
        if left not in printed and right not in printed:
            continue
        missing = [k for k in (left, right) if k not in printed]
        if missing:
            message = f"{left} and {right} contradict each other; {missing[0]} is not printed"
            yield Problem(GATE, "error", message)
        elif not _joined(reading, left, right):
            message = f"{left} and {right} contradict each other; join them by 'but'"
            yield Problem(GATE, "error", message)


def _joined(reading: Reading, left: str, right: str) -> bool:
    """Whether a sentence that opens with a joining word follows the other side, or others that
    open with one do: what was told may have more than one other side."""
    before: set[str] = set()
    for sentence in reading.body:
        here = set(sentence.keys) & {left, right}
        match = reading.lexicon.joiners.search(sentence.low)
        opens = match is not None and match.start() < 5
        if match and (len(here) == 2 or (here and before - here and opens)):
            return True
        before = here | (before if opens else set())
    return False
