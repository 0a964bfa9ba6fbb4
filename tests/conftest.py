"""The test bed: no network beyond this machine, one fixed NOW, nothing read from the user's home."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
NOW = 1_772_265_600_000  # 2026-02-28 08:00:00 UTC, in ms

settings.register_profile(
    "default", max_examples=25, deadline=None, derandomize=True, database=None
)
settings.register_profile(
    "evidence",
    max_examples=2_000,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def is_loopback(host: object) -> bool:
    """True for this machine itself: localhost, 127.0.0.0/8, ::1, and unbound or unix sockets."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost", "0.0.0.0", "::"):
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not is_loopback(host):
        raise ConnectionRefusedError(f"tests may not use the network: {event} {host!r}")


# An audit hook also sees connections made from C and by libraries that keep their own reference
# to socket.connect; patching the class would not.
sys.addaudithook(_refuse_network)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "evidence: at length: recorded days, long proofs; `make evidence`"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the evidence profile (or -m evidence) the long tests are not chosen at all."""
    asked = os.environ.get("HYPOTHESIS_PROFILE") == "evidence"
    if asked or "evidence" in str(config.getoption("-m")):
        return
    long = [i for i in items if i.get_closest_marker("evidence")]
    if long:
        items[:] = [i for i in items if not i.get_closest_marker("evidence")]
        config.hook.pytest_deselected(items=long)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what was compiled is kept, by its content, for all tests: to compile it takes longer
    than most of them."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test starts in an empty folder, with no COMMENTARY_ setting and no home of a user."""
    for name in list(os.environ):
        if name.startswith("COMMENTARY_") or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(compiled))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("COMMENTARY_STATE", str(home / "state" / "commentary"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def now() -> int:
    """The one moment at which the tests take place, in ms."""
    return NOW


_REFERENCE = os.environ.get("COMMENTARY_REFERENCE", "")


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference material: real market history and the conformance suites.

    It is no part of the project. COMMENTARY_REFERENCE names it; without that, a folder beside
    the checkout is tried, and without that too the test is skipped.
    """
    folder = Path(_REFERENCE) if _REFERENCE else ROOT.parent / "shared"
    if not (folder / "market").is_dir():
        pytest.skip("no reference material: set COMMENTARY_REFERENCE to its folder")
    return folder
