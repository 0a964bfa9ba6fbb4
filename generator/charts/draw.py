"""From a picture's description to the bytes of a PNG. matplotlib is imported here only."""

from __future__ import annotations

import io
from typing import Any

from generator.charts.frames import Frame, labelled
from generator.charts.model import SIZES, Panel, Picture
from generator.charts.style import (
    DPI,
    EDGE,
    INK,
    LEADING,
    LEAST_TITLE,
    SMALL,
    SOFT,
    TEXT,
    TITLE,
    apply,
    pt,
)


def png(picture: Picture, size: str) -> bytes:
    """The picture in one of SIZES."""
    out = io.BytesIO()
    figure_of(picture, size).savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()


def figure_of(picture: Picture, size: str) -> Any:
    """The matplotlib figure of a picture, ready to be saved."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = SIZES[size]
    apply(matplotlib)
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    sheet = Sheet(figure, width, height)
    top = sheet.head(picture)
    bottom = sheet.foot(picture.footer)
    sheet.panels(picture.panels, top, bottom)
    if picture.stamp:
        figure.text(
            0.5, 0.45, picture.stamp, fontsize=pt(170), color=INK, alpha=0.08, rotation=24,
            ha="center", va="center",
        )  # fmt: skip
    return figure


class Sheet:
    """A figure measured in pixels from its top left."""

    def __init__(self, figure: Any, width: int, height: int) -> None:
        self.figure, self.width, self.height = figure, width, height
        self.renderer = figure.canvas.get_renderer()
        self._wide: dict[tuple[str, float], float] = {}

    def text(self, x: float, y: float, words: str, px: float, **more: Any) -> Any:
        return self.figure.text(
            x / self.width, 1 - y / self.height, words, fontsize=pt(px), **{"va": "top", **more}
        )

    def wide(self, words: str, px: float) -> float:
        """Width of a text in pixels."""
        key = words, px
        if key not in self._wide:
            probe = self.figure.text(0, 0, words, fontsize=pt(px))
            self._wide[key] = float(probe.get_window_extent(self.renderer).width)
            probe.remove()
        return self._wide[key]

    def lines(self, words: str, px: float) -> list[str]:
        """A text cut where it would leave the picture: at spaces, or without any, anywhere; into
        lines of like length, so that no word stands alone."""
        room = self.width - 2.0 * EDGE
        lines = self._cut(words, px, room)
        while len(lines) > 1 and len(shorter := self._cut(words, px, room - px)) == len(lines):
            lines, room = shorter, room - px
        return lines

    def _cut(self, words: str, px: float, room: float) -> list[str]:
        out = [""]
        if self.wide(words, px) <= room:
            return [words]
        for part in _parts(words):
            if out[-1] and self.wide((out[-1] + part).rstrip(), px) > room:
                out.append(part.lstrip())
            else:
                out[-1] += part
        return [line.strip() for line in out]

    def head(self, picture: Picture) -> float:
        """Stamp, title and subtitle; returns where they end."""
        y = 0.0
        if picture.stamp:
            from matplotlib.patches import Rectangle

            lines = self.lines(f"{picture.stamp}  {picture.stamp_why}", SMALL)
            y = 16 + len(lines) * SMALL * LEADING
            band = Rectangle((0, 1 - y / self.height), 1, y / self.height, color=INK)
            self.figure.add_artist(band)
            for i, line in enumerate(lines):
                self.text(
                    EDGE, 8 + (i + 0.5) * SMALL * LEADING, line, SMALL, color="white", va="center"
                )
        y, px = y + 30, float(TITLE)
        while self.wide(picture.title, px) > self.width - 2 * EDGE and px > LEAST_TITLE:
            px -= 1
        for line in self.lines(picture.title, px):
            self.text(EDGE, y, line, px, color=INK)
            y += px * LEADING
        for line in self.lines(picture.subtitle, TEXT) if picture.subtitle else ():
            self.text(EDGE, y, line, TEXT, color=SOFT)
            y += TEXT * LEADING
        return y

    def foot(self, words: str) -> float:
        """As-of and sources at the bottom; returns where they begin."""
        lines = self.lines(words, SMALL)
        y = self.height - 22 - len(lines) * SMALL * LEADING
        for i, line in enumerate(lines):
            self.text(EDGE, y + i * SMALL * LEADING, line, SMALL, color=SOFT)
        return y

    def panels(self, panels: tuple[Panel, ...], top: float, bottom: float) -> None:
        names = [t for p in panels for _, t in p.y.ticks] + [r.name for p in panels for r in p.rows]
        left = EDGE + max((self.wide(n, TEXT) for n in names), default=0.0) + 14
        # Room over each frame for its name and for what is marked in it.
        above = TEXT * LEADING + 10 if any(labelled(p) for p in panels) else 12.0
        below = 0 if panels[0].rows else TEXT * LEADING + 16
        each = (bottom - 18 - below - top) / len(panels)
        for i, panel in enumerate(panels):
            y = top + (i + 1) * each
            axes = self.figure.add_axes(
                (
                    left / self.width,
                    1 - y / self.height,
                    (self.width - EDGE - left) / self.width,
                    (each - above) / self.height,
                )
            )
            Frame(self, axes, panel).draw(last=i == len(panels) - 1)


def _parts(words: str) -> list[str]:
    """Where a line may be broken: after a space; in a script without spaces, after any letter."""
    out = [""]
    for c in words:
        out[-1] += c
        if c == " " or ord(c) >= 0x2E80:
            out.append("")
    return [p for p in out if p]
