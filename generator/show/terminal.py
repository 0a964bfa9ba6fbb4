"""The run in the terminal: the note itself on stdout, everything about it on stderr.

Piped, stdout carries exactly the note and nothing else; on a terminal it is wrapped to the width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.model import Draft, Problem, Snapshot, Source
from generator.show.view import clock, network_name, visible, weights
from generator.write.stamp import Stamp

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 88  # longer lines are hard to read, however wide the terminal
COLOURS = {"ok": "green", "partial": "yellow", "skipped": "yellow"}


def print_preview(
    console: Console,
    *,
    run: str,
    snapshot: Snapshot,
    drafts: Sequence[Draft],
    problems: Sequence[Problem],
    stamp: Stamp,
    out: Console | None = None,
) -> None:
    """Print a run. console: where people are spoken to (stderr); out: where the note goes.

    Without `out` everything goes to `console`. Colours appear only on a terminal.
    """
    from rich.text import Text  # data goes in as Text: a [red] in a headline is not markup

    out = out or console
    print_stamp(console, stamp)
    _problems(console, problems)
    for draft in drafts:
        if draft.network:
            _post(console, draft)
        else:
            _note(out, draft, stamp)
    print_sources(console, snapshot.sources)
    console.print(Text(f"Run {visible(run)}, as of {clock(snapshot.now)}. Nothing was sent."))


def print_stamp(console: Console, stamp: Stamp) -> None:
    """SCENARIO or REPLAY, so that nobody takes the text for the present market."""
    from rich.text import Text

    if stamp.token:
        word = (f" {stamp.name} ", "bold white on red")
        console.print(Text.assemble(word, " ", visible(stamp.why)), soft_wrap=True)
        console.print()


def _note(out: Console, draft: Draft, stamp: Stamp) -> None:
    from rich.text import Text

    if not out.is_terminal:
        if stamp.line:  # a file made of this must not pass for the present market
            out.file.write(f"{stamp.line}\n\n")
        out.file.write("\n\n".join(draft.segments).rstrip("\n") + "\n")
        return
    if draft.title:
        out.print(Text(visible(draft.title), style="bold"), width=min(WIDTH, out.width))
        out.print()
    for segment in draft.segments:
        out.print(Text(visible(segment)), width=min(WIDTH, out.width))
        out.print()


def _post(console: Console, draft: Draft) -> None:
    from rich.text import Text

    for i, (segment, count) in enumerate(zip(draft.segments, weights(draft), strict=True), 1):
        part = f" {i} of {len(draft.segments)}" if len(draft.segments) > 1 else ""
        limit = f"/{draft.limit}" if draft.limit else ""
        over = draft.limit is not None and count > draft.limit
        head = Text.assemble(
            (f"{network_name(draft.network)}{part}", "bold"),
            "  ",
            (f"{count}{limit}", "bold red" if over else "cyan"),
        )
        console.print(head)
        console.print(Text(visible(segment)), width=min(WIDTH, console.width))
        console.print()


def _problems(console: Console, problems: Sequence[Problem]) -> None:
    from rich.text import Text

    for problem in sorted(problems, key=lambda p: p.severity):
        style = "bold red" if problem.severity == "error" else "yellow"
        line = Text.assemble(
            (f"{problem.severity}: {problem.gate}", style), "  ", visible(problem.message)
        )
        console.print(line, soft_wrap=True)
    if problems:
        console.print()


def print_sources(console: Console, sources: Sequence[Source]) -> None:
    """The table of sources: state, seconds, rows, and the reason for everything not ok."""
    console.print(_table(sources))


def _table(sources: Sequence[Source]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("source", "state"):
        table.add_column(name)
    for name in ("seconds", "rows"):
        table.add_column(name, justify="right")
    table.add_column("reason", overflow="fold")
    for s in sources:
        state = Text(s.state, style=COLOURS.get(s.state, "red"))
        numbers = (f"{s.seconds:.1f}", str(s.rows))
        table.add_row(Text(visible(s.name)), state, *numbers, Text(visible(s.reason)))
    return table
