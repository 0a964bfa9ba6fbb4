"""Pictures as bytes: the same everywhere, readable, in the right size; and what goes wrong."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from generator.charts.child import Easel, Job
from generator.charts.model import SIZES
from tests.charts.make_font import FONTS, NAME, templates, wanted
from tests.charts.notes import plain, scenario

pytest.importorskip("matplotlib", reason="pictures need the extra `chart`")

CHINESE = "比特币 64,210 美元,24 小时 −7.1%"


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def chunks(png: bytes) -> set[bytes]:
    found, at = set(), 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.add(png[at + 4 : at + 8])
        at += 12 + length
    return found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("matplotlib")


def drawn(cache: Path, *jobs: Job, limit_s: float = 60.0) -> tuple[dict, dict]:
    with Easel(cache, limit_s) as easel:
        easel.draw(jobs)
        done = easel.finish()
    return dict(done.pngs), dict(done.failed)


def test_pictures_have_their_size_and_no_time_stamp(cache: Path) -> None:
    jobs = [Job("a", size, plain(stamp="REPLAY")) for size in SIZES]
    pngs, failed = drawn(cache, *jobs)
    assert not failed
    for (_, size), png in pngs.items():
        assert size_of(png) == SIZES[size]
        assert chunks(png) == {b"IHDR", b"pHYs", b"IDAT", b"IEND"}


def test_two_processes_draw_the_same_bytes(cache: Path) -> None:
    pictures = [c.picture for c in scenario("one_hour_crash")[1]]
    rows = [{"name": p.kind, "size": "post", "picture": p.as_data()} for p in pictures]
    outs = [
        subprocess.run(
            [sys.executable, "-m", "generator.charts"],
            input=json.dumps({"pictures": rows}).encode(),
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLCONFIGDIR": str(cache), **more},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed, more in (("1", {"TZ": "UTC"}), ("2", {"TZ": "Asia/Tokyo", "LC_ALL": "C"}))
    ]
    assert outs[0] == outs[1]
    assert outs[0].count(b'"png"') == len(pictures)


def test_a_matplotlibrc_of_the_users_changes_nothing(cache: Path, tmp_path: Path) -> None:
    from generator.charts import draw

    before = draw.png(plain(), "post")
    import matplotlib

    matplotlib.rcParams["axes.facecolor"] = "red"
    matplotlib.rcParams["font.size"] = 99
    assert draw.png(plain(), "post") == before


def test_chinese_is_drawn_with_letters_not_boxes(cache: Path) -> None:
    from generator.charts import style

    assert style.missing(CHINESE) == ""
    pngs, failed = drawn(cache, Job("zh", "post", plain(CHINESE)), Job("no", "post", plain("")))
    assert not failed
    assert pngs["zh", "post"] != pngs["no", "post"]


def test_a_letter_that_no_font_has_costs_that_picture_only(cache: Path) -> None:
    pngs, failed = drawn(
        cache,
        Job("thai", "post", plain("ราคา")),
        Job("b", "post", plain()),
        Job("c", "huge", plain()),
    )
    assert list(pngs) == [("b", "post")]
    assert "no font here has the characters" in failed["thai", "post"]
    assert "ร" in failed["thai", "post"]
    assert "huge" in failed["c", "huge"]


def test_a_process_that_takes_too_long_is_ended_and_said(cache: Path) -> None:
    pngs, failed = drawn(cache, Job("a", "post", plain()), limit_s=0.01)
    assert not pngs
    assert failed == {("a", "post"): "not drawn within 0.01 s"}


def test_a_process_that_dies_is_said(cache: Path) -> None:
    with Easel(cache) as easel:
        easel._process.kill()
        easel._process.wait()
        easel.draw([Job("a", "post", plain())])
        done = easel.finish()
    assert done.failed == {("a", "post"): "the drawing process ended with code -9"}


def test_an_easel_that_is_not_used_leaves_no_process_behind(cache: Path) -> None:
    with Easel(cache) as easel:
        process = easel._process
    assert process.poll() is not None


def test_the_font_has_every_character_that_it_was_made_for() -> None:
    from matplotlib.ft2font import FT2Font

    have = set(FT2Font(str(FONTS / NAME)).get_charmap())
    lost = "".join(sorted(c for c in wanted() if ord(c) not in have))
    assert lost == "", "make the font again: python -m tests.charts.make_font"
    words = "".join(sorted(c for c in templates() if ord(c) not in have))
    assert words == "", "a template uses what the font lacks: python -m tests.charts.make_font"


def test_the_licence_stands_beside_the_font_and_both_are_small() -> None:
    assert "SIL Open Font License, Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")
    assert (FONTS / NAME).stat().st_size < 1_500_000


def lightness(colour: str) -> float:
    """CIE L* of an sRGB colour."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    ]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16


def test_bars_of_either_sign_differ_in_grey_and_texts_stand_out() -> None:
    from generator.charts.style import BARS, INK, SMALL, SOFT

    assert abs(lightness(BARS["blue"]) - lightness(BARS["orange"])) > 20
    assert lightness(INK) < 30
    assert lightness(SOFT) < 45
    assert SMALL * 375 / 1200 > 8  # pixels on a phone
