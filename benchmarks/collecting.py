"""How long collecting takes against its slowest venue alone, and how much memory it needs.

    python benchmarks/collecting.py --tape PATH/tape.py [--latency-ms 400] [--rounds 3]

Starts a replay server on a free port of this machine. Markets are cached by a first, uncounted
round, as on any day after the first call. Prints the ratio; exits 1 above --most.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generator.collect import CollectSettings, collect
from generator.model import Snapshot

AT = 1_772_265_600_000  # 2026-02-28 08:00 UTC: 540 perpetuals on record
VENUES = ("binance", "binanceusdm", "bybit", "okx", "hyperliquid", "krakenfutures")


def timed(prefix: str, cache: Path, venues: tuple[str, ...]) -> tuple[float, Snapshot]:
    settings = CollectSettings(venues=venues, aggregators=(), side=(), feeds=(),
                               url_prefix=prefix, backfill=False)  # fmt: skip
    began = time.perf_counter()
    made = collect(settings, now_ms=AT, cache_dir=cache, newest=lambda key: None)
    return time.perf_counter() - began, made.snapshot


def child(prefix: str, cache: Path, venues: tuple[str, ...]) -> dict[str, float]:
    """One collection in a fresh process: what a command's user waits for, imports apart."""
    import resource

    import ccxt.async_support  # noqa: F401 - the same cost for one venue as for all

    seconds, snapshot = timed(prefix, cache, venues)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "rows": len(snapshot.instruments), "peak_mb": peak}


def measure(prefix: str, cache: Path, venues: tuple[str, ...], rounds: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", prefix, str(cache), ",".join(venues)]
    run: Callable[[], dict[str, float]] = lambda: json.loads(  # noqa: E731
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    run()  # caches the listings
    found = [run() for _ in range(rounds)]
    return {k: statistics.median(f[k] for f in found) for k in found[0]}


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        prefix, cache, venues = sys.argv[2:5]
        print(json.dumps(child(prefix, Path(cache), tuple(venues.split(",")))))
        return 0
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tape", required=True, type=Path)
    parser.add_argument("--latency-ms", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=float, default=1.15)
    options = parser.parse_args()
    command = [sys.executable, str(options.tape), "serve", "--at", "2026-02-28T08:00Z", "--freeze",
               "--port", "0", "--latency-ms", str(options.latency_ms)]  # fmt: skip
    with (
        tempfile.TemporaryDirectory() as cache,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        line = server.stdout.readline()
        prefix = next(w for w in line.split() if w.startswith("http://")).rstrip("/") + "/"
        try:
            return report(prefix, Path(cache), options.rounds, options.most)
        finally:
            server.terminate()


def report(prefix: str, cache: Path, rounds: int, most: float) -> int:
    alone = {v: measure(prefix, cache, (v,), rounds) for v in VENUES}
    together = measure(prefix, cache, VENUES, rounds)
    for name, found in alone.items():
        print(f"{name:16} {found['seconds']:6.2f} s  {found['rows']:4.0f} rows")
    slowest = max(found["seconds"] for found in alone.values())
    ratio = together["seconds"] / slowest
    print(f"{'all together':16} {together['seconds']:6.2f} s  {together['rows']:4.0f} rows  "
          f"peak {together['peak_mb']:.0f} MB")  # fmt: skip
    print(f"ratio to the slowest venue alone: {ratio:.2f} (at most {most:g})")
    return 0 if ratio <= most else 1


if __name__ == "__main__":
    sys.exit(main())
