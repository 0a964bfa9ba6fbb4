"""What a language lacks beside English, in which the program's own words are written.

A language is a folder; every file, block and word that English has must be there, so that no
finding is told in one language and passed over in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.judge import RuleBook
from generator.write.forms import AFFIXES
from generator.write.templates import Templates
from generator.write.trial import Flaw, lend_filters

ENGLISH = "en"
VARIANT = re.compile(r"_[a-z]$")
# What English needs not say of itself, and what a language may do without: house style's tables.
OWN = ("scopes", "themes", "venues", "house", "tone", "spelling", "length")
FREE = ("names", "plurals", *AFFIXES)  # whose keys differ by language
MARKETS = ("spot", "perpetuals", "futures", "known value")
SCOPES = (*MARKETS, "market value", "the feeds", "the calendar kept for this note")


def lacking(templates: Templates, book: RuleBook) -> Iterator[Flaw]:
    """Files, blocks and words that English has and this language has not."""
    if templates.lang == ENGLISH:
        return
    english = Templates(templates.loader.folders, ENGLISH)
    lend_filters(english)
    for full in templates.loader.list_templates():
        if full.startswith(f"{ENGLISH}/"):
            yield from _lacking_of(templates, english, full.removeprefix(f"{ENGLISH}/"))
    words = f"{templates.lang}/words.yaml"
    for key in _missing_keys(english.words(), templates.words()):
        yield Flaw(words, f"lacks {key}")
    for scope in SCOPES:
        if scope not in templates.forms.scopes:
            yield Flaw(words, f"lacks scopes.{scope}")
    themes = book.news.themes if book.news else ()
    for label in sorted({t.label for t in themes} - set(templates.forms.themes)):
        yield Flaw(words, f"lacks themes.{label}: what headlines are about is printed")


def _lacking_of(templates: Templates, english: Templates, name: str) -> Iterator[Flaw]:
    full = f"{templates.lang}/{name}"
    if not templates.exists(name):
        yield Flaw(full, "is missing: English has it")
        return
    has = {VARIANT.sub("", b) for b in templates.blocks(name)}
    for block in sorted({VARIANT.sub("", b) for b in english.blocks(name)} - has):
        yield Flaw(full, f"has no block {block}, as English has")


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
