"""Findings, story, drafts and problems as JSON and text: the run folder and `preview --json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from generator import moments
from generator.model import (
    MARKET,
    Draft,
    Finding,
    Metric,
    NumberTrace,
    Problem,
    Snapshot,
    Source,
    SourceRef,
    Story,
    Watch,
)
from generator.networks.base import Network
from generator.show.audit import plain, pretty

PART = "\n\n---\n\n"  # between the parts of a thread in a text file
Metrics = Mapping[tuple[str, str], Metric]


def iso(ms: int | None) -> str | None:
    """ms -> 2026-06-26T06:00:00Z."""
    return None if ms is None else moments.iso(ms // 1000 * 1000)


def metric_of(metrics: Metrics, name: str, subject: str) -> Metric | None:
    """The metric a rule's evidence names: its own subject's, `btc.x`, `left.x`, or the market's."""
    prefix, dot, rest = name.partition(".")
    if dot:
        pair = dict(zip(("left", "right"), subject.split("/"), strict=False))
        return metrics.get((rest, pair.get(prefix, prefix.upper())))
    return metrics.get((name, subject)) or metrics.get((name, MARKET))


def source_rows(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """What became of every source, as `--json` prints it."""
    return [
        {"name": s.name, "state": s.state, "reason": s.reason, "seconds": plain(s.seconds)}
        for s in sources
    ]


def preview_json(
    *,
    run: str,
    snapshot: Snapshot,
    findings: Sequence[Finding],
    drafts: Sequence[Draft],
    problems: Sequence[Problem],
    metrics: Metrics,
    sources: Sequence[Source] | None = None,
) -> dict[str, Any]:
    """The documented object of `preview --json`; offsets are code points, NaN is null.

    sources: what was really asked, where that is not what the text rests on (a scenario shown
    because no venue answered). mode is live, replay or scenario: never publish the last two.
    """
    return {
        "run": run,
        "as_of": iso(snapshot.now),
        "mode": snapshot.mode,
        "scenario": snapshot.scenario,
        "sources": source_rows(snapshot.sources if sources is None else sources),
        "findings": [_finding(f, metrics, drafts) for f in findings],
        "drafts": [_draft(d) for d in drafts],
        "problems": problem_rows(problems),
    }


def _finding(finding: Finding, metrics: Metrics, drafts: Sequence[Draft]) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "subject": finding.subject,
        "state": finding.state,
        "strength": plain(finding.strength),
        "evidence": [_evidence(finding, name, metrics, drafts) for name in finding.evidence],
    }


def _evidence(
    finding: Finding, name: str, metrics: Metrics, drafts: Sequence[Draft]
) -> dict[str, Any]:
    metric = metric_of(metrics, name, finding.subject)
    if metric is None:
        return {"metric": name, "value": None, "unit": "", "text": "", "sources": []}
    printed = (
        n.text
        for d in drafts
        for n in d.numbers
        if (n.metric, n.subject) == (metric.name, metric.subject)
    )
    return {
        "metric": name,
        "value": plain(metric.value),
        "unit": metric.unit,
        "text": next(printed, ""),
        "sources": [_source(s) for s in metric.sources],
    }


def _source(source: SourceRef) -> dict[str, Any]:
    return {
        "venue": source.venue,
        "instrument": source.instrument,
        "field": source.field,
        "value": plain(source.value),
        "as_of": iso(source.as_of),
    }


def _number(number: NumberTrace) -> dict[str, Any]:
    return {
        "segment": number.segment,
        "start": number.start,
        "end": number.end,
        "text": number.text,
        "metric": number.metric,
        "value": plain(number.value),
        "unit": number.unit,
        "rule": number.rule,
        "sources": [_source(s) for s in number.sources],
    }


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "network": draft.network,
        "lang": draft.lang,
        "segments": list(draft.segments),
        "length": list(draft.length),
        "limit": draft.limit,
        "trace": [_number(n) for n in draft.numbers],
    }


def problem_rows(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as `--json` prints them."""
    return [_problem(p) for p in problems]


def _problem(problem: Problem) -> dict[str, Any]:
    whole = problem.start < 0
    return {
        "gate": problem.gate,
        "severity": problem.severity,
        "span": {
            "segment": problem.segment,
            "start": None if whole else problem.start,
            "end": None if whole else problem.end,
        },
        "message": problem.message,
    }


# ---------------------------------------------------------------- files of the run folder


def findings_json(findings: Sequence[Finding], metrics: Metrics) -> str:
    """findings.json: every finding whole, its evidence with values and observations."""
    return pretty([_whole(f, metrics) for f in findings])


def _whole(finding: Finding, metrics: Metrics) -> dict[str, Any]:
    return _finding(finding, metrics, ()) | {
        "family": finding.family,
        "role": finding.role,
        "since": iso(finding.since),
        "tail": plain(finding.tail),
        "forced_lead": finding.forced_lead,
        "may_lead": finding.may_lead,
        "watch": [_watch(w) for w in finding.watch],
    }


def _watch(watch: Watch) -> dict[str, Any]:
    return {
        "effect": watch.effect,
        "metric": watch.metric,
        "subject": watch.subject,
        "current": plain(watch.current),
        "trigger": plain(watch.trigger),
        "direction": watch.direction,
        "deadline": iso(watch.deadline),
        "phrase": watch.phrase,
    }


def story_json(story: Story) -> str:
    """story.json: who leads, who follows, what was left out and why."""
    return pretty(
        {
            "lead": story.lead.key if story.lead else None,
            "evidence": [f.key for f in story.evidence],
            "levels": [f.key for f in story.levels],
            "watch": [_watch(w) for w in story.watch],
            "left_out": [{"finding": k, "reason": why} for k, why in story.left_out],
            "conflicts": [list(pair) for pair in story.conflicts],
            "quiet": story.quiet,
        }
    )


def trace_json(drafts: Sequence[Draft]) -> str:
    """trace.json: each number to its observations, each sentence to its findings."""
    return pretty([_traced(d) for d in drafts])


def _traced(draft: Draft) -> dict[str, Any]:
    return {
        "form": draft.form,
        "network": draft.network,
        "lang": draft.lang,
        "numbers": [
            _number(n) | {"subject": n.subject, "scale": n.scale, "decimals": n.decimals}
            for n in draft.numbers
        ],
        "sentences": [
            {
                "segment": s.segment,
                "start": s.start,
                "end": s.end,
                "findings": list(s.findings),
                "furniture": s.furniture,
            }
            for s in draft.sentences
        ],
    }


def problems_json(problems: Sequence[Problem]) -> str:
    """problems.json."""
    return pretty([_problem(p) for p in problems])


def draft_md(draft: Draft) -> str:
    """draft.md: the text itself, to be read and edited."""
    title = f"# {draft.title}\n\n" if draft.title else ""
    return title + PART.join(draft.segments).rstrip("\n") + "\n"


def posts(drafts: Sequence[Draft], networks: Sequence[Network]) -> dict[str, str]:
    """posts/<network>.json and .txt for every draft and the network that it is for."""
    out: dict[str, str] = {}
    for draft, network in zip(drafts, networks, strict=True):
        stem = f"posts/{draft.network}"
        if f"{stem}.json" in out:  # a second language or form of the same network
            stem = f"{stem}.{draft.form}.{draft.lang}"
        out[f"{stem}.json"] = pretty(_post(draft, network))
        out[f"{stem}.txt"] = PART.join(draft.segments) + "\n"
    return out


def _post(draft: Draft, network: Network) -> dict[str, Any]:
    """A draft with what is sent of it, to the last byte."""
    return _draft(draft) | {
        "form": draft.form,
        "title": draft.title,
        "parts": [{"kind": p.kind, "start": p.start, "end": p.end} for p in draft.parts],
        "unit": network.limits.unit,
        "hashtags": list(draft.hashtags),
        "sent": [
            {"text": s.text, "facets": [asdict(f) for f in s.facets], "tags": list(s.tags)}
            for s in network.render(draft)
        ],
        "left_out": [{"finding": key, "reason": why} for key, why in draft.left_out],
    }
