"""Newsletters of prepared market states."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from generator.collect.scenario import load_scenario
from generator.flow import Note, note
from generator.model import Draft, Part
from generator.networks import named
from tests.flow.desk import SLOT, shop


@cache
def written(scenario: str = "one_hour_crash", **house: Any) -> Note:
    """The note of a scenario with its newsletter, in the style of a house."""
    kit = shop()
    config = replace(kit.config, house=replace(kit.config.house, **house))
    state = load_scenario(scenario)
    networks = (named("newsletter"),)
    return note(*state, config, kit.book, kit.templates, seed=SLOT, networks=networks)


def letter(scenario: str = "one_hour_crash", **house: Any) -> Draft:
    return written(scenario, **house).drafts[1]


def text_of(draft: Draft, part: Part) -> str:
    return draft.segments[part.segment][part.start : part.end]


def plain(*pieces: tuple[str, str], title: str = "Title") -> Draft:
    """A draft of (kind, text), as hostile as a test wants it."""
    text, parts = "", []
    for kind, words in (("title", title), *pieces):
        text += "\n\n" if text else ""
        parts.append(Part(kind, 0, len(text), len(text) + len(words)))  # type: ignore[arg-type]
        text += words
    return Draft("newsletter", "newsletter", "en", (text,), (), (), title=title, parts=tuple(parts))
