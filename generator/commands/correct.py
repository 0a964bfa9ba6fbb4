"""`commentary correct RUN --to N`: a dated correction of what was sent, bound to it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_NETWORK, CheckFailed

if TYPE_CHECKING:
    from generator.publish.ledger import Approval, Ledger
    from generator.publish.outbox import Outbox

HELP = "send a dated correction of what was sent, as an answer to it"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", help="the run whose text was sent: its folder, DATE/NAME or NAME")
    parser.add_argument("--to", required=True, metavar="N", help="the network it was sent to")
    parser.add_argument(
        "--text", default="", help="what to say (default: the text as `commentary edit` left it)"
    )
    parser.add_argument(
        "--against", metavar="RUN", help="hold --text against this run's data instead"
    )
    parser.add_argument("--dry-run", action="store_true", help="show it; send nothing")
    parser.add_argument(
        "--despite-stop", action="store_true", help="send it though the file STOP stops all else"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.publish.delivering import outbox_of
    from generator.publish.ledger import Ledger

    with Ledger(context.config.state_path) as ledger:
        approval = _approved(args, context, ledger)
        if approval is None:
            return EXIT_DONE
        outbox = outbox_of(ledger, context, despite_stop=args.despite_stop)
        return sent(approval, outbox, context)


def _approved(args: argparse.Namespace, context: Context, ledger: Ledger) -> Approval | None:
    """The correction as it may be sent; None where it was only to be shown."""
    from generator.flow import network_of
    from generator.publish.candidate import candidate, problems_of, run_folder
    from generator.publish.corrections import correction, correction_slot, original
    from generator.publish.delivering import outbox_of
    from generator.publish.shown import show, show_problems

    network = network_of(context.config, args.to)
    folder = run_folder(context.config, args.run)
    found = candidate(folder, network)
    entry = original(ledger, found.run, network.name)
    at = outbox_of(ledger, context).clock.now()
    text = " ".join(args.text.split())
    draft, post = correction(found, network, text, at)
    slot = correction_slot(entry, text or "\n".join(found.draft.segments))
    if held := ledger.in_slot(network.name, slot):
        return ledger.approval(held[-1].approval)
    said = found
    if text:  # without its date, which no run knows
        other = run_folder(context.config, args.against) if args.against else folder
        known = candidate(other, network)
        bare = network.segment(text)
        said = replace(known, ahead=0, post=replace(found.post, segments=(bare,), media=()))
    form = "text" if text else ""
    problems = problems_of(replace(said, draft=draft), network, context, form=form)
    if not context.as_json:
        show(context, post)
    show_problems(context, problems)
    if errors := [p for p in problems if p.severity == "error"]:
        todo = "Say only what the data bears out; --against names a run that has it."
        what = f"{errors[0].gate}: {errors[0].message}"
        raise CheckFailed(slot, what if len(errors) == 1 else f"has {len(errors)} errors", todo)
    if args.dry_run:
        if context.as_json:
            segments = post.body()["segments"]
            context.give_json({"run": found.run, "dry_run": [{"slot": slot, "segments": segments}]})
        context.say("Nothing was sent.")
        return None
    return ledger.approve(
        post, run=found.run, as_of=at, slot=slot, mode=found.mode, who="person", at=at,
        kind="correction", original=entry.id,
    )  # fmt: skip


def sent(approval: Approval, outbox: Outbox, context: Context) -> int:
    """Sends an approval of a person who typed it just now."""
    from generator.publish.delivering import deliver, row_of, tell

    result = deliver(approval, outbox, context)
    if context.as_json:
        context.give_json({"run": approval.run, "results": [row_of(result)]})
    tell(context, result)
    return EXIT_DONE if result.whole else EXIT_NETWORK
