"""`commentary retract RUN --to N`: takes back what was sent, part by part."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_NETWORK

if TYPE_CHECKING:
    from generator.publish.ledger import Entry

HELP = "take back what was sent, every part of it"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", help="the run whose text was sent: its folder, DATE/NAME or NAME")
    parser.add_argument("--to", required=True, metavar="N", help="the network it was sent to")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be taken back; ask no network"
    )
    parser.add_argument(
        "--despite-stop", action="store_true", help="do it though the file STOP stops all else"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.publish.approved import account_of, may_leave, sender_for
    from generator.publish.candidate import run_named
    from generator.publish.corrections import Retracting, original, retraction
    from generator.publish.delivering import outbox_of, row_of
    from generator.publish.ledger import Ledger
    from generator.publish.records import OPEN

    name = run_named(context.config, args.run)
    network = args.to.partition(":")[0]
    with Ledger(context.config.state_path) as ledger:
        outbox = outbox_of(ledger, context, despite_stop=args.despite_stop)
        entry = original(ledger, name, network)
        if args.dry_run:
            return _rehearse(entry, name, context)
        approval, before = retraction(ledger, entry, name, outbox.clock.now())
        account = account_of(context, network)
        may_leave(approval, account, replayed=context.now_ms is not None)
        sender = Retracting(sender_for(context, network), entry, before)
        result = outbox.deliver(approval, sender, context.say)
    if context.as_json:
        context.give_json({"run": name, "results": [row_of(result)]})
    if not result.whole:
        context.say(f"{network}: {result.stopped}\n  {result.todo}")
        return EXIT_NETWORK
    context.say(f"{network}: post {entry.id} was taken back, {len(result.entry.rows)} parts.")
    if unsure := [r.position + 1 for r in entry.rows if r.state in OPEN]:
        todo = f"Look; if it is: `commentary outbox resolve {entry.id} --as sent --id ...`, retract"
        context.say(f"{network}: part {unsure[0]} may be out\n  {todo} again.")
        return EXIT_NETWORK
    return EXIT_DONE


def _rehearse(entry: Entry, run: str, context: Context) -> int:
    """What would be taken back, the last part first."""
    out = [row for row in reversed(entry.rows) if row.sent]
    rows = [{"part": r.position + 1, "id": r.sent.id, "url": r.sent.url} for r in out if r.sent]
    if context.as_json:
        context.give_json({"run": run, "network": entry.network, "dry_run": rows})
    else:
        for row in rows:
            context.give(f"{entry.network} {row['part']}: {row['url'] or row['id']}")
    context.say("Nothing was taken back.")
    return EXIT_DONE
