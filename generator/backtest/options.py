"""What a user asks of a back-test, from text: rules, thresholds to try, a pack, a history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.coerce import did_you_mean
from generator.errors import RuleError, UsageError
from generator.judge import RuleBook
from generator.model import History

if TYPE_CHECKING:
    from generator.backtest import Change
    from generator.cli import Context

MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Book:
    """The rules that are judged, and the names of those that are reported on."""

    book: RuleBook
    names: tuple[str, ...]


def chosen(book: RuleBook, wanted: Sequence[str], families: bool = True) -> tuple[str, ...]:
    """Rules by name, family or canon id; all that are active when none is named."""
    active = {r.name: r for r in book.active}
    found: dict[str, None] = {}
    for text in wanted:
        hits = [n for n, r in active.items() if text in (n, r.family, r.id)]
        if not hits:
            raise RuleError(text, "no such rule or family", did_you_mean(text, active))
        found |= dict.fromkeys(hits)
    return tuple(found) or tuple(active)


def changes(book: RuleBook, sets: Sequence[str], sweeps: Sequence[str]) -> tuple[Change, ...]:
    """`rule.param=value` and `rule.param=a,b,c`, each threshold to be tried by itself.

    Raises UsageError for a wrong form, an unknown rule or param, and more than twenty values.
    """
    found: dict[Change, None] = {}
    for option, texts in (("--set", sets), ("--sweep", sweeps)):
        for text in texts:
            for change in _change(book, option, text):
                found[change] = None
    if len(found) > MOST_CHANGES:
        what = f"{len(found)} thresholds are more than the {MOST_CHANGES} one run tries"
        raise UsageError("--sweep", what, "Try fewer values.")
    return tuple(found)


def _change(book: RuleBook, option: str, text: str) -> list[Change]:
    todo = "Write it like negative_print.most=-0.02"
    name, equals, values = text.partition("=")
    rule, dot, param = name.partition(".")
    if not (equals and dot and values):
        raise UsageError(option, f"{text!r} names no threshold and value", todo)
    if rule not in book.rules:
        raise UsageError(option, f"no rule {rule!r}", did_you_mean(rule, book.rules))
    params = book.rules[rule].params
    if param not in params:
        raise UsageError(option, f"{rule} has no param {param!r}", did_you_mean(param, params))
    numbers = values.split(",") if option == "--sweep" else [values]
    try:
        found = [float(n) for n in numbers]
    except ValueError:
        raise UsageError(option, f"{values!r} is no number", todo) from None
    if any(n != n or abs(n) == float("inf") for n in found):
        raise UsageError(option, f"{values!r} is no finite number", todo)
    return [(rule, param, n) for n in found]


def book_of(context: Context, pack: Path | None, wanted: Sequence[str]) -> Book:
    """The working folder's rules, over them a pack's; of a pack, its own rules are reported on."""
    from generator.commands.rules import rule_book

    if pack is None:
        book = rule_book(context)
        return Book(book, chosen(book, wanted))
    from generator.config import rule_folders
    from generator.judge.rules import load_rules
    from generator.measure import catalog

    folder = context.folder / pack
    folder = folder / "rules" if (folder / "rules").is_dir() else folder
    files = sorted(folder.glob("*/*.yaml"))
    if not files:
        what = "holds no rules" if folder.is_dir() else "there is no such folder"
        raise UsageError(str(folder), what, "A pack holds <family>/<rule>.yaml.")
    own = context.config.rules
    book = load_rules([*rule_folders(context.folder), folder], catalog())
    book = book.with_params(own.params).without(own.disabled)
    inside = [f.stem for f in files if f.stem in book.rules]
    return Book(book, chosen(book, wanted) if wanted else tuple(inside))


def history_of(context: Context, file: Path | None) -> History:
    """The store's series, or those of an exported file, which is not merged into the store."""
    if file is None:
        with context.open_store(read_only=True) as store:
            return store.history()
    from generator.transfer import read_series

    return History({(s.venue, s.symbol, s.kind): s for s in read_series(context.folder / file)})
