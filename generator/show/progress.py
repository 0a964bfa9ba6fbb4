"""Progress of a collection: what is being asked, and how far the back-fill is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar


class Shown:
    """collect's Progress on a rich bar; on a stream that is no terminal, a line per source."""

    def __init__(self, console: Console, bar: Bar | None) -> None:
        self.console, self.bar = console, bar
        self.asked: set[str] = set()
        self.done: set[str] = set()
        self.task = bar.add_task("asking the sources", total=None) if bar else None

    def source(self, name: str, state: str, detail: str) -> None:
        (self.asked if state == "asking" else self.done).add(name)
        if self.bar is not None and self.task is not None:
            waiting = sorted(self.asked - self.done)
            text = f"asking {', '.join(waiting[:3])}" if waiting else "all sources answered"
            total = len(self.asked | self.done)
            self.bar.update(self.task, total=total, completed=len(self.done), description=text)

    def backfill(self, done: int, total: int) -> None:
        if self.bar is not None and self.task is not None:
            text = "filling history (first run only)"
            self.bar.update(self.task, total=total, completed=done, description=text)


@contextmanager
def shown(console: Console) -> Iterator[Shown]:
    """A progress display while the block runs; silent where nobody watches."""
    if not console.is_terminal:
        yield Shown(console, None)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        yield Shown(console, bar)


@contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for work of known length, told (done, total); silent where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    text = "[progress.description]{task.description}"
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    disable = not console.is_terminal
    with Bar(*columns, console=console, transient=True, disable=disable) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
