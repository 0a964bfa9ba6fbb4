"""`commentary publish RUN --to N`: sends what was approved, once, and says what became of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_NETWORK, CommentaryError, UsageError

if TYPE_CHECKING:
    from generator.publish.ledger import Approval, Ledger
    from generator.publish.outbox import Outbox

HELP = "send what was approved, once, and say what became of every part"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", help="a run: its folder, DATE/NAME or NAME")
    parser.add_argument(
        "--to", action="append", required=True, metavar="N", help="a network; may be given again"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be sent; send nothing"
    )
    parser.add_argument(
        "--by",
        choices=("link", "clipboard", "file"),
        help="send nothing: give the text to a person who posts it",
    )


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.publish.ledger import Ledger

    with Ledger(context.config.state_path) as ledger:
        approvals = [_approval(ledger, args.run, n, context) for n in _networks(args.to)]
        if args.dry_run:
            return _rehearse(approvals, ledger, context)
        if args.by:
            from generator.publish.handing import hand_over_all

            return hand_over_all(approvals, args.by, ledger, context)
        return _publish(approvals, ledger, context)


def _networks(asked: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.partition(":")[0] for name in asked))


def _approval(ledger: Ledger, run: str, network: str, context: Context) -> Approval:
    from generator.publish.candidate import run_named

    name = run_named(context.config, run)
    found = ledger.approved(name, network)
    if found is None:
        todo = f"`commentary approve {name} --to {network}` shows and approves it."
        raise UsageError(f"{name} for {network}", "is not approved", todo)
    return found


def _publish(approvals: list[Approval], ledger: Ledger, context: Context) -> int:
    from generator.publish.delivering import deliver, outbox_of, row_of, tell

    outbox = outbox_of(ledger, context)
    code, rows = EXIT_DONE, list[dict[str, Any]]()
    for approval in approvals:
        try:
            result = deliver(approval, outbox, context)
        except CommentaryError as error:
            # One network's trouble is no other's.
            code = EXIT_NETWORK
            context.say(str(error))
            rows.append({"network": approval.network, "whole": False, "stopped": error.what})
            continue
        if not result.whole:
            code = EXIT_NETWORK
        rows.append(row_of(result))
        tell(context, result)
    _alert(context, [row for row in rows if row.get("state") == "uncertain"])
    if context.as_json:
        context.give_json({"run": approvals[0].run, "results": rows})
    return code


def _alert(context: Context, uncertain: list[dict[str, Any]]) -> None:
    """Tells the operator, who may not be the one at the terminal, of what only a person settles."""
    from generator.publish.alerts import alert

    if not uncertain:
        return
    said = "\n".join(f"{r['network']}: {r['stopped']}\n{r['todo']}" for r in uncertain)
    try:
        alert(context.config, "commentary: an outcome is uncertain", said)
    except CommentaryError as error:
        context.say(f"No alert: {error}")


def _rehearse(approvals: list[Approval], ledger: Ledger, context: Context) -> int:
    """What would be sent, from the ledger alone: no network is asked."""
    from generator.publish.delivering import outbox_of
    from generator.publish.shown import show

    outbox, rows = outbox_of(ledger, context), list[dict[str, Any]]()
    for approval in approvals:
        post = ledger.post(approval.id)
        begun = ledger.in_slot(approval.network, approval.slot)
        state = begun[0].state if begun else "waiting"
        stopped = _stopped(approval, state, outbox)
        rows.append(
            {
                "network": approval.network,
                "hash": approval.hash,
                "slot": approval.slot,
                "state": state,
                "stopped": stopped,
                "segments": post.body()["segments"],
            }
        )
        if not context.as_json:
            show(context, post)
        context.say(f"{approval.network}, slot {approval.slot}: {state}, {approval.hash}")
        if stopped:
            context.say(f"  It would not go out: {stopped}.")
    if context.as_json:
        context.give_json({"run": approvals[0].run, "dry_run": rows})
    context.say("Nothing was sent.")
    return EXIT_DONE


def _stopped(approval: Approval, state: str, outbox: Outbox) -> str:
    """What is known without asking anybody to stand in the way; "" for nothing."""
    if state == "sent":
        return "it is out"
    try:
        outbox.running()
    except CommentaryError as error:
        return f"{error.subject} {error.what}"
    old = outbox.too_old(approval)
    return old[0] if old and state == "waiting" else ""
