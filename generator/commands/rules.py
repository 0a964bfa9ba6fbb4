"""`commentary rules`: the rules there are, what they say, whether they are sound, their tests."""

from __future__ import annotations

import argparse

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED
from generator.judge.rules import RuleBook

HELP = "list the rules, explain one, check them, run the tests inside them"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "explain", "check", "test"))
    parser.add_argument("names", nargs="*", metavar="RULE", help="only these (not with check)")


def run(args: argparse.Namespace, context: Context) -> int:
    # The tests in a rule file are about its own thresholds, not about a user's.
    book = rule_book(context, own_params=args.action in {"list", "explain"}, tests=True)
    for name in args.names:
        if name not in book.rules:
            from generator.coerce import did_you_mean
            from generator.errors import RuleError

            raise RuleError(name, "no such rule", did_you_mean(name, book.rules))
    if args.action == "explain":
        return _explain(book, tuple(args.names), context)
    names = tuple(args.names) or tuple(book.rules)
    if args.action == "list":
        return _list(book, names, context)
    return _check(book, context) if args.action == "check" else _test(book, names, context)


def rule_book(context: Context, *, own_params: bool = True, tests: bool = False) -> RuleBook:
    """The rules of the working folder over the shipped ones, less the disabled.

    own_params: with the thresholds of the settings instead of those in the files. tests: with the
    tests inside the files, for which every file is parsed anew.
    """
    from platformdirs import user_cache_path

    from generator.config import rule_folders
    from generator.judge.rules import load_rules
    from generator.measure import catalog

    own = context.config.rules
    cache = None if tests else user_cache_path("commentary") / "parsed"
    book = load_rules(rule_folders(context.folder), catalog(), cache)
    return (book.with_params(own.params) if own_params else book).without(own.disabled)


def _list(book: RuleBook, names: tuple[str, ...], context: Context) -> int:
    rules = [book.rules[name] for name in names]
    if context.as_json:
        keys = ("name", "id", "family", "scope", "role", "status", "title", "place")
        context.give_json([{k: getattr(r, k) for k in keys} for r in rules])
        return EXIT_DONE
    for r in rules:
        note = "" if r.status == "stable" else f" ({r.status})"
        context.give(f"{r.name:<28} {r.id:<5} {r.family:<14} {r.role:<8} {r.title}{note}")
    return EXIT_DONE


def _explain(book: RuleBook, names: tuple[str, ...], context: Context) -> int:
    from generator.errors import UsageError
    from generator.judge.reference import needs, section
    from generator.measure import catalog

    if not names:
        raise UsageError("rules explain", "no rule is named", "See `commentary rules list`.")
    known = catalog()
    rules = [book.rules[name] for name in names]
    if context.as_json:
        keys = ("name", "id", "family", "scope", "role", "title", "params", "evidence", "rationale")
        lists = ("misreadings", "caveats", "sources")
        rows = [{k: getattr(r, k) for k in (*keys, *lists)} | {"needs": needs(r)} for r in rules]
        context.give_json(rows)
        return EXIT_DONE
    for line in (line for r in rules for line in section(r, known)):
        context.give(line)
    return EXIT_DONE


def _check(book: RuleBook, context: Context) -> int:
    from generator.judge.testing import check_rules

    problems = check_rules(book)
    if context.as_json:
        rows = [{"rule": p.rule, "place": p.place, "message": p.message} for p in problems]
        context.give_json({"rules": len(book.rules), "problems": rows})
    else:
        for p in problems:
            context.give(f"{p.place}: {p.rule}: {p.message}")
    context.say(f"{len(book.rules)} rules, {len(problems)} problems")
    return EXIT_FAILED if problems else EXIT_DONE


def _test(book: RuleBook, names: tuple[str, ...], context: Context) -> int:
    from generator.judge.testing import run_tests

    results = [r for r in run_tests(book) if r.rule in names]
    failed = [r for r in results if not r.passed]
    if context.as_json:
        keys = ("rule", "name", "place", "expected", "verdict", "problem")
        context.give_json([{k: getattr(r, k) for k in keys} for r in results])
    else:
        for r in failed:
            context.give(f"{r.place}: {r.rule}, {r.name!r}: {r.problem}")
    context.say(f"{len(results)} tests, {len(failed)} failed")
    return EXIT_FAILED if failed else EXIT_DONE
