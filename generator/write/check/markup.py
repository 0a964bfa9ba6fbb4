"""Text as people and programs write it, made readable without moving a character.

Markdown is blanked out place by place, digits of other scripts become the ones that are checked,
and characters that cannot be seen are taken out; `Readable.at` leads every span back to the file.
All patterns look at most a bounded way ahead, so the time grows with the length alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from generator.model import Problem
from generator.printable import UNUSUAL, hidden

GATE = "furniture"
BLANKED = re.compile(
    r"<!--.{0,4000}?-->"
    r"|</?[a-zA-Z][^<>\n]{0,300}>"
    r"|\]\([^()\n]{0,500}\)"  # the address of a link; its words stay
    r"|!?\[(?=[^\[\]\n]{0,300}\]\()"
    r"|^[ \t]{0,8}(?:#{1,6}|>|[-*+]|\d{1,3}[.)])(?=[ \t])"
    r"|^[ \t]{0,3}(?:[-*_=][ \t]?){3,80}$"
    r"|^[ \t]{0,3}(?:`{3}|~{3})[^\n]{0,80}$"
    r"|(?<![\w*])\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?![\w*])|(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)"
    r"|`|\\(?=[-_*#`|~$+.!\[\]()])",
    re.MULTILINE | re.DOTALL,
)
INSIDE = re.compile(  # a number: its emphasis and tags are taken out, not blanked
    r"(?<=[\d.,$€£])(?:[*_]{1,3}|`|</?[a-zA-Z]{1,10}>)(?=[\d.,])"
)
COMMENT = re.compile(r"<!--.{0,4000}?-->", re.DOTALL)
RULE_OF_TABLE = re.compile(r"^[ \t]{0,3}\|?(?:[ \t]{0,20}:?-{2,80}:?[ \t]{0,20}\|?){1,40}$", re.M)
CELL = re.compile(r"(?<!\\)\|")
MIXED = re.compile(r"[A-Za-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][A-Za-z]")
FRONT_MATTER = re.compile(r"---\n.{0,4000}?\n---\n", re.DOTALL)


@dataclass(frozen=True)
class Readable:
    """A text to be read, what was found while making it so, and where its characters were."""

    text: str
    problems: tuple[Problem, ...]
    places: tuple[int, ...] | None  # None where no character was taken out

    def at(self, problem: Problem) -> Problem:
        """A problem at its place in the file."""
        if self.places is None or problem.start < 0:
            return problem
        start = self.places[min(problem.start, len(self.places) - 1)]
        end = self.places[min(max(problem.end - 1, 0), len(self.places) - 1)] + 1
        return Problem(problem.gate, problem.severity, problem.message, problem.segment, start, end)


def readable(text: str) -> Readable:
    """Plain words at the places of the file; see the module."""
    found: list[Problem] = []
    unusual = [m.start() for m in UNUSUAL.finditer(text)]
    inside = {i for m in INSIDE.finditer(text) for i in range(*m.span())}
    places: tuple[int, ...] | None = None
    if unusual or inside:
        text, places, found = _seen(text, unusual, inside)
    front = FRONT_MATTER.match(text)
    if front:
        text = _blank(front) + text[front.end() :]
    if "|" in text:
        text = CELL.sub(";", RULE_OF_TABLE.sub(_blank, text))
    return Readable(BLANKED.sub(_blank, text), tuple(found), places)


def _between_digits(text: str, at: int) -> bool:
    """Whether a full-width comma stands within a number in full-width digits."""
    return (
        text[at - 1 : at + 2].replace("，", "").isdigit() and "\uff10" <= text[at - 1] <= "\uff19"
    )


def _blank(m: re.Match[str]) -> str:
    return "".join("\n" if c == "\n" else " " for c in m[0])


def _seen(
    text: str, unusual: list[int], inside: set[int]
) -> tuple[str, tuple[int, ...] | None, list[Problem]]:
    """The text with digits of one kind, nothing hidden in it and no markup inside its numbers."""
    found, taken, changed = list[Problem](), set(inside), dict[int, str]()
    for i in unusual:
        character = text[i]
        if character in "\n\r\t":
            if character != "\n":
                changed[i] = " "
        elif hidden(character):
            taken.add(i)
            message = f"U+{ord(character):04X} cannot be seen"
            found.append(Problem(GATE, "error", message, 0, i, i + 1))
        else:
            digit = unicodedata.decimal(character, None)
            if digit is not None:
                changed[i] = str(digit)
                message = f"{character!r} is a digit of another script; write {digit}"
                found.append(Problem(GATE, "error", message, 0, i, i + 1))
            elif "\uff01" <= character <= "\uff5e" and (
                character not in "，；：（）！？" or _between_digits(text, i)
            ):
                changed[i] = chr(ord(character) - 0xFEE0)
    for m in MIXED.finditer(text):
        message = f"{m[0]!r} mixes letters of two alphabets that look alike"
        found.append(Problem(GATE, "error", message, 0, m.start(), m.end()))
    if changed:
        text = "".join(changed.get(i, c) for i, c in enumerate(text))
    if not taken:
        return text, None, found
    kept = [i for i in range(len(text)) if i not in taken]
    return "".join(text[i] for i in kept), tuple(kept), found
