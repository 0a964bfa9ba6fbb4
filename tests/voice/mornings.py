"""Thirty mornings in a row: collected by the real program from the tape, then written in order.

The program keeps each morning's snapshot and history in its working folder. From there a morning
is written again in any language as the program writes it: phrase memory of the 14 days before,
what led lately, what was measured, all handed on from note to note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from generator import gather
from generator.config import load_config
from generator.flow import Memory, Note, note
from generator.folders import shipped_rules, shipped_templates
from generator.judge import load_rules
from generator.measure import catalog
from generator.model import DAY, Draft, History, Snapshot
from generator.store import open_store
from generator.write.plan import Recent
from generator.write.templates import Templates
from tests.tape import harness
from tests.tape.harness import Tape

FIRST = datetime(2026, 2, 1, 8, tzinfo=UTC)
DAYS = 30
REMEMBERED = 14 * DAY


def collected(folder: Path, tape: Tape) -> list[str]:
    """`commentary preview` on every morning, in one folder; what went wrong, by moment."""
    wrong = []
    for day in range(DAYS):
        moment = f"{FIRST + timedelta(days=day):%Y-%m-%dT%H:%MZ}"
        tape.at(moment)
        run = harness.preview(folder, moment, tape.prefix, "--no-charts")
        if run.code != 0 or run.errors:
            wrong.append(f"{moment}: exit {run.code}, {run.errors or run.stderr[-200:]}")
    return wrong


@dataclass(frozen=True)
class Morning:
    """What a note of one morning is written from, but for its memory of phrases and leads."""

    snapshot: Snapshot
    history: History
    memory: Memory


@cache
def mornings(folder: Path) -> tuple[Morning, ...]:
    """Every snapshot that the folder keeps, the oldest first."""
    config, book = load_config(folder, {}), load_rules((shipped_rules(),), catalog())
    out = []
    with open_store(folder / "output" / "history.sqlite3", read_only=True) as store:
        for info in store.snapshots():
            snapshot, history = gather.stored(store, info.id, None)
            past = store.panel(snapshot.now - 1, snapshot.now - gather.PAST)
            memory = Memory({}, Recent(), past)
            memory = gather.looking_back(memory, snapshot, history, book, config)
            out.append(Morning(snapshot, history, memory))
    return tuple(out)


def written(folder: Path, lang: str) -> Iterator[Note]:
    """The notes of all mornings in one language, each remembering those of the 14 days before."""
    config, book = load_config(folder, {}), load_rules((shipped_rules(),), catalog())
    templates = Templates((shipped_templates(),), lang)
    said: list[tuple[int, Sequence[str], tuple[str, float] | None]] = []
    for morning in mornings(folder):
        now = morning.snapshot.now
        recent = [s for s in said if now - REMEMBERED <= s[0] < now]
        before = [phrase for _, phrases, _ in recent for phrase in phrases]
        places = {phrase: place for place, phrase in enumerate(before, 1)}
        leads = Recent(tuple(lead for _, _, lead in reversed(recent) if lead))
        made = note(
            morning.snapshot,
            morning.history,
            config,
            book,
            templates,
            seed=gather.slot(now),
            memory=replace(morning.memory, phrases=places, recent=leads),
            networks=(),
        )
        lead = made.story.lead
        said.append((now, made.phrases, (lead.rule, round(lead.strength, 3)) if lead else None))
        yield made


def body(draft: Draft) -> str:
    """The text without paragraphs that are furniture alone, a line to a paragraph."""
    text, at, out = draft.segments[0], 0, []
    for paragraph in text.split("\n\n"):
        end = at + len(paragraph)
        if any(not s.furniture and at <= s.start < end for s in draft.sentences):
            out.append(" ".join(paragraph.split()))
        at = end + 2
    return "\n".join(out)
