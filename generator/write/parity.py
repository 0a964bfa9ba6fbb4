"""What a language lacks beside English, in which the program's own words are written.

A language is a folder; every file, block and word that English has must be there, so that no
finding is told in one language and passed over in another. Numbers must be read as they are
written: the lexicon's grammar and the forms have to agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.disclaimers import DECLARATIONS, WORDS, declarations
from generator.judge import RuleBook
from generator.write.forms import AFFIXES
from generator.write.templates import Templates
from generator.write.trial import Flaw, lend_filters

ENGLISH = "en"
VARIANT = re.compile(r"_[a-z]$")
# What English needs not say of itself, and what a language may do without: house style's tables.
OWN = ("scopes", "themes", "venues", "house", "tone", "spelling", "length", "referring")
FINER = ("again_", "with_")  # without them a finding is told in its plain words, which are as true
FREE = ("names", "plurals", *AFFIXES)  # whose keys differ by language
MARKETS = ("spot", "perpetuals", "futures", "known value")
SCOPES = (*MARKETS, "market value", "the feeds", "the calendar kept for this note")


def lacking(templates: Templates, book: RuleBook) -> Iterator[Flaw]:
    """Files, blocks and words that English has and this language has not."""
    yield from _disagreeing(templates)
    if templates.lang == ENGLISH:
        return
    english = _english(templates.loader.folders[0])
    for full in english.loader.list_templates():
        if full.startswith(f"{ENGLISH}/"):
            yield from _lacking_of(templates, english, full.removeprefix(f"{ENGLISH}/"))
    words = f"{templates.lang}/words.yaml"
    for key in _missing_keys(english.words(), templates.words()):
        yield Flaw(words, f"lacks {key}")
    for scope in SCOPES:
        if scope not in templates.forms.scopes:
            yield Flaw(words, f"lacks scopes.{scope}")
    folders = templates.loader.folders
    told = declarations(folders, templates.lang)
    for key in declarations(folders[:1], ENGLISH):
        if not told.get(key, "").strip():
            what = f"lacks {DECLARATIONS}.{key}: what a house declares is printed"
            yield Flaw(f"{templates.lang}/{WORDS}", what)
    themes = book.news.themes if book.news else ()
    for label in sorted({t.label for t in themes} - set(templates.forms.themes)):
        yield Flaw(words, f"lacks themes.{label}: what headlines are about is printed")


@lru_cache(maxsize=1)
def _english(shipped: Path) -> Templates:
    """The English that ships: what someone made of it in their own folder is no measure."""
    english = Templates((shipped,), ENGLISH)
    lend_filters(english)
    return english


def _lacking_of(templates: Templates, english: Templates, name: str) -> Iterator[Flaw]:
    full = f"{templates.lang}/{name}"
    if not templates.exists(name):
        yield Flaw(full, "is missing: English has it")
        return
    for block in sorted(_blocks(english, name) - _blocks(templates, name)):
        if not block.startswith(FINER):
            yield Flaw(full, f"has no block {block}, as English has")


def plainer(templates: Templates) -> list[str]:
    """Rules that English tells in finer words than this language: their plain ones are used."""
    if templates.lang == ENGLISH:
        return []
    english = _english(templates.loader.folders[0])
    names = [n for n in english.loader.list_templates() if n.startswith(f"{ENGLISH}/phrases/")]
    found = []
    for name in (n.removeprefix(f"{ENGLISH}/") for n in names):
        lacks = _blocks(english, name) - _blocks(templates, name) if templates.exists(name) else ()
        if any(b.startswith(FINER) for b in lacks):
            found.append(Path(name).stem)
    return found


def _blocks(templates: Templates, name: str) -> set[str]:
    """Names of a template's blocks, without the letters of variants."""
    return {VARIANT.sub("", b) for b in templates.blocks(name)}


def _missing_keys(model: Mapping[str, Any], words: Mapping[str, Any], at: str = "") -> list[str]:
    """Keys of one word list, dotted, that another lacks; lists and texts are not looked into."""
    found = []
    for key, value in model.items():
        if not at and key in OWN:
            continue
        if key not in words:
            found.append(f"{at}{key}")
        elif isinstance(value, Mapping) and isinstance(words[key], Mapping) and key not in FREE:
            found += _missing_keys(value, words[key], f"{at}{key}.")
    return found


def _disagreeing(templates: Templates) -> Iterator[Flaw]:
    """Forms that the lexicon would read as something else."""
    forms, lexicon = templates.forms, templates.lexicon
    place = f"{templates.lang}/lexicon.yaml"
    for what, read, written in (
        ("numbers.decimal", lexicon.numerals.decimal, forms.decimal),
        ("numbers.group", lexicon.numerals.group, forms.group),
        (
            "dates.months",
            [m.lower() for m in lexicon.dates.months],
            [*map(str.lower, forms.months)],
        ),
    ):
        if read != written:
            yield Flaw(place, f"{what} is not that of words.yaml: {read!r}, {written!r}")
