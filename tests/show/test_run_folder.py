"""A run folder is written whole, reads back exactly, and never holds NaN."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.errors import StoreError
from generator.model import Metric, Problem, Snapshot
from generator.networks import named
from generator.show import encode
from generator.show.audit import (
    history_excerpt_json,
    load_history_json,
    load_snapshot_json,
    pretty,
    snapshot_json,
)
from generator.show.run_folder import write_run
from tests.show.example import Example
from tests.states import random_state


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def same(a: Snapshot, b: Snapshot) -> None:
    for name in ("values", "status", "as_of", "received", "endpoint"):
        left, right = getattr(a, name), getattr(b, name)
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)
    for name in (
        "id",
        "now",
        "mode",
        "instruments",
        "fields",
        "endpoints",
        "sources",
        "headlines",
        "scenario",
    ):
        assert getattr(a, name) == getattr(b, name)


def test_a_snapshot_reads_back_exactly(run: Example) -> None:
    same(run.snapshot, load_snapshot_json(snapshot_json(run.snapshot)))


@pytest.mark.parametrize("seed", range(6))
def test_awkward_snapshots_and_histories_read_back_exactly(seed: int) -> None:
    snapshot, history = random_state(seed, 0.4)
    snapshot.received[::3, 1] -= 500.0  # venues answer at different moments
    snapshot.status[::5, 2] = 3
    text = snapshot_json(snapshot)
    strict(text)
    same(snapshot, load_snapshot_json(text))
    keys = list(history.series)[:6]
    again = load_history_json(history_excerpt_json(history, keys))
    assert set(again.series) == set(keys)
    for key in keys:
        np.testing.assert_array_equal(again.series[key].data, history.series[key].data)


def test_one_instrument_is_one_line(run: Example) -> None:
    lines = snapshot_json(run.snapshot).splitlines()
    assert sum(line.startswith('    {"venue"') for line in lines) == len(run.snapshot.instruments)


def test_an_excerpt_holds_the_newest_samples(run: Example) -> None:
    key = ("binance", "BTC/USDT", "bars_1d")
    again = load_history_json(history_excerpt_json(run.history, [key, ("no", "such", "key")], 5))
    np.testing.assert_array_equal(again.series[key].data, run.history.series[key].data[-5:])


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format": 2}', "NaN", "[" * 100_000, '{"format": 1, "mode": "live"}', '{"format": 1, "series": [{"venue": 1}]}'],
)  # fmt: skip
def test_a_broken_audit_file_is_one_clear_error(text: str) -> None:
    with pytest.raises(StoreError, match="not a readable snapshot"):
        load_snapshot_json(text)
    with pytest.raises(StoreError, match="not a readable history"):
        load_history_json(text)


def test_an_infinite_number_is_refused_on_reading(run: Example) -> None:
    text = snapshot_json(run.snapshot).replace("59982.0", "1e999", 1)
    with pytest.raises(StoreError):
        load_snapshot_json(text)


def test_a_new_folder_appears_complete(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "2026-06-26" / "r1", {"a.txt": "é\n", "posts/x.json": b"{}"})
    assert (folder / "a.txt").read_bytes() == "é\n".encode()
    assert (folder / "posts" / "x.json").read_bytes() == b"{}"
    assert os.listdir(folder.parent) == ["r1"]


def test_an_existing_file_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "r", {"a": "1", "b": "1"})
    write_run(folder, {"a": "2", "new/c": "3"})
    assert (folder / "a").read_text() == "2"
    assert (folder / "b").read_text() == "1"
    assert (folder / "new" / "c").read_text() == "3"
    assert not [p for p in folder.rglob("*") if "partial" in p.name]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", "a\0b"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError):
        write_run(tmp_path / "r", {name: "x"})
    assert not (tmp_path / "r").exists()


def test_a_failure_leaves_nothing_half_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        write_run(tmp_path / "r", {"a": "1", "a/b": "a file cannot be a folder"})
    assert os.listdir(tmp_path) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        write_run(tmp_path / "file" / "r", {"a": "1"})


# ---------------------------------------------------------------- the documented JSON


def preview(run: Example, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
    got = encode.preview_json(
        run="r1",
        snapshot=run.snapshot,
        findings=run.findings,
        drafts=[run.note, run.post],
        problems=problems,
        metrics=run.metrics,
    )
    parsed: dict[str, Any] = strict(pretty(got))
    return parsed


def test_preview_json_has_exactly_the_documented_keys(run: Example) -> None:
    got = preview(run, (Problem("numbers", "error", "wrong", 0, 3, 9),))
    documented = {"run", "as_of", "mode", "scenario", "sources", "findings", "drafts", "problems"}
    assert set(got) == documented
    assert got["mode"] == "scenario"
    assert set(got["sources"][0]) == {"name", "state", "reason", "seconds"}
    assert set(got["findings"][0]) == {"rule", "subject", "state", "strength", "evidence"}
    assert set(got["findings"][0]["evidence"][0]) == {"metric", "value", "unit", "text", "sources"}
    assert set(got["drafts"][0]) == {"network", "lang", "segments", "length", "limit", "trace"}
    trace = got["drafts"][0]["trace"][0]
    assert set(trace) == {
        "segment",
        "start",
        "end",
        "text",
        "metric",
        "value",
        "unit",
        "rule",
        "sources",
    }
    assert set(trace["sources"][0]) == {"venue", "instrument", "field", "value", "as_of"}
    assert set(got["problems"][0]) == {"gate", "severity", "span", "message"}
    assert got["as_of"] == "2026-06-26T06:00:00Z"


def test_trace_offsets_are_code_points(run: Example) -> None:
    for draft in preview(run)["drafts"]:
        for n in draft["trace"]:
            assert draft["segments"][n["segment"]][n["start"] : n["end"]] == n["text"]


def test_evidence_shows_how_the_number_was_printed(run: Example) -> None:
    findings = {(f["rule"], f["subject"]): f for f in preview(run)["findings"]}
    shock = findings["one_hour_shock", "BTC"]["evidence"][0]
    assert (shock["value"], shock["text"]) == (-4.82, "4.8%")
    left = findings["cross_rate", "ETH/BTC"]["evidence"][1]
    assert (left["metric"], left["value"]) == ("left.return_24h", -5.53019)
    assert findings["thin_depth", "BTC"]["evidence"][0]["value"] is None


def test_nan_becomes_null_everywhere(run: Example) -> None:
    gone = {k: replace(m, value=math.nan) for k, m in run.metrics.items()}
    note = replace(run.note, numbers=tuple(replace(n, value=math.nan) for n in run.note.numbers))
    watch = replace(run.story.watch[0], current=math.nan, trigger=math.inf)
    story = replace(run.story, watch=(watch,))
    findings = tuple(
        replace(f, strength=math.nan, tail=math.nan, watch=(watch,)) for f in run.findings
    )
    got = encode.preview_json(
        run="r", snapshot=run.snapshot, findings=findings, drafts=[note], problems=(), metrics=gone
    )
    assert strict(pretty(got))["findings"][0]["evidence"][0]["value"] is None
    for text in (
        encode.findings_json(findings, gone),
        encode.story_json(story),
        encode.trace_json([note]),
    ):
        strict(text)


def test_the_files_of_a_run_are_sorted_and_end_in_a_newline(run: Example) -> None:
    files = {
        "findings.json": encode.findings_json(run.findings, run.metrics),
        "story.json": encode.story_json(run.story),
        "trace.json": encode.trace_json([run.note, run.post]),
        "problems.json": encode.problems_json(run.problems),
        **encode.posts([run.post], [named("x")]),
    }
    for name, text in files.items():
        assert text.endswith("\n")
        if name.endswith(".json"):
            assert text == pretty(strict(text))
    assert set(files) >= {"posts/x.json", "posts/x.txt"}
    assert files["posts/x.txt"] == run.post.segments[0] + "\n"
    assert encode.draft_md(run.note).endswith(run.note.segments[0] + "\n")


def test_a_post_is_kept_with_what_is_sent_of_it_and_the_parts_of_a_thread_stand_apart(
    run: Example,
) -> None:
    thread = replace(run.post, network="linkedin", segments=("BTC (-2.7%)", "#Bitcoin"))
    files = encode.posts([replace(thread, left_out=(("r:BTC", "no room"),))], [named("linkedin")])
    kept = strict(files["posts/linkedin.json"])
    assert [s["text"] for s in kept["sent"]] == [r"BTC \(-2.7%\)", "#Bitcoin"]
    assert kept["segments"] == ["BTC (-2.7%)", "#Bitcoin"]
    assert kept["sent"][1]["facets"] == [
        {"kind": "hashtag", "start": 0, "end": 8, "value": "Bitcoin"}
    ]
    assert kept["left_out"] == [{"finding": "r:BTC", "reason": "no room"}]
    assert files["posts/linkedin.txt"] == "BTC (-2.7%)\n\n---\n\n#Bitcoin\n"


def test_a_second_draft_of_one_network_does_not_overwrite_the_first(run: Example) -> None:
    files = encode.posts([run.post, replace(run.post, lang="de")], [named("x")] * 2)
    assert set(files) == {
        "posts/x.json",
        "posts/x.txt",
        "posts/x.post.de.json",
        "posts/x.post.de.txt",
    }


def test_evidence_is_looked_up_for_its_subject_a_named_asset_a_side_or_the_market() -> None:
    def made(name: str, subject: str) -> Metric:
        return Metric(name, subject, 1.0, "", "", "", ())

    metrics = {("m", s): made("m", s) for s in ("BTC", "MARKET", "ETH")}
    for name, subject, wanted in (
        ("m", "ETH", "ETH"),
        ("btc.m", "ETH", "BTC"),
        ("right.m", "ETH/BTC", "BTC"),
        ("m", "XRP", "MARKET"),
    ):
        found = encode.metric_of(metrics, name, subject)
        assert found is not None
        assert found.subject == wanted
    assert encode.metric_of(metrics, "xrp.m", "BTC") is None
