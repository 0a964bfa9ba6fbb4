"""An approval on its way, as commands send it: the account, the outbox, and what is said after."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from generator.publish.base import PublishError
from generator.publish.clock import SystemClock
from generator.publish.outbox import Outbox, Result

if TYPE_CHECKING:
    from generator.cli import Context
    from generator.publish.ledger import Approval, Ledger
    from generator.settings import Network


def outbox_of(ledger: Ledger, context: Context, *, despite_stop: bool = False) -> Outbox:
    """The outbox of the settings, under the clock of `--now` where that is given."""
    offset = 0 if context.now_ms is None else context.now_ms - SystemClock().now()
    return Outbox(ledger, context.config.publish, SystemClock(offset), despite_stop)


def deliver(approval: Approval, outbox: Outbox, context: Context) -> Result:
    """One approval to its network. Raises PublishError or UsageError where nothing was begun."""
    from generator.publish.approved import account_of, may_leave, sender_for

    account = account_of(context, approval.network)
    outlives(account, context.config.publish.checkpoint)
    may_leave(approval, account, replayed=context.now_ms is not None)
    return outbox.deliver(approval, sender_for(context, approval.network), context.say)


def outlives(account: Network, checkpoint: str) -> None:
    """Raises PublishError in a CI job that would take its ledger along when it ends: two of them at
    once would know nothing of each other."""
    from generator.publish.senders import stays_here

    lost = os.environ.get("CI", "").lower() in ("true", "1") and not checkpoint
    if lost and not stays_here(account):
        what = "runs in CI, whose ledger is lost with the job"
        todo = 'Carry it along ([publish] checkpoint, docs/daily.md); "true" says that it stays.'
        raise PublishError(account.name, what, todo)


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
