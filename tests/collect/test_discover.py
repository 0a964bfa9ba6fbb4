"""A source is one file, or an entry point: nothing else has to be edited."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

import generator.collect.sources as package
from generator.collect import CollectSettings, discover
from generator.collect.settings import VENUES
from generator.errors import UsageError

ONE_FILE = '''
"""A source of one number."""
from generator.model import Instrument

NAME = "barometer"


async def fetch(ctx):
    answer = await ctx.ask("v1/now", lambda: ctx.get_json("https://barometer.example/v1/now"))
    row = ctx.row(Instrument(NAME, "B", "B", "index", "MARKET", ""))
    row.put(answer, "index_value", answer.data["value"])
'''


def names(**settings: object) -> list[str]:
    return [m.NAME for m in discover.chosen(CollectSettings(**settings))]  # type: ignore[arg-type]


def test_every_configured_source_exists_and_venues_come_first_in_their_order() -> None:
    assert tuple(names()[: len(VENUES)]) == VENUES
    assert names(venues=("okx", "binance"))[:2] == ["okx", "binance"]
    assert "gate" not in names(venues=("okx",))


def test_a_new_file_is_a_source_with_no_other_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gather: object, double: object
) -> None:
    (tmp_path / "barometer.py").write_text(ONE_FILE, encoding="utf-8")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    double.routes["barometer.example/v1/now"] = lambda q: {"value": "41"}  # type: ignore[attr-defined]
    snapshot = gather().snapshot  # type: ignore[operator]
    assert [(s.name, s.state, s.rows) for s in snapshot.sources] == [("barometer", "ok", 1)]
    assert snapshot.observation(0, "index_value").value == 41


def test_an_entry_point_is_a_source_and_a_broken_one_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fetch(ctx: object) -> None: ...

    made = SimpleNamespace(NAME="elsewhere", fetch=fetch)
    point = SimpleNamespace(name="elsewhere", load=lambda: made)
    monkeypatch.setattr(discover, "entry_points", lambda group: [point])
    assert "elsewhere" in names()
    broken = EntryPoint("bad", "no_such_module_anywhere", discover.GROUP)
    monkeypatch.setattr(discover, "entry_points", lambda group: [broken])
    with pytest.raises(UsageError, match="source bad: cannot be loaded"):
        names()
