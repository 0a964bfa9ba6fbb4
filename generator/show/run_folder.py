"""Writing a run folder: every file whole or absent, never half."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from generator.errors import StoreError


def write_run(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files (relative names with `/`) and return the folder.

    A new folder appears by one rename, complete; in an existing one each file is replaced whole.
    Everything is synced to disk before it gets its name. Raises StoreError.
    """
    for name in files:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\0" in name:
            raise StoreError(str(folder), f"`{name}` is no place inside a run folder", "rename it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            _replace(folder, files)
        else:
            _appear(folder, files)
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise StoreError(str(folder), what, "check the folder's permissions and space") from None
    return folder


def _appear(folder: Path, files: Mapping[str, str | bytes]) -> None:
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        for name, content in sorted(files.items()):
            _write(partial / name, content)
        for path in (*(partial / name for name in files), *_folders(partial, files)):
            _sync(path)  # all are written by now: most of them reach the disk with the first
        partial.rename(folder)
        _sync(folder.parent)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _replace(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Each file whole under its name; the names reach the disk together."""
    places = [(folder / name, content) for name, content in sorted(files.items())]
    partial = [p.with_name(f".{p.name}.{os.getpid()}.partial") for p, _ in places]
    try:
        for new, (_, content) in zip(partial, places, strict=True):
            _write(new, content)
        for new in partial:
            _sync(new)
        for new, (path, _) in zip(partial, places, strict=True):
            new.replace(path)
        for named in _folders(folder, files):
            _sync(named)
    except OSError:
        for new in partial:
            new.unlink(missing_ok=True)
        raise


def _folders(root: Path, files: Mapping[str, str | bytes]) -> list[Path]:
    """The folders that name the files, the root last."""
    return sorted({(root / name).parent for name in files} | {root}, reverse=True)


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def _sync(path: Path) -> None:
    """To disk with a file's content, or with the names in a folder."""
    folder = path.is_dir()
    if folder and os.name == "nt":  # Windows cannot open one; the rename is durable there
        return
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
