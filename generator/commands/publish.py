"""`commentary publish RUN --to N`: sends what was approved, once, and says what became of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_NETWORK, CommentaryError, UsageError

if TYPE_CHECKING:
    from generator.publish.ledger import Approval, Ledger
    from generator.publish.outbox import Outbox, Result

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
    from generator.publish.candidate import run_folder, run_of

    try:
        name = run_of(run_folder(context.config, run))
    except UsageError:
        name = run  # what was approved is in the ledger, though the folder may be gone
    found = ledger.approved(name, network)
    if found is None:
        todo = f"`commentary approve {name} --to {network}` shows and approves it."
        raise UsageError(f"{name} for {network}", "is not approved", todo)
    return found


def _publish(approvals: list[Approval], ledger: Ledger, context: Context) -> int:
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


def outbox_of(ledger: Ledger, context: Context) -> Outbox:
    """The outbox of the settings, under the clock of `--now` where that is given."""
    from generator.publish.clock import SystemClock
    from generator.publish.outbox import Outbox

    offset = 0 if context.now_ms is None else context.now_ms - SystemClock().now()
    return Outbox(ledger, context.config.publish, SystemClock(offset))


def deliver(approval: Approval, outbox: Outbox, context: Context) -> Result:
    """One approval to its network. Raises PublishError or UsageError where nothing was begun."""
    from generator.publish.approved import account_of, may_leave
    from generator.publish.senders import sender_of

    account = account_of(context, approval.network)
    may_leave(approval, account, replayed=context.now_ms is not None)
    sender = sender_of(account, context.config.state_path)
    return outbox.deliver(approval, sender, context.say)


def _rehearse(approvals: list[Approval], ledger: Ledger, context: Context) -> int:
    """What would be sent, from the ledger alone: no network is asked."""
    from generator.show.view import visible

    rows = []
    for approval in approvals:
        post = ledger.post(approval.id)
        begun = [e for e in ledger.entries(network=approval.network) if e.slot == approval.slot]
        state = begun[0].state if begun else "waiting"
        rows.append(
            {
                "network": approval.network,
                "hash": approval.hash,
                "slot": approval.slot,
                "state": state,
                "segments": post.body()["segments"],
            }
        )
        context.say(f"--- {approval.network}, slot {approval.slot}, {state}, {approval.hash}")
        if not context.as_json:
            for index, segment in enumerate(post.segments):
                context.give(visible(segment.text))
                for media in post.pictures(index):
                    context.say(f"    with {media.name}: {visible(media.alt)}")
    if context.as_json:
        context.give_json({"run": approvals[0].run, "dry_run": rows})
    context.say("Nothing was sent.")
    return EXIT_DONE


def row_of(result: Result) -> dict[str, Any]:
    """What became of a post, as `--json` prints it."""
    entry = result.entry
    return {
        "network": entry.network,
        "account": entry.account,
        "post": entry.id,
        "slot": entry.slot,
        "state": entry.state,
        "whole": result.whole,
        "stopped": result.stopped,
        "todo": result.todo,
        "parts": [
            {
                "part": row.position + 1,
                "state": row.state,
                "id": row.sent.id if row.sent else "",
                "url": row.sent.url if row.sent else "",
                "reason": row.reason,
            }
            for row in entry.rows
        ],
    }


def tell(context: Context, result: Result) -> None:
    entry = result.entry
    for row in entry.rows:
        if row.sent and not context.as_json:
            context.give(f"{entry.network} {row.position + 1}: {row.sent.url or row.sent.id}")
    if result.stopped:
        context.say(f"{entry.network}: {result.stopped}\n  {result.todo}")
    else:
        context.say(f"{entry.network}: post {entry.id} is out, {len(entry.rows)} parts.")
