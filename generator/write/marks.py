"""Private marks inside text being composed, and reading them back into spans.

Code points of the Unicode private use area, which every outside text (headlines, settings) is
stripped of before it comes near a template.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

NUMBER, END, CLOSE, REGION, PARAGRAPH = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
TOKEN = re.compile("[\ue000\ue003]([0-9]+)\ue001|\ue002")
# The name of a market or venue: of prices, or of anything else. And what parts stand between texts.
PRICES, OTHERS, NAMED, BREAK = "\ue005", "\ue006", "\ue007", "\ue008"
SCOPE = re.compile("([\ue005\ue006])([^\ue007]*)\ue007")
_SCOPES = re.compile("[\ue005-\ue007]")
_MARKS = (CLOSE, END, PRICES, OTHERS, NAMED)
_EMPTY = re.compile("\ue003[0-9]+\ue001\ue002")
_OUTSIDE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")

_LAYOUT = re.compile(r"[ \t\r\n\f\v]+")
_GAP = re.compile("\ue000[0-9]+\ue001[^\ue002]*\ue002| ")  # a number whole, or a space
_TAG_AFTER = re.compile(r"[#$][^\W\d_]")
_CASHTAG_BEFORE = re.compile(r"\$[A-Za-z]{1,8}$")
_WIDE = re.compile("[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")


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


def scope(text: str, *, prices: bool) -> str:
    """The name of a market, so marked that a text can leave it out where it is told already."""
    return f"{PRICES if prices else OTHERS}{text}{NAMED}" if text else ""


def unscoped(text: str) -> str:
    """Marked text without the marks of scopes."""
    return _SCOPES.sub("", text)


def strip(text: str) -> str:
    """Outside text without private code points."""
    return _OUTSIDE.sub("", text)


def tidy(text: str, *, tight: bool = False) -> str:
    """White space as a reader wants it: a template's own line breaks are layout and become spaces.

    Paragraphs break only at PARAGRAPH marks. Marks stay where they are, as do spaces that hold a
    number to its sign (U+00A0). tight: no space beside a Chinese character or full-width sign, but
    for those that set off a tag, which is none to a network without them.
    """
    text = _LAYOUT.sub(" ", text)
    if tight:
        text = _GAP.sub(_closed, text)
    text = re.sub(r" +((?:\ue002)*[.,;:?!)](?:\s|$|\ue002))", r"\1", text)
    paragraphs = (p.strip() for p in text.split(PARAGRAPH))
    return "\n\n".join(p for p in paragraphs if p)


def _closed(found: re.Match[str]) -> str:
    """A space, or nothing where a Chinese character stands beside it; numbers stay as they are."""
    if found[0] != " " or _TAG_AFTER.match(found.string, _past(found.string, found.end())):
        return found[0]
    if _CASHTAG_BEFORE.search(found.string, max(0, found.start() - 9), found.start()):
        return " "
    beside = (_before(found.string, found.start()), _after(found.string, found.end()))
    return "" if any(map(_WIDE.match, beside)) else " "


def _before(text: str, at: int) -> str:
    """The character before a position, marks apart."""
    while at and text[at - 1] in _MARKS:
        bare = text[at - 1] != END
        at = at - 1 if bare else max(text.rfind(m, 0, at) for m in (NUMBER, REGION))
    return text[at - 1 : at] if at else ""


def _after(text: str, at: int) -> str:
    """The character at a position, marks apart."""
    at = _past(text, at)
    return text[at : at + 1]


def _past(text: str, at: int) -> int:
    """Where the text goes on from a position, behind any marks."""
    while mark := TOKEN.match(text, at) or _SCOPES.match(text, at):
        at = mark.end()
    return at


def plain(text: str) -> str:
    """Clean text alone."""
    return TOKEN.sub("", unscoped(text))


def read(text: str) -> tuple[str, list[Span]]:
    """Clean text and the spans that were marked in it; the marks of scopes leave no trace."""
    text = unscoped(text)
    out: list[str] = []
    spans: list[Span] = []
    stack: list[tuple[str, int, int]] = []
    position, at = 0, 0
    for token in TOKEN.finditer(text):
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


def cut(text: str, cuts: Sequence[tuple[int, int]]) -> list[str]:
    """Marked text in parts: without the stretches `cuts` of its clean text, each part well marked
    by itself. A region that a cut stands in ends before it and begins again after it."""
    starts, gone = {a for a, _ in cuts}, {i for a, b in cuts for i in range(a, b)}
    out, part, inside = list[str](), list[str](), list[str]()
    position = at = 0

    def turn() -> None:
        nonlocal part
        if position in starts:
            starts.discard(position)
            out.append("".join(part) + CLOSE * len(inside))
            part = list(inside)

    def plain(stretch: str) -> None:
        nonlocal position
        for char in stretch:
            turn()
            part.extend(() if position in gone else (char,))
            position += not _SCOPES.match(char)

    for token in TOKEN.finditer(text):
        plain(text[at : token.start()])
        at = token.end()
        if token[0] == CLOSE:
            inside.pop()
        else:
            turn()  # a number that opens a part is not left behind as an empty one
            inside.append(token[0])
        part.append(token[0])
    plain(text[at:])
    out.append("".join(part))
    return [_EMPTY.sub("", p) for p in out]
