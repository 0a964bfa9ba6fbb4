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
            for name, content in sorted(files.items()):
                _replace(folder / name, content)
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


def _replace(path: Path, content: str | bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        _write(partial, content)
        _sync(partial)
        partial.replace(path)
        _sync(path.parent)
    except OSError:
        partial.unlink(missing_ok=True)
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
