"""Where secrets come from, and that no text shows them."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from generator.errors import UsageError
from generator.publish.secrets import secret, secrets, without
from generator.settings import Network


class NoKeyring(Exception):
    """As keyring.errors.KeyringError."""


def keyring(monkeypatch: pytest.MonkeyPatch, kept: dict[tuple[str, str], str] | None) -> None:
    def get_password(service: str, name: str) -> str | None:
        if kept is None:
            raise NoKeyring
        return kept.get((service, name))

    errors = SimpleNamespace(KeyringError=NoKeyring)
    monkeypatch.setitem(
        sys.modules, "keyring", SimpleNamespace(get_password=get_password, errors=errors)
    )
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_the_environment_comes_before_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring(monkeypatch, {("commentary", "x.api_key"): "kept", ("commentary", "x.api_secret"): "s"})
    assert secret(Network("x", {}, {"api_key": "given"}), "api_key") == "given"
    assert secrets(Network("x"), "api_key", "api_secret") == {"api_key": "kept", "api_secret": "s"}


def test_a_machine_without_a_keyring_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring(monkeypatch, None)
    with pytest.raises(UsageError, match="COMMENTARY_NETWORKS__X__API_KEY"):
        secrets(Network("x"), "api_key")


def test_what_a_server_echoes_is_hidden_and_one_line() -> None:
    assert without("no\nsuch key abc\x1b[31m", ("abc", "")) == "no such key … [31m"
    assert len(without("x" * 5000, ())) == 200


def test_the_settings_of_an_account_do_not_show_its_secrets() -> None:
    assert "abc" not in repr(Network("x", {}, {"api_key": "abc"}))
