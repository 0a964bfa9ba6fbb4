"""What docs/templates.md promises: overrides change the note, and what is refused is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from generator.cli import main
from generator.errors import EXIT_DONE, EXIT_FAILED, EXIT_USAGE
from generator.write import marks
from generator.write.forms import Forms
from generator.write.quantity import FILTERS, Quantity, Recorder
from tests.conftest import ROOT

Captured = pytest.CaptureFixture[str]
DOC = ROOT / "docs" / "templates.md"
CHECK = ["templates", "check", "--scenario", "quiet_sunday"]
PHRASES = Path("templates/en/phrases/price_level.j2")
EXTENDS = '{% extends "shipped/en/phrases/price_level.j2" %}\n'


def preview(text: str, path: Path = PHRASES) -> int:
    """The exit code of a preview of the quiet Sunday with one template of one's own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return main(["preview", "--scenario", "quiet_sunday"])


def both(words: str) -> str:
    """Both variants of the sentence about prices, so that the choice between them is none."""
    return "".join(f"{{% block group_{v} %}}\n{words}\n{{% endblock %}}\n" for v in "ab")


# ---------------------------------------------------------------- overriding


def test_an_override_in_the_working_folder_changes_its_sentence_and_no_other(
    capsys: Captured,
) -> None:
    assert main(["preview", "--scenario", "quiet_sunday"]) == EXIT_DONE
    shipped = capsys.readouterr().out.split("\n\n")
    words = "At {{ as_of | clock }} UTC on {{ as_of | day }}: "
    words += (
        "{% for v in group %}{{ v.asset }} trades at {{ v.price | money }}; {% endfor %}so much."
    )
    assert preview(EXTENDS + both(words)) == EXIT_DONE
    own = capsys.readouterr().out.split("\n\n")
    changed = [new for old, new in zip(shipped, own, strict=True) if old != new]
    assert len(changed) == 1
    assert "UTC on 17 May: BTC trades at $78,120; ETH trades at $2,176.50; so much." in changed[0]


def test_the_article_may_be_extended_and_lose_a_paragraph(capsys: Captured) -> None:
    own = '{% extends "shipped/en/article.j2" %}{% block volume %}{% endblock %}'
    assert preview(own, Path("templates/en/article.j2")) == EXIT_DONE
    out = capsys.readouterr().out
    assert "turnover in BTC" not in out
    assert "$78,120" in out


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("bitcoin is at 70,000 dollars", "price_level.j2:3: '70,000' is a digit"),
        ("{% macro m() %}{% endmacro %}", "price_level.j2:3: Macro is not allowed"),
        ("{% import 'en/watch.j2' as w %}", "price_level.j2:3: Import is not allowed"),
        ("{{ f.asset * f.asset }}", "price_level.j2:3: Mul is not allowed"),
        ("{{ f.prise | money }}", "price_level.j2:3: price_level.prise: is no metric"),
        ("{{ f.price }}", "price_level.j2:3: price_level: price was printed without a filter"),
        ("{{ 5 }}", "price_level.j2:3: '5' is a digit"),
        ("{{ 'bulls are back' if true else f.asset }}", "price_level.j2:3: "),
        ("{% set a = f.asset %}", "price_level.j2:3: Assign is not allowed"),
        ("{{ f.asset ~ f.asset }}", "price_level.j2:3: Concat is not allowed"),
        (
            "{% for v in group %}" + "word " * 6200 + "{% endfor %}",
            "phrases/price_level.j2: writes more than 60,000 characters",
        ),
    ],
)
def test_a_template_that_cannot_be_trusted_ends_the_preview(
    words: str, why: str, capsys: Captured
) -> None:
    assert preview(EXTENDS + both(words)) == EXIT_USAGE
    told = capsys.readouterr()
    assert why in told.err
    assert told.out == ""


UNREADABLE = {
    "added_in_fall": ("bitcoin doubled", "is a number word in literal text"),
    "added_in_rise": ("bulls are back", "names an actor no field shows"),
    "broad_fall": ("{% include 'en/watch.j2' %}", "Include is not allowed"),
    "broad_rise": ("{{ 'x' % f.asset }}", "Mod is not allowed"),
    "closed_in_fall": ("{{ f.asset.upper() }}", "only the composer's own functions"),
    "closed_in_rise": ("{{ f.oi_now | dollars }}", "No filter named 'dollars'"),
    "daily_fall": ("{{ f.return_24h | percent }", "unexpected '}'"),
    "daily_rise": (
        "{% for a in group %}{% for b in group %}{% for c in group %}{% endfor %}{% endfor %}"
        "{% endfor %}",
        "loops too deep",
    ),
}


def test_the_check_names_every_file_that_cannot_be_read_with_its_line(capsys: Captured) -> None:
    PHRASES.parent.mkdir(parents=True)
    for name, (words, _) in UNREADABLE.items():
        PHRASES.with_name(f"{name}.j2").write_text(block(words))
    assert main(CHECK) == EXIT_FAILED
    out = capsys.readouterr().out
    # Of other languages it says only that there is no English to hold them against.
    lines = [line for line in out.splitlines() if "phrases/" in line]
    assert len(lines) == len(UNREADABLE)
    for line, (name, (_, why)) in zip(lines, UNREADABLE.items(), strict=True):
        assert f"phrases/{name}.j2:" in line
        assert ".j2:2:" in line
        assert why in line


UNPRINTABLE = {
    "daily_fall": ("{{ f.funding_settled | rate }}", "funding_settled: is no evidence"),
    "diverging_day": ("{{ f.asset | money }}", "a filter for numbers was given text"),
    "large_change": ("{{ nothing }}", "'nothing' is undefined"),
    "thin_volume": ("{{ f.spot_volum | large }}", "thin_volume.spot_volum: is no metric"),
    "weekend_liquidity": ("{{ f.spot_volume_24h }}", "was printed without a filter"),
}


def test_the_check_finds_what_fails_in_rendering_also_where_no_scenario_fires_the_rule(
    capsys: Captured,
) -> None:
    PHRASES.parent.mkdir(parents=True)
    for name, (words, _) in UNPRINTABLE.items():
        PHRASES.with_name(f"{name}.j2").write_text(block(words))
    assert main(CHECK) == EXIT_FAILED
    out = capsys.readouterr().out
    for name, (_, why) in UNPRINTABLE.items():
        line = next(line for line in out.splitlines() if f"phrases/{name}.j2:2: " in line)
        assert why in line


def block(words: str) -> str:
    return f"{{% block body %}}\n{words}\n{{% endblock %}}\n"


def test_text_that_no_rule_licenses_is_refused(capsys: Captured) -> None:
    own = '{% extends "shipped/en/article.j2" %}{% block volume %}A word beside the data.{% endblock %}'
    assert preview(own, Path("templates/en/article.j2")) == EXIT_USAGE
    assert "text outside say, tell and fixed: 'A word beside the data.'" in capsys.readouterr().err


# ---------------------------------------------------------------- `templates check`


def test_the_shipped_templates_pass(capsys: Captured) -> None:
    assert main([*CHECK, "--json"]) == EXIT_DONE
    reports = json.loads(capsys.readouterr().out)["languages"]
    shipped = sorted(p.name for p in (ROOT / "templates").iterdir() if p.is_dir())
    assert [report["lang"] for report in reports] == shipped
    for report in reports:
        assert report["problems"] == []
        assert report["rendered"] > 120


def test_a_file_of_no_rule_is_named_with_the_nearest(capsys: Captured) -> None:
    PHRASES.parent.mkdir(parents=True)
    PHRASES.with_name("daily_fal.j2").write_text("{% block body %}{% endblock %}")
    assert main(CHECK) == EXIT_FAILED
    out = capsys.readouterr().out
    assert "daily_fal.j2: belongs to no rule" in out
    assert "daily_fall" in out


def test_a_finding_without_its_block_is_named(capsys: Captured) -> None:
    PHRASES.parent.mkdir(parents=True)
    PHRASES.with_name("thin_volume.j2").write_text("{% block lead %}{% endblock %}")
    assert main(CHECK) == EXIT_FAILED
    assert "thin_volume.j2: has no block body" in capsys.readouterr().out


def test_a_language_that_is_not_there_is_a_usage_error(capsys: Captured) -> None:
    assert main(["templates", "check", "--lang", "em"]) == EXIT_USAGE
    assert "there are no templates in this language" in capsys.readouterr().err


# ---------------------------------------------------------------- the tables of the page


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    part = DOC.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    table = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def test_every_filter_is_listed_with_what_it_really_prints() -> None:
    words = yaml.safe_load((ROOT / "templates" / "en" / "words.yaml").read_text(encoding="utf-8"))
    listed = rows("Filters")
    for name, value, unit, printed, _ in listed:
        known = float(value.strip("`").replace("−", "-"))
        q = Quantity("x", "BTC", known, unit.strip("`"), "r", "Binance spot", unit.strip("`"))
        recorder = Recorder(words, Forms.of(words, "en"))
        forms = ("day", "days") if name == "`plural`" else ()
        text = getattr(recorder, name.strip("`"))(q, *forms)
        assert marks.read(text)[0] == printed.strip("`"), name
    assert {row[0].strip("`") for row in listed} == set(FILTERS)


def test_every_function_and_name_of_the_context_is_listed() -> None:
    write = ROOT / "generator" / "write"
    common = (write / "compose.py").read_text(encoding="utf-8")
    common = common.split("def _given(", 1)[1].split("\n    def ", 1)[0]
    article = (write / "article.py").read_text(encoding="utf-8")
    article = article.split("def story_context", 1)[1].split("\ndef ", 1)[0]
    names = set(re.findall(r'^ {12}"(\w+)":', f"{common}{article}", re.M))
    assert len(names) > 30
    text = DOC.read_text(encoding="utf-8")
    assert {n for n in names if not re.search(rf"`{n}\b", text)} == set()
