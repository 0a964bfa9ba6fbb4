"""Charts from the command line: what `preview` leaves behind, and drawing again."""

from __future__ import annotations

import base64
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.charts import child
from generator.charts.choose import kinds
from generator.charts.kinds import price
from generator.charts.model import Picture
from generator.charts.view import View
from generator.cli import main
from generator.errors import EXIT_DONE, EXIT_USAGE

Captured = pytest.CaptureFixture[str]

pytest.importorskip("matplotlib", reason="pictures need the extra `chart`")

SQUEEZE = ["preview", "--scenario", "short_squeeze"]
CRASH = ["preview", "--scenario", "one_hour_crash"]
QUIET = ["preview", "--scenario", "quiet_sunday"]
NAMES = {
    "1-price-btc.json",
    "1-price-btc.png",
    "1-price-btc.square.png",
    "1-price-btc.newsletter.png",
}


def run_folder() -> Path:
    (folder,) = Path("output").glob("*/*-quiet_sunday")
    return folder


def charts() -> set[str]:
    return {p.name for p in run_folder().glob("charts/*")}


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Path:
    """A run whose charts are described and not drawn."""
    with monkeypatch.context() as patched:
        patched.setattr(child, "available", lambda: False)
        assert main(QUIET) == EXIT_DONE
    capsys.readouterr()
    return run_folder()


def test_a_preview_draws_and_its_page_shows(capsys: Captured) -> None:
    assert main([*QUIET, "--json"]) == EXIT_DONE
    assert charts() == NAMES
    page = (run_folder() / "preview.html").read_text("utf-8")
    (png,) = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    assert base64.b64decode(png) == (run_folder() / "charts/1-price-btc.png").read_bytes()
    (row,) = json.loads(capsys.readouterr().out)["charts"]
    kept = json.loads((run_folder() / "charts/1-price-btc.json").read_text("utf-8"))
    assert row["alt"] == kept["alt"] == kept["picture"]["alt"]
    assert row["alt"] in page
    assert {Path(f).name for f in row["files"]} == NAMES - {"1-price-btc.json"}
    assert kept["drawn_from"]


def test_without_charts_none_are_drawn_and_the_note_is_the_same() -> None:
    assert main(QUIET) == EXIT_DONE
    note = (run_folder() / "draft.md").read_bytes()
    assert main([*QUIET, "--no-charts"]) == EXIT_DONE
    assert charts() == set()
    assert (run_folder() / "draft.md").read_bytes() == note
    assert "<img" not in (run_folder() / "preview.html").read_text("utf-8")


def test_what_an_earlier_preview_of_the_run_drew_does_not_stay(undrawn: Path) -> None:
    assert charts() == {"1-price-btc.json"}
    assert main([*QUIET, "--no-charts"]) == EXIT_DONE
    assert charts() == set()


def test_without_matplotlib_the_note_is_written_and_charts_can_be_drawn_later(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(child, "available", lambda: False)
    assert main(QUIET) == EXIT_DONE
    told = capsys.readouterr()
    assert "pip install 'market-commentary[chart]'" in told.err
    assert told.out
    assert charts() == {"1-price-btc.json"}
    assert main(["chart", str(run_folder())]) == EXIT_USAGE
    monkeypatch.setattr(child, "available", lambda: True)
    assert main(["chart", str(run_folder())]) == EXIT_DONE
    assert charts() == NAMES


def test_words_that_cannot_be_rendered_cost_the_pictures_not_the_note(capsys: Captured) -> None:
    own = Path("templates/en")
    own.mkdir(parents=True)
    (own / "charts.j2").write_text("{% block title_price %}{{ nothing }}{% endblock %}")
    assert main(QUIET) == EXIT_DONE
    told = capsys.readouterr()
    assert "No pictures:" in told.err
    assert "charts.j2" in told.err
    assert told.out
    assert charts() == set()


def broken(_: object) -> None:
    raise KeyError("no such\nhour")


def of_no_json(view: View) -> Picture | None:
    drawn = price.picture(view)
    (panel, *_) = drawn.panels if drawn else ()
    return drawn and replace(drawn, panels=(replace(panel, x=replace(panel.x, low=math.nan)),))


@pytest.mark.parametrize(
    ("picture", "why"),
    [(broken, "a mistake in its kind, KeyError: 'no such"), (of_no_json, "a mistake in its kind")],
)
def test_a_mistake_in_one_kind_of_chart_costs_that_chart_alone(
    picture: Callable[[Any], Any],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.setitem(kinds(), "price", SimpleNamespace(FOR=price.FOR, picture=picture))
    assert main([*CRASH, "--json"]) == EXIT_DONE
    told = capsys.readouterr()
    (said,) = [line for line in told.err.splitlines() if line.startswith("Not drawn")]
    assert why in said
    (folder,) = Path("output").glob("*/*-one_hour_crash")
    drawn = {p.stem for p in folder.glob("charts/*.png")}
    assert drawn
    assert not any("price" in name for name in drawn)
    for told_problems in (
        json.loads(told.out)["problems"],
        json.loads((folder / "problems.json").read_text("utf-8")),
    ):
        (problem,) = told_problems
        assert (problem["gate"], problem["severity"]) == ("picture", "warning")
        assert problem["message"] == said.replace("Not drawn", "not drawn")


def test_a_drawing_process_that_fails_costs_the_pictures_not_the_note(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(child, "LIMIT_S", 0.0)
    monkeypatch.setattr(child.Easel.__init__, "__defaults__", (None, 0.0))
    assert main(QUIET) == EXIT_DONE
    told = capsys.readouterr()
    assert "Not drawn: 1-price-btc (post): not drawn within 0 s" in told.err
    assert charts() == {"1-price-btc.json"}


def test_a_process_that_cannot_be_started_costs_the_pictures_not_the_note(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(child.tempfile, "TemporaryFile", full)
    assert main(QUIET) == EXIT_DONE
    told = capsys.readouterr()
    assert "No pictures: the drawing process cannot be started (No space left" in told.err
    assert told.out
    assert charts() == {"1-price-btc.json"}


def test_a_run_is_drawn_again_in_the_size_asked_for(undrawn: Path, capsys: Captured) -> None:
    place = run_folder().relative_to("output").as_posix()
    assert main(["chart", place, "--kind", "price", "--size", "square"]) == EXIT_DONE
    assert capsys.readouterr().out.strip().endswith("charts/1-price-btc.square.png")
    assert charts() == {"1-price-btc.json", "1-price-btc.square.png"}


def test_what_cannot_be_drawn_is_said_in_two_lines(undrawn: Path, capsys: Captured) -> None:
    for argv, said in (
        (["chart", "nowhere"], "is no run folder"),
        (["chart", str(undrawn), "--kind", "breadth"], "There are: price."),
        (["chart", str(undrawn), "--size", "huge"], "There are: post, square, newsletter."),
    ):
        assert main(argv) == EXIT_USAGE
        err = capsys.readouterr().err
        assert said in err
        assert len(err.strip().splitlines()) == 2


def test_data_of_a_chart_that_were_damaged_are_refused(undrawn: Path, capsys: Captured) -> None:
    (undrawn / "charts/1-price-btc.json").write_text('{"picture": {"panels": 3}}')
    assert main(["chart", str(undrawn)]) == EXIT_USAGE
    assert "holds no picture" in capsys.readouterr().err


def test_another_hash_seed_gives_the_same_files(tmp_path: Path) -> None:
    found = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-m", "generator", *SQUEEZE, "--folder", str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed, "COMMENTARY_STATE": str(folder)},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            check=True,
        )
        files = {p.name: p.read_bytes() for p in folder.glob("output/*/*/charts/*")}
        assert sum(name.endswith(".png") for name in files) >= 4
        found.append(files)
    assert found[0] == found[1]
