"""The parts of a newsletter as a run folder keeps them, and of one that a person edited."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from generator.model import Part
from generator.write.parts import Kind

KINDS = get_args(Kind)


def parts_kept(rows: Sequence[Mapping[str, Any]], text: str) -> tuple[Part, ...]:
    """The parts as posts/NETWORK.json has them. Raises ValueError where they leave out, or set
    twice, a single character of the text: what is shown is all that was checked, and no more."""
    parts, at = [], 0
    for row in rows:
        kind, start, end = row["kind"], int(row["start"]), int(row["end"])
        if kind not in KINDS or not at <= start < end <= len(text) or text[at:start].strip():
            raise ValueError(f"its parts do not make up its text ({kind} at {start})")
        parts.append(Part(kind, 0, start, end))
        at = end
    if parts and text[at:].strip():
        raise ValueError("its parts do not make up its text (the end)")
    return tuple(parts)


def parts_anew(text: str, before: Sequence[Part], original: str) -> tuple[Part, ...]:
    """The parts of an edited text: what a paragraph was it stays, a new one is a paragraph, or a
    row of a table where it has its bars."""
    known = {original[p.start : p.end]: p.kind for p in before}
    out: list[Part] = []
    for place in re.finditer(r"(?:[^\n]|\n(?!\s*\n))+", text):
        paragraph = place[0].strip("\n")
        start = place.start() + place[0].index(paragraph) if paragraph else place.start()
        if not paragraph.strip():
            continue
        lines = paragraph.split("\n")
        if not (set(lines) & known.keys() or all(" | " in line for line in lines)):
            lines = [paragraph]
        for line in lines:
            kind = known.get(line, "row" if " | " in line else "paragraph")
            out.append(Part(kind if out else "title", 0, start, start + len(line)))
            start += len(line) + 1
    return tuple(out)
