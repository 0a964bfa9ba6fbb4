"""`commentary disclaimers list/show`: the packs there are, and what each would print."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from generator.cli import Context
from generator.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    from generator.disclaimers import Pack

HELP = "the disclaimer packs there are: list, or show one with its sources"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "show"))
    parser.add_argument("pack", nargs="?", help="of `show`: which one")
    parser.add_argument("--lang", metavar="L", help="language (default: house.language)")


def run(args: argparse.Namespace, context: Context) -> int:
    from generator import disclaimers

    if (args.action == "show") != (args.pack is not None):
        raise UsageError(
            f"commentary disclaimers {args.action}",
            "wants a pack" if args.pack is None else "takes no pack",
            f"There are: {', '.join(disclaimers.names())}.",
        )
    lang = args.lang or context.config.house.language
    if args.action == "show":
        _show(disclaimers.pack(args.pack), lang, context)
    else:
        _list(lang, context)
    return EXIT_DONE


def _list(lang: str, context: Context) -> None:
    from generator import disclaimers

    packs = [disclaimers.pack(name) for name in disclaimers.names()]
    chosen = context.config.house.disclaimers
    if context.as_json:
        context.give_json([_facts(p, lang, context) for p in packs])
        return
    wide = max(len(p.name) for p in packs)
    for p in packs:
        needs = f"; needs {', '.join(p.requires)}" if p.requires else ""
        marks = f"{'*' if p.name in chosen else ' '} {p.name:<{wide}}"
        lock = ", prescribed words" if p.locked else ""
        context.give(f"{marks}  {p.where}: {p.role}{lock}{needs}")
    context.say("* chosen under [house]. None makes a text lawful: docs/disclaimers.md")


def _show(p: Pack, lang: str, context: Context) -> None:
    facts = _facts(p, lang, context)
    if context.as_json:
        context.give_json(facts)
        return
    words = facts.pop("words")
    for name, value in facts.items():
        context.give(f"{name}: {'; '.join(value) if isinstance(value, list) else value}")
    for length, text in words.items():
        context.give(f"\n{length} ({len(text)} characters)\n{text}")


def _facts(p: Pack, lang: str, context: Context) -> dict[str, Any]:
    """A pack as data; words are empty where the language has none."""
    from generator.config import template_folders
    from generator.disclaimers import words

    try:
        texts = dict(words(p.name, template_folders(context.folder), lang))
    except UsageError:
        texts = {}
    return {
        "pack": p.name,
        "title": p.title,
        "where": p.where,
        "who": p.who,
        "role": p.role,
        "prescribed": p.locked,
        "needs": list(p.requires),
        "version": p.version,
        "reviewed": p.reviewed.isoformat(),
        "sources": list(p.sources),
        "remark": p.remark,
        "words": texts,
    }
