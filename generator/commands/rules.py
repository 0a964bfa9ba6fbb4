"""`commentary rules`: the rules there are, what they say, whether they are sound, their tests."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli import Context
from generator.errors import EXIT_DONE, EXIT_FAILED, UsageError
from generator.judge.rules import RuleBook

HELP = "list the rules, explain one, check them, run the tests inside them, install a pack"
PACKS = "packs"  # of the working folder: where packs are installed


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "explain", "check", "test", "install"))
    parser.add_argument(
        "names", nargs="*", metavar="RULE|PACK", help="only these; a pack with check and install"
    )
    parser.add_argument(
        "--pairs", action="store_true", help="with check: which rules can speak together"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    names = tuple(args.names)
    if args.pairs and args.action != "check":
        raise UsageError("--pairs", "belongs to `rules check`", "Leave it out.")
    if args.action == "install" or (args.action == "check" and names):
        return _packs(names, context, install=args.action == "install")
    # The tests in a rule file are about its own thresholds, not about a user's.
    own = args.action in {"list", "explain"}
    book = rule_book(context, own_params=own, tests=args.action != "list")
    known = {*book.rules, *(_headline_files(book) if args.action == "test" else ())}
    for name in names:
        if name not in known:
            from generator.coerce import did_you_mean
            from generator.errors import RuleError

            raise RuleError(name, "no such rule", did_you_mean(name, known))
    if args.action == "explain":
        return _explain(book, names, context)
    if args.action == "check":
        return _pairs(book, context) if args.pairs else _check(book, context)
    if args.action == "test":
        return _test(book, names or tuple(sorted(known)), context)
    return _list(book, names or tuple(book.rules), context)


def rule_book(context: Context, *, own_params: bool = True, tests: bool = False) -> RuleBook:
    """The rules of the working folder over the packs over the shipped ones, less the disabled.

    own_params: with the thresholds of the settings instead of those in the files. tests: with the
    tests inside the files, for which every file is parsed anew.
    """
    from platformdirs import user_cache_path

    from generator.judge.rules import load_rules
    from generator.measure import catalog

    own = context.config.rules
    cache = None if tests else user_cache_path("commentary") / "parsed"
    book = load_rules(_folders(context), catalog(), cache)
    return (book.with_params(own.params) if own_params else book).without(own.disabled)


def _headline_files(book: RuleBook) -> set[str]:
    """The themes and kinds of title, which carry tests as rules do."""
    news = book.news
    return set() if news is None else {t.name for t in news.themes} | {k.name for k in news.kinds}


def _folders(context: Context) -> list[Path]:
    """Shipped rules, then the packs, then the working folder's own: the later one holds."""
    from generator.config import rule_folders

    shipped, *own = rule_folders(context.folder)
    packs: list[Path] = []
    if context.config.rules.packs:
        from generator.judge.packs import installed

        packs = installed(context.folder, context.config.rules.packs)
    return [shipped, *packs, *own]


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
    from generator.judge.canon import seen
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
    for rule in rules:
        for line in (*section(rule, known), *seen(rule)):
            context.give(line)
    return EXIT_DONE


def _check(book: RuleBook, context: Context, guests: tuple[str, ...] = ()) -> int:
    """Problems of the whole book, or of the rules that a pack adds to it."""
    from generator.judge.soundness import RuleProblem, check_rules

    problems = [*check_rules(book, guests)]
    if book.news is not None and not guests:
        from generator.news.checking import check_news

        problems += [RuleProblem(p.rule, p.place, p.message) for p in check_news(book.news)]
    if context.as_json:
        rows = [{"rule": p.rule, "place": p.place, "message": p.message} for p in problems]
        context.give_json({"rules": len(guests or book.rules), "problems": rows})
    else:
        for p in problems:
            context.give(f"{p.place}: {p.rule}: {p.message}")
    context.say(f"{len(guests or book.rules)} rules, {len(problems)} problems")
    return EXIT_FAILED if problems else EXIT_DONE


def _pairs(book: RuleBook, context: Context) -> int:
    """Every pair of rules that bear on one subject, and what settles it when both speak."""
    from dataclasses import asdict

    from generator.judge.pairs import matrix

    found = matrix(book)
    count = {v: sum(f.verdict == v for f in found) for v in ("apart", "together", "undecided")}
    if context.as_json:
        context.give_json({"counts": count, "pairs": [asdict(f) for f in found]})
    else:
        for f in found:
            shown = f"  [{f.subject}: {f.shown}]" if f.verdict == "together" else ""
            context.give(f"{f.verdict:<10} {f.left} / {f.right}  {f.resolution or '-'}{shown}")
    context.say(", ".join(f"{n} {verdict}" for verdict, n in count.items()))
    return EXIT_DONE


def _test(
    book: RuleBook, names: tuple[str, ...], context: Context, *, failures_only: bool = False
) -> int:
    from generator.judge.testing import TestResult, run_tests
    from generator.news.checking import NewsResult, run_examples

    results: list[TestResult | NewsResult] = [r for r in run_tests(book, names) if r.rule in names]
    if book.news is not None:
        results += run_examples(book.news, names)
    failed = [r for r in results if not r.passed]
    if context.as_json and not failures_only:
        keys = ("rule", "name", "place", "expected", "verdict", "problem")
        context.give_json([{k: getattr(r, k) for k in keys} for r in results])
    else:
        for r in failed:
            say = context.say if failures_only else context.give
            say(f"{r.place}: {r.rule}, {r.name!r}: {r.problem}")
    context.say(f"{len(results)} tests, {len(failed)} failed")
    return EXIT_FAILED if failed else EXIT_DONE


def _packs(names: tuple[str, ...], context: Context, *, install: bool) -> int:
    from generator.judge.packs import book_with, overridden, unpacked
    from generator.measure import catalog

    if len(names) != 1:
        raise UsageError("rules", "name one pack", "A pack is a folder or a .zip of rule files.")
    pack = Path(names[0]) if Path(names[0]).is_absolute() else context.folder / names[0]
    with unpacked(pack) as checked:
        before, after, own = book_with(_folders(context), checked, names[0], catalog())
        for line in overridden(before, after, own):
            context.say(line)
        code = _check(after, context, own) or _test(after, own, context, failures_only=True)
        if code == EXIT_DONE and install:
            _install(pack, checked, context)
    return code


def _install(pack: Path, checked: Path, context: Context) -> None:
    """The checked files, moved into place whole or not at all."""
    import shutil

    from generator.judge.fields import NAME

    name = pack.name.removesuffix(".zip")
    if not NAME.fullmatch(name):
        what = f"{name!r} cannot name a pack"
        raise UsageError(str(pack), what, "Use lower-case letters, digits and _.")
    target = context.folder / PACKS / name
    if target.exists() or target.is_symlink():
        raise UsageError(str(target), "is there already", "Remove it to install the pack anew.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(checked, partial)
    partial.replace(target)
    context.say(f'installed in {PACKS}/{name}; to use it: packs = ["{PACKS}/{name}"] in [rules]')
