"""Markdown (CommonMark, and tables as GitHub has them), every character of the draft literal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.model import Draft, Part
from generator.newsletter.pictures import Picture

# What Markdown could read as a mark anywhere, and what it reads so at the start of a line.
MARK = re.compile(r"[\\`*_\[\]<>|~&#]")
LIST = re.compile(r"^(?:[-+=:]|\d{1,9}[.)](?=\s|$))")
LINK = re.compile(r"(?:https?|ftp)://|www\.|(?<=[\w.+-])@(?=\w)", re.I)
AFTER_LEAD = 2  # paragraphs before the first picture


def markdown(draft: Draft, pictures: Sequence[Picture] = (), stamp: str = "") -> str:
    """The draft with headings and tables, pictures under its first section."""
    out = [f"**{escaped(stamp)}**"] if stamp else []
    shown = False
    for i, part in enumerate(draft.parts):
        if not shown and part.kind == "heading" and i > AFTER_LEAD:
            out += _pictures(pictures)
            shown = True
        line = _line(draft, part)
        before = draft.parts[i - 1].kind if i else ""
        if part.kind in ("head", "row") and before in ("head", "row"):
            out[-1] += f"\n{line}"
        else:
            out.append(line)
    return "\n\n".join(out if shown else [*out, *_pictures(pictures)]) + "\n"


def _pictures(pictures: Sequence[Picture]) -> list[str]:
    return [f"![{escaped(' '.join(p.alt.split()))}]({p.path})" for p in pictures]


def _line(draft: Draft, part: Part) -> str:
    text = draft.segments[part.segment][part.start : part.end]
    if part.kind in ("head", "row"):
        cells = [escaped(cell) for cell in text.split(" | ")]
        line = f"| {' | '.join(cells)} |"
        return line if part.kind == "row" else f"{line}\n|{' --- |' * len(cells)}"
    marks = {"title": "# ", "heading": "## "}.get(part.kind, "")
    return marks + escaped(text)


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands: no emphasis, link, heading, list, markup or entity."""
    text = MARK.sub(r"\\\g<0>", text)
    text = "\n".join(LIST.sub(_kept, line) for line in text.split("\n"))
    # Bare addresses become links by themselves; a colon or dot that is an entity stops that.
    return LINK.sub(
        lambda m: (
            m[0].replace(":", "&#58;").replace("@", "&#64;")
            if m[0][:1] in "hHfF@"
            else m[0].replace(".", "&#46;")
        ),
        text,
    )


def _kept(start: re.Match[str]) -> str:
    return start[0][:-1] + "\\" + start[0][-1]
