"""`commentary init`: a working folder to edit: settings, rules and templates."""

from __future__ import annotations

import argparse
import dataclasses
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_type_hints

from generator.cli import Context
from generator.coerce import Pairs
from generator.config import FILE, SECTIONS, shipped_rules, shipped_templates
from generator.errors import EXIT_DONE
from generator.settings import Config, Secrets

HELP = "a working folder to edit: settings, rules and templates"
PARTS = ("settings", "rules", "templates")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (all)")


def run(args: argparse.Namespace, context: Context) -> int:
    written, kept = [], []
    for path, copy in _files(context.folder, _parts(args.parts)):
        if path.exists():
            kept.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(copy, Path):
            shutil.copyfile(copy, path)
        else:
            path.write_text(copy, encoding="utf-8")
        written.append(path)
    names = {"written": written, "kept": kept}
    if context.as_json:
        inside = context.folder
        context.give_json({k: [str(p.relative_to(inside)) for p in v] for k, v in names.items()})
    context.say(f"{context.folder}: {len(written)} files written, {len(kept)} were there and stay")
    return EXIT_DONE


def _parts(asked: list[str]) -> tuple[str, ...]:
    from generator.coerce import did_you_mean
    from generator.errors import UsageError

    for part in asked:
        if part not in PARTS:
            raise UsageError("commentary init", f"{part!r} is no part", did_you_mean(part, PARTS))
    return tuple(asked) or PARTS


def _files(folder: Path, parts: tuple[str, ...]) -> Iterator[tuple[Path, str | Path]]:
    if "settings" in parts:
        yield folder / FILE, settings_text()
        yield folder / ".env.example", secrets_text()
    for name, shipped in (("rules", shipped_rules()), ("templates", shipped_templates())):
        if name in parts:
            for source in sorted(p for p in shipped.rglob("*") if p.is_file()):
                yield folder / name / source.relative_to(shipped), source


def settings_text() -> str:
    """commentary.toml with every setting commented out at its default."""
    lines = [
        "# Settings. Remove the # before a line to change it; what stays commented is the default.",
        "# Each is also a variable: COMMENTARY_<SECTION>__<KEY>. Secrets belong into .env only.",
    ]
    for name, kind in SECTIONS.items():
        lines.append("")
        lines += [f"# {line.strip()}".rstrip() for line in (kind.__doc__ or "").strip().split("\n")]
        lines.append(f"[{name}]")
        types = get_type_hints(kind)
        for key in dataclasses.fields(kind):
            value = getattr(kind(), key.name)
            empty_table = value == () and types[key.name] == Pairs
            lines.append(f"# {key.name} = {'{}' if empty_table else _toml(value)}")
    lines += ["", "# The networks that a preview writes for; docs/networks.md names them all."]
    lines += ["[networks]", f"# preview = {_toml(Config.previewed)}"]
    lines += ["# A network's own settings stand in a table of its name:", "# [networks.x]"]
    lines += ['# base_url = "http://127.0.0.1:8900"', ""]
    return "\n".join(lines)


def secrets_text() -> str:
    """.env with every secret of the data sources, and how those of networks are named."""
    lines = ["# Copy to .env. Everything here is optional; without keys public data is used."]
    lines += [f"COMMENTARY_{key.name.upper()}=" for key in dataclasses.fields(Secrets)]
    lines += ["", "# A network's keys: COMMENTARY_NETWORKS__<NETWORK>__<KEY>", ""]
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, tuple) and any(isinstance(v, tuple) for v in value):
        return "{ " + ", ".join(f"{_toml(name)} = {_toml(text)}" for name, text in value) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, Mapping) and value:
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return str(value)
