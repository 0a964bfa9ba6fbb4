"""Makes the font of the charts from Noto Sans SC: `python -m tests.charts.make_font NotoSansSC[wght].ttf`.

The whole family has 17 MB. Kept are Latin, the marks of prices and tables, full-width punctuation
and the 3,755 Chinese characters of the first level of GB 2312 (99.7% of running text) plus all that
the templates use, at one weight that stays readable on a phone.
"""

from __future__ import annotations

import sys
from pathlib import Path

FONTS = Path(__file__).resolve().parents[2] / "generator" / "charts" / "fonts"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAME = "CommentarySans.ttf"
WEIGHT = 500
MARKS = "‐‑‒–—‘’“”•…′€←↑→↓−≈≤≥×▲▼●"


def templates() -> set[str]:
    """Every character that a template could put on a picture."""
    texts = [p.read_text("utf-8") for p in TEMPLATES.rglob("*") if p.suffix in (".j2", ".yaml")]
    return {c for c in "".join(texts) if c.isprintable() and ord(c) < 0x10000}


def wanted() -> set[str]:
    found = {chr(c) for c in (*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x3000, 0x3011))}
    found |= {chr(c) for c in range(0xFF01, 0xFF5F)} | set(MARKS)
    for row in range(0xB0, 0xD8):  # level one of GB 2312
        for cell in range(0xA1, 0xFF):
            found |= set(bytes([row, cell]).decode("gb2312", "ignore"))
    return found


def make(source: Path, target: Path) -> None:
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(
        hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 5, 6, 13, 14]
    )
    options.drop_tables += ["GSUB", "GPOS", "vhea", "vmtx", "VORG", "BASE"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(wanted() | templates())))
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHT})
    font[
        "OS/2"
    ].usWeightClass = 400  # it is the only weight there is: nobody is to look for another
    for record in font["name"].names:
        # A changed version does not go by the name of the original (OFL 1.1, clause 3, in spirit).
        new = {1: "Commentary Sans", 4: "Commentary Sans", 6: "CommentarySans"}.get(record.nameID)
        if new:
            record.string = new
    font.save(target)


if __name__ == "__main__":
    make(Path(sys.argv[1]), FONTS / NAME)
    print(f"{FONTS / NAME}: {(FONTS / NAME).stat().st_size:,} bytes")
