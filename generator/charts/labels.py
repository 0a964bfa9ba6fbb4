"""Places for the texts in a frame: none on another, and none on what is drawn where that can be."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.charts.model import Panel
from generator.charts.style import INK, LEADING, TEXT, pt
from generator.model import Floats

if TYPE_CHECKING:
    from generator.charts.draw import Sheet

GAP = 10.0  # px between a text and what it names
FINE = 6.0  # px between two looks at a line
ON_TEXT = 1000.0  # a text on another is worse than any number of looks on a line

Box = tuple[float, float, float, float]  # left, bottom, right, top, in px


class Labels:
    """The texts of one frame, each at the place where it covers least."""

    def __init__(self, sheet: Sheet, axes: Any, panel: Panel) -> None:
        self.sheet, self.axes, self.panel = sheet, axes, panel
        self._taken: list[Box] = []
        self._drawn = self._points()

    def at_point(self, x: float, y: float, words: str) -> None:
        """Beside a dot."""
        at, up = self._px(x, y)
        wide, high = self._size(words)
        sides = [(at + GAP + 4, up - high / 2), (at - GAP - 4 - wide, up - high / 2)]
        rows = [up - GAP - high, up + GAP]
        self._put(words, [*sides, *((c, r) for r in rows for c in (at - wide / 2, at - wide, at))])

    def on_level(self, y: float, words: str) -> None:
        """Along a line that goes across."""
        _, up = self._px(self.panel.x.low, y)
        wide, high = self._size(words)
        left, _, right, _ = self._frame()
        columns = (left + GAP, right - GAP - wide, (left + right - wide) / 2)
        self._put(words, [(c, r) for r in (up + 2, up - 2 - high) for c in columns])

    def _put(self, words: str, corners: list[tuple[float, float]]) -> None:
        wide, high = self._size(words)
        left, bottom, right, top = self._frame()
        found = []
        for place, (x, y) in enumerate(corners):
            x, y = min(max(x, left), right - wide), min(max(y, bottom), top - high)
            found.append((self._covers((x, y, x + wide, y + high)), place, x, y))
        _, _, x, y = min(found)
        self._taken.append((x, y, x + wide, y + high))
        text = self.axes.annotate(
            words, (x, y + high / 2), xycoords="figure pixels", fontsize=pt(TEXT), color=INK,
            ha="left", va="center", zorder=8,
        )  # fmt: skip
        text.set_path_effects(halo())

    def _covers(self, box: Box) -> float:
        left, bottom, right, top = box
        on = self._drawn
        looks = (on[:, 0] >= left) & (on[:, 0] <= right) & (on[:, 1] >= bottom) & (on[:, 1] <= top)
        texts = [b for b in self._taken if overlap(b, box)]
        return float(np.count_nonzero(looks)) + ON_TEXT * len(texts)

    def _size(self, words: str) -> tuple[float, float]:
        return self.sheet.wide(words, TEXT), TEXT * LEADING

    def _frame(self) -> Box:
        box = self.axes.get_window_extent(self.sheet.renderer)
        return float(box.x0), float(box.y0), float(box.x1), float(box.y1)

    def _px(self, x: float, y: float) -> tuple[float, float]:
        at = self.axes.transData.transform((x, y))
        return float(at[0]), float(at[1])

    def _points(self) -> Floats:
        """Where something is drawn, close enough together to be met by any text."""
        out: list[Floats] = [np.empty((0, 2))]
        strokes: list[tuple[tuple[float, float], tuple[float, float]]] = []
        for line in self.panel.lines:
            known = [(x, y) for x, y in line.points if y is not None]
            strokes += pairwise(known)
        for r in self.panel.reaches:
            middle = (r.start + r.end) / 2
            strokes.append(((middle, r.low), (middle, r.high)))
        for c in self.panel.columns:
            strokes += [((x, 0.0), (x, c.value)) for x in (c.left, c.right)]
        for level in self.panel.levels:
            ends = (self.panel.x.low, self.panel.x.high) if level.at is None else (level.at,) * 2
            if not level.upright:
                strokes.append(((ends[0], level.value), (ends[1], level.value)))
        for a, b in strokes:
            p, q = np.array(self._px(*a)), np.array(self._px(*b))
            steps = max(2, int(np.hypot(*(q - p)) / FINE))
            out.append(p + np.linspace(0, 1, steps)[:, None] * (q - p))
        return np.concatenate(out)


def halo() -> list[Any]:
    """White around the letters of a text that may lie on a line."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=5, foreground="white")]


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
