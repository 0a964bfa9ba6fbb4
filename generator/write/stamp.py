"""The stamp of what is not the present market, in the language of the text.

The token stands first and is the same in every language: programs that read a run go by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.model import Snapshot

TOKENS = {"scenario": "SCENARIO", "replay": "REPLAY"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """token: SCENARIO or REPLAY; word: the language's own; why: a sentence. Empty for live data."""

    token: str = ""
    word: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """SCENARIO, or where the language has a word of its own, SCENARIO and that word."""
        return self.token if self.word in ("", self.token) else f"{self.token} · {self.word}"

    @property
    def line(self) -> str:
        """A first line that no reader of the bare text can miss; empty for the present market."""
        return f"[{self.name}] {self.why}".rstrip() if self.token else ""


def stamp_of(snapshot: Snapshot, words: Mapping[str, Any]) -> Stamp:
    """What a snapshot is stamped with. words: those of the language (`stamps` of words.yaml); a
    language without them has the token alone."""
    token = TOKENS.get(snapshot.mode, "")
    told = words.get("stamps", {}).get(token, {})
    why = str(told.get("why", "")).replace("{scenario}", snapshot.scenario)
    return Stamp(token, str(told.get("word", token)), why)
