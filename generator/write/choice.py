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
    """used: phrase id -> its place among all that the last 14 notes said, a later one higher.

    said collects this note's.
    """

    seed: str
    used: Mapping[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def choose(self, key: str, options: Sequence[str]) -> str:
        """One of options (ids without the key): what was not said lately, then by the seed.

        Once all were said, one of the half longest unsaid: in strict turns the daily sentences
        of a note would keep coming back together.
        """
        here = self.said
        least = min(here.count(f"{key}.{o}") for o in options)
        left = [o for o in options if here.count(f"{key}.{o}") == least]
        left.sort(key=lambda o: self.used.get(f"{key}.{o}", 0))
        unsaid = [o for o in left if f"{key}.{o}" not in self.used]
        best = min(unsaid or left[: max(1, len(left) // 2)], key=lambda o: self._draw(key, o))
        self.said.append(f"{key}.{best}")
        return best

    def _draw(self, key: str, option: str) -> bytes:
        return hashlib.blake2b(f"{self.seed}|{key}|{option}".encode(), digest_size=8).digest()
