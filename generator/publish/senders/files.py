"""A newsletter as files in a folder: text, Markdown, a message for a mail program, pictures."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from generator.publish.base import (
    Absent,
    Attempt,
    Found,
    Identity,
    NotSent,
    Outcome,
    Part,
    Prepared,
    Reading,
    Refused,
    Seen,
    Sent,
)
from generator.publish.senders.mail import composed


class FileSender:
    """One folder. The same post gives the same files; to write them twice changes nothing."""

    reads_back = True
    idempotent = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def identity(self) -> Identity:
        return Identity(str(self._folder.resolve()))

    def newest(self) -> tuple[Seen, ...]:
        return ()  # what is there was put there by these names, and stays as it is

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        return Prepared(token=_stem(part))

    def send(self, attempt: Attempt) -> Outcome:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, data in _files(attempt).items():
                self._write(self._folder / name, data)
        except OSError as error:
            return NotSent(f"{self._folder} cannot be written: {error.strerror}")
        return self._sent(attempt)

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        partial.write_bytes(data)
        partial.replace(path)

    def _sent(self, attempt: Attempt) -> Sent:
        path = self._folder / f"{attempt.prepared.token}.txt"
        return Sent(path.name, str(path))

    def reconcile(self, attempt: Attempt) -> Reading:
        there = all(
            (path := self._folder / name).is_file() and path.read_bytes() == data
            for name, data in _files(attempt).items()
        )
        return Found(self._sent(attempt)) if there else Absent()

    def retract(self, sent: Sent) -> Outcome:
        stem = Path(sent.id).stem
        try:
            for path in self._folder.glob(f"{stem}.*"):
                path.unlink()
        except OSError as error:
            return NotSent(f"{self._folder} cannot be changed: {error.strerror}")
        return sent

    def cost(self, part: Part) -> int:
        return 0


def _stem(part: Part) -> str:
    """The slot as a file's name; `HASH/SLOT/POSITION` is a part's key."""
    slot = part.key.partition("/")[2].rpartition("/")[0]
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in slot)


def _files(attempt: Attempt) -> Mapping[str, bytes]:
    part, stem = attempt.part, attempt.prepared.token
    out = {f"{stem}.txt": (part.segment.text + "\n").encode()}
    if "markdown" in part.post.parts:
        out[f"{stem}.md"] = part.post.parts["markdown"].encode()
        out |= {f"charts/{m.name}": m.data for m in part.media}
    if "mail" in part.post.parts:
        out[f"{stem}.eml"] = composed(part.post, part.media)
    return out
