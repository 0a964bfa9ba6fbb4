"""What must hold for every state of the market, drawn with data missing at random.

A small sample runs with every test; HYPOTHESIS_PROFILE=evidence runs thousands of states and keeps
the figures in output/evidence/properties.md.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from generator.errors import NotEnoughData
from generator.flow import Note
from generator.judge import evaluate, subjects_of
from generator.measure import catalog
from generator.model import MARKET, Draft, Floats, NumberTrace, Panel
from tests.conftest import ROOT
from tests.flow.desk import scaled, shop, shuffled, state, without, written

EVIDENCE = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
FIGURES = ROOT / "output" / "evidence" / "properties.md"
MANY, SOME, FEW = (2_000, 60, 10) if EVIDENCE else (9, 3, 1)
FIRST = 10_000  # of the seeds; others try the lower ones by hand

_counted: dict[str, Counter[str]] = {}


@pytest.fixture(autouse=True)
def figures(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """What a test counts. In an evidence run it is printed and kept."""
    counts = _counted.setdefault(request.node.name, Counter())
    start = time.perf_counter()
    yield counts
    if EVIDENCE:
        counts["seconds"] = round(time.perf_counter() - start)
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        lines = ["# Properties of the whole flow, over generated market states", ""]
        for name, found in _counted.items():
            lines += [f"## {name.removeprefix('test_').replace('_', ' ')}", ""]
            lines += [f"- {key}: {value}" for key, value in sorted(found.items())] + [""]
        FIGURES.write_text("\n".join(lines), encoding="utf-8")
        print("\n".join(lines))


def states(many: int) -> range:
    return range(FIRST, FIRST + many)


def texts(made: Note | NotEnoughData) -> str:
    """Everything of a note that a reader or a machine sees of its texts."""
    return str(made) if isinstance(made, NotEnoughData) else repr((made.drafts, made.problems))


def test_every_draft_passes_every_gate_and_every_number_traces(figures: Counter[str]) -> None:
    wrong: list[object] = []
    for seed in states(MANY):
        figures["states"] += 1
        try:
            made = written(*state(seed))
        except Exception as error:  # counted like a failed gate, so that one does not hide others
            wrong.append((seed, repr(error)))
            continue
        if isinstance(made, NotEnoughData):
            assert made.what, "a refusal without a reason"
            assert made.todo, "a refusal without advice"
            figures["refused, with a reason"] += 1
            continue
        figures["notes"] += 1
        for draft, problems in zip(made.drafts, made.problems, strict=True):
            figures["drafts"] += 1
            figures["sentences"] += len(draft.sentences)
            figures["numbers printed"] += len(draft.numbers)
            wrong += [
                (seed, draft.form, p.gate, p.message) for p in problems if p.severity == "error"
            ]
            figures["warnings"] += sum(p.severity == "warning" for p in problems)
            for number in draft.numbers:
                wrong += [(seed, draft.form, number.text, w) for w in untraced(made, number)]
    figures["exceptions, gate errors and untraced numbers"] = len(wrong)
    assert not wrong, wrong[:20]
    assert figures["notes"] >= MANY / 2, "most states must be worth a note, or this shows nothing"


def untraced(made: Note, number: NumberTrace) -> list[str]:
    """What is missing between a printed number and the data; nothing when it traces."""
    name, _, rest = number.metric.rpartition(":")
    known = catalog()
    if name == "window":
        info = known[rest]
        return [] if number.text in f"{info.window}|{info.unit}" else ["another window"]
    if not number.sources:
        return ["no source"]
    if rest not in known:
        kinds = ("as_of", "headline", "headline_time", "deadline", "disclaimer")
        return [] if number.metric in kinds else [f"{number.metric} is no metric"]
    if name == "trigger":
        watched = [w for f in made.findings for w in f.watch]
        return [] if number.value in {w.trigger for w in watched} else ["no such trigger"]
    wrong = [] if made.panel.value(rest, number.subject) == number.value else ["another value"]
    rows = {(i.venue, i.symbol): n for n, i in enumerate(made.snapshot.instruments)}
    for ref in number.sources:
        row = rows.get((ref.venue, ref.instrument))
        if row is not None and ref.field in made.snapshot.fields and ref.value is not None:
            seen = made.snapshot.observation(row, ref.field).value
            wrong += [] if seen == ref.value else [f"{ref.field} was {seen}, not {ref.value}"]
    return wrong


def test_a_printed_number_without_its_source_would_be_noticed() -> None:
    made = next(m for s in states(50) if isinstance(m := written(*state(s)), Note))
    number = next(n for n in made.drafts[0].numbers if n.metric in catalog())
    assert untraced(made, number) == []
    assert untraced(made, replace(number, sources=()))
    assert untraced(made, replace(number, value=number.value + 1))
    moved = replace(number.sources[0], value=-1.0)
    refs = [r for r in number.sources if r.field in made.snapshot.fields]
    assert refs == [] or untraced(made, replace(number, sources=(moved,)))


def test_the_same_market_gives_the_same_bytes(figures: Counter[str]) -> None:
    for seed in states(SOME):
        market = state(seed)
        assert texts(written(*market)) == texts(written(*state(seed))), seed
        figures["states written twice"] += 1


FRESH = """
import sys
from tests.flow.desk import state, written
from tests.flow.test_properties import texts
for seed in range(int(sys.argv[1]), int(sys.argv[2])):
    made = written(*state(seed))
    print(texts(made))
"""


def test_a_fresh_process_with_another_hash_seed_gives_the_same_bytes(
    figures: Counter[str],
) -> None:
    last = FIRST + max(2, FEW)
    out = [
        subprocess.run(
            [sys.executable, "-c", FRESH, str(FIRST), str(last)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
        ).stdout
        for salt in ("1", "77")
    ]
    assert out[0] == out[1]
    assert len(out[0]) > 1000
    figures["states compared"] = last - FIRST


def test_the_order_of_what_was_collected_changes_nothing(figures: Counter[str]) -> None:
    for seed in states(SOME):
        market = state(seed)
        assert texts(written(*market)) == texts(written(*shuffled(*market, seed))), seed
        figures["states shuffled"] += 1


def masked(draft: Draft) -> tuple[str, list[str]]:
    """The text with sums of money, coins and cross rates masked, and every percentage in it."""
    text = draft.segments[0]
    shares = []
    for n in sorted(draft.numbers, key=lambda n: -n.start):
        if n.unit in ("USD", "coins", "quote"):
            text = text[: n.start] + "MONEY" + text[n.end :]
        elif "%" in n.text:
            shares.append(n.text)
    return text, shares


@pytest.mark.parametrize("power", [-7, 5])
def test_another_unit_of_money_changes_no_percentage(power: int, figures: Counter[str]) -> None:
    for seed in states(max(2, SOME // 2)):
        market = state(seed)
        one, other = written(*market), written(*scaled(*market, 2.0**power))
        if isinstance(one, NotEnoughData):
            assert isinstance(other, NotEnoughData)
            continue
        assert isinstance(other, Note), seed
        assert one.drafts[0].segments != other.drafts[0].segments, "no price was scaled"
        assert masked(one.drafts[0]) == masked(other.drafts[0]), seed
        figures["articles compared"] += 1


def true_now(panel: Panel) -> set[tuple[str, str]]:
    """Every (rule, subject) whose own condition is true in the newest row."""
    book = shop().book
    rules = {r.name: r for r in book.active}
    return {
        (name, subject)
        for name, pair in evaluate(book, panel).items()
        for subject, yes in zip(subjects_of(rules[name], panel), pair.is_true[-1], strict=True)
        if yes
    }


def test_forgetting_metrics_makes_no_shipped_rule_true(figures: Counter[str]) -> None:
    for seed in states(SOME):
        made = written(*state(seed))
        if isinstance(made, NotEnoughData):
            continue
        before = true_now(made.panel)
        rng = np.random.Generator(np.random.PCG64(seed))
        for share in (0.05, 0.3, 0.7):
            columns: dict[str, Floats] = {}
            for name, column in made.panel.columns.items():
                columns[name] = np.where(rng.random(column.shape) < share, np.nan, column)
            less = Panel(made.panel.times, made.panel.subjects, columns, made.panel.scopes)
            assert true_now(less) <= before, (seed, true_now(less) - before)
            figures["panels thinned"] += 1
        figures["true conditions before"] += len(before)


def test_deleting_an_input_licenses_nothing_new(figures: Counter[str]) -> None:
    """What remains passes every gate; where no measured number changed, no rule became true.

    A deletion may also change a number: the next venue in order then speaks for an asset. Such a
    number is as true as the first, and may fire what the first did not.
    """
    for seed in states(SOME + 1):
        snapshot, history = state(seed)
        one = written(snapshot, history)
        snapshot, history, what = without(snapshot, history, seed)
        two = written(snapshot, history)
        figures[f"deleted: {what}"] += 1
        if isinstance(two, NotEnoughData):
            figures["nothing left to say"] += 1
            continue
        assert not two.failed, (seed, what, two.problems)
        if isinstance(one, NotEnoughData) or _changed(one.panel, two.panel):
            figures["another number took its place"] += 1
            continue
        new = true_now(two.panel) - true_now(one.panel)
        assert not new, (seed, what, new)
        figures["deletions that only took away"] += 1


def _changed(one: Panel, two: Panel) -> bool:
    """Whether some number of `two` is known and differs from that of `one`, in any row."""
    if one.times.tolist() != two.times.tolist() or not set(two.subjects) <= set(one.subjects):
        return True
    at = [one.subjects.index(s) for s in two.subjects]
    return any(
        bool(np.any(np.isfinite(column) & (column != one.columns[name][:, at])))
        for name, column in two.columns.items()
    )


def test_a_scenario_is_stamped_wherever_it_is_shown() -> None:
    from generator.audit import run_files
    from generator.collect.scenario import load_scenario, scenario_names

    for name in scenario_names() if EVIDENCE else scenario_names()[:1]:
        made = written(*load_scenario(name))
        assert isinstance(made, Note)
        assert not made.failed, (name, made.problems)
        files = run_files(made, "0000-scenario", "2026-02-28/morning")
        for shown in ("preview.html", "draft.md", "posts/x.txt"):
            assert "SCENARIO" in str(files[shown]), (name, shown)
        assert re.search(r'"mode": "scenario"', str(files["snapshot.json"])), name
        assert made.snapshot.mode == "scenario"
        assert made.snapshot.scenario == name


def test_no_sentence_of_the_market_rests_on_another_subject() -> None:
    """A finding licenses sentences about its own subject: keys and numbers agree."""
    made = next(m for s in states(50) if isinstance(m := written(*state(s)), Note))
    for draft in made.drafts:
        for s in draft.sentences:
            subjects = {k.partition(":")[2] for k in s.findings}
            inside = [n for n in draft.numbers if s.start <= n.start < s.end and not s.furniture]
            for n in inside:
                assert n.subject in subjects | {MARKET}, (n, s)
