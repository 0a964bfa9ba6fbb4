"""`preview` of a stored snapshot does without everything heavy."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.preview import fill
from tests.flow.desk import state
from tests.ground.test_imports import COMMAND, heavy_after

SEED = 10_000  # of a state that is worth a note


def test_a_preview_of_a_stored_snapshot_imports_nothing_heavy(isolated: Path) -> None:
    fill(isolated, state(SEED), 3)
    assert heavy_after(COMMAND, "preview", "--snapshot", "latest") == set()
    (page,) = (isolated / "output").glob("*/*/preview.html")
    assert page.stat().st_size > 10_000


def test_compiled_templates_are_kept_and_change_nothing(
    isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(isolated / "cache"))
    fill(isolated, state(SEED), 3)
    texts = []
    for _ in range(2):
        heavy_after(COMMAND, "preview", "--snapshot", "latest")
        (draft,) = (isolated / "output").glob("*/*/draft.md")
        texts.append(draft.read_bytes())
        draft.unlink()
    assert texts[0] == texts[1]
    assert list((isolated / "cache" / "commentary" / "templates").glob("*.jinja"))
