"""`commentary explain SUBJECT`: what every rule says of one subject, and from which numbers."""

from __future__ import annotations

import argparse
from typing import Any

from generator.cli import Context
from generator.errors import EXIT_DONE, NotEnoughData, RuleError, UsageError
from generator.model import History, Snapshot

HELP = "why each rule fired or did not for a subject, with its numbers"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", help="an asset (BTC), a pair (ETH/BTC) or MARKET")
    parser.add_argument("--rule", default="", help="only this rule")
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--snapshot", metavar="ID", help="a stored snapshot (default: the latest)")
    state.add_argument("--scenario", metavar="NAME", help="a scenario that ships with the program")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.coerce import did_you_mean
    from generator.commands.rules import rule_book
    from generator.judge.engine import judge
    from generator.judge.explain import explain
    from generator.measure.optional import needs
    from generator.measure import measure, panel

    snapshot, history = _state(args, context)
    book = rule_book(context)
    if args.rule and args.rule not in book.rules:
        raise RuleError(args.rule, "no such rule", did_you_mean(args.rule, book.rules))
    market = context.config.market
    past = panel(measure(snapshot, history, market), snapshot, history, market)
    subject = args.subject.upper()
    if subject not in past.subjects:
        todo = did_you_mean(subject, past.subjects)
        raise UsageError(args.subject, f"is no subject of {snapshot.id}", todo)
    judgement = judge(book, past)
    if context.as_json:
        rules = [n for n in book.rules if not args.rule or n == args.rule]
        verdicts = {n: judgement.verdicts.get((n, subject)) for n in rules}
        found = {n: _verdict(v) for n, v in verdicts.items() if v is not None}
        context.give_json({"snapshot": snapshot.id, "subject": subject, "rules": found})
        return EXIT_DONE
    context.say(f"{subject} in {snapshot.id} ({snapshot.mode})")
    for line in explain(book, judgement, subject, args.rule, needs):
        context.give(line)
    return EXIT_DONE


def _state(args: argparse.Namespace, context: Context) -> tuple[Snapshot, History]:
    if args.scenario:
        from generator.collect.scenario import load_scenario

        return load_scenario(args.scenario)
    with context.open_store(read_only=True) as store:
        snapshot = store.snapshot(args.snapshot, until=context.now_ms)
        if snapshot is None:
            subject = args.snapshot or "history"
            raise NotEnoughData(subject, "there is no such snapshot", "Run `commentary collect`.")
        return snapshot, store.history().until(snapshot.now)


def _verdict(verdict: Any) -> dict[str, Any]:
    return {
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "comparisons": [
            {
                "text": c.text,
                "holds": c.holds,
                "left": [_number(v) for v in c.left],
                "right": [_number(v) for v in c.right],
                "unknown": list(c.unknown),
            }
            for c in verdict.comparisons
        ],
    }


def _number(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
