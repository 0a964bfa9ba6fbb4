"""The wheel in a clean environment, far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.evidence,
    pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling is not installed"),
]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`commentary` of an environment that holds the wheel; its requirements are borrowed."""
    place = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    wheel = next(place.glob("*.whl"))
    subprocess.run([sys.executable, "-m", "venv", str(place / "env")], check=True)
    python = place / "env" / "bin" / "python"
    install = ["-m", "pip", "install", "-q", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([str(python), *install], cwd=place, check=True, capture_output=True)
    site = next((place / "env" / "lib").glob("python*/site-packages"))
    # An editable checkout among the borrowed packages is found after the wheel, which comes first.
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return place / "env" / "bin" / "commentary"


def run(command: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(parents=True, exist_ok=True)
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.run(
        [str(command), *words], cwd=folder, env=env, capture_output=True, text=True, timeout=60
    )


def test_the_wheel_writes_a_note_from_any_folder(command: Path, tmp_path: Path) -> None:
    done = run(command, tmp_path / "anywhere", "preview", "--scenario", "quiet_sunday")
    assert done.returncode == 0, done.stderr
    assert "As of 09:00 UTC" in done.stdout
    shown = subprocess.run(
        [str(command.with_name("python")), "-c", "import generator; print(generator.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    )  # fmt: skip
    assert str(ROOT) not in shown.stdout


def test_what_init_copies_out_overrides_the_wheel(command: Path, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    assert run(command, folder, "init").returncode == 0
    assert run(command, folder, "rules", "check").returncode == 0
    assert run(command, folder, "templates", "check").returncode == 0
    mine = folder / "templates" / "en" / "furniture.j2"
    if not mine.is_file():
        shipped = next(command.parents[1].glob("lib/python*/site-packages/generator/_templates"))
        mine.parent.mkdir(parents=True, exist_ok=True)
        mine.write_text((shipped / "en" / "furniture.j2").read_text())
    text = mine.read_text()
    assert "{{ house.sign_off }}" in text
    mine.write_text(text.replace("{{ house.sign_off }}", "Read the figures."))
    done = run(command, folder, "preview", "--scenario", "quiet_sunday")
    assert done.returncode == 0, done.stderr
    assert "Read the figures." in done.stdout
    rule = folder / "rules" / "price" / "daily_fall.yaml"
    rule.parent.mkdir(parents=True, exist_ok=True)
    rule.write_text("whenn: 1\n")
    done = run(command, folder, "preview", "--scenario", "quiet_sunday")
    assert done.returncode == 2
    assert "daily_fall.yaml:1" in done.stderr
