"""`commentary publish RUN --to N --by link|clipboard|file`: the text goes to a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_NETWORK, CommentaryError, UsageError
from generator.publish.delivering import outbox_of

if TYPE_CHECKING:
    from generator.publish.handover import Given, Way
    from generator.publish.ledger import Approval, Ledger

FOLDER = "handed"  # in the run folder


def hand_over_all(approvals: list[Approval], way: Way, ledger: Ledger, context: Context) -> int:
    """Hands over what is approved, one network after another; an exit code."""
    code, rows = EXIT_DONE, list[dict[str, Any]]()
    for approval in approvals:
        try:
            rows.append(_hand_over(approval, way, ledger, context))
            if rows[-1]["stopped"]:
                code = EXIT_NETWORK
        except CommentaryError as error:
            # What is wrong with one network's text says nothing about another.
            code = max(code, error.exit_code)
            context.say(str(error))
            rows.append({"network": approval.network, "stopped": error.what, "parts": []})
    if context.as_json:
        context.give_json({"run": approvals[0].run, "handed_over": rows})
    return code


def _hand_over(approval: Approval, way: Way, ledger: Ledger, context: Context) -> dict[str, Any]:
    from generator.flow import network_of
    from generator.publish import handover
    from generator.publish.approved import account_of, may_leave

    may_leave(approval, account_of(context, approval.network), replayed=context.now_ms is not None)
    network = network_of(context.config, approval.network)
    parts = handover.given(ledger.post(approval.id), network)
    if way == "link" and not all(p.link for p in parts):
        what = "is too long for a link" if network.compose else "has no link that takes a text"
        raise UsageError(approval.network, what, "Use --by clipboard or --by file.")
    if way == "clipboard":
        handover.clipboard()
    result = handover.hand_over(outbox_of(ledger, context), approval, way)
    row = {"network": approval.network, "post": result.entry.id, "stopped": result.stopped}
    if result.stopped:
        context.say(f"{approval.network}: {result.stopped}\n  {result.todo}")
        return row | {"parts": []}
    folder = context.config.output / approval.run / FOLDER / approval.network
    files = handover.write_files(parts, folder, texts=way == "file")
    _give(parts, way, approval.network, context)
    for path in files:
        context.say(f"  {path}")
    context.say(f"Handed over, not sent; the ledger has it as post {result.entry.id}.")
    told = [{"part": i, "text": p.text, "link": p.link} for i, p in enumerate(parts, 1)]
    return row | {"parts": told, "files": [str(path) for path in files]}


def _give(parts: tuple[Given, ...], way: Way, network: str, context: Context) -> None:
    from generator.publish.handover import copy
    from generator.show.view import visible

    for number, part in enumerate(parts, 1):
        name = f"part {number} of {len(parts)}" if len(parts) > 1 else "the text"
        after = " (as an answer to the part before)" if number > 1 else ""
        if way == "clipboard":
            copy(part.text)
            context.say(f"{network}: {name} is on the clipboard{after}.")
            if number < len(parts):
                context.say("Paste it, then press Enter for the next.")
                sys.stdin.readline()
        elif way == "link" and not context.as_json:
            context.say(f"{network}: {name}{after}")
            context.give(part.link)
        elif not context.as_json:
            context.give(visible(part.text))
