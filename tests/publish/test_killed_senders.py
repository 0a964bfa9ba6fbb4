"""Every sender killed anywhere, cut off anywhere: no post twice, none lost, none out of order.

A sample here; a thousand threads each with `make evidence` (output/evidence/outbox-NETWORK.md).
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.publish.base import Sender
from tests.publish.accounts import ACCOUNTS, Account
from tests.publish.doubles.started import Running, running
from tests.publish.killing import Standing, Tally, drive

EVIDENCE = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
THREADS = 1_000 if EVIDENCE else 2


@dataclass(frozen=True)
class OnDouble:
    """One network's double. A network without keys of its own may show a post late."""

    account: Account
    server: Running
    place: Path

    @property
    def network(self) -> str:
        return self.account.network

    @property
    def faults(self) -> Sequence[str]:
        return self.account.faults

    @property
    def keyed(self) -> bool:
        """Whether what arrives late can make no second post."""
        return self.account.network in ("bluesky", "nostr")

    def sender(self) -> Sender:
        return self.account.sender(self.server, self.place, read_s=0.25)

    def arm(self, rng: random.Random, faults: Sequence[str]) -> None:
        reading = [rng.choice(["", "", "503 before"]) for _ in range(3)] if faults else []
        late = rng.choice([0.0, 0.0, 0.015, 5.0]) if faults and not self.keyed else 0.0
        self.server.tell(faults=list(faults), read_faults=reading, lag=late)
        kept = {"mastodon": "keyed", "discord": "nonces"}.get(self.account.module)
        if kept:  # the server forgets its keys after a while
            self.server.tell(**{kept: rng.random() < 0.5})

    def standing(self) -> list[Standing]:
        posts = self.server.told(settled=not self.keyed)["posts"]
        if "webhook_secret" not in self.account.keys:
            return [Standing(p["id"], p["text"], p["parent"]) for p in posts]
        # A webhook cannot answer: a part follows the one before it of the same thread.
        found: list[Standing] = []
        for p in posts:
            thread = p["text"].partition(" ")[0]
            before = [s.id for s in found if s.text.startswith(f"{thread} ")]
            found.append(Standing(p["id"], p["text"], before[-1] if before else ""))
        return found


@pytest.mark.parametrize("name", ACCOUNTS)
def test_no_death_and_no_fault_makes_a_second_post(name: str, tmp_path: Path) -> None:
    with running(ACCOUNTS[name].module) as server:
        rig = OnDouble(ACCOUNTS[name], server, tmp_path / "accounts")
        rig.sender().identity()  # what it imports and keeps is there for every child
        tally = drive(rig, tmp_path / "state", THREADS, seed=5)
    assert tally.sound, vars(tally)
    assert tally.threads == THREADS
    if EVIDENCE:
        assert tally.killed
        _write(name, tally)


def _write(name: str, tally: Tally) -> None:
    from tests.conftest import ROOT

    path = ROOT / "output" / "evidence" / f"outbox-{name.replace(' ', '-')}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = "\n".join(f"| {key} | {value} |" for key, value in tally.rows().items())
    path.write_text(
        f"# The outbox under SIGKILL and faults: {name}\n\n| what | count |\n| --- | --- |\n{rows}\n"
    )
