"""What is promised about the package and the checkout."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

import generator
from tests.conftest import ROOT, is_loopback

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def requirement_names() -> set[str]:
    extras = PROJECT["optional-dependencies"].values()
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    return {re.split(r"[<>=\[;~! ]", line)[0].lower().replace("_", "-") for line in lines}


def test_the_version_is_the_same_in_both_places() -> None:
    assert PROJECT["version"] == generator.__version__


def test_every_requirement_is_pinned_and_no_pin_names_an_address() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", pin) for pin in pins)
    pinned = {pin.partition("==")[0].lower().replace("_", "-") for pin in pins}
    assert requirement_names() <= pinned


EXTRAS = ("alerts", "bluesky", "chart", "keyring", "languages", "newsletter")


def test_every_package_that_is_imported_is_required() -> None:
    distributions = packages_distributions()
    required = {
        re.split(r"[<>=\[;~! ]", line)[0].lower().replace("_", "-")
        # What an extra brings is imported by what needs it only, which says how to install it.
        for group in ("", *EXTRAS)
        for line in (PROJECT["optional-dependencies"][group] if group else PROJECT["dependencies"])
    }
    missing = set()
    for path in (ROOT / "generator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for top in {name.partition(".")[0] for name in names}:
                if top not in sys.stdlib_module_names | {"generator"}:
                    found = {d.lower().replace("_", "-") for d in distributions.get(top, [top])}
                    missing |= {(top, path.name)} if not found & required else set()
    assert missing == set()


@pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling is not installed")
def test_the_wheel_carries_rules_and_templates_and_finds_them(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    for folder in ("rules", "templates"):
        shipped = [p for p in (ROOT / folder).rglob("*") if p.is_file() and p.name[0] != "."]
        expected = {f"generator/_{folder}/{p.relative_to(ROOT / folder)}" for p in shipped}
        assert expected <= names
    scenarios = {
        f"generator/scenarios/{p.name}" for p in (ROOT / "generator/scenarios").glob("*.yaml")
    }
    assert {"generator/py.typed", *scenarios} <= names
    assert not any(name.startswith(("tests/", "rules/", "templates/")) for name in names)
    code = "from generator.config import shipped_rules; print(shipped_rules())"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
    )
    assert Path(found.stdout.strip()) == tmp_path / "site" / "generator" / "_rules"


def test_make_and_the_continuous_check_are_there_and_executable() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    text = (ROOT / "Makefile").read_text()
    for target in ("preview", "test", "evidence", "bench"):
        assert re.search(rf"^{target}:", text, re.M)


# ---------------------------------------------------------------- the test bed itself


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("8.8.8.8", 443)])
def test_the_network_is_refused(address: tuple[str, int]) -> None:
    with socket.socket() as sock, pytest.raises(ConnectionRefusedError, match="may not use"):
        sock.connect(address)
    with pytest.raises(ConnectionRefusedError, match="may not use"):
        socket.getaddrinfo("api.binance.com", 443)


def test_this_machine_is_not_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize(
    ("host", "ours"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.0.0.1.evil.example", False)],
)
def test_loopback_is_told_from_what_looks_like_it(host: str, ours: bool) -> None:
    assert is_loopback(host) is ours


def test_settings_and_home_of_the_user_are_out_of_reach(tmp_path: Path) -> None:
    assert Path.cwd() == tmp_path
    assert Path.home().is_relative_to(tmp_path)
    assert [k for k in os.environ if k.startswith("COMMENTARY_")] == ["COMMENTARY_STATE"]
