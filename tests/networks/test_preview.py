"""`preview --network`: whose texts are written, shown and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import main
from generator.errors import EXIT_DONE, EXIT_USAGE

Captured = pytest.CaptureFixture[str]
QUIET = ("preview", "--scenario", "quiet_sunday", "--no-charts", "--json")


def drafts(captured: Captured) -> list[tuple[str, int]]:
    found = json.loads(captured.readouterr().out)["drafts"]
    assert all(max(d["length"], default=0) <= (d["limit"] or 9e9) for d in found)
    return [(d["network"], len(d["segments"])) for d in found]


def kept(folder: Path) -> set[str]:
    return {p.name for p in folder.glob("output/*/*/posts/*")}


def test_every_network_asked_for_has_its_text_and_its_files(
    isolated: Path, capsys: Captured
) -> None:
    asked = ("--network", "x:thread", "--network", "x", "--network", "discord")
    assert main([*QUIET, *asked]) == EXIT_DONE
    assert [name for name, _ in drafts(capsys)] == ["", "x", "x", "discord"]
    assert {"x.json", "x.txt", "discord.json"} <= kept(isolated)
    (sent,) = isolated.glob("output/*/*/posts/discord.json")
    post = json.loads(sent.read_text("utf-8"))
    assert [s["text"] for s in post["sent"]] == post["segments"]


def test_without_a_name_the_settings_say_whose_texts_are_written(
    isolated: Path, capsys: Captured
) -> None:
    (isolated / "commentary.toml").write_text(
        '[networks]\npreview = ["mastodon"]\n[networks.mastodon]\nlimit = 900\n'
    )
    assert main(QUIET) == EXIT_DONE
    assert [name for name, _ in drafts(capsys)] == ["", "mastodon"]
    (file,) = isolated.glob("output/*/*/posts/mastodon.json")
    assert json.loads(file.read_text("utf-8"))["limit"] == 900


@pytest.mark.parametrize(
    ("asked", "settings", "said"),
    [
        ("twitterr", "", "is no network"),
        ("x:essay", "", "'essay' is not possible"),
        ("x", "[networks.x]\nlimits = 5\n", "networks.x.limits"),
        ("x", '[networks]\npreview = 5\n[networks.x]\nform = "post"\n', "networks.preview"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_asked_of_a_venue(
    asked: str, settings: str, said: str, isolated: Path, capsys: Captured
) -> None:
    (isolated / "commentary.toml").write_text(settings)
    assert main(["preview", "--network", asked]) == EXIT_USAGE
    assert said in capsys.readouterr().err
    assert kept(isolated) == set()
