"""The README: its commands run, its links lead somewhere, its lists are the program's own."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from generator.cli import COMMANDS, main
from generator.collect.scenario import scenario_names
from generator.config import load_config
from generator.errors import EXIT_DONE
from generator.folders import shipped_rules
from generator.judge import load_rules
from generator.measure import catalog
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"<!-- tested -->\n```sh\n(.*?)```", re.S)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)")
COMMAND = re.compile(r"commentary ([a-z]+)")


def blocks() -> list[str]:
    return [m[1] for m in BLOCK.finditer(README)]


def test_there_are_commands_to_try() -> None:
    assert sum(block.count("commentary ") for block in blocks()) > 8


@pytest.mark.parametrize("block", blocks(), ids=lambda b: b.split("\n")[0].split(" --")[0])
def test_every_marked_command_of_the_readme_works(
    block: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in block.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        assert program == "commentary"
        assert main(arguments) == EXIT_DONE, capsys.readouterr().err
        told = capsys.readouterr()
        assert told.out or told.err


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_table_names_exactly_the_commands_there_are() -> None:
    part = README.split("\n## Commands\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| `([^`]+)`", part, re.M)
    listed = {m[1] for cell in cells if (m := COMMAND.match(cell))}
    folder = ROOT / "generator" / "commands"
    assert listed == {name for name in COMMANDS if (folder / f"{name}.py").is_file()}


def test_every_command_and_scenario_it_mentions_exists() -> None:
    part = README.split("## Commands")[1]
    assert {n for n in scenario_names() if f"`{n}`" in part} == set(scenario_names())
    mentioned = {m[1] for m in COMMAND.finditer(README.split("## What it cannot")[0])}
    assert mentioned <= set(COMMANDS)


def test_its_settings_are_settings(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.S)
    (tmp_path / "commentary.toml").write_text(example, encoding="utf-8")
    config = load_config(tmp_path, {})
    assert config.house.name == "Example Desk"
    load_rules((shipped_rules(),), catalog()).with_params(config.rules.params)


def test_it_counts_the_rules_rightly() -> None:
    count = len(load_rules((shipped_rules(),), catalog()).rules)
    assert f"{count} rules, each" in README


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return {str(k) for k in value}.union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def test_the_json_page_names_exactly_the_keys_that_preview_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    shape = page.split("## `preview --json`")[1].split("```")[1]
    problem = {"gate", "severity", "span", "message", "segment", "start", "end"}
    assert main(["preview", "--scenario", "one_hour_crash", "--json"]) == EXIT_DONE
    printed = keys_of(json.loads(capsys.readouterr().out))
    assert set(re.findall(r'"(\w+)"', shape)) == printed | problem


def test_the_json_page_names_exactly_the_files_of_a_run_folder() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`[^|]+) \|", page.split("## `preview")[0], re.M)
    assert main(["preview", "--scenario", "one_hour_crash"]) == EXIT_DONE
    (folder,) = Path("output").glob("*/*-one_hour_crash")
    written = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    written = {re.sub(r"^charts/[^.]+", "charts/NAME", name) for name in written}
    written = {re.sub(r"^posts/[^.]+", "posts/<network>", name) for name in written}
    assert {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)} == written
