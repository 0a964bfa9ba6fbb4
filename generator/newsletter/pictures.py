"""A picture that goes with a newsletter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """path: from the file that shows it, with `/`. width and height in pixels. data: PNG."""

    path: str
    alt: str
    width: int
    height: int
    data: bytes = b""

    @property
    def cid(self) -> str:
        """Its name inside a message."""
        return "".join(c if c.isalnum() else "-" for c in self.path) + "@newsletter"
