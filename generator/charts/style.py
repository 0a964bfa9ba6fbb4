"""The looks of every picture: one font for all languages, sizes for a phone, colours for all eyes.

The font ships with the program, so that two machines with the pinned versions draw the same bytes.
Sizes are in pixels of a picture 1,200 wide: a phone of 360 shows them at three tenths. Colours
are Okabe and Ito's; what they tell apart is told by place, too, and their greys differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

FONT = Path(__file__).with_name("fonts") / "CommentarySans.ttf"
FAMILY = ["Commentary Sans", "DejaVu Sans"]  # the second comes with matplotlib
LINES = {"blue": "#0072B2", "orange": "#D55E00", "grey": "#7A7A7A", "black": "#222222"}
BARS = LINES | {"orange": "#E69F00"}
INK, SOFT, FAINT, SHADE = "#222222", "#555555", "#DDDDDD", "#E9EEF2"
PALE, EDGES = "#A9CDE4", "#9FB3C2"
DPI = 100
TITLE, LEAST_TITLE, TEXT, SMALL = 48, 42, 35, 32  # px
EDGE, LEADING = 44, 1.28


def warm() -> None:
    """Imports all that the first picture would wait for."""
    import matplotlib
    from matplotlib.backends import backend_agg  # noqa: F401

    apply(matplotlib)


def apply(matplotlib: Any) -> None:
    """The program's own settings, whatever matplotlibrc stands about."""
    from matplotlib import font_manager

    matplotlib.rcdefaults()
    if FAMILY[0] not in {f.name for f in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(FONT)
    matplotlib.rcParams.update(
        {"font.family": FAMILY, "text.parse_math": False, "axes.unicode_minus": False}
    )


def pt(px: float) -> float:
    return px * 72 / DPI


def missing(text: str) -> str:
    """The characters of a text that neither font has."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    latin = font_manager.findfont("DejaVu Sans")
    known = {c for path in (str(FONT), latin) for c in FT2Font(path).get_charmap()}
    return "".join(sorted({c for c in text if c.isprintable() and ord(c) not in known}))
