"""Texts with one thing wrong: how much of it the checker sees, and how often it cries wolf.

A sample runs with every test; HYPOTHESIS_PROFILE=evidence runs thousands and writes them, with every
miss, to output/evidence/mutants.md. A mutant counts as caught when a problem is told that its clean
text did not have; an answer of `unverifiable`, and a warning, are counted apart.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from generator.flow import Note
from tests.check.mutants import CLASSES, WORDS, mutants
from tests.check.own import LANGUAGES, SCENARIOS, checked, of_scenario, of_states, texts

EVIDENCE = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
STATES, EACH = (60, 6) if EVIDENCE else (0, 1)
FEWEST = 5_000 if EVIDENCE else 100
CAUGHT, FALSE_ALARMS = 0.95, 0.01
OUTPUT = Path(__file__).resolve().parents[2] / "output" / "evidence" / "mutants.md"


@dataclass
class Tally:
    """What became of the mutants of one language."""

    lang: str
    of: dict[str, Counter[str]] = field(default_factory=dict)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    clean: int = 0
    alarms: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def total(self) -> Counter[str]:
        return sum(self.of.values(), Counter())

    def row(self, kind: str, found: Counter[str]) -> str:
        many = found.total() or 1
        parts = " | ".join(f"{100 * found[k] / many:.1f}" for k in ("error", *SOFT, "missed"))
        return f"| {self.lang} | {kind} | {found.total()} | {parts} |"


SOFT = ("unverifiable", "warning")


def outcome(clean: Counter[tuple[str, str]], made: Note, text: str, form: str, lang: str) -> str:
    new = [p for p in checked(made, text, form, lang) if (p.gate, p.message) not in clean]
    if any(p.severity == "error" for p in new):
        return "error"
    if not new:
        return "missed"
    return "unverifiable" if any(p.gate == "unverifiable" for p in new) else "warning"


def tally(lang: str) -> Tally:
    found, rng = Tally(lang), random.Random(f"mutants {lang}")
    notes = [of_scenario(name, lang) for name in SCENARIOS] + list(of_states(STATES, lang))
    for made in notes:
        for form, text in texts(made):
            problems = checked(made, text, form, lang)
            clean = Counter((p.gate, p.message) for p in problems)
            found.clean += 1
            known = {p.message for of in made.problems for p in of}  # the gates say so themselves
            said = [p.message for p in problems if p.message not in known]
            if said:
                found.alarms.append(f"{made.snapshot.id} ({form}): {said[0]}")
            for mutant in mutants(text, lang, rng, EACH):
                start = time.perf_counter()
                kind = outcome(clean, made, mutant.text, form, lang)
                found.seconds += time.perf_counter() - start
                found.of.setdefault(mutant.kind, Counter())[kind] += 1
                if kind == "missed":
                    found.missed.append((mutant.kind, made.snapshot.id, mutant.shown(text)))
    return found


@pytest.fixture(scope="module")
def tallies() -> list[Tally]:
    return [tally(lang) for lang in LANGUAGES if lang in WORDS]


def test_what_is_wrong_in_one_place_is_seen(
    tallies: list[Tally], capsys: pytest.CaptureFixture[str]
) -> None:
    if EVIDENCE:
        write(tallies)
    for found in tallies:
        total = found.total
        with capsys.disabled():
            print(f"\n{total.total()} mutants in {found.lang}: {dict(total)}")
        assert total["missed"] <= (1 - CAUGHT) * total.total(), found.missed
        assert set(found.of) == set(CLASSES)
    assert sum(found.total.total() for found in tallies) >= FEWEST


def test_what_is_right_is_left_alone(tallies: list[Tally]) -> None:
    for found in tallies:
        assert len(found.alarms) <= FALSE_ALARMS * found.clean, found.alarms


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_that_writes_has_its_mutants(lang: str) -> None:
    assert lang in WORDS


def write(tallies: list[Tally]) -> None:
    """The figures by language and class, then every miss."""
    lines = ["# Mutants", "", "Texts with one thing wrong; per cent of each class.", ""]
    lines += ["| language | class | mutants | error | unverifiable | warning | missed |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
    for found in tallies:
        lines += [found.row(kind, found.of[kind]) for kind in CLASSES if kind in found.of]
        lines += [found.row("all", found.total)]
    for found in tallies:
        mean = found.seconds / max(1, found.total.total()) * 1e3
        lines += [
            "",
            f"{found.lang}: {len(found.alarms)} of {found.clean} clean texts with a problem",
        ]
        lines += [f"({mean:.1f} ms a text).", *(f"- {a}" for a in found.alarms)]
        lines += ["", f"## Missed in {found.lang}", ""]
        lines += [f"- {kind} ({where}): {what}" for kind, where, what in found.missed]
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
