"""Piped, stdout is the note and nothing else; on a terminal the run is readable."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from generator.model import Problem, Source
from generator.show.terminal import print_preview, print_sources
from tests.show.example import Example, stamped


def printed(
    run: Example, *, terminal: bool = False, width: int = 60, problems: tuple[Problem, ...] = ()
) -> tuple[str, str]:
    err, out = io.StringIO(), io.StringIO()
    print_preview(
        Console(file=err, force_terminal=terminal, width=width),
        run="r1",
        snapshot=run.snapshot,
        drafts=[run.note, run.post],
        problems=problems,
        stamp=stamped(run.snapshot),
        out=Console(file=out, force_terminal=terminal, width=width),
    )
    return out.getvalue(), err.getvalue()


def test_piped_stdout_is_the_note_under_its_stamp(run: Example) -> None:
    out, err = printed(run)
    first, _, rest = out.partition("\n\n")
    assert first.startswith("[SCENARIO] ")
    assert rest == run.note.segments[0] + "\n"
    assert "\x1b" not in out + err
    assert f"{run.post.length[0]}/280" in err


def test_the_stamp_the_sources_and_the_run_are_told(run: Example) -> None:
    _, err = printed(run, width=100)
    assert err.lstrip().startswith("SCENARIO")
    assert "no key is configured" in err
    assert "Run r1, as of 2026-06-26 06:00 UTC" in err


def test_on_a_terminal_lines_fit_the_width_and_colours_appear(run: Example) -> None:
    out, err = printed(run, terminal=True, width=50)
    assert "\x1b[" in err
    import re

    bare = re.sub(r"\x1b\[[0-9;]*m", "", out)
    assert max(len(line.rstrip()) for line in bare.splitlines()) <= 50
    assert " ".join(run.note.segments[0].split()) in " ".join(bare.split())


def test_problems_come_with_their_gate_and_errors_first(run: Example) -> None:
    _, err = printed(
        run, problems=(Problem("length", "warning", "long"), Problem("numbers", "error", "wrong"))
    )
    assert err.index("error: numbers") < err.index("warning: length")


@pytest.mark.parametrize("bad", ["[red]x[/red]", "[/]", "\x1b[2Jx", "a\u202eb"])
def test_data_is_neither_markup_nor_an_escape_sequence(run: Example, bad: str) -> None:
    err = io.StringIO()
    console = Console(file=err, force_terminal=False, width=100)
    print_sources(console, [Source("s", "failed", bad, 1.0, 0)])
    print_preview(
        console,
        run=bad,
        snapshot=replace(run.snapshot, scenario=bad),
        drafts=[replace(run.post, segments=(bad,))],
        problems=[Problem("g", "error", bad)],
        stamp=stamped(replace(run.snapshot, scenario=bad)),
    )
    assert "\x1b" not in err.getvalue()
    assert "\u202e" not in err.getvalue()
    if bad.startswith("["):
        assert bad in err.getvalue()


def test_a_count_over_the_limit_is_shown(run: Example) -> None:
    err = io.StringIO()
    print_preview(
        Console(file=err, width=80),
        run="r",
        snapshot=run.snapshot,
        drafts=[replace(run.post, length=(291,))],
        problems=[],
        stamp=stamped(run.snapshot),
    )
    assert "291/280" in err.getvalue()
