"""A back-test as one picture: when rules fired over the price, how often, and what followed.

matplotlib is imported where it is drawn only; colours and font are those of every picture.
"""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import Any

from generator.backtest.followed import ENOUGH
from generator.backtest.report import CAUTION, Line, Report
from generator.charts.child import NEEDED
from generator.charts.style import INK, LINES, apply
from generator.errors import UsageError
from generator.moments import iso

BLUE, ORANGE, GREY, BLACK = LINES["blue"], LINES["orange"], "#BBBBBB", INK
MOST = 12  # lines in one picture: more could not be read on a phone
DAYS = 3  # the horizon that is drawn
INCH = 0.32  # height of one line


def draw(report: Report, path: Path) -> None:
    """Writes the picture. Raises UsageError without matplotlib or where nothing can be written."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("--chart", *NEEDED) from None
    apply(matplotlib)
    shown = drawn(report)
    height = 5.6 + 3 * INCH * max(3, len(shown))
    figure: Any = Figure(figsize=(7.2, height), layout="constrained")
    parts = figure.subplots(4, 1, height_ratios=[5, *(max(3, len(shown)) * 1.0,) * 3])
    _price(parts[0], report)
    _ticks(parts[1], report, shown)
    _shares(parts[2], shown)
    _after(parts[3], shown)
    for part in parts:
        part.tick_params(labelsize=9)
        part.spines[["top", "right"]].set_visible(False)
    figure.text(0.01, -0.005, footer(report, len(shown)), fontsize=9, va="top", color=BLACK)
    try:
        figure.savefig(path, dpi=150, bbox_inches="tight", metadata={"Software": None})
    except OSError as error:
        raise UsageError(str(path), str(error.strerror), "Name another file.") from None


def drawn(report: Report) -> tuple[Line, ...]:
    """The lines in the picture: no levels, those that fired, the rarest first."""
    able = [line for line in report.lines if line.role != "level" and line.fired]
    return tuple(sorted(able, key=lambda line: (line.share, line.rule))[:MOST])


def footer(report: Report, shown: int) -> str:
    able = sum(line.role != "level" and line.fired > 0 for line in report.lines)
    more = f"The {shown} rarest of {able} lines. " if able > shown else ""
    void = "VOID: it looked ahead. " if report.peeking else ""
    as_of = iso(report.until).removesuffix(":00Z").replace("T", " ")
    data = f"Data: {', '.join(report.sources)}; {report.moments} moments, as of {as_of} UTC."
    return "\n".join(textwrap.wrap(f"{void}{more}{CAUTION}", 96) + textwrap.wrap(data, 96))


def name(line: Line) -> str:
    subject = "market" if line.subject == "MARKET" else line.subject
    return f"{line.rule.replace('_', ' ')}, {subject}"


def _dates(moments: Any) -> Any:
    import numpy as np

    return np.array(moments, dtype="datetime64[ms]")


def _price(part: Any, report: Report) -> None:
    prices = report.prices.get("BTC")
    if prices is not None:
        part.plot(_dates(report.times), prices, color=BLACK, linewidth=0.9)
        part.set_yscale("log")
        part.yaxis.set_major_formatter(lambda y, _: f"{y:,.0f}")
        part.yaxis.set_minor_formatter(lambda y, _: "")
    part.set_xlim(*_dates([report.since, report.until]))
    part.set_title("Bitcoin, USD (log scale)", fontsize=10, loc="left")


def _ticks(part: Any, report: Report, shown: tuple[Line, ...]) -> None:
    part.eventplot(
        [_dates(line.at) for line in shown] or [[]],
        lineoffsets=list(range(len(shown))) or [0],
        linelengths=0.7,
        linewidths=0.9,
        colors=BLUE,
    )
    part.set_xlim(*_dates([report.since, report.until]))
    _labelled(part, [f"{name(line)}: {line.fired}" for line in shown])
    part.set_title("When it fired, and how many times", fontsize=10, loc="left")


def _shares(part: Any, shown: tuple[Line, ...]) -> None:
    at = list(range(len(shown)))
    part.barh(at, [line.share * 100 for line in shown], color=BLUE, height=0.55)
    for i, line in enumerate(shown):
        low, high = (x * 100 for x in line.interval)
        part.plot([low, high], [i, i], color=ORANGE, linewidth=2)
    _labelled(part, [name(line) for line in shown])
    part.set_title("Share of known moments, % (line: 95% interval)", fontsize=10, loc="left")


def _after(part: Any, shown: tuple[Line, ...]) -> None:
    for i, line in enumerate(shown):
        o = next((o for o in line.followed if o.days == DAYS), None)
        if o is None:
            continue
        if all(map(math.isfinite, o.base_interval)):
            low, high = o.base_interval
            part.fill_betweenx([i - 0.38, i + 0.38], low, high, color=GREY)
        if o.runs < ENOUGH:
            few = f" {o.runs} run{'s' if o.runs != 1 else ''}: too few to say"
            part.text(max(0.0, o.base_mean), i, few, fontsize=8, va="center")
            continue
        part.plot(o.interval, [i, i], color=ORANGE, linewidth=2)
        part.plot([o.mean], [i], "o", color=BLUE, markersize=5)
    part.axvline(0, color=BLACK, linewidth=0.6)
    _labelled(part, [name(line) for line in shown])
    title = f"Mean return {DAYS} d after a run began, %, 95% (grey: all known moments)"
    part.set_title(title, fontsize=10, loc="left")


def _labelled(part: Any, labels: list[str]) -> None:
    part.set_yticks(range(len(labels)), labels, fontsize=8)
    part.set_ylim(len(labels) - 0.5, -0.5)
