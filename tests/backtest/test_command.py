"""`commentary backtest` as a user meets it."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from generator.cli import main
from generator.store import open_store
from generator.transfer import export_series
from tests.backtest.small import history

SPAN = ["--since", "2025-06-16", "--until", "2025-07-15", "--processes", "1"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_store(tmp_path / "output" / "history.sqlite3") as store:
        store.append_series(history().series.values())
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(["backtest", *args]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_the_table_names_counts_intervals_and_the_caution(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = told(capsys, "daily_fall", *SPAN)
    assert "2025-06-16 to 2025-07-15: 30 moments judged; venues: binanceusdm" in out
    assert "Evidence about the rule, not advice" in out
    assert "too few to say" in out or "independent runs, up after" in out
    assert main(["backtest", "daily_fall", *SPAN]) == 0
    assert capsys.readouterr().out == out  # the second time from kept rows


def test_the_json_has_the_same_counts_and_no_nan(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = json.loads(told(capsys, "P01", "--json", *SPAN))
    assert data["caution"].startswith("Evidence")
    assert {r["rule"] for r in data["rules"]} == {"daily_fall", "daily_rise"}
    for rule in data["rules"]:
        assert rule["fired"] == len(rule["fired_at"]) <= rule["known"] <= 30
        assert [f["days"] for f in rule["followed"]] in ([1, 3, 7], [])
    assert data["look_ahead"] == []


def test_a_cluster_gives_the_same_table(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    distributed = pytest.importorskip("distributed")
    here = told(capsys, "price", *SPAN)
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        local_directory=str(tmp_path),
    ) as cluster:
        assert told(capsys, "price", *SPAN, "--cluster", cluster.scheduler_address) == here


def test_a_cluster_that_does_not_answer_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("generator.commands.backtest.PATIENCE_S", 0.5)
    assert main(["backtest", "price", *SPAN, "--cluster", "tcp://127.0.0.1:9"]) == 2
    assert "no scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err


def test_a_threshold_is_shown_beside_the_shipped_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = told(capsys, "--set", "daily_fall.band=-3", *SPAN)
    assert "daily_fall.band: at -3 BTC would have fired" in out
    assert "daily_rise  " not in out
    swept = told(capsys, "--sweep", "daily_fall.band=-4,-3,-2,-1", *SPAN)
    counts = [int(line.split()[7]) for line in swept.splitlines() if "BTC would have" in line]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    assert len(counts) == 4


def test_an_exported_file_serves_as_well_as_the_store(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(folder / "output" / "history.sqlite3") as store:
        export_series(store, folder / "past.parquet")
    (folder / "elsewhere").mkdir()
    inside = told(capsys, "daily_fall", *SPAN)
    monkeypatch.chdir(folder / "elsewhere")
    assert told(capsys, "daily_fall", "--history", "../past.parquet", *SPAN) == inside


def test_a_pack_is_reported_on_by_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """id: Z01
title: A fall of a percent
scope: asset
role: finding
when: return_24h < -1
score:
  frequency: 0.2
may_lead: false
evidence: [return_24h]
"""
    (folder / "pack" / "price").mkdir(parents=True)
    (folder / "pack" / "price" / "small_fall.yaml").write_text(text)
    data = json.loads(told(capsys, "--pack", "pack", "--json", *SPAN))
    assert {r["rule"] for r in data["rules"]} == {"small_fall"}
    assert all(r["fired"] > 0 for r in data["rules"])


def test_several_times_a_day_need_hourly_bars(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = json.loads(told(capsys, "price_level", "--at", "every:12h", "--json", *SPAN))
    assert data["moments"] == 59
    assert {r["known"] for r in data["rules"]} == {30}  # noon is unknown, not filled


def test_the_picture_is_a_png_of_phone_width(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="the chart extra is not installed")
    told(capsys, "price", "--chart", "rules.png", *SPAN)
    head = (folder / "rules.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    assert 900 <= width <= 1300
    assert height > width


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["nonsense"], 2, "no such rule or family"),
        (["--set", "daily_fall.band"], 2, "names no threshold and value"),
        (["--set", "daily_fall.least=1"], 2, "has no param 'least'"),
        (["--set", "daily_fall.band=low"], 2, "is no number"),
        (["--set", "daily_fall.band=nan"], 2, "is no finite number"),
        (["--sweep", "daily_fall.band=" + ",".join(map(str, range(30)))], 2, "more than the"),
        (["--at", "25:00"], 2, "is no full hour"),
        (["--at", "every:7h"], 2, "does not divide a day"),
        (["--since", "2030-01-01"], 4, "no moment lies between"),
        (["--history", "none.parquet"], 2, "there is no such file"),
        (["--pack", "none"], 2, "there is no such folder"),
        (["--chart", "rules.svg"], 2, "is no .png file"),
        (["--processes", "-1"], 2, "is no number of processes"),
    ],
)
def test_what_is_wrong_is_said_in_two_lines(
    folder: Path, capsys: pytest.CaptureFixture[str], args: list[str], code: int, words: str
) -> None:
    assert main(["backtest", *args]) == code
    error = capsys.readouterr().err
    assert words in error
    assert len(error.strip().splitlines()) == 2


def test_without_any_history_there_is_nothing_to_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(tmp_path / "output" / "history.sqlite3"):
        pass
    assert main(["backtest"]) == 4
    assert "there are no bars to test on" in capsys.readouterr().err
