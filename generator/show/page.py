"""preview.html: the run as one self-contained page, without any outside resource."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.model import Draft, Finding, Metric, Problem, Snapshot, Story, Watch
from generator.show.encode import iso, metric_of
from generator.show.view import clock, full, network_name, paragraphs, weights
from generator.write.stamp import Stamp

if TYPE_CHECKING:
    from jinja2 import Template

    from generator.charts.choose import Chart

FILES = resources.files("generator.show")


def preview_page(
    *,
    run: str,
    snapshot: Snapshot,
    story: Story,
    findings: Sequence[Finding],
    drafts: Sequence[Draft],
    problems: Sequence[Problem],
    metrics: Mapping[tuple[str, str], Metric],
    stamp: Stamp,
    draft_problems: Sequence[Sequence[Problem]] | None = None,
    compiled: Path | None = None,
    charts: Sequence[tuple[Chart, bytes]] = (),
) -> str:
    """The page as HTML text. All data is escaped; headlines are hostile input.

    draft_problems, one sequence per draft, marks the wrong spans in the text. Without it spans
    are marked only where there is a single draft: a problem does not say which draft it means.
    compiled: a folder of the user's own where the page's compiled template is kept.
    charts: pictures with their PNG, put into the page itself.
    """
    script = (FILES / "page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    alone: Sequence[Sequence[Problem]] = [problems] if len(drafts) == 1 else [()] * len(drafts)
    marked = list(zip(drafts, alone if draft_problems is None else draft_problems, strict=True))
    errors = [p for p in problems if p.severity == "error"]
    return _template(compiled).render(
        style=(FILES / "page.css").read_text("utf-8"),
        script=script,
        digest=digest,
        run=run,
        stamp=stamp.name,
        stamp_why=stamp.why,
        as_of=_dateline(snapshot.now),
        problems=[*errors, *(p for p in problems if p.severity != "error")],
        notes=[_note(d, metrics, wrong) for d, wrong in marked if not d.network],
        posts=[_post(d, metrics, wrong) for d, wrong in marked if d.network],
        findings=[_finding(f, _role(f, story), metrics) for f in _ordered(findings, story)],
        watch=[_watch(w, metrics) for w in story.watch],
        left_out=story.left_out,
        quiet=story.quiet,
        charts=[(c.picture, base64.b64encode(png).decode()) for c, png in charts],
        sources=snapshot.sources,
        headlines=[_headline(h) for h in snapshot.headlines],
        total=len(snapshot.instruments),
    )


def _template(compiled: Path | None) -> Template:
    """To compile it anew takes longer than all of the market's metrics."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from generator.write.sandbox import Compiled

    made_by = Path(__file__).read_text("utf-8")  # how it is compiled is said in this file
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: (FILES / name).read_text("utf-8")),
        bytecode_cache=None if compiled is None else Compiled(compiled, made_by),
    ).get_template("page.html")


def _dateline(now: int) -> str:
    when = datetime.fromtimestamp(now / 1000, UTC)
    return f"{when:%A}, {when.day} {when:%B %Y}, {when:%H:%M} UTC"


def _note(
    draft: Draft, metrics: Mapping[tuple[str, str], Metric], problems: Sequence[Problem]
) -> dict[str, Any]:
    body = [p for i in range(len(draft.segments)) for p in paragraphs(draft, i, metrics, problems)]
    return {"title": draft.title, "lang": draft.lang, "paragraphs": body, "tags": draft.hashtags}


def _post(
    draft: Draft, metrics: Mapping[tuple[str, str], Metric], problems: Sequence[Problem]
) -> dict[str, Any]:
    counts = weights(draft)
    return {
        "network": network_name(draft.network),
        "lang": draft.lang,
        "limit": draft.limit,
        "segments": [
            {
                "paragraphs": paragraphs(draft, i, metrics, problems),
                "count": counts[i],
                "share": min(1.0, counts[i] / draft.limit) if draft.limit else 0.0,
                "over": draft.limit is not None and counts[i] > draft.limit,
            }
            for i in range(len(draft.segments))
        ],
    }


def _role(finding: Finding, story: Story) -> str:
    if story.lead is not None and finding.key == story.lead.key:
        return "lead"
    if any(finding.key == f.key for f in story.evidence):
        return "evidence"
    if any(finding.key == f.key for f in story.levels):
        return "level"
    return "not used"


def _ordered(findings: Sequence[Finding], story: Story) -> list[Finding]:
    places = ("lead", "evidence", "level", "not used")
    return sorted(
        findings, key=lambda f: (places.index(_role(f, story)), -f.strength, f.rule, f.subject)
    )


def _finding(
    finding: Finding, role: str, metrics: Mapping[tuple[str, str], Metric]
) -> dict[str, Any]:
    evidence = []
    for name in finding.evidence:
        metric = metric_of(metrics, name, finding.subject)
        shown = full(metric.value, metric.unit) if metric else "unknown"
        evidence.append((name, shown, metric.scope if metric else ""))
    return {"finding": finding, "role": role, "since": iso(finding.since), "evidence": evidence}


def _watch(watch: Watch, metrics: Mapping[tuple[str, str], Metric]) -> dict[str, str]:
    metric = metrics.get((watch.metric, watch.subject))
    unit = metric.unit if metric else ""
    return {
        "effect": watch.effect,
        "what": f"{watch.subject} {watch.metric} {watch.direction} {full(watch.trigger, unit)}",
        "now": full(watch.current, unit),
        "by": clock(watch.deadline),
    }


def _headline(headline: Any) -> dict[str, str]:
    safe = headline.url if headline.url.startswith("https://") else ""
    stamp = clock(headline.published_at) if headline.published_at else "no time given"
    return {"source": headline.source, "title": headline.title, "url": safe, "published": stamp}
