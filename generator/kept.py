"""What was read once, kept as JSON in the user's cache folder under the hash of its sources.

The folder must be the user's own, never a working folder, which may come from others. JSON, never
a pickle: reading it back runs nothing. A folder that cannot be used is no error, only slower.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from generator import __version__

MOST = 8  # of one kind; whoever edits rules all day leaves no heap behind


def digest(parts: Iterable[bytes]) -> str:
    """One hash of several byte strings; where one ends and the next begins is part of it."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()


@cache
def code(module: str) -> bytes:
    """What tells a package's way of reading from any other version's: `__file__` of one of its
    modules. A checkout's version does not change with every edit, so its files are looked at."""
    files = sorted(Path(module).parent.glob("*.py"))
    return repr((__version__, [(p.name, *_state(p)) for p in files])).encode()


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def kept(folder: Path | None, kind: str, key: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, or what it gave before for the same key (a `digest`).

    Nothing is kept without a folder, when `make` raises, or when JSON would change the value.
    """
    if folder is None:
        return make()
    path = folder / f"{kind}-{key}.json"
    with suppress(OSError, ValueError):
        return json.loads(path.read_bytes())
    value = make()
    with suppress(OSError, ValueError, TypeError):
        text = json.dumps(value, ensure_ascii=False)
        if json.loads(text) == value:
            _write(path, text)
    return value


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    kind = path.name.partition("-")[0]
    found = sorted(path.parent.glob(f"{kind}-*.json"), key=lambda p: -p.stat().st_mtime_ns)
    for old in found[MOST:]:
        old.unlink(missing_ok=True)
