"""What the daily job knows of a slot besides the ledger: its run, and what it has alerted of.

Losing it costs a second note or a second alert, never a second post: that is the ledger's affair.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from generator.errors import StoreError

FOLDER = "slots"  # beside the ledger


@dataclass(frozen=True, slots=True)
class Journal:
    """One slot. run: `DATE/NAME` of the note written for it, as_of its moment in ms.

    skipped: why nothing is to be said ("quiet"). alerts: kinds of trouble already told of.
    """

    slot: str
    run: str = ""
    as_of: int = 0
    skipped: str = ""
    alerts: tuple[str, ...] = ()


def path_of(state: Path, slot: str) -> Path:
    return state / FOLDER / f"{slot.replace('/', '_')}.json"


def read(state: Path, slot: str) -> Journal:
    """A slot's journal; a new one where there is none, or where it cannot be read."""
    try:
        data = json.loads(path_of(state, slot).read_text("utf-8"))
        return Journal(
            slot,
            str(data["run"]),
            int(data["as_of"]),
            str(data["skipped"]),
            tuple(str(kind) for kind in data["alerts"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Journal(slot)


def write(state: Path, journal: Journal) -> None:
    """Keeps it, whole or not at all. Raises StoreError."""
    path = path_of(state, journal.slot)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.write_text(json.dumps(asdict(journal), indent=2) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        todo = "Check the state folder's permissions and free space."
        raise StoreError(str(path), f"cannot be written: {error.strerror}", todo) from None
