"""Rules that were read once are kept, and say the same; what has changed is read anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import RuleError
from generator.folders import shipped_rules
from generator.judge import judge, load_rules
from generator.judge.strict_yaml import located, parse, plain
from generator.measure import catalog, measure, panel
from generator.settings import MarketSection
from tests.states import random_state

RULE = "id: {id}\ntitle: A rule\nscope: asset\nwhen: {when}\n"


def written(folder: Path, name: str, when: str = "return_24h > 1") -> Path:
    path = folder / "price" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RULE.format(id=name, when=when), encoding="utf-8")
    return path


def test_plain_data_brings_back_every_value_and_place() -> None:
    for path in sorted(shipped_rules().glob("*/*.yaml")):
        document = parse(path.read_text(encoding="utf-8"), str(path))
        assert located(plain(document), str(path)) == document


def test_kept_rules_judge_as_those_read_from_their_files(tmp_path: Path) -> None:
    fresh = load_rules((shipped_rules(),), catalog())
    first, again = (load_rules((shipped_rules(),), catalog(), tmp_path) for _ in range(2))
    assert len(list(tmp_path.iterdir())) == 1
    snapshot, history = random_state(4, 0.0)
    measured = measure(snapshot, history, MarketSection())
    rows = panel(measured, snapshot, history, MarketSection())
    want = judge(fresh, rows).findings
    assert want
    assert judge(first, rows).findings == judge(again, rows).findings == want
    assert {n: r.place for n, r in again.rules.items()} == {
        n: r.place for n, r in fresh.rules.items()
    }


def test_kept_rules_take_other_thresholds() -> None:
    book = load_rules((shipped_rules(),), catalog())
    name, rule = next((n, r) for n, r in book.rules.items() if r.params)
    key = next(iter(rule.params))
    assert book.with_params({name: {key: 7.5}}).rules[name].params[key] == 7.5


def test_a_changed_rule_is_read_anew_and_one_that_is_wrong_is_refused(tmp_path: Path) -> None:
    folder, cache = tmp_path / "rules", tmp_path / "cache"
    written(folder, "up")
    assert set(load_rules((folder,), catalog(), cache).rules) == {"up"}
    written(folder, "further")
    assert set(load_rules((folder,), catalog(), cache).rules) == {"up", "further"}
    path = written(folder, "up", "return_25h > 1")
    with pytest.raises(RuleError, match=rf"{path}:4:7"):
        load_rules((folder,), catalog(), cache)


def test_a_wrong_test_inside_a_rule_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "rules", "up")
    with path.open("a", encoding="utf-8") as file:
        file.write("tests:\n  - {given: {return_25h: 2}, expect: on}\n")
    for _ in range(2):
        with pytest.raises(RuleError, match="return_25h"):
            load_rules((tmp_path / "rules",), catalog(), tmp_path / "cache")


def test_a_cache_that_cannot_be_written_or_read_is_no_error(tmp_path: Path) -> None:
    folder, cache = tmp_path / "rules", tmp_path / "cache"
    written(folder, "up")
    cache.write_text("a file where a folder should be", encoding="utf-8")
    assert set(load_rules((folder,), catalog(), cache).rules) == {"up"}
    cache.unlink()
    load_rules((folder,), catalog(), cache)
    (kept,) = cache.iterdir()
    kept.write_text('[["half a', encoding="utf-8")
    assert set(load_rules((folder,), catalog(), cache).rules) == {"up"}


def test_a_cache_holds_a_few_states_of_the_rules_and_no_more(tmp_path: Path) -> None:
    folder, cache = tmp_path / "rules", tmp_path / "cache"
    for i in range(12):
        written(folder, "up", f"return_24h > {i}")
        load_rules((folder,), catalog(), cache)
    assert len(list(cache.iterdir())) == 8
