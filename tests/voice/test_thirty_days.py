"""Thirty real mornings in a row, read like a newspaper archive, with their figures.

Marker `evidence`; `make evidence` runs them against the reference tape (about five minutes) and
keeps notes and figures in output/evidence/thirty_days.md. COMMENTARY_MORNINGS names a folder in
which the mornings were collected before.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

import pytest

from generator.flow import Note
from generator.folders import shipped_templates
from generator.write.templates import Folders
from tests.conftest import ROOT
from tests.tape import harness
from tests.voice.mornings import DAYS, FIRST, body, collected, written
from tests.voice.repetition import Repetition, readability, repetition

pytestmark = pytest.mark.evidence

OUT = ROOT / "output" / "evidence" / "thirty_days.md"
# Mean and greatest containment. Chinese is measured by characters, four of which are two words or
# fewer: names that have no other form weigh more there.
MOST = {"en": (0.06, 0.20), "es": (0.06, 0.20), "zh": (0.12, 0.23)}
AIM = "0.05 and 0.20"
LONGEST = 35  # words of a sentence
FIGURES = 17  # per hundred words: decision 0060
# Of real desks' notes: words per sentence, figures per 100 words, grade (least, median, most).
DESKS = "12-22 (17.7)", "0-12 (5.5)", "7.7-13.7 (10.9)"


@pytest.fixture(scope="session")
def folder(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if known := os.environ.get("COMMENTARY_MORNINGS"):
        return Path(known)
    script = reference / "tape" / "tape.py"
    if not script.is_file():
        pytest.skip("the reference material has no tape")
    desk = tmp_path_factory.mktemp("mornings") / "desk"
    with harness.started(script, f"{FIRST:%Y-%m-%dT%H:%MZ}") as tape:
        wrong = collected(desk, tape)
    assert not wrong, wrong
    return desk


@dataclass(frozen=True)
class Series:
    """All notes of one language, their bodies, and how much they repeat themselves."""

    notes: tuple[Note, ...]
    bodies: tuple[str, ...]
    repeated: Repetition


@pytest.fixture(scope="session")
def series(folder: Path) -> Callable[[str], Series]:
    @cache
    def of(lang: str) -> Series:
        notes = tuple(written(folder, lang))
        bodies = tuple(body(n.drafts[0]) for n in notes)
        return Series(notes, bodies, repetition(bodies))

    return of


LANGUAGES = Folders((shipped_templates(),)).languages()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_thirty_mornings_pass_every_gate(lang: str, series: Callable[[str], Series]) -> None:
    notes = series(lang).notes
    assert len(notes) == DAYS
    assert [p for n in notes for p in n.problems[0] if p.severity == "error"] == []


@pytest.mark.parametrize("lang", sorted(MOST))
def test_no_morning_reads_like_one_of_the_fourteen_before(
    lang: str, series: Callable[[str], Series]
) -> None:
    found = series(lang).repeated
    assert found.openings == ()
    assert found.mean <= MOST[lang][0]
    assert found.most <= MOST[lang][1]


def test_sentences_are_as_long_as_those_of_real_desks(series: Callable[[str], Series]) -> None:
    read = [readability(b) for b in series("en").bodies]
    assert 12 <= fmean(r.per_sentence for r in read) <= 20
    assert fmean(r.figures for r in read) <= FIGURES
    assert max(r.longest for r in read) <= LONGEST
    assert all(4 <= r.grade <= 13 for r in read)


def test_all_thirty_are_written_down_to_be_read(
    series: Callable[[str], Series], reference: Path
) -> None:
    lines = ["# Thirty mornings in a row", "", _intro(), "", *_figures(series, reference), ""]
    for note, text in zip(series("en").notes, series("en").bodies, strict=True):
        lead = note.story.lead
        read = readability(text)
        lines += [
            f"## {_day(note)}",
            "",
            f"Lead: {lead.key if lead else 'none'}; {read.words} words, "
            f"{read.per_sentence:.1f} a sentence, the longest {read.longest}.",
            "",
            *text.replace("\n", "\n\n").splitlines(),
            "",
        ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    assert OUT.read_text(encoding="utf-8").count("\n## ") == DAYS + 1


def _day(note: Note) -> str:
    from generator.gather import slot

    return slot(note.snapshot.now).partition("/")[0]


def _intro() -> str:
    return (
        f"From {FIRST:%d %B %Y}, 08:00 UTC each day, collected by `commentary preview` from the "
        "reference tape, each note with the memory of the 14 before it. Coverage, disclaimer and "
        "tags, the same every day on purpose, are left out here and in the figures. To repeat: "
        "`COMMENTARY_REFERENCE=path make evidence ARGS=tests/voice`."
    )


def _figures(series: Callable[[str], Series], reference: Path) -> list[str]:
    rows = ["## Figures", "", "Numbers and dates masked; each note against the 14 before it:", ""]
    rows += ["| language | mean 4-gram containment | most | same six first words in 7 days |"]
    rows += ["| --- | --- | --- | --- |"]
    for lang in LANGUAGES:
        r = series(lang).repeated
        rows.append(f"| {lang} | {r.mean:.3f} | {r.most:.3f} | {len(r.openings)} |")
    rows += ["", f"Aimed at: {AIM}; of one formulaic real desk: 0.205 and 0.377.", ""]
    read = [readability(b) for b in series("en").bodies]
    desks = _desks(reference / "canon" / "corpus_stats.csv")
    rows += ["| English | least | mean | most | real desks, least-most (median) |"]
    rows += ["| --- | --- | --- | --- | --- |"]
    for name, values, theirs in (
        ("words per sentence", [r.per_sentence for r in read], desks[0]),
        ("longest sentence", [float(r.longest) for r in read], ""),
        ("figures per 100 words", [r.figures for r in read], desks[1]),
        ("Flesch-Kincaid grade", [r.grade for r in read], desks[2]),
        ("words", [float(r.words) for r in read], ""),
    ):
        low, mid, high = min(values), fmean(values), max(values)
        rows.append(f"| {name} | {low:.1f} | {mid:.1f} | {high:.1f} | {theirs} |")
    return rows


def _desks(path: Path) -> tuple[str, ...]:
    """Of the real desks' notes, where the reference has them; else as they were read there."""
    if not path.is_file():
        return DESKS
    with path.open(encoding="utf-8") as file:
        found = [r for r in csv.DictReader(file) if r["id"] != "SEED"]
    out = []
    for name in ("words_per_sentence", "numbers_per_100w", "fk_grade"):
        values = sorted(float(r[name]) for r in found)
        out.append(f"{values[0]:g}-{values[-1]:g} ({values[len(values) // 2]:g})")
    return tuple(out)
