"""Handing a text to a person who posts it: a link that opens the network's editor with the text in
it, the clipboard, or files. The ledger knows it as handed over, never as sent.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from generator.errors import UsageError
from generator.networks.base import Network
from generator.publish.alone import Alone
from generator.publish.base import Media, Post
from generator.publish.changes import BY_HAND
from generator.publish.ledger import Approval
from generator.publish.outbox import Outbox, Result

Way = Literal["link", "clipboard", "file"]
LONGEST_LINK = 8000  # characters; servers refuse longer ones
TOOLS = (
    ("wl-copy",), ("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"),
    ("pbcopy",), ("clip.exe",), ("termux-clipboard-set",),
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """One part as a person gets it. link: "" for none; pictures: name of a file, to its picture."""

    text: str
    link: str
    pictures: Mapping[str, Media] = field(default_factory=dict)


def given(post: Post, network: Network) -> tuple[Given, ...]:
    """The parts of an approved post, in order."""
    return tuple(
        Given(
            text,
            link_of(text, network),
            {f"part-{i + 1}-{m.name}": m for m in post.pictures(i)},
        )
        for i, text in enumerate(network.pasted(s) for s in post.segments)
    )


def link_of(text: str, network: Network) -> str:
    """An address that opens the network's editor with the text in it; "" where it has none."""
    link = network.compose + quote(text, safe="") if network.compose else ""
    return link if len(link) <= LONGEST_LINK else ""


def hand_over(outbox: Outbox, approval: Approval, way: Way) -> Result:
    """Writes down that a person gets the text; to be called before they do.

    A slot that holds a post of an account, or another text, stays as it is: the Result says so.
    Raises UsageError for a void approval, PublishError where sending is stopped.
    """
    if approval.voided is not None:
        what, todo = f"is void: {approval.why}", "Approve the run again."
        raise UsageError(f"approval {approval.id}", what, todo)
    outbox.running()
    ledger = outbox.ledger
    with Alone(ledger.folder, approval.network, BY_HAND):
        parts = len(ledger.post(approval.id).segments)
        now = outbox.clock.now()
        entry = ledger.claim(approval, BY_HAND, parts, now)
        if entry.approval != approval.id or entry.account != BY_HAND:
            what = f"slot {entry.slot} already holds post {entry.id} ({entry.state})"
            return Result(entry, what, f"`commentary outbox show {entry.id}` shows it.")
        if Result(entry).whole:
            return Result(entry)  # given again: it was closed too soon, or lost
        next_ = next(row for row in entry.rows if row.state != "handed over")
        if stopped := outbox.why_not(entry, next_, approval):
            return Result(entry, *stopped)
        for row in entry.rows:
            if row.state in ("waiting", "not sent"):
                ledger.end(entry, row.position, "handed over", now, reason=f"by {way}")
        return Result(ledger.entry(entry.id))


def write_files(parts: tuple[Given, ...], folder: Path, *, texts: bool = True) -> tuple[Path, ...]:
    """Texts, pictures and their descriptions as files; their paths. Raises UsageError."""
    made: dict[str, bytes] = {}
    for number, part in enumerate(parts, 1):
        if texts:
            made[f"part-{number}.txt"] = f"{part.text}\n".encode()
        for name, media in part.pictures.items():
            made[name] = media.data
            if media.alt:
                made[f"{name}.alt.txt"] = f"{media.alt}\n".encode()
    try:
        for name, data in made.items():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    except OSError as error:
        raise UsageError(str(folder), f"cannot be written: {error.strerror}", "Free it.") from None
    return tuple(folder / name for name in made)


def clipboard() -> tuple[str, ...]:
    """The command that takes a text to the clipboard. Raises UsageError where there is none."""
    import shutil

    found = next((t for t in TOOLS if shutil.which(t[0])), None)
    if found is None:
        what = "none of " + ", ".join(t[0] for t in TOOLS) + " is there"
        raise UsageError("clipboard", what, "Use --by file or --by link.")
    return found


def copy(text: str) -> None:
    """Puts a text on the system's clipboard. Raises UsageError."""
    tool = clipboard()
    try:
        # Some of them stay to serve the clipboard, and would hold a pipe open.
        subprocess.run(
            tool,
            input=text.encode(),
            check=True,
            timeout=10,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        what = f"{tool[0]} does not take the text"
        raise UsageError("clipboard", what, "Use --by file or --by link.") from None
