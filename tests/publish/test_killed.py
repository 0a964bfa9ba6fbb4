"""X: killed anywhere, cut off anywhere, two at once: no post twice, none lost, none out of order.

A sample here; a thousand threads with `make evidence` (output/evidence/outbox.md).
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.publish.base import Sender
from generator.publish.senders.x import XSender
from generator.settings import Network
from tests.publish.doubles.started import Running, running
from tests.publish.doubles.x import KEYS
from tests.publish.killing import Rig, Standing, Tally, at_every_step, drive

EVIDENCE = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
THREADS = 1_000 if EVIDENCE else 8


@dataclass(frozen=True)
class OnX:
    """The double of X; it holds a request back longer than the sender waits."""

    server: Running
    place: Path
    network: str = "x"
    faults: Sequence[str] = (
        "drop before", "drop after", "500 before", "500 after", "503 after", "slow after",
        "401 before", "429 before", "402 before", "403 before",
    )  # fmt: skip

    def sender(self) -> Sender:
        return XSender(Network("x", {"base_url": self.server.url}, KEYS), self.place, read_s=0.25)

    def arm(self, rng: random.Random, faults: Sequence[str]) -> None:
        reading = [rng.choice(["", "", "503 before"]) for _ in range(3)] if faults else []
        late = rng.choice([0.0, 0.0, 0.015, 5.0]) if faults else 0.0
        self.server.tell(
            faults=list(faults), read_faults=reading, lag=late, duplicates=rng.random() < 0.5
        )

    def standing(self) -> list[Standing]:
        return [
            Standing(p["id"], p["text"], p["parent"])
            for p in self.server.told(settled=True)["posts"]
        ]


def test_no_death_and_no_fault_makes_a_second_post(tmp_path: Path) -> None:
    with running("x") as server:
        tally = drive(OnX(server, tmp_path), tmp_path / "state", THREADS, seed=1)
    assert tally.sound, tally.wrong()
    assert tally.killed
    if EVIDENCE:
        assert tally.threads == THREADS
        _write(tally)


def test_killed_at_every_step_a_thread_is_whole_in_the_end(tmp_path: Path) -> None:
    with running("x") as server:
        tally = at_every_step(OnX(server, tmp_path), tmp_path / "state", 3, 1 if EVIDENCE else 5)
    assert tally.sound, tally.wrong()
    assert tally.threads > (30 if EVIDENCE else 6)


def test_the_drive_sees_a_poster_that_sends_again(tmp_path: Path) -> None:
    """The proof can fail: an outbox that believes a lost answer means a lost post is found out."""
    with running("x") as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.publish.looking.Looking.after", _not_sent)
        rig: Rig = OnX(server, tmp_path, faults=("drop after", "500 after"))
        tally = drive(rig, tmp_path / "state", 8, seed=2)
    assert tally.doubled


def _not_sent(looking, entry, position, *_):  # type: ignore[no-untyped-def]
    looking.ledger.end(entry, position, "not sent", looking.clock.now())


def _write(tally: Tally) -> None:
    from tests.conftest import ROOT

    path = ROOT / "output" / "evidence" / "outbox.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = "\n".join(f"| {name} | {value} |" for name, value in tally.rows().items())
    path.write_text(
        f"# The outbox under SIGKILL and faults: X\n\n| what | count |\n| --- | --- |\n{rows}\n"
    )
