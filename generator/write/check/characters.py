"""Gate: only what a reader can see and a network sends as it stands.

The texts of a house and of its templates come to a note by the same way as everyone else's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from generator.model import Problem
from generator.write.check.reading import Reading

GATE = "furniture"
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}  # controls, bidirectional marks, private use
UNUSUAL = re.compile(r"[^ -~\n]")
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
LINK = re.compile(r"\w+://|\bwww\.")
MENTION = re.compile(r"(?<!\w)[@\uff20]\w+")


def check_characters(reading: Reading) -> Iterator[Problem]:
    """Invisible characters, unfinished template tags, links and mentions."""
    for index, text in enumerate(reading.draft.segments):
        for unusual in UNUSUAL.finditer(text):
            if unicodedata.category(unusual[0]) in HIDDEN:
                message = f"U+{ord(unusual[0]):04X} cannot be seen"
                yield Problem(GATE, "error", message, index, *unusual.span())
        for what, pattern in (("tag", LEFT_OVER), ("link", LINK), ("mention", MENTION)):
            for m in pattern.finditer(text):
                message = f"{m[0]!r}: a {what} has no place here"
                yield Problem(GATE, "error", message, index, m.start(), m.end())
