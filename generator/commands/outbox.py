"""`commentary outbox`: what was sent, what is uncertain, and settling it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, get_args

from generator.cli import Context
from generator.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    from generator.publish.ledger import Entry, Ledger

HELP = "what was sent, what is uncertain, and settling it"
SETTLEABLE = ("uncertain", "sending", "not sent", "refused", "handed over")
SETTLED = {"sent": "sent", "not-sent": "not sent", "given-up": "given up"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("list", "show", "resolve", "meet", "costs"),
        help="list: posts, newest first, and approvals not begun; show N: one post and all that "
        "happened to it; resolve N --as ...: a person's word on a part; meet NETWORK: its account "
        "is known, send to it from now on; costs: what each account cost this month",
    )
    parser.add_argument("what", nargs="?", default="", help="the number of a post, or a network")
    listed = parser.add_argument_group("list")
    listed.add_argument("--state", action="append", metavar="S", help="only of this state")
    listed.add_argument("--network", default="", metavar="N", help="only of this network")
    listed.add_argument("--most", type=int, default=50, metavar="K", help="how many (50)")
    resolve = parser.add_argument_group("resolve")
    resolve.add_argument("--part", type=int, metavar="K", help="which (default: the only one)")
    resolve.add_argument("--as", dest="how", choices=tuple(SETTLED), help="what became of it")
    resolve.add_argument("--id", default="", help="its id on the network, of one that is sent")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.publish.ledger import Ledger

    known = {"list": _list, "show": _show, "resolve": _resolve, "meet": _meet, "costs": _costs}
    action = known[args.action]
    with Ledger(context.config.state_path) as ledger:
        action(args, context, ledger)
    return EXIT_DONE


def _list(args: argparse.Namespace, context: Context, ledger: Ledger) -> None:
    from generator.publish.records import State

    for state in args.state or ():
        if state not in get_args(State):
            raise UsageError(
                "--state", f"{state!r} is none", f"One of {', '.join(get_args(State))}."
            )
    entries = ledger.entries(states=args.state or (), network=args.network, most=args.most)
    pending = () if args.state else ledger.pending(args.most)
    pending = tuple(a for a in pending if args.network in ("", a.network))
    if context.as_json:
        context.give_json(
            {
                "posts": [_row(e) for e in entries],
                "approved": [
                    {"run": a.run, "network": a.network, "slot": a.slot, "hash": a.hash}
                    for a in pending
                ],
            }
        )
        return
    for a in pending:
        context.give(f"{'-':>6}  approved    {a.network:<10} {a.slot:<22} {a.run}")
    for entry in entries:
        done = sum(r.state in ("sent", "handed over") for r in entry.rows)
        reason = next((r.reason for r in entry.rows if r.state == entry.state and r.reason), "")
        context.give(
            f"{entry.id:>6}  {entry.state:<11} {entry.network:<10} {entry.slot:<22}"
            f" {done} of {len(entry.rows)}  {reason}".rstrip()
        )
    if not entries and not pending:
        context.say("The ledger has none.")


def _row(entry: Entry) -> dict[str, Any]:
    from generator.publish.delivering import row_of
    from generator.publish.outbox import Result
    from generator.show.encode import iso

    row = row_of(Result(entry)) | {"at": iso(entry.at)}
    return {k: v for k, v in row.items() if k not in ("stopped", "todo")}


def _show(args: argparse.Namespace, context: Context, ledger: Ledger) -> None:
    from generator.show.encode import iso
    from generator.show.view import visible

    entry = ledger.entry(_number(args.what))
    approval, post, events = (
        ledger.approval(entry.approval), ledger.post(entry.approval), ledger.events(entry.id),
    )  # fmt: skip
    if context.as_json:
        told = [
            {"at": iso(e.at), "part": e.position + 1, "state": e.state, "note": e.note}
            for e in events
        ]
        more = {"run": approval.run, "hash": approval.hash, "who": approval.who, "events": told}
        context.give_json(_row(entry) | more | {"body": post.body()})
        return
    context.give(f"post {entry.id}: {entry.network}, {entry.account}, slot {entry.slot}")
    context.give(f"approved by {approval.who} from {approval.run}: {approval.hash}")
    for row, segment in zip(entry.rows, post.segments, strict=True):
        where = (row.sent.url or row.sent.id) if row.sent else row.reason
        context.give(f"\npart {row.position + 1}: {row.state}  {where}".rstrip())
        context.give(visible(segment.text))
    context.give("")
    for e in events:
        part = f"part {e.position + 1}" if e.position >= 0 else "post"
        context.give(f"{iso(e.at)}  {part:<7} {e.state:<11} {visible(e.note)}".rstrip())


def _resolve(args: argparse.Namespace, context: Context, ledger: Ledger) -> None:
    from generator.publish.delivering import outbox_of

    if args.how is None:
        todo = f"Give --as {', --as '.join(SETTLED)}."
        raise UsageError("resolve", "needs to be told what became of the part", todo)
    entry = ledger.entry(_number(args.what))
    part = args.part or _only(entry)
    how: Any = SETTLED[args.how]
    entry = outbox_of(ledger, context).settle(entry, part - 1, how, args.id)
    if context.as_json:
        context.give_json(_row(entry))
    else:
        context.say(f"post {entry.id}, part {part}: {entry.rows[part - 1].state}")


def _number(what: str) -> int:
    if not what.isascii() or not what.isdigit() or len(what) > 12:
        raise UsageError("outbox", f"{what!r} is no post's number", "`commentary outbox list`")
    return int(what)


def _only(entry: Entry) -> int:
    """The part that a word is wanted on, where there is but one."""
    open_ = [r for r in entry.rows if r.state in SETTLEABLE]
    if len(open_) != 1:
        what = f"has {len(open_)} parts that are not settled"
        raise UsageError(f"post {entry.id}", what, "Name one with --part.")
    return open_[0].position + 1


def _meet(args: argparse.Namespace, context: Context, ledger: Ledger) -> None:
    """Nothing is looked for: whoever says this has looked."""
    from generator.publish.approved import sender_for
    from generator.publish.clock import SystemClock

    who = sender_for(context, args.what).identity()
    ledger.meet(args.what, who, SystemClock().now())
    context.say(f"{args.what}: {who.handle or who.id} is known from now on.")


def _costs(args: argparse.Namespace, context: Context, ledger: Ledger) -> None:
    from generator.moments import iso
    from generator.publish.base import MICRO
    from generator.publish.clock import SystemClock, month_of

    since = month_of(SystemClock().now() if context.now_ms is None else context.now_ms)
    cap, spent = context.config.publish.month_usd, ledger.costs(since)
    if context.as_json:
        rows = [{"network": n, "account": a, "usd": m / MICRO} for n, a, m in spent]
        context.give_json({"since": iso(since), "month_usd": cap, "costs": rows})
        return
    for network, account, micros in spent:
        context.give(f"{network:<10} {account:<20} ${micros / MICRO:.3f} of ${cap:.2f}")
    if not spent:
        context.say("Nothing was spent this month.")
