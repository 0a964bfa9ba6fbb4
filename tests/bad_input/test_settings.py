"""Every kind of mistake in the settings: named with its place, with what to do, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config import load_config
from generator.errors import UsageError
from tests.bad_input.program import QUIET, commentary, refuses

LONG = pytest.mark.evidence
POSITION = "positions = [{ asset = 'BTC', instrument = 'spot', as_of = '2026-11-20'"
PAYMENT = 'compensation = [{ payer = "a\\nb", amount = "1 EUR", as_of = 2026-11-20 }]'
IN_THE_FILE = [
    ("[colect]", "collect"),
    ("[collect]\nvenus = []", "venues"),
    ("[collect", "line 1"),
    ("[collect]\nvenues = ['binanse']", "Did you mean binance"),
    ("[collect]\ndeadline_s = nan", "deadline_s"),
    ("[collect]\nuniverse_size = -1", "universe_size"),
    ("[collect]\nurl_prefix = 'ftp://example.org'", "url_prefix"),
    ("[collect]\nurl_prefix = 'http://[::1'", "url_prefix"),
    ("[market]\nmajors = ['{{ 7*7 }}']", "no ticker"),
    ("[market]\nmajors = ['']", "no ticker"),
    ("[market]\nmajors = ['Bitcoin']", "no ticker"),
    ("[market]\nmajors = []", "is empty"),
    ("[market]\nprice_venues = ['binanc']", "Did you mean binance"),
    ("[market]\nperp_venues = ['nowhere']", "no venue"),
    ("[house]\nsign_off = 'Bitcoin at $1m'", "figure"),
    ("[house]\nsign_off = 'Read on https://example.org'", "link"),
    ("[house]\nsign_off = 'Hello @everyone'", "mention"),
    ("[house]\npositions = 'long BTC'", "declares nothing"),
    ("[house]\npositions = []", "declares nothing"),
    ("[house]\npositions = [{ asset = 'BTC' }]", "instrument = ..."),
    (f"[house]\n{POSITION}, side = 'up' }}]", "'up' is no side"),
    (f"[house]\n{POSITION.replace('2026-11-20', '20.11.2026')}, side = 'long' }}]", "is no day"),
    (f"[house]\n{PAYMENT}", "U+000A"),
    ("[house]\nname = 'a\\u202eb'".replace("'", '"'), "U+202E"),
    ("[house]\nname = '" + "a" * 5000 + "'", "characters"),
    ("[house]\nautomation = 'none'", "reviewed"),
    ("[store]\noutput = ''", "is empty"),
    ("[store]\noutput = 3", "a text"),
    ("[rules]\nparams = 3", "params"),
    ("[networks.x]\napi_key = 'k'", "secret"),
    ("x = " + "[" * 100_000, "nested"),
    ("x = " + "9" * 10_000, "x"),
]


@pytest.mark.parametrize(("text", "told"), IN_THE_FILE, ids=[t[:40] for t, _ in IN_THE_FILE])
def test_a_mistake_in_the_settings_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "commentary.toml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_config(tmp_path, {})
    assert told in str(raised.value)
    assert "commentary.toml" in raised.value.subject
    assert raised.value.todo
    assert "\n" not in raised.value.what + raised.value.todo


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('COMMENTARY_HOUSE__SIGN_OFF="unclosed\nfoo\n', ".env:1"),
        ("# first\nA=1\ngarbage and more\n", ".env:3"),
        ("COMMENTARY_COLECT__X=1\n", "COMMENTARY_COLECT__X"),
        ("COMMENTARY_COLLECT__UNIVERSE_SIZE=many\n", "universe_size"),
        ("COMMENTARY_MARKET__MAJORS=btc\n", "no ticker"),
    ],
)
def test_a_mistake_in_the_secrets_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / ".env").write_text(text)
    with pytest.raises(UsageError) as raised:
        load_config(tmp_path, {})
    assert told in str(raised.value)


def test_a_settings_file_that_cannot_be_meant_ends_the_program_in_two_lines(tmp_path: Path) -> None:
    (tmp_path / "commentary.toml").write_text("[house]\nsign_off = 'Bitcoin at $1m'\n")
    refuses(commentary(tmp_path, *QUIET), "house.sign_off (commentary.toml)", "figure")


@pytest.mark.parametrize("name", ["commentary.toml", ".env"])
def test_settings_that_are_no_text_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\x00")
    refuses(commentary(tmp_path, *QUIET), name, "UTF-8")


@pytest.mark.parametrize(
    "moment",
    [
        "2026-02-30",
        *(
            pytest.param(m, marks=LONG)
            for m in ("yesterday", "1970-01-01", "9999-12-31T24:00Z", "")
        ),
    ],
)
def test_an_impossible_moment_is_refused(tmp_path: Path, moment: str) -> None:
    refuses(commentary(tmp_path, "preview", f"--now={moment}"), "--now")


@pytest.mark.evidence
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("previw",), "Did you mean preview"),
        (("preview", "--scenario", "quiet_sundy"), "quiet_sunday"),
        (("preview", "--scenario", "../../etc/passwd"), "passwd"),
        (("preview", "--network", "mastodn"), "x"),
        (("preview", "--lang", "../../etc"), "en"),
        (("preview", "--folder", "nowhere"), "nowhere"),
        (("explain",), "subject"),
        (("check", "nowhere.txt"), "nowhere.txt"),
        (("rules", "explain", "nope"), "nope"),
        (("history", "import", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_a_wrong_call_is_two_lines(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    refuses(commentary(tmp_path, *words), told)
