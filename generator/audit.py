"""What a run leaves behind: every file of its folder, from the note alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.flow import Note
from generator.model import Draft, Finding, Metric, Problem, Source
from generator.show import audit, encode
from generator.show.page import preview_page


def metrics_told(note: Note) -> Mapping[tuple[str, str], Metric]:
    """The metrics behind the findings and the printed numbers, by (name, subject)."""
    from generator.measure import catalog
    from generator.model import MARKET

    wanted: dict[tuple[str, str], None] = {}
    known = catalog()
    for finding in note.findings:
        for name in finding.evidence:
            subject = MARKET if known[name].scope == "market" else finding.subject
            wanted[name, subject] = None
    for draft in note.drafts:
        for number in draft.numbers:
            if number.metric in known:
                wanted[number.metric, number.subject] = None
    return {
        (name, subject): note.measured.metric(name, subject)
        for name, subject in wanted
        if subject in note.measured.values
    }


def told(note: Note) -> tuple[Finding, ...]:
    """The findings without gates, which speak to the planner and not to a reader."""
    return tuple(f for f in note.findings if f.role not in ("gate", "veto"))


def _problems(note: Note) -> list[Problem]:
    """What the gates found in all texts, and what was not drawn."""
    return [*(p for found in note.problems for p in found), *note.pictures.problems()]


def run_files(
    note: Note, run: str, slot: str, compiled: Path | None = None
) -> dict[str, str | bytes]:
    """Relative name -> content of every file in the run folder.

    compiled: a folder of the user's own where the page's compiled template is kept.
    """
    metrics = metrics_told(note)
    everything = _problems(note)
    files: dict[str, str | bytes] = {
        "snapshot.json": audit.snapshot_json(note.snapshot),
        "findings.json": encode.findings_json(told(note), metrics),
        "story.json": encode.story_json(note.story),
        "trace.json": encode.trace_json(note.drafts),
        "problems.json": encode.problems_json(everything),
        "draft.md": stamp(note) + encode.draft_md(note.drafts[0]),
        "run.json": _run(note, run, slot),
        "preview.html": preview_page(
            run=run,
            snapshot=note.snapshot,
            story=note.story,
            findings=told(note),
            drafts=note.drafts,
            problems=everything,
            metrics=metrics,
            stamp=note.stamp,
            draft_problems=note.problems,
            compiled=compiled,
            charts=note.pictures.shown(),
        ),
        **note.pictures.files(),
    }
    for name, text in encode.posts(note.drafts[1:], note.networks).items():
        files[name] = stamp(note) + text if name.endswith(".txt") else text
    for draft in note.drafts:
        if draft.parts:
            files |= _set(note, draft)
    return files


def _set(note: Note, draft: Draft) -> dict[str, str | bytes]:
    """A text with headings as Markdown, HTML, text and a message, with the picture drawn for it."""
    from generator import newsletter
    from generator.charts.gallery import file_of
    from generator.charts.model import SIZES

    size = "newsletter"
    pictures = [
        newsletter.Picture(file_of(c.name, size), c.picture.alt, *SIZES[size], png)
        for c in note.pictures.charts
        if (png := note.pictures.pngs.get((c.name, size)))
    ]
    return newsletter.files(draft, draft.form, pictures, stamp(note).strip())


def stamp(note: Note) -> str:
    """A first line that no reader of the bare text can miss; empty for the present market."""
    return f"{note.stamp.line}\n\n" if note.stamp.line else ""


def _run(note: Note, run: str, slot: str) -> str:
    """What else the words depended on: the slot that seeds them, and what was remembered."""
    return audit.pretty(
        {
            "run": run,
            "slot": slot,
            "phrases": sorted(note.phrases),
            "remembered": {
                "phrases": dict(note.memory.phrases),
                "leads": [list(lead) for lead in note.memory.recent.leads],
                "moments": [] if note.memory.past is None else note.memory.past.times.tolist(),
            },
        }
    )


def printed(note: Note, run: str, drafts: Sequence[Draft], tried: Sequence[Source]) -> str:
    """What `preview --json` prints. tried: the sources that were really asked."""
    return audit.pretty(
        encode.preview_json(
            run=run,
            snapshot=note.snapshot,
            sources=tried,
            findings=told(note),
            drafts=drafts,
            problems=_problems(note),
            metrics=metrics_told(note),
        )
        | {"charts": note.pictures.rows()}
    )
