from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from generator.collect.settings import CollectSettings
from generator.commands.init import settings_text
from generator.config import load_config, rule_folders, shipped_rules
from generator.errors import UsageError
from generator.settings import Config


def written(folder: Path, text: str) -> Path:
    (folder / "commentary.toml").write_text(text)
    return folder


def test_an_empty_folder_gives_the_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path, {}) == Config(tmp_path)


def test_the_file_that_init_writes_says_exactly_the_defaults(tmp_path: Path) -> None:
    lines = settings_text().splitlines()
    active = [line.removeprefix("# ") if " = " in line else line for line in lines]
    text = "\n".join(line for line in active if "base_url" not in line)
    assert len(tomllib.loads(text)["house"]) == 16
    assert load_config(written(tmp_path, text), {}) == Config(tmp_path)


def test_environment_wins_over_dotenv_and_dotenv_over_the_file(tmp_path: Path) -> None:
    written(tmp_path, "[collect]\nuniverse_size = 1\ndeadline_s = 1\nbackfill = true\n")
    (tmp_path / ".env").write_text(
        "COMMENTARY_COLLECT__UNIVERSE_SIZE=2\nCOMMENTARY_COLLECT__DEADLINE_S=2\n"
    )
    collect = load_config(tmp_path, {"COMMENTARY_COLLECT__UNIVERSE_SIZE": "3"}).collect
    assert (collect.universe_size, collect.deadline_s, collect.backfill) == (3, 2.0, True)


def test_every_kind_of_setting_can_come_from_the_environment(tmp_path: Path) -> None:
    config = load_config(
        tmp_path,
        {
            "COMMENTARY_MARKET__MAJORS": "BTC, SOL",
            "COMMENTARY_COLLECT__FEEDS": "A=https://a.example/rss,B=https://b.example/?x=1",
            "COMMENTARY_HOUSE__CASHTAGS": "no",
            "COMMENTARY_RULES__PARAMS__CROWDED_SHORTS__MIN_TAIL": "0.02",
            "COMMENTARY_URL_PREFIX": "http://127.0.0.1:8900/",
            "COMMENTARY_STATE": "state",
            "COMMENTARY_NETWORKS__MASTODON__BASE_URL": "http://127.0.0.1:3000",
            "PATH": "/bin",
            "COMMENTARY_HOUSE__NAME": "",
        },
    )
    assert config.market.majors == ("BTC", "SOL")
    assert config.collect.feeds[1] == ("B", "https://b.example/?x=1")
    assert config.house.cashtags is False
    assert config.rules.params == {"crowded_shorts": {"min_tail": 0.02}}
    assert config.collect.url_prefix == "http://127.0.0.1:8900/"
    assert config.state_path == tmp_path / "state"
    assert config.networks["mastodon"].base_url == "http://127.0.0.1:3000"


def test_rule_parameters_are_read_from_tables_and_from_dotted_keys(tmp_path: Path) -> None:
    written(
        tmp_path, "[rules.params]\nquiet_day.floor = 1\n[rules.params.broad_fall]\nshare = 0.7\n"
    )
    params = load_config(tmp_path, {}).rules.params
    assert params == {"quiet_day": {"floor": 1.0}, "broad_fall": {"share": 0.7}}


@pytest.mark.parametrize(
    ("text", "named", "todo"),
    [
        ("[colect]\n", "[colect]", "Did you mean collect"),
        ("[collect]\nvenue = []\n", "collect.venue", "Did you mean venues"),
        ("[collect]\nuniverse_size = 2.5\n", "universe_size", "whole number"),
        ("[collect]\nuniverse_size = true\n", "universe_size", "whole number"),
        ("[collect]\nuniverse_size = 0\n", "universe_size", "at least 1"),
        ("[collect]\ndeadline_s = nan\n", "deadline_s", "a number"),
        ("[collect]\nbackfill = 'maybe'\n", "backfill", "true or false"),
        ("[collect]\nvenues = []\n", "venues", "at least one"),
        ("[collect]\nvenues = ['okx', 'okx']\n", "venues", "once"),
        ("[collect]\nvenues = ['okx', 5]\n", "venues", "list of texts"),
        ("[house]\nname = 5\n", "house.name", "a text"),
        ("[house]\nautomation = 'sometimes'\n", "automation", "not reviewed"),
        ("[rules]\nparams = 5\n", "rules.params", "params.<rule>"),
        ("[rules.params]\nfloor = 5\n", "rules.params.floor", "params.<rule>"),
        ("[rules.params.a]\nb = 'many'\n", "rules.params.a.b", "a number"),
        (
            "[networks.x]\napi_key = 'abc'\n",
            "networks.x.api_key",
            "COMMENTARY_NETWORKS__X__API_KEY",
        ),
        ("house = 5\n", "house", "[house]"),
        ("[house\n", "commentary.toml", "line"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_what_to_do(
    tmp_path: Path, text: str, named: str, todo: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_config(written(tmp_path, text), {})
    assert named in caught.value.subject
    assert todo in caught.value.todo
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("variable", "value", "todo"),
    [
        ("COMMENTARY_COLLECT__VENUE", "okx", "Did you mean venues"),
        ("COMMENTARY_COLECT__VENUES", "okx", "Did you mean COMMENTARY_COLLECT__VENUES"),
        ("COMMENTARY_COINMARKETCAP", "abc", "Did you mean COMMENTARY_COINMARKETCAP_KEY"),
        ("COMMENTARY_COLLECT__DEADLINE_S", "soon", "a number"),
        ("COMMENTARY_COLLECT__FEEDS", "https://a.example", "name=value"),
    ],
)
def test_a_wrong_variable_is_named_with_what_to_do(
    tmp_path: Path, variable: str, value: str, todo: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_config(tmp_path, {variable: value})
    assert todo in caught.value.todo


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "commentary.toml").write_bytes(b"[house]\nname = '\xff'\n")
    with pytest.raises(UsageError, match="UTF-8"):
        load_config(tmp_path, {})


def test_secrets_show_in_no_text_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COMMENTARY_COINMARKETCAP_KEY=hush-1\n")
    config = load_config(tmp_path, {"COMMENTARY_NETWORKS__X__API_KEY": "hush-2"})
    assert config.secrets.coinmarketcap_key == "hush-1"
    assert config.networks["x"].secrets == {"api_key": "hush-2"}
    shown = repr(config) + repr(config.describe())
    assert "hush" not in shown
    assert [s.value for s in config.describe() if "key" in s.name] == ["set", "set"]


def test_describe_says_where_each_setting_came_from(tmp_path: Path) -> None:
    written(tmp_path, "[house]\nname = 'Desk'\n[rules.params.a]\nb = 1\n")
    config = load_config(tmp_path, {"COMMENTARY_URL_PREFIX": "http://127.0.0.1:1/"})
    origin = {s.name: s.origin for s in config.describe()}
    assert origin["house.name"] == "commentary.toml"
    assert origin["rules.params"] == "commentary.toml"
    assert origin["collect.url_prefix"] == "environment"
    assert origin["house.language"] == "default"


def test_paths_count_from_the_working_folder(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "[store]\noutput = 'out'\n"), {})
    assert config.history_path == tmp_path / "out" / "history.sqlite3"
    assert load_config(tmp_path, {"COMMENTARY_STORE__HISTORY": "/x/h"}).history_path == Path("/x/h")


def test_the_ledgers_folder_does_not_lie_under_output_by_default(tmp_path: Path) -> None:
    config = load_config(tmp_path, {})
    assert not config.state_path.is_relative_to(config.output)


def test_rules_of_the_working_folder_come_after_the_shipped_ones(tmp_path: Path) -> None:
    assert rule_folders(tmp_path) == (shipped_rules(),)
    (tmp_path / "rules").mkdir()
    assert rule_folders(tmp_path) == (shipped_rules(), tmp_path / "rules")


def test_in_the_checkout_the_rules_are_not_read_twice() -> None:
    assert rule_folders(shipped_rules().parent) == (shipped_rules(),)


def test_what_collecting_takes_follows_the_settings(tmp_path: Path) -> None:
    written(tmp_path, "[collect]\nuniverse_size = 7\n[market]\nmajors = ['SOL']\n")
    settings = load_config(tmp_path, {"COMMENTARY_COINMARKETCAP_KEY": "k"}).collect_settings()
    assert (settings.universe_size, settings.majors) == (7, ("SOL",))
    assert settings.coinmarketcap_key == "k"


def test_the_defaults_of_collecting_are_the_same_in_both_places(tmp_path: Path) -> None:
    assert load_config(tmp_path, {}).collect_settings() == CollectSettings()
