"""Choosing between phrases of equal merit: the same every time for the same seed and memory.

The seed comes from date and slot, never from data, so a number that changes does not reshuffle the
words around it. A phrase said in the last notes waits until the others have had their turn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Chooser:
    """used: how often a phrase id was said in the last 14 notes; said collects this note's."""

    seed: str
    used: Mapping[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def choose(self, key: str, options: Sequence[str]) -> str:
        """One of options (phrase ids without the key); least used first, then by the seed."""
        here = self.said
        best = min(
            options,
            key=lambda o: (
                here.count(f"{key}.{o}"),
                self.used.get(f"{key}.{o}", 0),
                self._draw(key, o),
            ),
        )
        self.said.append(f"{key}.{best}")
        return best

    def _draw(self, key: str, option: str) -> bytes:
        return hashlib.blake2b(f"{self.seed}|{key}|{option}".encode(), digest_size=8).digest()
