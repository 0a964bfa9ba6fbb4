"""One set of axes: scales, bands, bars, lines and levels, in this order from back to front."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from generator.charts import scales
from generator.charts.labels import Labels, halo
from generator.charts.model import Band, Column, Level, Line, Panel, Reach, Row
from generator.charts.style import (
    BARS,
    EDGE,
    EDGES,
    FAINT,
    INK,
    LEADING,
    LINES,
    PALE,
    SHADE,
    SOFT,
    TEXT,
    pt,
)

if TYPE_CHECKING:
    from generator.charts.draw import Sheet


SPARE = 8.0  # px beside the text of a mark


def labelled(panel: Panel) -> bool:
    return bool(
        panel.name or any(b.label for b in panel.bands) or any(x.upright for x in panel.levels)
    )


class Frame:
    """Draws on the axes of one panel. sheet measures texts."""

    def __init__(self, sheet: Sheet, axes: Any, panel: Panel) -> None:
        self.sheet, self.axes, self.panel = sheet, axes, panel

    @cached_property
    def labels(self) -> Labels:
        """Once the scales are set."""
        return Labels(self.sheet, self.axes, self.panel)

    def draw(self, *, last: bool) -> None:
        axes, panel = self.axes, self.panel
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(SOFT)
        axes.tick_params(length=0, labelsize=pt(TEXT), labelcolor=SOFT, pad=8)
        axes.set_xlim(panel.x.low, panel.x.high)
        axes.set_ylim(panel.y.low, panel.y.high)
        if panel.rows:
            self.rows()
            return
        box = axes.get_window_extent(self.sheet.renderer)
        per_line = TEXT * LEADING / box.height * (panel.y.high - panel.y.low)
        heights = scales.apart(panel.y.ticks, [per_line / 2] * len(panel.y.ticks))
        axes.set_yticks([v for v, _ in heights], [t for _, t in heights])
        per_px = (panel.x.high - panel.x.low) / box.width
        half = [(self.sheet.wide(t, TEXT) / 2 + SPARE) * per_px for _, t in panel.x.ticks]
        # A mark's text is centred on it: where it would leave the frame it stands beside nothing.
        inside = [
            (mark, h)
            for mark, h in zip(panel.x.ticks, half, strict=True)
            if panel.x.low <= mark[0] - h and mark[0] + h <= panel.x.high + EDGE * per_px
        ]
        marks = scales.apart([m for m, _ in inside], [h for _, h in inside])
        axes.set_xticks([v for v, _ in marks], [t if last else "" for _, t in marks])
        axes.grid(axis="y", color=FAINT, linewidth=1.2)
        axes.set_axisbelow(True)
        if panel.name:
            self.beside(panel.name, ha="left", x=panel.x.low, color=INK)
        for band in panel.bands:
            self.band(band)
        _columns(axes, panel.columns)
        if panel.columns and panel.y.low < 0 < panel.y.high:
            axes.axhline(0, color=SOFT, linewidth=1.5, zorder=3)
        _reaches(axes, panel.reaches)
        for line in panel.lines:
            _line(axes, line)
        for level in panel.levels:
            self.level(level)

    def beside(self, words: str, *, ha: str, x: float, color: str) -> None:
        """A label over the frame, at a place of the x axis."""
        self.axes.annotate(
            words, (x, 1), xycoords=("data", "axes fraction"), xytext=(0, 7),
            textcoords="offset points", fontsize=pt(TEXT), color=color, ha=ha, va="bottom",
            annotation_clip=False,
        )  # fmt: skip

    def band(self, band: Band) -> None:
        self.axes.axvspan(band.start, band.end, color=SHADE, linewidth=0, zorder=0)
        # A single hour is a hair's breadth of a week: its edges are drawn, too.
        for edge in (band.start, band.end):
            self.axes.axvline(edge, color=EDGES, linewidth=1.5, zorder=1)
        if band.label:
            self.over(band.label, (band.start + band.end) / 2)

    def over(self, words: str, middle: float) -> None:
        """A label over a place of the x axis, moved inwards where it would leave the frame."""
        low, high = self.axes.get_xlim()
        box = self.axes.get_window_extent(self.sheet.renderer)
        half = self.sheet.wide(words, TEXT) / 2 / box.width * (high - low)
        place = min(max(middle, low + half), high - half)
        self.beside(words, ha="center", x=place, color=INK)

    def level(self, level: Level) -> None:
        axes = self.axes
        style: dict[str, Any] = {
            "color": INK,
            "linewidth": 2.2,
            "linestyle": (0, (5, 3)),
            "zorder": 4,
        }
        if level.upright:
            axes.axvline(level.value, **style)
            self.over(level.label, level.value)
            return
        if level.at is None:
            axes.axhline(level.value, **style)
            self.labels.on_level(level.value, level.label)
            return
        axes.plot([level.at], [level.value], "o", color=INK, markersize=9, zorder=7, clip_on=False)
        self.labels.at_point(level.at, level.value, level.label)

    def rows(self) -> None:
        """Names on the left, a bar from zero, its value at its end."""
        axes, panel = self.axes, self.panel
        count = len(panel.rows)
        box = axes.get_window_extent(self.sheet.renderer)
        widest = max(self.sheet.wide(row.text, TEXT) for row in panel.rows) + 16
        span = panel.x.high - panel.x.low
        room = span * widest / max(box.width - 2 * widest, 1.0)
        values = [row.value for row in panel.rows]
        axes.set_xlim(
            panel.x.low - room * (min(values) < 0), panel.x.high + room * (max(values) > 0)
        )
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_yticks([count - i - 0.5 for i in range(count)], [r.name for r in panel.rows])
        for i, row in enumerate(panel.rows):
            at, back = count - i - 0.5, row.value < 0
            axes.barh(at, row.value, height=0.62, color=BARS[row.colour], zorder=2)
            words = axes.annotate(
                row.text, (self.past_levels(row), at), xytext=(-7 if back else 7, 0),
                textcoords="offset points", fontsize=pt(TEXT), color=INK,
                ha="right" if back else "left", va="center", zorder=8,
            )  # fmt: skip
            words.set_path_effects(halo())
        axes.axvline(0, color=SOFT, linewidth=1.5, zorder=3)
        for level in panel.levels:
            self.level(level)

    def past_levels(self, row: Row) -> float:
        """Where the value of a row stands: at its end, or behind a line that would cross it."""
        low, high = self.axes.get_xlim()
        box, side = self.axes.get_window_extent(self.sheet.renderer), -1 if row.value < 0 else 1
        long = (self.sheet.wide(row.text, TEXT) + 20) * (high - low) / box.width
        ahead = [(x.value - row.value) * side for x in self.panel.levels if x.upright]
        return row.value + side * max((a for a in ahead if 0 <= a < long), default=0.0)


def _columns(axes: Any, columns: tuple[Column, ...]) -> None:
    for beyond in (False, True):
        those = [c for c in columns if c.beyond is beyond]
        boxes = [(c.left, c.right, min(c.value, 0.0), max(c.value, 0.0)) for c in those]
        more = {"hatch": "//"} if beyond else {}
        _boxes(
            axes, boxes, [BARS[c.colour] for c in those], edgecolors="white", linewidths=1, **more
        )


def _reaches(axes: Any, reaches: tuple[Reach, ...]) -> None:
    """Pale, behind the line of closes."""
    _boxes(axes, [(r.start, r.end, r.low, r.high) for r in reaches], PALE, linewidths=0)


def _boxes(
    axes: Any, boxes: list[tuple[float, float, float, float]], colours: Any, **more: Any
) -> None:
    """Upright boxes (left, right, bottom, top), all at once: one by one they cost a tenth of a
    second."""
    from matplotlib.collections import PolyCollection

    corners = [[(x, y), (x, top), (end, top), (end, y)] for x, end, y, top in boxes]
    shapes = PolyCollection(corners, facecolors=colours, zorder=2, **more)
    axes.add_collection(shapes, autolim=False)


def _line(axes: Any, line: Line) -> None:
    """The joined samples; one that stands alone between two gaps as a dot; the last one marked."""
    nan = float("nan")
    at = [x for x, _ in line.points]
    values = [nan if y is None else y for _, y in line.points]
    axes.plot(
        at, values, color=LINES[line.colour], linewidth=3.4, zorder=5, solid_joinstyle="round"
    )
    padded = [(0.0, None), *line.points, (0.0, None)]
    triples = zip(padded, padded[1:], padded[2:], strict=False)
    alone = [b for a, b, c in triples if a[1] is None and c[1] is None and b[1] is not None]
    last = [p for p in line.points[-1:] if p[1] is not None]
    for x, y in (*alone, *last):
        axes.plot([x], [y], "o", color=LINES[line.colour], markersize=9, zorder=6, clip_on=False)
