"""Every generated market, in every language and form: nothing is cut, refused or untraced.

A small sample runs with every test; HYPOTHESIS_PROFILE=evidence runs ten thousand states on all
cores, or as many as COMMENTARY_STATES says, tells how far it is and keeps the figures in
output/evidence/forms.md.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import replace

import pytest

from generator.errors import NotEnoughData
from generator.flow import Note, desk_of, told
from generator.folders import shipped_templates
from generator.model import Draft, NumberTrace
from generator.networks import named, names
from generator.networks.base import Network
from generator.write.templates import Folders
from tests.conftest import ROOT
from tests.flow.desk import SLOT, shop, state, templates
from tests.flow.test_properties import untraced

EVIDENCE = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
STATES = int(os.environ.get("COMMENTARY_STATES", 10_000)) if EVIDENCE else 6
FIRST = 20_000  # of the seeds; other tests use the lower ones
SHARD = 50  # states that a process is given at once
FIGURES = ROOT / "output" / "evidence" / "forms.md"


def languages() -> list[str]:
    return Folders((shipped_templates(),)).languages()


def on(name: str, seed: int) -> Network:
    """A network, its form and settings other from seed to seed."""
    plain = named(name)
    if len(plain.forms) == 1:
        return plain
    options: dict[str, str | int | float | bool] = {"form": plain.forms[seed % len(plain.forms)]}
    if "thread" in plain.forms:
        options |= {"posts": 2 + seed % 4, "disclaimer": ("last", "first")[seed // 2 % 2]}
        options |= {"numbered": seed % 3 == 0}
    return named(name, options)


def tried(seed: int) -> tuple[Counter[str], list[str]]:
    """One state on every network in every language: what was counted, what was wrong."""
    counts, wrong = Counter[str](states=1), list[str]()
    kit, networks = shop(), tuple(on(name, seed) for name in names())
    try:
        # A slot of its own for each, or ten thousand states would see one choice of words.
        slot = f"{SLOT}/{seed}"
        judged = desk_of(*state(seed), kit.config, kit.book, kit.templates, seed=slot)
    except NotEnoughData:
        counts["refused, with a reason"] += 1
        return counts, wrong
    except Exception as error:
        return counts, [f"{seed}: {error!r}"]
    desk, rows, judgement = judged
    for lang in languages():
        try:
            own = replace(desk, templates=templates(lang))
            made = told(own, rows, judgement, networks)
        except Exception as error:  # told with its state, and so that one does not hide others
            wrong.append(f"{seed} {lang}: {error!r}")
            continue
        counts["notes"] += 1
        counts["numbers of notes"] += len(made.drafts[0].numbers)
        place = f"{seed} {lang} article"
        wrong += [f"{place}: {p.message}" for p in made.problems[0] if p.severity == "error"]
        wrong += [f"{place}: {what}" for what in traceless(made, made.drafts[0])]
        for draft, problems, network in zip(
            made.drafts[1:], made.problems[1:], networks, strict=True
        ):
            counts["texts"] += 1
            counts["parts"] += len(draft.segments)
            counts["numbers"] += len(draft.numbers)
            counts["findings there was no room for"] += len(draft.left_out)
            place = f"{seed} {lang} {network.name} {draft.form}"
            wrong += [f"{place}: {p.gate}: {p.message}" for p in problems if p.severity == "error"]
            wrong += [f"{place}: {what}" for what in wrongs(made, draft, network)]
    return counts, wrong


def wrongs(made: Note, draft: Draft, network: Network) -> list[str]:
    """What is wrong with one network's text that no gate looks for, or told by another way."""
    found = traceless(made, draft)
    for i, text in enumerate(draft.segments):
        if not network.holds(text):
            found.append(f"part {i} is too long: {network.length(text)}")
        if network.segment(text).shown != text:
            found.append(f"part {i} is not what a reader sees")
    if draft.length != tuple(s.length for s in network.render(draft)):
        found.append("the lengths are not those of what is sent")
    return found


def traceless(made: Note, draft: Draft) -> list[str]:
    """The numbers of a text that do not lead back to the data."""
    return [f"{n.text}: {what}" for n in draft.numbers for what in untraced(made, in_symbols(n))]


def in_symbols(number: NumberTrace) -> NumberTrace:
    """A window label as its metric writes it, whatever the language calls an hour or a day."""
    digits = re.match(r"\d+", number.text)
    if digits is None or not number.metric.startswith("window:"):
        return number
    return replace(number, text=f"{digits[0]} {number.unit}")


def shard(seeds: range) -> tuple[Counter[str], list[str]]:
    """Many states, as `tried` for each."""
    total, wrong = Counter[str](), list[str]()
    for seed in seeds:
        counts, found = tried(seed)
        total.update(counts)  # `+=` would leave out the zeros
        wrong += found
    return total, wrong


def sharded(seeds: range) -> Iterator[tuple[Counter[str], list[str]]]:
    """All states in shards on all cores; each shard's answer as it comes, with a line that tells."""
    parts = [seeds[i : i + SHARD] for i in range(0, len(seeds), SHARD)]
    start, done, amiss = time.monotonic(), 0, 0
    with ProcessPoolExecutor() as pool:
        for future in as_completed([pool.submit(shard, part) for part in parts]):
            counts, wrong = future.result()
            done, amiss = done + counts["states"], amiss + len(wrong)
            took = time.monotonic() - start
            left = took / done * (len(seeds) - done)
            print(
                f"{done} of {len(seeds)} states in {took / 60:.1f} min, about {left / 60:.0f} min "
                f"to go; {amiss} wrong",
                flush=True,
            )
            yield counts, wrong


def kept(total: Counter[str], wrong: list[str], minutes: float) -> None:
    """The figures of a long run, beside its first faults."""
    lines = ["# Every form and network, over generated market states", ""]
    lines += [f"- languages: {', '.join(languages())}; networks: {', '.join(names())}"]
    lines += [f"- {key}: {value}" for key, value in sorted(total.items())]
    lines += [f"- minutes, on {os.cpu_count()} cores: {minutes:.0f}"]
    lines += ["", *(f"    {what}" for what in wrong[:200])]
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print("\n".join(lines))


def test_every_market_is_told_whole_and_within_the_limits_of_every_network(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seeds = range(FIRST, FIRST + STATES)
    total, wrong = Counter[str](), list[str]()
    start = time.monotonic()
    with capsys.disabled() if EVIDENCE else nullcontext():
        for counts, found in sharded(seeds) if EVIDENCE else [shard(seeds)]:
            total.update(counts)
            wrong += found
        total["errors, texts too long and untraced numbers"] = len(wrong)
        if EVIDENCE:
            kept(total, sorted(wrong), (time.monotonic() - start) / 60)
    assert not wrong, wrong[:20]
    assert total["texts"] > STATES * len(names()) / 2, "too few states were worth a text"


@pytest.mark.parametrize("name", names())
def test_the_settings_tried_are_all_that_a_network_has(name: str) -> None:
    assert {on(name, seed).form for seed in range(12)} == set(named(name).forms)


def test_a_finding_with_two_other_sides_is_followed_by_both() -> None:
    """BTC and ETH fall after a week of rises, and ETH had made a high: this seed holds both."""
    assert tried(20_377)[1] == []
