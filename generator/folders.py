"""Where rules and templates are looked for.

In a checkout they stand at the top, beside the package, where people edit them; an installed
wheel carries a copy inside the package. A working folder may override either, file by file.
"""

from __future__ import annotations

from pathlib import Path

from generator.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent


def shipped_rules() -> Path:
    """The folder of the rules that came with the program."""
    return _shipped("rules")


def shipped_templates() -> Path:
    """The folder of the templates that came with the program."""
    return _shipped("templates")


def rule_folders(folder: Path) -> tuple[Path, ...]:
    """Folders to load rules from; a later one overrides files of the same relative name."""
    return _with_own(shipped_rules(), folder / "rules")


def template_folders(folder: Path) -> tuple[Path, ...]:
    """Folders to load templates from; a later one overrides files of the same relative name."""
    return _with_own(shipped_templates(), folder / "templates")


def _with_own(shipped: Path, own: Path) -> tuple[Path, ...]:
    # In the checkout itself the working folder's rules ARE the shipped ones: not to be read twice.
    if not own.is_dir() or own.resolve() == shipped.resolve():
        return (shipped,)
    return (shipped, own)


def _shipped(name: str) -> Path:
    # The checkout wins over a packaged copy, so an edit takes effect at once; the neighbouring
    # pyproject.toml tells a checkout from a stray `rules` folder in site-packages.
    checkout = _PACKAGE.parent
    for folder in (checkout / name, _PACKAGE / f"_{name}"):
        if folder.is_dir() and (folder.parent != checkout or _is_checkout(checkout)):
            return folder
    raise UsageError(name, "the folder that ships with the program is missing", "Reinstall it.")


def _is_checkout(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file()
