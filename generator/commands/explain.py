"""`commentary explain SUBJECT`: what every rule says of one subject, and from which numbers."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, RuleError, UsageError
from generator.model import History, Snapshot

if TYPE_CHECKING:
    from generator.flow import Memory
    from generator.judge.lacks import Lack
    from generator.settings import Config

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
    from generator.flow import judged
    from generator.gather import looking_back
    from generator.judge.explain import explain, missing
    from generator.judge.lacks import lacks, told
    from generator.measure import catalog

    snapshot, history, memory = _state(args, context)
    book = rule_book(context)
    if args.rule and args.rule not in book.rules:
        raise RuleError(args.rule, "no such rule", did_you_mean(args.rule, book.rules))
    memory = looking_back(memory, snapshot, history, book, context.config)
    measured, past, judgement = judged(
        snapshot, history, context.config, book, memory, however_little=True
    )
    subject = args.subject.upper()
    if subject not in past.subjects:
        todo = did_you_mean(subject, past.subjects)
        raise UsageError(args.subject, f"is no subject of {snapshot.id}", todo)
    asked = _configured(context.config)

    def lacking(names: Sequence[str]) -> tuple[Lack, ...]:
        return lacks(names, subject, measured.inputs, snapshot, asked, catalog())

    if context.as_json:
        found: dict[str, Any] = {}
        for name, rule in book.rules.items():
            verdict = judgement.verdicts.get((name, subject))
            if verdict is not None and args.rule in ("", name):
                unknown = verdict.verdict == "unknown"
                why = lacking(missing(judgement, rule, subject)) if unknown else ()
                found[name] = {**_verdict(verdict), "lacks": [_lack(x) for x in why]}
        context.give_json({"snapshot": snapshot.id, "subject": subject, "rules": found})
        return EXIT_DONE
    context.say(f"{subject} in {snapshot.id} ({snapshot.mode})")

    def lines(names: Sequence[str]) -> list[str]:
        return [told(lack) for lack in lacking(names)]

    for line in explain(book, judgement, subject, args.rule, lines):
        context.give(line)
    return EXIT_DONE


def _configured(config: Config) -> frozenset[str]:
    """The names of the sources that the settings ask, and of the feeds."""
    collect = config.collect
    feeds = ("headlines", *(name for name, _ in collect.feeds)) if collect.feeds else ()
    return frozenset((*collect.venues, *collect.aggregators, *collect.side, *feeds))


def _lack(lack: Lack) -> dict[str, Any]:
    return {
        "numbers": list(lack.numbers),
        "from": lack.what,
        "given": lack.given,
        "taken_from": lack.chosen,
        "sources": [{"name": n, "state": s, "reason": r} for n, s, r in lack.sources],
        "bring": lack.own,
    }


def _state(args: argparse.Namespace, context: Context) -> tuple[Snapshot, History, Memory]:
    from generator.flow import Memory
    from generator.gather import remembered, stored

    if args.scenario:
        from generator.collect.scenario import load_scenario

        return (*load_scenario(args.scenario), Memory())
    with context.open_store(read_only=True) as store:
        snapshot, history = stored(store, args.snapshot, context.now_ms)
        return snapshot, history, remembered(store, snapshot.now)


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
