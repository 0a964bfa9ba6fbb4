"""Rules that were read once are kept, and say the same; what has changed is read anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.errors import RuleError
from generator.folders import shipped_rules
from generator.judge import judge, load_rules
from generator.judge.kept_rules import read as read_rules
from generator.judge.kept_rules import written as written_rules
from generator.measure import catalog, measure, panel
from generator.news import reader
from generator.settings import MarketSection
from tests.states import random_state

RULE = "id: {id}\ntitle: A rule\nscope: asset\nwhen: {when}\n"


def written(folder: Path, name: str, when: str = "return_24h > 1") -> Path:
    path = folder / "price" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RULE.format(id=name, when=when), encoding="utf-8")
    return path


def test_plain_data_brings_back_every_rule_and_node() -> None:
    book = load_rules((shipped_rules(),), catalog())
    told = written_rules([*book.rules.values()], book.nodes)
    paths = [Path(name) for name in book.rules]
    rules, nodes = read_rules(json.loads(json.dumps(told)), paths)
    assert written_rules([*rules.values()], nodes) == told
    assert [r.document for r in rules.values()] == paths
    assert {str(n) for n in nodes.reused} == {str(n) for n in book.nodes.reused}


def test_headlines_are_read_by_what_was_kept_as_by_the_files(tmp_path: Path) -> None:
    fresh, *kept = (reader((shipped_rules(),), cache) for cache in (None, tmp_path, tmp_path))
    for other in kept:
        assert (other.themes, other.kinds, other.names) == (fresh.themes, fresh.kinds, fresh.names)


@pytest.mark.parametrize(
    "data", ["null", "[]", "{}", '[[], [["Path", 1]]]', '[["()"], ["()", 3]]', '["()", 1, 2, 3]']
)
def test_what_is_kept_and_not_of_our_making_is_read_anew(tmp_path: Path, data: str) -> None:
    written(tmp_path / "rules", "up")
    for _ in range(2):
        book = load_rules((tmp_path / "rules",), catalog(), tmp_path / "cache")
        assert set(book.rules) == {"up"}
        assert book.news is not None
        assert book.news.themes == ()
        for path in (tmp_path / "cache").iterdir():
            path.write_text(data, encoding="utf-8")


def test_kept_rules_judge_as_those_read_from_their_files(tmp_path: Path) -> None:
    fresh = load_rules((shipped_rules(),), catalog())
    first, again = (load_rules((shipped_rules(),), catalog(), tmp_path) for _ in range(2))
    assert sorted(p.name.partition("-")[0] for p in tmp_path.iterdir()) == ["news", "rules"]
    snapshot, history = random_state(4, 0.0)
    measured = measure(snapshot, history, MarketSection())
    rows = panel(measured, snapshot, history, MarketSection())
    want = judge(fresh, rows).findings
    assert want
    assert judge(first, rows).findings == judge(again, rows).findings == want
    assert {n: r.place for n, r in again.rules.items()} == {
        n: r.place for n, r in fresh.rules.items()
    }


def test_kept_rules_take_other_thresholds(tmp_path: Path) -> None:
    _, book = (load_rules((shipped_rules(),), catalog(), tmp_path) for _ in range(2))
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
    for kept in cache.iterdir():
        kept.write_text('[["half a', encoding="utf-8")
    assert set(load_rules((folder,), catalog(), cache).rules) == {"up"}


def test_a_cache_holds_a_few_states_of_the_rules_and_no_more(tmp_path: Path) -> None:
    folder, cache = tmp_path / "rules", tmp_path / "cache"
    for i in range(12):
        written(folder, "up", f"return_24h > {i}")
        load_rules((folder,), catalog(), cache)
    assert len(list(cache.glob("rules-*"))) == 8
