"""A back-test for a terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from generator.backtest.followed import ENOUGH, Outcome
from generator.backtest.report import CAUTION, Line, Report, Variant, finite
from generator.moments import iso

VERSION = 1


def printed(report: Report) -> Iterator[str]:
    """The whole report, line by line, at most 100 columns wide for names of usual length."""
    yield f"{_day(report.since)} to {_day(report.until)}: {report.moments} moments judged; " + (
        "venues: " + ", ".join(report.sources)
    )
    yield CAUTION
    if report.peeking:
        yield "VOID: these metrics change when the future does: " + ", ".join(report.peeking)
    yield ""
    yield f"{'rule':<28} {'subject':<8} {'known':>6} {'fired':>6} {'share':>7}  95% interval   runs"
    for line in report.lines:
        yield _short(line)
    for variant in report.variants:
        yield _variant(variant)
    if len({line.rule for line in report.lines}) <= 3:
        for line in report.lines:
            yield from _long(line)


def _short(line: Line) -> str:
    low, high = (f"{x:.1%}" for x in line.interval)
    runs = f"{len(line.runs.lengths)}"
    if line.runs.lengths:
        runs += f", median {line.runs.median:g}, longest {line.runs.longest}"
    if 2 * line.known < line.moments:
        # A share of a short record says so beside itself.
        runs += f"; known since {_day(line.known_from)}"
    share = f"{line.share:7.1%}" if line.role != "level" else "  level"
    span = f"{low} to {high}" if line.role != "level" else ""
    counts = f"{line.known:>6} {line.fired:>6} {share}"
    return f"{line.rule:<28} {line.subject:<8} {counts}  {span:<14} {runs}"


def _long(line: Line) -> Iterator[str]:
    yield ""
    yield f"{line.rule} ({line.id}), {line.subject}: {line.title}"
    yield f"  known at {line.known} of {line.moments} moments, since {_day(line.known_from)}"
    if not line.fired:
        yield "  never fired"
        return
    yield f"  fired {line.fired} times, first {_day(line.first)}, last {_day(line.last)}"
    if line.spoke > line.fired:
        yield f"  silenced by another rule {line.spoke - line.fired} times more"
    yield f"  {line.runs.flaps} runs of one moment, {line.runs.blinks} gaps of one moment"
    for o in line.overlaps:
        yield f"  with {o.rule} of {o.subject}: {o.both} of {o.either}, {o.lift:.1f} times chance"
    for outcome in line.followed:
        yield f"  {_outcome(outcome)}"


def _outcome(o: Outcome) -> str:
    base = f"all {o.base_moments} known moments {o.base_mean:+.2f}%{_span(o.base_interval)}"
    if o.runs < ENOUGH:
        return f"{o.days} d after: {o.runs} independent runs, too few to say; {base}"
    return (
        f"{o.days} d after: mean {o.mean:+.2f}%{_span(o.interval)} over {o.runs} independent runs, "
        f"up after {o.up:.0%}; {base}, up after {o.base_up:.0%}"
    )


def _span(interval: tuple[float, float]) -> str:
    low, high = interval
    return f" ({low:+.2f} to {high:+.2f})" if math.isfinite(low + high) else ""


def _variant(v: Variant) -> str:
    return (
        f"{v.param}: at {v.value:g} {v.subject} would have fired {v.fired} times "
        f"instead of {v.fired_shipped} (at {v.shipped:g})"
    )


def _day(ms: int) -> str:
    return iso(ms).removesuffix(":00Z").replace("T", " ").removesuffix(" 00:00")


# ---------------------------------------------------------------- JSON


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain data; moments as ISO text, unknown numbers as null."""
    return {
        "version": VERSION,
        "caution": CAUTION,
        "since": iso(report.since),
        "until": iso(report.until),
        "moments": report.moments,
        "venues": list(report.sources),
        "look_ahead": [{"what": k, "at": iso(v)} for k, v in report.peeking.items()],
        "rules": [_line(line) for line in report.lines],
        "variants": [
            {
                "param": v.param,
                "value": v.value,
                "subject": v.subject,
                "shipped": v.shipped,
                "known": v.known,
                "fired": v.fired,
                "fired_shipped": v.fired_shipped,
            }
            for v in report.variants
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "id": line.id,
        "title": line.title,
        "role": line.role,
        "subject": line.subject,
        "moments": line.moments,
        "known": line.known,
        "known_from": iso(line.known_from),
        "spoke": line.spoke,
        "fired": line.fired,
        "share": line.share,
        "interval": [finite(x) for x in line.interval],
        "runs": len(line.runs.lengths),
        "run_median": finite(line.runs.median),
        "run_longest": line.runs.longest,
        "runs_of_one": line.runs.flaps,
        "gaps_of_one": line.runs.blinks,
        "fired_at": [iso(t) for t in line.at],
        "overlaps": [
            {"rule": o.rule, "subject": o.subject, "both": o.both, "either": o.either}
            | {"lift": finite(o.lift)}
            for o in line.overlaps
        ],
        "followed": [_followed(o) for o in line.followed],
    }


def _followed(o: Outcome) -> dict[str, Any]:
    return {
        "days": o.days,
        "runs": o.runs,
        "enough": o.runs >= ENOUGH,
        "mean": finite(o.mean),
        "interval": [finite(x) for x in o.interval],
        "up": finite(o.up),
        "base_moments": o.base_moments,
        "base_mean": finite(o.base_mean),
        "base_interval": [finite(x) for x in o.base_interval],
        "base_up": finite(o.base_up),
    }
