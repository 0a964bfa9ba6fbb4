"""Private marks inside text being composed, and reading them back into spans.

Code points of the Unicode private use area, which every outside text (headlines, settings) is
stripped of before it comes near a template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER, END, CLOSE, REGION, PARAGRAPH = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_TOKEN = re.compile("[\ue000\ue003]([0-9]+)\ue001|\ue002")
_OUTSIDE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the clean text (code points) and the index it was marked with."""

    kind: str  # number, region
    index: int
    start: int
    end: int


def number(index: int, text: str) -> str:
    return f"{NUMBER}{index}{END}{text}{CLOSE}"


def region(index: int, text: str) -> str:
    return f"{REGION}{index}{END}{text}{CLOSE}"


def strip(text: str) -> str:
    """Outside text without private code points."""
    return _OUTSIDE.sub("", text)


def tidy(text: str) -> str:
    """White space as a reader wants it: a template's own line breaks are layout and become spaces.

    Paragraphs break only at PARAGRAPH marks. Marks stay where they are.
    """
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" +((?:\ue002)*[.,;:?!)](?:\s|$|\ue002))", r"\1", text)
    paragraphs = (p.strip() for p in text.split(PARAGRAPH))
    return "\n\n".join(p for p in paragraphs if p)


def read(text: str) -> tuple[str, list[Span]]:
    """Clean text and the spans that were marked in it."""
    out: list[str] = []
    spans: list[Span] = []
    stack: list[tuple[str, int, int]] = []
    position, at = 0, 0
    for token in _TOKEN.finditer(text):
        out.append(text[at : token.start()])
        position += token.start() - at
        at = token.end()
        if token.group(0) == CLOSE:
            kind, index, start = stack.pop()
            spans.append(Span(kind, index, start, position))
        else:
            kind = "number" if token.group(0)[0] == NUMBER else "region"
            stack.append((kind, int(token.group(1)), position))
    out.append(text[at:])
    return "".join(out), spans
