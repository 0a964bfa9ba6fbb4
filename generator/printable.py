"""What no text of ours may carry: links, mentions, template tags, characters nobody can see.

One definition for feeds, settings and the finished text.
"""

from __future__ import annotations

import re
import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})  # controls, bidirectional marks, private use
UNUSUAL = re.compile(r"[^ -~]")
LINK = re.compile(r"\w*://|\bwww\.|\b(?:javascript|data|mailto):\w", re.I)
MENTION = re.compile(r"(?<!\w)[@\uff20]\w+")
TAG = re.compile(r"\{\{|\}\}|\{%|%\}")
NAMED = (("tag", TAG), ("link", LINK), ("mention", MENTION))


def hidden(character: str) -> bool:
    """Whether a reader cannot see a character; a line break counts as seen only where allowed."""
    return unicodedata.category(character) in HIDDEN


def unprintable(text: str) -> str:
    """Why a one-line text cannot be printed as it stands; empty when it can."""
    for unusual in UNUSUAL.finditer(text):
        if hidden(unusual[0]):
            return f"the character U+{ord(unusual[0]):04X}, which cannot be seen"
    return next((f"a {name}" for name, pattern in NAMED if pattern.search(text)), "")
