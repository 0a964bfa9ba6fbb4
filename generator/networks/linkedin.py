"""LinkedIn: 3000 characters of its `little` text, in which fifteen characters are reserved.

An unescaped one silently ends the published text there. A hashtag is an element of that format and
keeps its sign. How escapes count is not documented; here they do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.networks.base import (
    HASHTAG,
    LINK,
    Limits,
    Network,
    Option,
    Segment,
    defused,
    options_of,
    utf16,
)

RESERVED = re.compile(r"[\\|{}@\[\]()<>#*_~]")
WHOLE = re.compile(f"{LINK.pattern}|{HASHTAG.pattern}")


@dataclass(frozen=True)
class LinkedIn(Network):
    """LinkedIn, and how it wants a text written."""

    def pasted(self, segment: Segment) -> str:
        return defused(segment.shown)  # its editor takes plain text

    def written(self, shown: str) -> str:
        return escaped(super().written(shown))


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("linkedin", options, form="article")
    limits = Limits(
        limit=3000,
        unit="characters (UTF-16), with escapes",
        length=utf16,
        media=20,
        media_mode="upload",
        alt_text=True,
        bare_links=True,
    )
    return LinkedIn(
        name="linkedin",
        title="LinkedIn",
        limits=limits,
        compose="https://www.linkedin.com/feed/?shareActive=true&text=",
        form=given["form"],
        forms=("article", "brief", "post"),
    )


def escaped(text: str) -> str:
    """The text with a backslash before every reserved character, but for hashtags and addresses."""
    out, position = [], 0
    for m in WHOLE.finditer(text):
        out += [RESERVED.sub(r"\\\g<0>", text[position : m.start()]), m[0]]
        position = m.end()
    return "".join(out) + RESERVED.sub(r"\\\g<0>", text[position:])
