"""`python -m tests.publish.try_it x FOLDER`: publishing seen without an account.

Starts the double of a network on this machine, with keys made for this once, and writes a working
folder beside them that holds a run of the prepared market and a ledger of its own. What arrives is
printed until its input ends.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import secrets
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.publish.accounts import ACCOUNTS
from tests.publish.doubles import bluesky, mastodon, serving, x
from tests.publish.runs import AT, RUN, working_folder

FORMS = {"x": "x:thread", "bluesky": "bluesky", "mastodon": "mastodon"}
PAUSE_S = 0.3


def main() -> int:
    if len(sys.argv) != 3 or sys.argv[1] not in FORMS or Path(sys.argv[2]).exists():
        print(f"try_it {'|'.join(FORMS)} FOLDER, which must not be there yet", file=sys.stderr)
        return 2
    network, folder = sys.argv[1], Path(sys.argv[2])
    keys: dict[str, str] = importlib.import_module(f"tests.publish.doubles.{network}").KEYS
    keys.update({name: f"try-{secrets.token_hex(12)}" for name in keys})
    server = _double(network)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _folder(network, folder, f"http://127.0.0.1:{server.server_address[1]}", keys)
    print(_told(network, folder), flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    _shown_until(ended, server)
    return 0


def _double(network: str) -> ThreadingHTTPServer:
    if network == "x":
        return x.Double()
    return serving.Double(bluesky.Bluesky() if network == "bluesky" else mastodon.Mastodon())


def _folder(network: str, folder: Path, url: str, keys: dict[str, str]) -> None:
    """The working folder, whose .env holds all that the account is."""
    with contextlib.redirect_stdout(io.StringIO()):  # the preview that wrote it
        working_folder(folder.parent, folder.name)
    options = {} if network == "x" else ACCOUNTS[network].options
    account = {"base_url": url, **options, **keys}
    stem = f"COMMENTARY_NETWORKS__{network.upper()}__"
    lines = [f"{stem}{name.upper()}={value}" for name, value in account.items()]
    lines.append(f"COMMENTARY_STATE={folder.resolve() / 'state'}")
    (folder / ".env").write_text("\n".join(lines) + "\n")
    (folder / ".env").chmod(0o600)


def _told(network: str, folder: Path) -> str:
    return f"""The double of {network} listens. In another terminal:

  cd {folder}
  commentary approve {RUN} --to {FORMS[network]} --now {AT}
  commentary publish {RUN} --to {network} --now {AT}
  commentary publish {RUN} --to {network} --now {AT}
  commentary outbox list

The second publish sends nothing. What arrives is shown here; Ctrl-C ends it.
"""


def _shown_until(ended: threading.Event, server: Any) -> None:
    seen = 0
    try:
        while True:
            done = ended.wait(PAUSE_S)
            posts = list(server.rules.posts)
            for post in posts[seen:]:
                row = post if isinstance(post, dict) else vars(post)
                head = f"answers {row['parent']}" if row["parent"] else "a new post"
                head += ", with a picture" if row.get("media") or row.get("embed") else ""
                print(f"--- {row['id']}, {head}\n{row['text']}\n", flush=True)
            seen = len(posts)
            if done:
                return
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    sys.exit(main())
