"""Every language tells every finding, passes every gate, and says what it lacks."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from generator.cli import main
from generator.collect.scenario import load_scenario, scenario_names
from generator.errors import EXIT_DONE, EXIT_FAILED, EXIT_USAGE, NotEnoughData
from generator.flow import Note, note
from generator.folders import shipped_templates
from generator.model import Draft, History, Snapshot
from generator.write.parity import lacking
from generator.write.templates import Folders, Templates
from generator.write.trial import lend_filters, missing, unreadable
from tests.flow.desk import shop, state, templates

EVIDENCE = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
SEEDS = 24 if EVIDENCE else 2
STATES = 300 if EVIDENCE else 4
LANGUAGES = Folders((shipped_templates(),)).languages()
OTHERS = [lang for lang in LANGUAGES if lang != "en"]
Captured = pytest.CaptureFixture[str]


def drawn(lang: str, snapshot: Snapshot, history: History, seed: int) -> Note:
    kit = shop()
    return note(snapshot, history, kit.config, kit.book, templates(lang), seed=f"day {seed}")


def test_english_spanish_and_chinese_ship() -> None:
    assert {"en", "es", "zh"} <= set(LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_finding_lacks_a_phrase_in_any_language(lang: str) -> None:
    made, book = templates(lang), shop().book
    assert list(unreadable(made)) == []
    assert list(missing(made, book)) == []
    assert list(lacking(made, book)) == []


def english_in(draft: Draft) -> set[str]:
    """Small English words outside quoted headlines."""
    text = " ".join(draft.segments)
    for number in draft.numbers:
        if number.unit == "text":
            text = text.replace(number.text, "")
    return {"the", "of", "and", "in", "on", "with", "was"} & set(text.split())


@pytest.mark.parametrize("lang", OTHERS)
def test_scenarios_pass_in_every_language_whichever_phrases_are_drawn(lang: str) -> None:
    for name in scenario_names():
        snapshot, history = load_scenario(name)
        for seed in range(SEEDS):
            made = drawn(lang, snapshot, history, seed)
            assert not made.failed, (name, seed, made.problems)
            assert {d.lang for d in made.drafts} == {lang}
            for draft in made.drafts:
                assert english_in(draft) == set(), draft.segments


@pytest.mark.parametrize("lang", OTHERS)
def test_generated_states_pass_in_every_language(lang: str) -> None:
    for number in range(STATES):
        snapshot, history = state(10_000 + number)
        for seed in range(2):
            try:
                made = drawn(lang, snapshot, history, seed)
            except NotEnoughData:
                break
            assert not made.failed, (number, seed, made.problems)


@pytest.mark.parametrize("lang", OTHERS)
def test_the_story_is_the_same_in_every_language(lang: str) -> None:
    for name in scenario_names():
        snapshot, history = load_scenario(name)
        ours, theirs = drawn("en", snapshot, history, 0), drawn(lang, snapshot, history, 0)
        assert ours.story == theirs.story
        opened = [n.drafts[0].sentences[0].findings for n in (ours, theirs)]
        assert opened[0] == opened[1], name


def copied(folder: Path, lang: str) -> Path:
    """A language of one's own beside the shipped ones: a copy of one of them, under a new name."""
    made = folder / "templates" / "xx"
    shutil.copytree(shipped_templates() / lang, made)
    return made


def test_a_folder_is_a_language(isolated: Path, capsys: Captured) -> None:
    copied(isolated, "es")
    assert main(["preview", "--scenario", "quiet_sunday", "--lang", "xx"]) == EXIT_DONE
    assert "Cobertura de datos" in capsys.readouterr().out


def told_of(folder: Path) -> set[str]:
    """What `templates check` names as lacking in the language xx."""
    made = Templates((shipped_templates(), folder / "templates"), "xx")
    lend_filters(made)
    book = shop().book
    return {f"{f.place}: {f.message}" for f in (*lacking(made, book), *missing(made, book))}


def test_what_is_missing_is_named(isolated: Path) -> None:
    made = copied(isolated, "es")
    (made / "phrases" / "new_low.j2").unlink()
    (made / "newsletter.j2").unlink()
    text = (made / "watch.j2").read_text(encoding="utf-8")
    (made / "watch.j2").write_text(text.replace("watch_extends_low", "watch_other"))
    words = yaml.safe_load((made / "words.yaml").read_text(encoding="utf-8"))
    del words["moves"]["down"]["sharp"], words["scopes"]["spot"], words["themes"]["courts"]
    words["forms"]["decimal"], words["forms"]["group"] = ".", ","
    (made / "words.yaml").write_text(yaml.safe_dump(words, allow_unicode=True))
    told = " ".join(sorted(told_of(isolated)))
    for what in (
        "new_low.j2: is missing",
        "newsletter.j2: is missing",
        "no block watch_extends_low",
        "lacks moves.down.sharp",
        "lacks scopes.spot",
        "lacks themes.courts",
        "numbers.decimal is not that of words.yaml",
    ):
        assert what in told


def test_a_language_without_the_words_of_a_declaration_is_told_which(tmp_path: Path) -> None:
    shutil.copytree(shipped_templates(), tmp_path / "templates")
    words = tmp_path / "templates" / "es" / "disclaimers.yaml"
    words.write_text(re.sub(r"  staked: .*\n", "", words.read_text("utf-8")), "utf-8")
    made = Templates((tmp_path / "templates",), "es")
    lend_filters(made)
    told = {flaw.message.partition(":")[0] for flaw in lacking(made, shop().book)}
    assert {what for what in told if "declarations" in what} == {"lacks declarations.staked"}


@pytest.mark.parametrize("gone", ["lexicon.yaml", "watch.j2"])
def test_a_language_without_a_file_is_told_which(
    isolated: Path, capsys: Captured, gone: str
) -> None:
    (copied(isolated, "es") / gone).unlink()
    code = main(["templates", "check", "--lang", "xx", "--scenario", "quiet_sunday"])
    assert code in (EXIT_FAILED, EXIT_USAGE)
    out = capsys.readouterr()
    assert gone in out.out + out.err


def test_a_file_of_ones_own_overrides_the_shipped_language(
    isolated: Path, capsys: Captured
) -> None:
    own = isolated / "templates" / "es" / "phrases" / "price_level.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        '{% extends "shipped/es/phrases/price_level.j2" %}\n'
        "{% block group_a %}Precios de {{ f.price.scope }}: {% for v in group %}{{ v.asset }} "
        "{{ v.price | money }} ({{ v.return_24h | signed }} en {{ v.return_24h | window }}) "
        "{% endfor %}.{% endblock %}{% block group_b %}Precios de {{ f.price.scope }}: "
        "{% for v in group %}{{ v.asset }} {{ v.price | money }} ({{ v.return_24h | signed }} en "
        "{{ v.return_24h | window }}) {% endfor %}.{% endblock %}\n",
        encoding="utf-8",
    )
    assert main(["preview", "--scenario", "quiet_sunday", "--lang", "es"]) == EXIT_DONE
    assert "Precios de Binance al contado: BTC" in capsys.readouterr().out


def test_the_house_may_have_a_language(isolated: Path, capsys: Captured) -> None:
    (isolated / "commentary.toml").write_text('[house]\nlanguage = "es"\n', encoding="utf-8")
    assert main(["preview", "--scenario", "quiet_sunday"]) == EXIT_DONE
    assert "Cobertura de datos" in capsys.readouterr().out


def test_an_unknown_language_names_those_there_are(isolated: Path, capsys: Captured) -> None:
    assert main(["preview", "--scenario", "quiet_sunday", "--lang", "tlh"]) == EXIT_USAGE
    told = capsys.readouterr().err
    assert "en, es" in told
