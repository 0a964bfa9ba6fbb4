"""The weekly recap: figures by hand, holes in history named, kept notes quoted to the letter."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from generator.cli import main
from generator.collect.scenario import load_scenario
from generator.model import DAY, History, Snapshot
from generator.recap.facts import Week
from generator.recap.runs import led_by
from generator.recap.written import Recap, written
from tests.flow.desk import shop

BTC = ("binance", "BTC/USDT", "bars_1d")
NOON = "2026-02-04T12:00:00Z"


@cache
def state() -> tuple[Snapshot, History]:
    return load_scenario("one_hour_crash")


def end_of_week() -> int:
    return state()[0].now // DAY * DAY


def recap(
    history: History | None = None, folder: Path = Path("."), mode: str = "scenario"
) -> Recap:
    kit, (snapshot, own) = shop(), state()
    config = replace(kit.config, folder=folder)
    moment = replace(snapshot, mode=mode)  # type: ignore[arg-type]
    return written(moment, history or own, config, kit.book, kit.templates, end_of_week())


def without(*days_before_end: int) -> History:
    """The history without any venue's bars of BTC of those days (1 is the last day of the week):
    with one venue's alone gone, the story would take its price from another."""
    gone = [end_of_week() - n * DAY for n in days_before_end]
    return History(
        {
            key: replace(s, data=s.data[~np.isin(s.data[:, 0], gone)])
            if key[1].startswith("BTC/") and key[2] == "bars_1d"
            else s
            for key, s in state()[1].series.items()
        }
    )


def by_hand() -> list[tuple[float, float, float, float]]:
    """(day, high, low, close) of BTC: the day before the week, and its seven days."""
    end = end_of_week()
    rows = [r for r in state()[1].series[BTC].data if end - 8 * DAY <= r[0] < end]
    return [(r[0], r[2], r[3], r[4]) for r in rows]


def value(week: Week, name: str, subject: str = "BTC") -> float:
    return week.facts[name, subject].value


def test_every_figure_is_what_the_bars_give_by_hand() -> None:
    week, bars = recap().week, by_hand()
    closes = [b[3] for b in bars]
    moves = [(b / a - 1) * 100 for a, b in pairwise(closes)]
    assert value(week, "week_return") == pytest.approx((closes[-1] / closes[0] - 1) * 100)
    assert value(week, "week_close") == closes[-1]
    for i, move in enumerate(moves, 1):
        assert value(week, f"day_{i}_pct") == pytest.approx(move)
        assert value(week, f"day_{i}_close") == closes[i]
    top = max(range(7), key=lambda i: abs(moves[i]))
    assert value(week, "largest_day_pct") == pytest.approx(moves[top])
    assert value(week, "largest_day_at") == bars[top + 1][0]
    assert value(week, "week_high") == max(b[1] for b in bars[1:])
    assert value(week, "week_low") == min(b[2] for b in bars[1:])


def test_breadth_counts_the_perpetuals_with_bars_at_both_ends() -> None:
    week, end = recap().week, end_of_week()
    changes = []
    for (venue, symbol, kind), series in state()[1].series.items():
        if venue == "binanceusdm" and kind == "bars_1d" and symbol.endswith("/USDT:USDT"):
            close = dict(zip(series.data[:, 0], series.column("close"), strict=True))
            changes.append(close[end - DAY] / close[end - 8 * DAY] - 1)
    assert value(week, "week_coins", "MARKET") == len(changes)
    assert value(week, "week_up", "MARKET") == sum(c > 0 for c in changes)
    assert value(week, "week_median", "MARKET") == pytest.approx(np.median(changes) * 100)


def test_every_number_is_traced_to_its_bars_and_no_gate_objects() -> None:
    made = recap()
    assert made.problems == ()
    text = made.draft.segments[0]
    for n in made.draft.numbers:
        assert text[n.start : n.end] == n.text
        assert n.sources or n.metric.startswith("window:"), n
    rows = [p for p in made.draft.parts if p.kind == "row"]
    assert len(rows) == 7
    assert all(text[p.start : p.end].count(" | ") == 2 for p in rows)


@pytest.mark.parametrize("day", [1, 3, 7])
def test_a_day_without_a_bar_is_named_and_takes_away_what_rests_on_it(day: int) -> None:
    made = recap(without(day))
    week, text = made.week, made.draft.segments[0]
    gone = end_of_week() - day * DAY
    assert week.missing == (("BTC", gone),)
    assert "No bar of BTC is here for" in text
    for name in ("largest_day_pct", "week_high", "week_low", "week_high_since"):
        assert (name, "BTC") not in week.facts
    assert (("week_return", "BTC") in week.facts) == (day != 1)
    number = 8 - day
    assert (f"day_{number}_close", "BTC") not in week.facts
    assert (f"day_{number + 1}_pct", "BTC") not in week.facts  # its close before is gone, too
    assert text.count("no bar here") == 1
    assert [p for p in made.problems if p.severity == "error"] == []


def test_without_the_close_before_the_week_there_is_no_change_of_the_week_nor_of_its_first_day() -> (
    None
):
    week = recap(without(8)).week
    assert week.missing == ()
    assert ("week_return", "BTC") not in week.facts
    assert ("day_1_pct", "BTC") not in week.facts
    assert value(week, "day_1_close") > 0


def test_taking_away_any_bars_never_adds_a_fact() -> None:
    full = recap().week.facts
    rng = np.random.default_rng(7)
    for _ in range(6):
        days = [int(d) for d in rng.integers(1, 60, size=4)]
        left = recap(without(*days)).week.facts
        assert left.keys() <= full.keys()
        of_assets = [k for k in left if k[1] != "MARKET"]  # breadth counts the coins that are known
        assert all(left[k].value == full[k].value for k in of_assets)


def test_a_record_is_never_told_over_a_hole() -> None:
    assert ("week_high_since", "BTC") in recap().week.facts
    assert ("week_high_since", "BTC") not in recap(without(12)).week.facts


def note_in(folder: Path, name: str, text: str, at: int, lang: str = "en") -> None:
    run = folder / name
    run.mkdir(parents=True)
    (run / "draft.md").write_text(text + "\n")
    trace = [{"lang": lang, "numbers": [{"metric": "as_of", "value": float(at)}]}]
    (run / "trace.json").write_text(json.dumps(trace))


def test_what_led_a_day_is_quoted_from_its_newest_kept_note(tmp_path: Path) -> None:
    end = end_of_week()
    day = end - 2 * DAY
    out = tmp_path / "output" / "2026-03-09"
    note_in(out, "0800-a", "BTC slipped in the morning. More.\n\nNext.", day + 8 * DAY // 24)
    note_in(out, "1600-b", "BTC rose 1.1% in 24 h. More.\n\nNext.", day + 16 * DAY // 24)
    note_in(out, "1700-c", "Auf Deutsch.", day + 17 * DAY // 24, lang="de")
    note_in(out, "1800-d", "[REPLAY] A past moment.\n\nNot this one.", day + 18 * DAY // 24)
    note_in(out, "1900-e", "[SCENARIO] Prepared.\n\nNor this one.", day + 19 * DAY // 24)
    (out / "empty").mkdir()
    (tmp_path / "output" / "2026-03-10" / "bad").mkdir(parents=True)
    (tmp_path / "output" / "2026-03-10" / "bad" / "draft.md").write_bytes(b"\xff")
    made = recap(folder=tmp_path, mode="live")
    assert [led.text for led in made.week.led] == ["BTC rose 1.1% in 24 h."]
    assert "At 16:00 UTC on 9 March: “BTC rose 1.1% in 24 h.”" in made.draft.segments[0]
    quote = next(n for n in made.draft.numbers if n.metric == "said")
    assert quote.sources[0].instrument == "2026-03-09/1600-b"
    assert [p for p in made.problems if p.severity == "error"] == []


def test_a_replay_quotes_replays_and_a_scenario_nothing(tmp_path: Path) -> None:
    day = end_of_week() - DAY
    out = tmp_path / "output" / "2026-03-10"
    note_in(out, "0800-a", "[REPLAY · REPETICIÓN] A past moment.\n\nETH fell. More.", day + 1)
    assert [x.text for x in led_by(tmp_path / "output", day, day + DAY, "REPLAY", "en")] == [
        "ETH fell."
    ]
    assert led_by(tmp_path / "output", day, day + DAY, "", "en") == ()
    assert recap(folder=tmp_path).week.led == ()


def test_the_command_writes_a_folder_of_its_own_stamped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recap", "--scenario", "one_hour_crash"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("[SCENARIO]")
    assert "The week to 10 March 2026: BTC -2.8%, ETH -3.5% in 7 d" in out
    folder = tmp_path / "output" / "2026-03-11" / "recap"
    assert {"recap.md", "recap.txt", "trace.json", "week.json", "problems.json"} <= {
        p.name for p in folder.iterdir()
    }
    first = (folder / "recap.md").read_bytes()
    shutil.rmtree(folder)
    assert main(["recap", "--scenario", "one_hour_crash", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["end"] == "2026-03-11T00:00:00Z"
    assert (folder / "recap.md").read_bytes() == first


def test_a_calendar_week_is_monday_to_sunday(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recap", "--scenario", "one_hour_crash", "--week", "2026-W10", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["start"], data["end"]) == ("2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z")


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--week", "2026-W11"], "has not ended"),
        (["--week", "2026-W60"], "no calendar week"),
        (["--week", "march"], "no calendar week"),
    ],
)
def test_a_week_that_cannot_be_told_is_refused(
    argv: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recap", "--scenario", "one_hour_crash", *argv]) == 2
    assert why in capsys.readouterr().err


def test_without_history_the_recap_says_how_to_get_some(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recap"]) == 4
    assert "commentary collect" in capsys.readouterr().err
