"""Pictures as a reader meets them: on a phone, in any language, with any colour vision."""

from __future__ import annotations

import os

import numpy as np
import pytest

from generator.charts.model import SIZES
from tests.charts.layout import PHONE, clashes, texts
from tests.charts.notes import LANGUAGES, SCENARIOS, charts_in, generated, scenario

pytest.importorskip("matplotlib", reason="pictures need the extra `chart`")

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
# Square is the narrowest, and no texts are longer than the Spanish ones.
SHAPES = tuple(SIZES) if LONG else ("square",)
X_HEIGHT = 0.5  # of the size of a letter in the font of the charts


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_text_lies_on_another_or_leaves_the_picture(name: str, lang: str) -> None:
    for chart in charts_in(lang, scenario(name)[0]):
        for size in dict.fromkeys(("post", *(SHAPES if LONG or lang == "es" else ()))):
            assert clashes(chart.picture, size) == [], (chart.name, size)


@pytest.mark.parametrize("seed", range(150 if LONG else 3))
def test_no_text_lies_on_another_on_charts_of_generated_markets(seed: int) -> None:
    for lang in LANGUAGES if LONG else ("es",):
        for chart in generated(seed, lang):
            for size in SHAPES:
                assert clashes(chart.picture, size) == [], (chart.name, size)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_bar_beyond_the_scale_always_says_so(lang: str) -> None:
    for name in ("one_hour_crash", "short_squeeze"):
        for chart in charts_in(lang, scenario(name)[0]):
            (panel, *_) = chart.picture.panels
            beyond = sum(c.beyond for c in panel.columns)
            for size in SIZES:
                drawn = [t for t, _, _ in texts(chart.picture, size) if t[0] in "<>"]
                assert len(drawn) == beyond, (chart.name, size)


@pytest.mark.parametrize("name", ["short_squeeze", "micro_cap_rotation"])
def test_every_letter_can_be_read_on_a_phone(name: str) -> None:
    for chart in scenario(name)[1]:
        for size, (width, _) in SIZES.items():
            for text, px, _ in texts(chart.picture, size):
                small = px * X_HEIGHT * PHONE / width
                assert small >= 4.75, f"{text!r} is {small:.1f} px high"


# How the cones of an eye without the red or the green ones answer (Viénot, Brettel and Mollon,
# 1999), in linear sRGB.
BLIND = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)  # IEC 61966-2-1
WHITE = TO_XYZ.sum(axis=1)


def lab(colour: str, sight: str) -> np.ndarray:
    """CIE L*a*b* of an sRGB colour as an eye of that kind sees it."""
    code = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(np.clip(TO_XYZ @ (np.array(BLIND[sight]) @ linear), 1e-3, None) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", [s for s in BLIND if s != "grey"])
def test_colours_that_mean_something_are_told_apart_by_every_eye(sight: str) -> None:
    from generator.charts.style import BARS, LINES, PALE

    beside = [("blue", "orange"), ("blue", "grey")]
    for one, other in beside:
        apart = np.linalg.norm(lab(BARS[one], sight) - lab(BARS[other], sight))
        assert apart > 20, (one, other)
    assert np.linalg.norm(lab(LINES["blue"], sight) - lab(PALE, sight)) > 20


def test_what_lies_on_one_another_is_told_apart_in_grey() -> None:
    from generator.charts.style import BARS, INK, LINES, PALE, SHADE

    for one, other in [
        (BARS["blue"], BARS["orange"]),
        (LINES["blue"], PALE),
        (LINES["blue"], SHADE),
        (INK, SHADE),
        (INK, BARS["orange"]),
    ]:
        assert abs(lab(one, "grey")[0] - lab(other, "grey")[0]) > 20


def test_a_clash_is_seen_where_there_is_one() -> None:
    from dataclasses import replace

    from generator.charts.model import Axis
    from tests.charts.notes import plain

    picture = plain()
    (panel,) = picture.panels
    crowded = replace(panel, levels=())
    assert clashes(replace(picture, panels=(crowded,)), "post") == []
    wide = replace(panel, name="a name that is longer than any picture is wide " * 3)
    assert any("leaves" in c for c in clashes(replace(picture, panels=(wide,)), "post"))
    marks = Axis(0.0, 3.0, tuple((v, "a long label of a mark") for v in (1.0, 1.01, 1.02)))
    kept = clashes(replace(picture, panels=(replace(panel, x=marks, lines=()),)), "post")
    assert not [c for c in kept if "lies on" in c], "marks of an axis are thinned out"
