"""Themes are files that anybody may add; a mistake in one is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.errors import RuleError
from generator.folders import shipped_rules
from generator.measure.news import THEMES
from generator.news import reader, shipped
from generator.news.checking import check_news, run_examples

OWN = """title: A halving
label: halvings
priority: 25
any: [halving takes place]
"""


def test_every_title_in_the_shipped_files_is_read_as_they_say() -> None:
    results = run_examples(shipped())
    assert [r for r in results if not r.passed] == []
    assert len(results) > 150
    assert check_news(shipped()) == ()


def test_every_shipped_theme_has_its_counts() -> None:
    assert {t.name for t in shipped().themes} == set(THEMES)


def test_a_theme_of_a_users_own_is_read_beside_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "halving.yaml").write_text(OWN)
    found = reader((shipped_rules(), tmp_path))
    assert [t.name for t in found.read("Litecoin halving takes place").themes] == ["halving"]
    assert [t.name for t in found.read("Kraken suffers an outage").themes] == ["outage"]


def test_a_theme_owes_titles_on_both_sides(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "halving.yaml").write_text(OWN)
    (problem,) = check_news(reader((tmp_path,)))
    assert "owes 6 titles" in problem.message


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (("any:", "anny:"), ":4:", "unknown key 'anny'"),
        (("priority: 25", "priority: -1"), ":3:", "between 0 and 1000"),
        (("any: [halving takes place]", "none: [rumour]"), ":1:", "nothing to look for"),
        (("[halving takes place]", "[<venues>]"), ":4:", "'<venues>' is not one of"),
        (("[halving takes place]", "[a b c d e f g h i]"), ":4:", "one to 8 words"),
        (("[halving takes place]", "['!?']"), ":4:", "one to 8 words"),
        (("label: halvings", "label: 4 halvings"), ":2:", "no digit"),
        (("title: A halving\n", ""), ":1:", "needs 'title'"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    tmp_path: Path, change: tuple[str, str], where: str, what: str
) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "halving.yaml").write_text(OWN.replace(*change))
    with pytest.raises(RuleError) as error:
        reader((tmp_path,))
    assert what in str(error.value)
    assert where in error.value.subject


def test_rules_check_and_test_read_a_users_theme(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    themes = tmp_path / "rules" / "themes"
    themes.mkdir(parents=True)
    titles = "".join(f"\n  - Halving takes place on chain {n}" for n in "abcdef")
    silent = "".join(f"\n  - Chain {n} waits" for n in "abcde")
    text = f"{OWN}matches:{titles}\nsilent:{silent}\n  - The halving takes place\n"
    (themes / "halving.yaml").write_text(text)
    assert main(["rules", "check"]) == 0
    assert main(["rules", "test", "halving"]) == 1
    assert "'The halving takes place': expected silent, got matches" in capsys.readouterr().out
