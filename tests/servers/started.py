"""Real servers, each a process of its own on this machine alone, ended with the test.

COMMENTARY_SERVERS names the folder into which `make test-servers` installed them; a server that is
not there skips its tests with the reason.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.request import urlopen

import pytest

HERE = Path(__file__).parent
PATIENCE_S = 90.0
_FOLDER = os.environ.get("COMMENTARY_SERVERS", "")  # read before a test's environment is emptied


def installed(name: str) -> Path:
    """A path in the folder of servers; the test is skipped where it is not there."""
    path = Path(_FOLDER) / name
    if not _FOLDER or not path.exists():
        pytest.skip(f"{name} is not installed: `make test-servers` installs the real servers")
    return path


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str | Path], folder: Path, log: IO[bytes], **environ: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process; killed at the end, whatever happened."""
    known = {k: v for k, v in os.environ.items() if not k.upper().endswith("_PROXY")}
    started = subprocess.Popen(
        [str(word) for word in command],
        cwd=folder,
        env={**known, "HOME": str(folder), **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def answering(url: str, started: subprocess.Popen[bytes], log: Path) -> str:
    """Waits until a server answers anything at all; its address."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if started.poll() is not None:
            break
        try:
            urlopen(url, timeout=2).close()
            return url
        except OSError as error:  # refused, or held while it starts
            if hasattr(error, "status"):  # it refuses, so it is there
                return url
            time.sleep(0.1)
    return not_started(url, log)


def not_started(what: str, log: Path) -> str:
    """A server that this machine cannot run says nothing about the program: its tests are left out
    with the reason."""
    pytest.skip(f"{what} did not start: {log.read_text('utf-8', 'replace')[-400:]}")


@contextmanager
def pds(folder: Path) -> Iterator[str]:
    """A Bluesky server (PDS); its address."""
    modules = installed("pds/node_modules/@atproto/dev-env").parents[1]
    log = folder / "pds.log"
    command = ["node", "-r", HERE / "loopback.js", HERE / "pds.js"]
    with (
        log.open("wb") as file,
        process(command, folder, file, NODE_PATH=str(modules), NODE_ENV="test") as started,
    ):
        assert started.stdout is not None
        address = started.stdout.readline().decode().strip()
        if not address:
            not_started("the PDS", log)
        yield address.replace("localhost", "127.0.0.1")


@contextmanager
def mastodon(folder: Path) -> Iterator[str]:
    """mastodon_mock, in memory; its address."""
    program, port = installed("venv/bin/mastodon_mock"), free_port()
    log = folder / "mastodon.log"
    command = [program, "serve", "--in-memory", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as file, process(command, folder, file) as started:
        yield answering(f"http://127.0.0.1:{port}", started, log)


@contextmanager
def relay(folder: Path) -> Iterator[str]:
    """nostr-relay over a file of SQLite; its address (ws)."""
    program, port = installed("venv/bin/nostr-relay"), free_port()
    log, config = folder / "relay.log", folder / "relay.yaml"
    config.write_text(
        f"storage:\n  sqlalchemy.url: sqlite+aiosqlite:///{folder}/relay.sqlite3\n"
        f"  validators:\n    - nostr_relay.validators.is_signed\n"
        f"gunicorn:\n  bind: 127.0.0.1:{port}\n  workers: 1\n  loglevel: warning\n"
    )
    command = [program, "-c", config, "serve", "--use-uvicorn"]
    with log.open("wb") as file, process(command, folder, file) as started:
        answering(f"http://127.0.0.1:{port}", started, log)
        yield f"ws://127.0.0.1:{port}"


@contextmanager
def ghost(folder: Path) -> Iterator[str]:
    """Ghost over a file of SQLite, with nothing in it; its address."""
    installed("ghost/.ready")
    app, port, log = installed("ghost/app"), free_port(), folder / "ghost.log"
    url = f"http://127.0.0.1:{port}"
    shutil.copytree(app / "content", folder / "content", symlinks=True)
    settings = {
        "url": url,
        "server__host": "127.0.0.1",
        "server__port": str(port),
        "database__client": "sqlite3",
        "database__connection__filename": str(folder / "ghost.sqlite3"),
        "database__useNullAsDefault": "true",
        "paths__contentPath": str(folder / "content"),
        "logging__level": "error",
        "logging__transports": '["stdout"]',
        "process": "local",
        "privacy__useUpdateCheck": "false",
        "privacy__useGravatar": "false",
        "NODE_ENV": "development",
    }
    command = [installed("ghost/node/bin/node"), "index.js"]
    # It looks for its own package.json in the folder that it is started in.
    with log.open("wb") as out, process(command, app, out, **settings) as started:
        site = answering(f"{url}/ghost/api/admin/site/", started, log)
        ends = time.monotonic() + PATIENCE_S
        while not _serving(site):  # it answers 503 while it makes its tables
            if time.monotonic() > ends or started.poll() is not None:
                not_started("Ghost", log)
            time.sleep(0.3)
        yield url


def _serving(url: str) -> bool:
    try:
        urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True
