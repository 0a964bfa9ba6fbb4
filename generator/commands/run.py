"""`commentary run --to N`: the daily job, for a scheduler. Safe to start again at any time."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, CommentaryError, UsageError

if TYPE_CHECKING:
    from generator.publish.daily import Ended

HELP = "the daily job: collect, write, approve by the policy, send; once for each slot"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        action="append",
        required=True,
        metavar="N",
        help="a network, or `x:thread` for another form of its text; may be given again",
    )
    parser.add_argument(
        "--slot",
        metavar="SLOT",
        help="e.g. 2026-11-23/morning (default: the one of [run] slots that is due)",
    )
    parser.add_argument("--no-charts", action="store_true", help="draw and send no pictures")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.publish.calling import caller_of
    from generator.publish.daily import only_start
    from generator.publish.ledger import Ledger

    names = _names(args.to)
    slot = _slot(args.slot, context)
    if slot is None:
        return EXIT_DONE
    state = context.config.state_path
    with only_start(state, slot) as alone, Ledger(state) as ledger:
        if not alone:
            context.say(f"{slot}: another start of this slot is at work.")
            if context.as_json:
                context.give_json({"slot": slot, "results": []})
            return EXIT_DONE
        alert = caller_of(context, slot, sends(context))
        try:
            ended = _job(names, slot, args, context, ledger)
        except CommentaryError as error:
            alert("failed", f"{error.subject}: {error.what}", error.todo)
            raise
        except Exception as error:
            alert("failed", f"a mistake in the program ({type(error).__name__})", "")
            raise
        for end in ended:
            if end.code or end.state == "waiting":
                alert(f"{end.state} {end.network}", end.what, end.todo)
    _show(context, slot, ended)
    return max(end.code for end in ended)


def sends(context: Context) -> Callable[[str, str], None]:
    """What an alert is sent by: title and text."""
    from generator.publish.alerts import alert

    def send(title: str, text: str) -> None:
        alert(context.config, title, text)

    return send


def _names(asked: list[str]) -> tuple[str, ...]:
    from generator.publish.daily import network_name

    names = tuple(dict.fromkeys(asked))
    networks = [network_name(n) for n in names]
    twice = next((n for n in networks if networks.count(n) > 1), None)
    if twice:
        raise UsageError("--to", f"{twice} stands there twice", "A slot holds one post of each.")
    return names


def _slot(key: str | None, context: Context) -> str | None:
    """The slot to fill; None where none is due, which is said."""
    from generator.gather import slot
    from generator.moments import iso
    from generator.publish import slots
    from generator.publish.clock import SystemClock

    policy = context.config.run
    known = slots.slots_of(policy.slots)
    now = SystemClock().now() if context.now_ms is None else context.now_ms
    if key is not None:
        return slots.asked(key, known, now, policy.late_minutes).key
    if not known:
        return slot(now)
    if found := slots.due(known, now, policy.late_minutes):
        return found.key
    coming = slots.coming(known, now)
    context.say(f"Nothing is due before {coming.key}, {iso(coming.at)}.")
    if context.as_json:
        context.give_json({"slot": None, "results": []})
    return None


def _job(
    names: tuple[str, ...], slot: str, args: argparse.Namespace, context: Context, ledger: Any
) -> tuple[Ended, ...]:
    from generator.publish.daily import Job
    from generator.publish.delivering import outbox_of

    def write(wanted: tuple[str, ...]) -> Path | None:
        return written(wanted, slot, context, charts=not args.no_charts)

    return Job(context, names, slot, outbox_of(ledger, context), write).run()


def written(names: tuple[str, ...], slot: str, context: Context, *, charts: bool) -> Path | None:
    """Collects, writes and keeps the run of a slot; None for a quiet day that is passed over.

    Raises NotEnoughData where too few venues answered, or nothing true can be said.
    """
    from contextlib import nullcontext

    from platformdirs import user_cache_path

    from generator.charts.child import started
    from generator.commands.preview import drawn, keep, kit_of, written_from
    from generator.flow import network_of
    from generator.publish.daily import enough

    config = context.config
    networks = tuple(network_of(config, name) for name in names)
    kit = kit_of(context, config.house.language)
    easel = started(user_cache_path("commentary") / "matplotlib", context.say) if charts else None
    with easel or nullcontext():
        state = gathered(context)
        enough(state.snapshot, config)
        note = written_from(state, networks, kit, context, slot=slot)
        if note.story.quiet and config.run.quiet == "skip":
            return None
        if charts:
            note = drawn(note, kit, context, slot=slot, easel=easel)
        return Path(keep(context, note, slot, fresh=True))


def gathered(context: Context) -> Any:
    """The market as it is now, from all sources; never a scenario."""
    from generator.commands.preview import State
    from generator.gather import collected, known_then, remembered

    with context.open_store() as store:
        snapshot = collected(context.config, store, context.now_ms, None)
        memory = remembered(store, snapshot.now)
        return State(snapshot, known_then(store, snapshot), memory, snapshot.sources)


def _show(context: Context, slot: str, ended: tuple[Ended, ...]) -> None:
    from generator.publish.delivering import row_of

    if context.as_json:
        rows = [
            {"network": e.network, "state": e.state, "what": e.what, "todo": e.todo}
            | ({"post": row_of(e.result)} if e.result else {})
            for e in ended
        ]
        context.give_json({"slot": slot, "results": rows})
        return
    for end in ended:
        for row in end.result.entry.rows if end.result else ():
            if row.sent:
                context.give(f"{end.network} {row.position + 1}: {row.sent.url or row.sent.id}")
        context.say(f"{slot}, {end.network}: {end.state}: {end.what}")
        if end.todo:
            context.say(f"  {end.todo}")
