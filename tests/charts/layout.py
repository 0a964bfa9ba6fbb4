"""Where every text of a picture stands, in pixels, and which of them are in each other's way."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from generator.charts.draw import figure_of
from generator.charts.model import SIZES, Picture

PHONE = 360  # px: the narrowest screen that a picture is read on
TOUCH = 2.0  # px by which two boxes may meet: a box is a little larger than its letters


def texts(picture: Picture, size: str) -> list[tuple[str, float, Any]]:
    """(text, its size in px, its box) of every text but the stamp that lies across."""
    from matplotlib.text import Text

    figure = figure_of(picture, size)
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    found = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    return [
        (t.get_text(), t.get_fontsize() * figure.dpi / 72, t.get_window_extent(renderer))
        for t in found
        if not t.get_rotation()
    ]


def clashes(picture: Picture, size: str) -> list[str]:
    """Texts that lie on one another or leave the picture."""
    placed, (width, height) = texts(picture, size), SIZES[size]
    out = [
        f"{a!r} lies on {b!r}"
        for (a, _, one), (b, _, other) in combinations(placed, 2)
        if min(one.x1, other.x1) - max(one.x0, other.x0) > TOUCH
        and min(one.y1, other.y1) - max(one.y0, other.y0) > TOUCH
    ]
    for text, _, box in placed:
        if box.x0 < -TOUCH or box.y0 < -TOUCH or box.x1 > width + TOUCH or box.y1 > height + TOUCH:
            out.append(f"{text!r} leaves the picture")
    return out
