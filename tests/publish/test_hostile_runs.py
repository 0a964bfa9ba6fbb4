"""A run folder that anybody may have written to: an answer of two lines, never a crash, never more
than the text that was checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.cli import main
from generator.publish.ledger import Ledger
from tests.publish.runs import AT, RUN

FILES = ("run.json", "snapshot.json", "posts/x.json", "problems.json", "charts/1-price-btc.json")
VALUES: tuple[Any, ...] = (
    None, True, -1, 10**30, 1e308, "", "x", "\ud800", "live", "scenario", "../../etc/passwd",
    [], {}, [[]], {"a": 1}, "$1 to the moon", ["Buy now. $1"],
)  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, some levels deep."""
    found = [at]
    if len(at) < 4:
        inner = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, list)
            else ()
        )
        for key, below in list(inner)[:40]:
            found += places(below, (*at, key))
    return found


def replaced(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    value[at[0]] = replaced(value[at[0]], at[1:], new)
    return value


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_run_folder_is_refused_or_was_checked(
    desk: Path, here: None, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    path = desk / "output" / RUN / data.draw(st.sampled_from(FILES))
    before = path.read_text()
    document = json.loads(before)
    at = data.draw(st.sampled_from(places(document)))
    path.write_text(json.dumps(replaced(document, at, data.draw(st.sampled_from(VALUES)))))
    try:
        code = main(["approve", "--folder", str(desk), "--now", AT, RUN, "--to", "x"])
    finally:
        path.write_text(before)
    told = capsys.readouterr()
    assert code in (0, 1, 2)
    assert "a mistake in the program" not in told.err
    if code == 0:
        with Ledger(_state()) as ledger:
            approval = ledger.approved(RUN, "x")
            assert approval is not None
            text = ledger.post(approval.id).segments[0].text
        assert (
            text
            == json.loads((desk / "output" / RUN / "posts/x.json").read_text())["sent"][0]["text"]
        )
    else:
        *problems, _, _ = told.err.splitlines()
        assert all(p.startswith(("    error: ", "    warning: ")) for p in problems)


def _state() -> Path:
    import os

    return Path(os.environ["COMMENTARY_STATE"])
