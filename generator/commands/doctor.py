"""`commentary doctor`: what is configured, reachable and missing. It posts nothing."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
from pathlib import Path
from typing import Any

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, CommentaryError, StoreError
from generator.moments import iso

HELP = "what is configured, reachable and missing; sends nothing"
PACKAGES = ("ccxt", "jinja2", "numpy", "pandas", "pyarrow", "rich", "tweepy")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="ask no source whether it answers")
    parser.add_argument("--deep", action="store_true", help="read the whole history and check it")


def run(args: argparse.Namespace, context: Context) -> int:
    config = context.config
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "settings": [
            {"name": s.name, "value": s.value, "origin": s.origin} for s in config.describe()
        ],
        "history": _history(config.history_path, args.deep),
        "ledger": _ledger(config.state_path),
        "accounts": [] if args.offline else _accounts(context),
        "sources": [] if args.offline else _sources(context),
    }
    if context.as_json:
        context.give_json(report)
    else:
        for line in _lines(report):
            context.give(line)
    missing = "missing" in report["packages"].values()
    damaged = "damaged" in (report["history"]["state"], report["ledger"]["state"])
    locked_out = any(a["state"] == "failed" for a in report["accounts"])
    return EXIT_FAILED if missing or damaged or locked_out else EXIT_DONE


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _history(path: Path, deep: bool) -> dict[str, Any]:
    from generator.store import open_store

    if not path.is_file():
        return {"path": str(path), "state": "none yet", "detail": "`commentary collect` starts it"}
    try:
        with open_store(path, read_only=True) as store:
            rows = store.verify() if deep else None
            infos = store.snapshots()
            detail = f"{len(infos)} snapshots"
            if infos:
                detail += f", from {iso(infos[0].now)} to {iso(infos[-1].now)}"
            if rows is not None:
                detail += f"; {rows} rows match their digests"
    except StoreError as error:
        return {"path": str(path), "state": "damaged", "detail": f"{error.what}. {error.todo}"}
    return {"path": str(path), "state": "ok", "detail": detail}


def _ledger(folder: Path) -> dict[str, Any]:
    """What was sent, in a folder of its own; nothing is created."""
    from generator.publish.ledger import Ledger
    from generator.publish.schema import FILE

    path = folder / FILE
    if not path.is_file():
        return {"path": str(path), "state": "none yet", "detail": "`commentary approve` starts it"}
    try:
        with Ledger(folder) as ledger:
            open_ = len(ledger.entries(states=("sending", "uncertain"), most=1000))
    except StoreError as error:
        return {"path": str(path), "state": "damaged", "detail": f"{error.what}. {error.todo}"}
    stopped = "; STOP is there, nothing is sent" if (folder / "STOP").exists() else ""
    return {"path": str(path), "state": "ok", "detail": f"{open_} posts uncertain{stopped}"}


def _sources(context: Context) -> list[dict[str, Any]]:
    from generator.reach import reach_all

    return [
        {"name": r.name, "state": r.state, "reason": r.reason, "seconds": round(r.seconds, 2)}
        for r in reach_all(context.config.collect)
    ]


def _accounts(context: Context) -> list[dict[str, Any]]:
    """Whose keys each network's settings hold, asked of the network; nothing is posted."""
    from generator.publish import alerts
    from generator.publish.approved import sender_for

    found = []
    for name, account in sorted(context.config.networks.items()):
        if not account.secrets and "client_id" not in account.options:
            continue  # settings of how a text is written; `approve` and `--by` need no keys
        state, detail = "ok", ""
        try:
            who = sender_for(context, name).identity()
            detail = f"{who.handle or who.id}  {who.url}".rstrip()
        except CommentaryError as error:
            state, detail = "failed", f"{error.what}. {error.todo}"
        except Exception as error:  # another's package; its text may hold a secret
            state, detail = "failed", f"its sender failed ({type(error).__name__})"
        found.append({"name": name, "state": state, "detail": detail})
    try:
        if count := alerts.check(context.config):
            found.append({"name": "alerts", "state": "ok", "detail": f"{count} addresses"})
    except CommentaryError as error:
        found.append({"name": "alerts", "state": "failed", "detail": f"{error.what}. {error.todo}"})
    return found


def _lines(report: dict[str, Any]) -> list[str]:
    lines = [f"Python {report['python']}"]
    lines += [f"  {name} {version}" for name, version in report["packages"].items()]
    lines += ["", "Settings"]
    lines += [f"  {s['name']} = {s['value']}  ({s['origin']})" for s in report["settings"]]
    history = report["history"]
    lines += ["", f"History {history['path']}", f"  {history['state']}: {history['detail']}"]
    ledger = report["ledger"]
    lines += ["", f"Ledger {ledger['path']}", f"  {ledger['state']}: {ledger['detail']}"]
    if report["accounts"]:
        lines += ["", "Accounts"]
        lines += [f"  {a['name']:<12} {a['state']:<7} {a['detail']}" for a in report["accounts"]]
    lines += ["", "Sources" if report["sources"] else "Sources were not asked"]
    for s in report["sources"]:
        lines.append(
            f"  {s['name']:<16} {s['state']:<8} {s['seconds']:>5.2f} s  {s['reason']}".rstrip()
        )
    return lines
