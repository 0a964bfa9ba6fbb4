"""`commentary retract RUN --to N`: takes back what was sent, part by part."""

from __future__ import annotations

import argparse

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_NETWORK

HELP = "take back what was sent, every part of it"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", help="the run whose text was sent: its folder, DATE/NAME or NAME")
    parser.add_argument("--to", required=True, metavar="N", help="the network it was sent to")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.publish.approved import account_of, may_leave
    from generator.publish.candidate import run_folder, run_of
    from generator.publish.corrections import Retracting, original, retraction
    from generator.publish.delivering import outbox_of, row_of
    from generator.publish.ledger import Ledger
    from generator.publish.senders import sender_of

    name = run_of(run_folder(context.config, args.run))
    network = args.to.partition(":")[0]
    with Ledger(context.config.state_path) as ledger:
        outbox = outbox_of(ledger, context)
        entry = original(ledger, name, network)
        approval = retraction(ledger, entry, name, outbox.clock.now())
        account = account_of(context, network)
        may_leave(approval, account, replayed=context.now_ms is not None)
        sender = sender_of(account, context.config.state_path)
        result = outbox.deliver(approval, Retracting(sender, entry), context.say)
    if context.as_json:
        context.give_json({"run": name, "results": [row_of(result)]})
    if result.whole:
        context.say(f"{network}: post {entry.id} was taken back, {len(result.entry.rows)} parts.")
        return EXIT_DONE
    context.say(f"{network}: {result.stopped}\n  {result.todo}")
    return EXIT_NETWORK
