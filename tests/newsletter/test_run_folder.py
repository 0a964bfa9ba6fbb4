"""What a run folder holds of a newsletter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator import audit
from generator.cli import main
from tests.newsletter.desk import letter, written


def test_a_preview_writes_the_newsletter_in_four_forms_and_its_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["preview", "--scenario", "quiet_sunday", "--network", "newsletter", "--no-charts"]
    assert main(told) == 0
    assert "Data notes" in capsys.readouterr().err
    (run,) = (tmp_path / "output" / "2026-05-17").iterdir()
    for name in ("newsletter.md", "newsletter.html", "newsletter.txt", "newsletter.eml"):
        assert "SCENARIO" in (run / name).read_text("utf-8")
    text = (run / "newsletter.txt").read_text("utf-8")
    assert letter("quiet_sunday").segments[0].split("\n\n")[0] in text
    assert '"form": "newsletter"' in (run / "trace.json").read_text("utf-8")


def test_the_picture_drawn_for_it_stands_in_every_form_with_its_words() -> None:
    chart = SimpleNamespace(name="1-price-eth", picture=SimpleNamespace(alt="ETH fell to a low."))
    pngs = {("1-price-eth", "newsletter"): b"\x89PNG wide", ("1-price-eth", "post"): b"no"}
    drawn: Any = SimpleNamespace(charts=(chart,), pngs=pngs)
    files = audit._set(replace(written(), pictures=drawn), letter())
    path = "charts/1-price-eth.newsletter.png"
    assert f"![ETH fell to a low.]({path})" in str(files["newsletter.md"])
    assert f'src="{path}"' in str(files["newsletter.html"])
    message = bytes(files["newsletter.eml"])  # type: ignore[arg-type]
    assert b'alt=3D"ETH fell to a low."' in message
    assert b"Content-ID: <charts-1-price-eth-newsletter-png@newsletter>" in message


def test_a_picture_that_was_not_drawn_leaves_no_hole() -> None:
    chart = SimpleNamespace(name="1-price-eth", picture=SimpleNamespace(alt="ETH fell."))
    nothing: Any = SimpleNamespace(charts=(chart,), pngs={})
    files = audit._set(replace(written(), pictures=nothing), letter())
    assert "<img" not in str(files["newsletter.html"])
    assert "charts/" not in str(files["newsletter.md"])
