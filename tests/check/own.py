"""The program's own notes, in every language that ships, and the checker of free text over them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from generator.collect.scenario import load_scenario
from generator.errors import NotEnoughData
from generator.flow import Note, note
from generator.folders import shipped_templates
from generator.judge import RuleBook
from generator.model import Problem
from generator.settings import Config, HouseSection
from generator.show.encode import draft_md
from generator.write.check import Known, check_text
from generator.write.check.known import known_of
from generator.write.templates import Templates
from tests.flow.desk import shop
from tests.flow.desk import templates as templates_of
from tests.states import random_state

SCENARIOS = (
    *("source_article", "one_hour_crash", "quiet_sunday"),
    *("short_squeeze", "micro_cap_rotation", "venue_outage"),
)
LANGUAGES = tuple(
    sorted(p.parent.name for p in shipped_templates().glob("*/article.j2"))
)  # a folder with a lexicon alone writes nothing


def desk(lang: str = "en") -> tuple[RuleBook, Templates]:
    return shop().book, templates_of(lang)


@cache
def of_scenario(name: str, lang: str = "en") -> Note:
    book, templates = desk(lang)
    return note(*load_scenario(name), Config(Path(".")), book, templates, seed="own notes")


def generated(lang: str = "en", first: int = 0) -> Iterator[Note]:
    """Notes of made-up market states, one after the other."""
    book, templates = desk(lang)
    for seed in range(first, first + 1000):
        try:
            state = random_state(seed, 0.02)
            yield note(*state, Config(Path(".")), book, templates, seed=str(seed))
        except NotEnoughData:
            continue


@cache
def of_states(many: int, lang: str = "en") -> tuple[Note, ...]:
    return tuple(islice(generated(lang), many))


_KNOWN: dict[int, tuple[Note, Known]] = {}


def known_to(made: Note, lang: str = "en") -> Known:
    """What a note's run knows; worked out once, as a checker of many texts would."""
    if id(made) not in _KNOWN:
        known = known_of(
            made.snapshot,
            made.measured,
            made.panel,
            made.judgement,
            desk(lang)[1].lexicon,
            made.story.lead,
            desk(lang)[0],
        )
        _KNOWN[id(made)] = made, known  # the note is kept, so that no other takes its id
    return _KNOWN[id(made)][1]


def checked(made: Note, text: str, form: str = "text", lang: str = "en") -> tuple[Problem, ...]:
    return check_text(
        text,
        lexicon=desk(lang)[1].lexicon,
        now=made.snapshot.now,
        known=known_to(made, lang),
        fixed=(HouseSection().sign_off,),
        form=form,
    )


def texts(made: Note) -> Iterator[tuple[str, str]]:
    """(form, text) of the note and of each of its posts."""
    yield "article", draft_md(made.drafts[0])
    for draft in made.drafts[1:]:
        for segment in draft.segments:
            yield "post", segment


def told(text: str, problems: tuple[Problem, ...]) -> list[str]:
    return [f"{p.severity} {p.gate}: {p.message}: {text[p.start : p.end][:80]}" for p in problems]
