"""The program's own notes as free text: nothing in them is wrong, and what is changed shows."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from generator.collect.scenario import load_scenario
from generator.errors import NotEnoughData
from generator.flow import Note, note
from generator.folders import shipped_rules, shipped_templates
from generator.judge import RuleBook, load_rules
from generator.measure import catalog
from generator.model import Problem
from generator.settings import Config, HouseSection
from generator.show.encode import draft_md
from generator.write.check import Known, check_text
from generator.write.check.known import known_of
from generator.write.templates import Templates
from tests.states import random_state

SCENARIOS = (
    *("source_article", "one_hour_crash", "quiet_sunday"),
    *("short_squeeze", "micro_cap_rotation", "venue_outage"),
)
GENERATED = 30
MUTANTS_A_NOTE = 25
NUMERAL = re.compile(r"\d(?:[\d,.:]*\d)?")


@cache
def desk() -> tuple[RuleBook, Templates]:
    return load_rules((shipped_rules(),), catalog()), Templates((shipped_templates(),), "en")


@cache
def of_scenario(name: str) -> Note:
    book, templates = desk()
    return note(*load_scenario(name), Config(Path(".")), book, templates, seed="own notes")


def generated() -> Iterator[Note]:
    book, templates = desk()
    for seed in range(1000):
        try:
            state = random_state(seed, 0.02)
            yield note(*state, Config(Path(".")), book, templates, seed=str(seed))
        except NotEnoughData:
            continue


@cache
def of_states() -> tuple[Note, ...]:
    return tuple(islice(generated(), GENERATED))


@cache
def known(made: int) -> Known:
    note = MADE[made]
    return known_of(
        note.snapshot,
        note.measured,
        note.panel,
        note.judgement,
        desk()[1].lexicon,
        note.story.lead,
    )


MADE: dict[int, Note] = {}


def known_to(made: Note) -> Known:
    MADE[id(made)] = made
    return known(id(made))


def checked(made: Note, text: str, form: str = "text") -> tuple[Problem, ...]:
    return check_text(
        text,
        lexicon=desk()[1].lexicon,
        now=made.snapshot.now,
        known=known_to(made),
        fixed=(HouseSection().sign_off,),
        form=form,
    )


def article(made: Note) -> str:
    return draft_md(made.drafts[0])


def told(text: str, problems: tuple[Problem, ...]) -> list[str]:
    return [f"{p.severity} {p.gate}: {p.message}: {text[p.start : p.end][:80]}" for p in problems]


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_note_of_a_scenario_has_nothing_wrong_as_free_text(name: str) -> None:
    made = of_scenario(name)
    assert told(article(made), checked(made, article(made))) == []


def test_the_notes_of_generated_states_have_no_error_as_free_text() -> None:
    assert len(of_states()) == GENERATED
    for made in of_states():
        errors = [p for p in checked(made, article(made)) if p.severity == "error"]
        assert told(article(made), tuple(errors)) == [], made.snapshot.id


def test_a_changed_digit_in_an_own_note_is_mostly_seen(capsys: pytest.CaptureFixture[str]) -> None:
    """An error, or a warning that the clean note does not have; a few agree with another metric."""
    rng, found = random.Random(7), Counter[str]()
    for made in (*map(of_scenario, SCENARIOS), *of_states()[:8]):
        text = article(made)
        clean = Counter((p.gate, p.message) for p in checked(made, text))
        numerals = [*NUMERAL.finditer(text, 0, text.index("Data coverage"))]
        for m in rng.sample(numerals, min(MUTANTS_A_NOTE, len(numerals))):
            at = rng.choice([i for i in range(*m.span()) if text[i].isdigit()])
            digit = rng.choice([c for c in "123456789" if c != text[at]])
            mutant = text[:at] + digit + text[at + 1 :]
            new = [p for p in checked(made, mutant) if (p.gate, p.message) not in clean]
            severities = {p.severity for p in new}
            found["error" if "error" in severities else "warning" if new else "missed"] += 1
    total = found.total()
    with capsys.disabled():
        print(f"\n{total} changed digits: {dict(found)}")
    assert total >= 200
    assert found["missed"] / total <= 0.1
    assert found["error"] / total >= 0.55


BY_HAND = """As of 06:00 UTC on 26 June, BTC is at $59,982 (-2.7% in 24 h) on Binance spot.

BTC set its lowest intraday price since 17 September 2024. Between 13:00 and 14:00 UTC on 25 June \
BTC fell 4.8% and ETH fell 6.0%. ETH funding on Binance last settled at -0.0011% per 8 h.

99 of 102 Binance perpetuals fell in 24 h. Cointelegraph reported at 04:00 UTC on 26 June: \
“Sharplink buys 5,000 ETH after a pause of eight months”.

A trade in BTC under $58,115.01 on Binance spot before 06:00 UTC on 27 June would be a lower low.
"""


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("17 September 2024", "18 September 2024", "low_last_seen of BTC is 2024-09-17"),
        ("14:00 UTC on 25 June", "14:00 UTC on 24 June", "worst_hour_end of"),
        ("As of 06:00 UTC", "As of 05:00 UTC", "should be 2026-06-26 06:00 UTC"),
        ("before 06:00 UTC on 27 June", "before 06:00 UTC on 28 June", "its deadline is"),
        ("at 04:00 UTC on 26 June", "at 03:00 UTC on 26 June", "should be 2026-06-26 04:00"),
        ("per 8 h", "per 1 h", "is no window of this sentence's numbers (8 h)"),
        ("ETH fell 6.0%", "ETH fell 4.8%", "worst_hour_return of BTC, the text says ETH"),
        ("at -0.0011%", "at +0.0011%", "no metric prints as '0.0011'"),
        ("buys 5,000 ETH", "buys 6,000 ETH", "no metric prints as '6,000'"),
        ("99 of 102", "97 of 102", "no metric prints as '97'"),
        ("$58,115.01", "$58,015.01", "no metric prints as '58,015.01'"),
    ],
)
def test_what_is_wrong_is_named(right: str, wrong: str, message: str) -> None:
    made = of_scenario("source_article")
    assert told(BY_HAND, checked(made, BY_HAND)) == []
    changed = BY_HAND.replace(right, wrong, 1)
    assert changed != BY_HAND
    found = checked(made, changed)
    assert any(message in p.message for p in found), told(changed, found)


def test_a_date_that_nothing_known_falls_on_is_unverifiable_and_no_error() -> None:
    made = of_scenario("source_article")
    text = "As of 06:00 UTC, on Binance spot BTC is at $59,982. The ballot closes on 3 July 2027."
    (problem,) = checked(made, text)
    assert (problem.severity, text[problem.start : problem.end]) == ("warning", "3 July 2027")


def test_words_in_quotation_marks_that_are_no_headline_are_read_like_any_others() -> None:
    made = of_scenario("source_article")
    text = BY_HAND.replace("“Sharplink buys", "“Sharplinks buy")
    assert {p.gate for p in checked(made, text)} >= {"advice", "numbers"}


def test_the_source_article_keeps_its_flags(reference: Path) -> None:
    made = of_scenario("source_article")
    text = (reference / "source-article.txt").read_text(encoding="utf-8")
    found = checked(made, text)
    flagged = {text[p.start : p.end].lower() for p in found if p.severity == "error"}
    assert {"2.66", "2.07", "conviction", "rotation"} <= flagged
    assert any("divergence" in f for f in flagged)
    assert any("leverage is too expensive" in f for f in flagged)
    assert {"causality", "advice", "actors", "motive"} <= {p.gate for p in found}
    question = text.index("Is this negative funding rate")
    assert any(p.gate == "advice" and p.start > question for p in found)
