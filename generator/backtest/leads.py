"""Which finding would have led each day's note: the planner, with its memory of recent leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.judge import RuleBook, judge
from generator.measure import PAST_DAYS
from generator.model import Finding
from generator.panels import MetricRow, align
from generator.write.plan import Ranking, Recent, plan

REMEMBERED = 14  # leads, as many as a fortnight of notes


@dataclass(frozen=True, slots=True)
class Led:
    """One moment's note in outline. lead None: nothing was rare enough to lead.

    quiet: and enough was known of small moves to call the day quiet.
    """

    now: int
    lead: Finding | None
    evidence: tuple[str, ...]
    quiet: bool


def leads(book: RuleBook, rows: Sequence[MetricRow], since: int = 0) -> Iterator[Led]:
    """The notes of all rows from `since` (ms) on, oldest first, each told what led before it.

    Every note sees the rows of the three days before it, as a live one does.
    """
    ranking, before = Ranking.of(book), list[tuple[str, float]]()
    for i, row in enumerate(rows):
        if row.now < since:
            continue
        findings = judge(book, align(rows[max(0, i - PAST_DAYS) : i + 1])).findings
        quiet = any(f.rule == "quiet_day" for f in findings)
        recent = Recent(tuple(before))
        story = plan(findings, ranking=ranking, quiet_known=quiet, recent=recent)
        told = tuple(f.key for f in story.evidence)
        yield Led(row.now, story.lead, told, story.quiet)
        if story.lead is not None:
            before = [(story.lead.rule, story.lead.strength), *before][:REMEMBERED]
