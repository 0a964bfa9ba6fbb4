"""What every note must hold, whatever the day."""

from __future__ import annotations

import re
from pathlib import Path

from tests.tape.harness import Run
from tests.tape.independent import Reckoner, perps

# Sources that are settings of the program rather than answers of a venue.
OWN = {"clock", "setting", "rule"}
SPOKEN = {
    "binance": "Binance",
    "binanceusdm": "Binance",
    "bybit": "Bybit",
    "okx": "OKX",
    "hyperliquid": "Hyperliquid",
    "krakenfutures": "Kraken Futures",
    "coinbase": "Coinbase",
}
# Recomputed from bars, a turnover is as exact as they are; the list differs by a few contracts
# because the frames do not say which contracts are crypto.
RELATIVE = {"spot_volume_24h": 0.01, "spot_volume_multiple": 0.015}
ABSOLUTE = {
    "universe_count": 3.0,
    "advancers": 3.0,
    "decliners": 3.0,
    "median_return_24h": 0.1,
    "return_24h": 0.02,
}


def sound(run: Run) -> None:
    """Done, no gate failed, every number traced to a source and standing where it says."""
    assert run.code == 0, f"{run.moment}: exit {run.code}\n{run.stderr}\n{run.errors}"
    assert run.errors == []
    for draft in run.printed["drafts"]:
        for n in draft["trace"]:
            segment = draft["segments"][n["segment"]]
            assert segment[n["start"] : n["end"]] == n["text"]
            window = n["metric"].startswith("window:")
            assert window or n["sources"], f"{run.moment}: {n['text']} has no source"


def every_digit_traced(run: Run) -> None:
    """No digit of a draft lies outside the spans of the trace, but for those of a coin's name."""
    coins = {s["instrument"].partition("/")[0] for n in run.numbers for s in n["sources"]}
    coins = {c for c in coins if any(d.isdigit() for d in c)}
    for draft in run.printed["drafts"]:
        for i, segment in enumerate(draft["segments"]):
            spans = [(n["start"], n["end"]) for n in draft["trace"] if n["segment"] == i]
            for coin in coins:  # the contract 4/USDT, listed as "4 +30.5%"
                named = re.finditer(rf"(?<!\S){re.escape(coin)}(?= [+\-−])", segment)
                spans += [m.span() for m in named]
            loose = [
                segment[max(0, p - 20) : p + 20]
                for p, c in enumerate(segment)
                if c.isdigit() and not any(a <= p < b for a, b in spans)
            ]
            assert loose == [], f"{run.moment}: untraced {loose}"


def names_only_its_venues(run: Run) -> None:
    """The coverage line names no venue on which no printed number rests."""
    rest = {s["venue"] for n in run.numbers for s in n["sources"]} - OWN
    coverage = run.article.partition("Data coverage: ")[2]
    listed = coverage.partition(" from ")[2].partition(".")[0]
    spoken = {SPOKEN[v] for v in rest if v in SPOKEN}
    named = {name for name in SPOKEN.values() if name in listed}
    assert named <= spoken, f"{run.moment}: names {named - spoken}, rests on {sorted(rest)}"
    body = {name for name in SPOKEN.values() if name in run.body}
    assert body <= spoken, f"{run.moment}: speaks of {body - spoken}, rests on {sorted(rest)}"


def agrees_with_the_record(run: Run, market: Path) -> int:
    """Every number that plain pandas can work out again is the one printed; returns how many."""
    reckoner, compared, wrong = Reckoner(market, run.moment), 0, []
    for n in run.numbers:
        if not n["sources"]:
            continue
        source = n["sources"][0]
        expected = reckoner.expected(n["metric"], source["venue"], source["instrument"])
        if expected is None:
            continue
        compared += 1
        room = 0.0 if n["unit"] == "ms" else RELATIVE.get(n["metric"], 0.002) * abs(expected)
        room = max(room, ABSOLUTE.get(n["metric"], 0.0), 1e-6)
        if abs(n["value"] - expected) > room:
            wrong.append((n["text"], n["metric"], source["instrument"], n["value"], expected))
    assert wrong == [], f"{run.moment}: {wrong}"
    return compared


def movers_are_the_largest(run: Run, market: Path) -> None:
    """The listed gains and falls are the largest of the list that the note describes."""
    reckoner = Reckoner(market, run.moment)
    for rising, opening in ((True, "The largest gain"), (False, "The largest fall")):
        listed = re.search(rf"{opening}s? [^:]*: ([^.]*\S+%(?:, \S+ \S+%)*)\.", run.body)
        if listed is None:
            continue
        names = re.findall(r"(\S+) [+\-−][\d.]+%", listed[0])
        if perps(market, reckoner.now).empty:
            return  # nothing recorded that covers these 24 hours
        largest = [_coin(s) for s in reckoner.movers(rising, len(names))]
        assert sorted(names) == sorted(largest), f"{run.moment}: {opening}s {names}, not {largest}"


def _coin(raw: str) -> str:
    """1000PEPEUSDT -> PEPE: the coin as a note names it, without the contract's multiplier."""
    return re.sub(r"^10{3,}", "", raw.removesuffix("USDT"))
