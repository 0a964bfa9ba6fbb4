"""Collect: the state of the market from public sources, as one Snapshot and new history rows.

    sources -> rows (one number per cell, with stamp and endpoint) -> checks -> Snapshot
                                                    newest() -> back-fill -> Series

Adding a source is one file in `sources/` with NAME and `async def fetch(ctx)`. Importing this
package imports no exchange library.
"""

from __future__ import annotations

from generator.collect.run import Collected, Progress, collect
from generator.collect.settings import CollectSettings

__all__ = ["CollectSettings", "Collected", "Progress", "collect"]
