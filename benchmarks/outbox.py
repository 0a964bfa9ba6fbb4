"""The outbox beside a poster that retries, and with a hundred thousand rows in its ledger.

    python benchmarks/outbox.py [--threads 200] [--rows 100000]

First the same load for both, on a network in memory: connections that break before and after it
acted, time-outs, processes that die, and runs that start again until the thread is whole. Then a
ledger filled with posts of three parts: approvals and deliveries, then what `outbox list` and
`show` cost beside the bare start of the program, and memory.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generator.publish.base import Attempt, NotSent, Part, Post, Prepared, Refused, Sent
from generator.publish.ledger import Ledger
from generator.publish.outbox import Outbox
from generator.publish.schema import connect, transaction
from generator.settings import PublishSection
from tests.publish.fakes import NOW, Crash, FakeClock, FakeNetwork, FakeSender, thread

FAULTS = ("", "", "", "before", "after", "die before", "die after", "429")
RESTARTS = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=200)
    parser.add_argument("--rows", type=int, default=100_000)
    args = parser.parse_args()
    print(f"{args.threads} threads of three parts, with faults and deaths")
    for name, poster in (("a poster that retries", retrying), ("the outbox", outbox)):
        doubled, whole, waiting, seconds = load(poster, args.threads)
        print(
            f"  {name:<22} doubled {doubled:>4}   whole {whole:>4}   waiting for a person"
            f" {waiting:>4}   {seconds / args.threads * 1000:.1f} ms a thread"
        )
    with tempfile.TemporaryDirectory() as folder:
        large(Path(folder), args.rows)


# ---------------------------------------------------------------- the same load


def load(
    poster: Callable[[Post, FakeSender, Path, FakeClock], bool], threads: int
) -> tuple[int, int, int, float]:
    """Threads doubled, whole and once, waiting for a person; seconds."""
    rng = random.Random(7)
    doubled = whole = waiting = 0
    began = time.perf_counter()
    for number in range(threads):
        post = thread(*(f"{number} part {i}" for i in range(3)))
        clock = FakeClock()
        faults = [rng.choice(FAULTS) for _ in range(6)]
        sender = FakeSender(FakeNetwork(clock), faults)
        with tempfile.TemporaryDirectory() as folder:
            waits = False
            for _ in range(RESTARTS):
                with contextlib.suppress(Crash):
                    waits = poster(post, sender, Path(folder), clock)
                    if not waits:
                        break
                clock.time += 61_000
        texts = [p.text for p in sender.network.posts]
        doubled += len(texts) != len(set(texts))
        whole += texts == [s.text for s in post.segments]
        waiting += waits
    return doubled, whole, waiting, time.perf_counter() - began


def retrying(post: Post, sender: FakeSender, folder: Path, clock: FakeClock) -> bool:
    """What most scripts do: note what was posted, try again what raised."""
    done = folder / "done"
    parent = Sent(done.read_text().split()[-1]) if done.exists() else None
    for index in range(len(done.read_text().split()) if done.exists() else 0, len(post.segments)):
        for _ in range(4):
            outcome = sender.send(Attempt(Part(post, index, "", None, parent), Prepared(), 0))
            if isinstance(outcome, Sent):
                parent = outcome
                with done.open("a") as file:
                    file.write(f"{outcome.id} ")
                break
            if isinstance(outcome, Refused):
                return True
            clock.sleep(61 if isinstance(outcome, NotSent) else 1)
        else:
            return True
    return False


def outbox(post: Post, sender: FakeSender, folder: Path, clock: FakeClock) -> bool:
    with Ledger(folder) as ledger:
        approval = ledger.approved("run", "fake") or ledger.approve(
            post, run="run", as_of=NOW, slot="slot", mode="live", who="person", at=NOW
        )
        return not Outbox(ledger, PublishSection(), clock).deliver(approval, sender).whole


# ---------------------------------------------------------------- a hundred thousand rows


def large(folder: Path, rows: int) -> None:
    began = time.perf_counter()
    fill(folder, rows)
    size = (folder / "ledger.sqlite3").stat().st_size / 1e6
    print(f"a ledger of {rows} rows ({size:.0f} MB), filled in {time.perf_counter() - began:.1f} s")
    clock = FakeClock()
    sender = FakeSender(FakeNetwork(clock), account="desk")
    many, began = 200, time.perf_counter()
    with Ledger(folder) as ledger:
        for number in range(many):
            approval = ledger.approve(
                thread("a", "b", "c"), run=f"new {number}", as_of=NOW, slot=f"new {number}",
                mode="live", who="person", at=NOW,
            )  # fmt: skip
            result = Outbox(ledger, PublishSection(), clock).deliver(approval, sender)
            assert result.whole, result
    each = (time.perf_counter() - began) / many
    print(f"  approve and deliver three parts    {each * 1000:>6.1f} ms (each commit synced)")
    floor = min(command(folder, "version") for _ in range(5))
    for words in (("list",), ("list", "--state", "uncertain"), ("show", str(rows // 3 + 1))):
        best = min(command(folder, "outbox", *words) for _ in range(5))
        name = " ".join(("outbox", *words))
        print(f"  {name:<34} {best * 1000:>6.0f} ms of processor; the start {floor * 1000:.0f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  memory at its highest, all of this {peak:>6.0f} MB")


def fill(folder: Path, rows: int) -> None:
    db = connect(folder / "ledger.sqlite3")
    body = '{"lang": "en", "network": "fake", "parts": {}, "segments": [], "title": ""}'
    posts = range(1, rows // 3 + 1)
    states = {n: "uncertain" if n % 5_000 == 0 else "sent" for n in posts}
    with transaction(db):
        db.execute("INSERT INTO accounts VALUES ('fake', 'desk', '@desk', 0)")
        db.executemany(
            "INSERT INTO approvals (id, hash, run, network, as_of, slot, kind, mode, at, who, body)"
            " VALUES (?, 'h', ?, 'fake', 0, ?, 'post', 'live', 0, 'person', ?)",
            ((n, f"run {n}", f"slot {n}", body) for n in posts),
        )
        db.executemany(
            "INSERT INTO posts VALUES (?, 'fake', 'other', ?, ?, 0, ?)",
            ((n, f"slot {n}", n, states[n]) for n in posts),
        )
        db.executemany(
            "INSERT INTO segments VALUES (?,?,?,'t','{}',0,0,1,'1','','{}','',0)",
            ((n, i, states[n]) for n in posts for i in range(3)),
        )
        db.executemany(
            "INSERT INTO events (at, post, position, state, note) VALUES (0, ?, ?, 'sent', '')",
            ((n, i) for n in posts for i in range(3)),
        )
        db.executemany(
            "INSERT INTO costs (at, network, account, post, position, micros, note)"
            " VALUES (0, 'fake', 'desk', ?, ?, 15000, '')",
            ((n, i) for n in posts for i in range(3)),
        )
    db.close()


def command(folder: Path, *words: str) -> float:
    """Processor seconds of one command in a fresh process: waiting for others does not count."""
    env = {**os.environ, "COMMENTARY_STATE": str(folder)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "generator", *words], env=env, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    main()
