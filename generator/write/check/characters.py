"""Gate: only what a reader can see and a network sends as it stands.

The texts of a house and of its templates come to a note by the same way as everyone else's.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Problem
from generator.printable import NAMED, UNUSUAL, hidden
from generator.write.check.quotes import DISCLAIMER
from generator.write.check.reading import Reading

GATE = "furniture"
SIGNS = {
    "tag": ("{", "}"),
    "link": ("://", "www.", "javascript:", "data:", "mailto:"),
    "mention": ("@", "\uff20"),
}


def check_characters(reading: Reading) -> Iterator[Problem]:
    """Invisible characters, unfinished template tags, links and mentions.

    A disclaimer pack may send a reader to an address: its own words are left out.
    """
    packs = [(n.segment, n.start, n.end) for n in reading.draft.numbers if n.metric == DISCLAIMER]
    for index, text in enumerate(reading.draft.segments):
        for unusual in UNUSUAL.finditer(text):
            if unusual[0] != "\n" and hidden(unusual[0]):
                message = f"U+{ord(unusual[0]):04X} cannot be seen"
                yield Problem(GATE, "error", message, index, *unusual.span())
        for what, pattern in NAMED:
            if not any(sign in reading.low[index] for sign in SIGNS[what]):
                continue  # to look for a few signs takes a hundredth of the time
            for m in pattern.finditer(text):
                if any(i == index and a <= m.start() < b for i, a, b in packs):
                    continue
                message = f"{m[0]!r}: a {what} has no place here"
                yield Problem(GATE, "error", message, index, m.start(), m.end())
