"""Secrets of accounts: from the environment or .env, else from the system's keyring."""

from __future__ import annotations

from generator.errors import UsageError
from generator.settings import Network

SERVICE = "commentary"


def secret(account: Network, name: str) -> str | None:
    """A secret of an account; None where neither the settings nor a keyring has it.

    In the keyring it stands under the service `commentary` as `NETWORK.NAME`.
    """
    if given := account.secrets.get(name):
        return given
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        kept: str | None = keyring.get_password(SERVICE, f"{account.name}.{name}")
    except KeyringError:  # a machine without one: a server, a container
        return None
    return kept


def secrets(account: Network, *names: str) -> dict[str, str]:
    """Secrets that sending needs. Raises UsageError naming those that are missing."""
    found = {name: secret(account, name) for name in names}
    missing = [f"COMMENTARY_NETWORKS__{account.name}__{n}".upper() for n in names if not found[n]]
    if missing:
        todo = f"Set {', '.join(missing)} in .env or the environment; docs/accounts.md tells how."
        raise UsageError(account.name, "has no keys of its account", todo)
    return {name: value for name, value in found.items() if value}


def without(text: str, hidden: tuple[str, ...]) -> str:
    """A text of a server's, in one line, without any secret that it echoes."""
    for word in hidden:
        if word:
            text = text.replace(word, "…")
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:200]
