"""Quotations against the headlines of the run; numbers against the names and words beside them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from generator.model import (
    Draft,
    Finding,
    Headline,
    NumberTrace,
    Panel,
    Problem,
    SentenceTrace,
    SourceRef,
)
from generator.write.check import Lexicon, check, read_lexicon
from tests.check.notes import FINDINGS, HEADLINE_AT, NOTE, NOW, STORY, WINDOWS, draft, panel
from tests.conftest import ROOT

LEXICON = ROOT / "templates" / "en" / "lexicon.yaml"

HEADLINE = Headline("CoinDesk", "Base halts. Blocks stop", "https://x.example", HEADLINE_AT, NOW)
OTHER = Headline("Decrypt", "Ether slips", "https://y.example", HEADLINE_AT - 60_000, NOW)
QUOTING = NOTE.replace("“Base stops 3 blocks”", "“Base halts. Blocks stop”")


def quoting(text: str = HEADLINE.title, at: int = HEADLINE_AT) -> Draft:
    """The note with a traced quotation and the time its feed gave."""
    made = draft(QUOTING.replace("Base halts. Blocks stop", text))
    start = made.segments[0].index(text)
    quote = NumberTrace(
        0, start, start + len(text), text, "headline", "BTC", float("nan"), "text", 1, -1, ""
    )
    numbers = tuple(
        dataclasses.replace(n, metric="headline_time", value=float(at))
        if n.metric == "published"
        else n
        for n in made.numbers
    )
    return dataclasses.replace(made, numbers=(*numbers, quote))


def with_headlines(lexicon: Lexicon, made: Draft) -> list[str]:
    found = check(
        made,
        story=STORY,
        findings=FINDINGS,
        panel=panel(),
        lexicon=lexicon,
        now=NOW,
        windows=WINDOWS,
        headlines=(HEADLINE, OTHER),
    )
    return [p.message for p in found if p.severity == "error" or "headline" in p.message]


def test_a_quoted_headline_and_its_time_are_verified(lexicon: Lexicon) -> None:
    assert with_headlines(lexicon, quoting()) == []


def test_a_headline_that_was_reworded_is_an_error(lexicon: Lexicon) -> None:
    found = with_headlines(lexicon, quoting("Base halted. Blocks stop"))
    assert "no headline of this run reads 'Base halted. Blocks stop'" in found


def test_a_time_of_another_headline_is_an_error(lexicon: Lexicon) -> None:
    made = quoting(at=HEADLINE_AT - 60_000)
    numbers = tuple(
        dataclasses.replace(n, text="12:39 UTC") if n.metric == "headline_time" else n
        for n in made.numbers
    )
    text = made.segments[0].replace("12:40 UTC", "12:39 UTC")
    made = dataclasses.replace(made, segments=(text,), numbers=numbers)
    assert "'12:39 UTC' is not the time of a headline beside it" in with_headlines(lexicon, made)


def breadth_note(share: float) -> tuple[Draft, Panel]:
    made = draft(
        "{negative_breadth:MARKET}At a negative funding rate, shorts pay longs on Binance, "
        "settled.\n{-}Not advice.\n",
        form="post",
    )
    return made, Panel(
        np.array([NOW]), ("MARKET",), {"perps_negative_share": np.array([[share]])}, {}
    )


@pytest.mark.parametrize(("share", "expected"), [(0.6, set()), (0.0, {"warning"})])
def test_who_pays_whom_rests_on_the_share_of_negative_rates(
    lexicon: Lexicon, share: float, expected: set[str]
) -> None:
    made, known = breadth_note(share)
    fired = Finding(
        "negative_breadth",
        "MARKET",
        "funding",
        "finding",
        "new",
        NOW,
        1,
        0.1,
        ("perps_negative_share",),
    )
    found = check(made, story=STORY, findings=(fired,), panel=known, lexicon=lexicon, now=NOW)
    gates = ("direction", "unverifiable")
    assert {p.severity for p in found if p.gate in gates} == expected


def movers(text: str) -> tuple[Problem, ...]:
    lexicon = read_lexicon(LEXICON)
    values = {"M": 45.2, "W": -3.1, "S": 12.0, "MARKET": math.nan}
    numbers = []
    for subject, shown in (("M", "+45.2%"), ("W", "-3.1%"), ("S", "+12.0%")):
        at = text.index(shown)
        numbers.append(
            NumberTrace(
                0, at, at + len(shown), shown, "return_24h", subject, values[subject], "%", 1, 1, "x",
                (SourceRef("okx", subject, "last", 1.0, NOW),),
            )
        )  # fmt: skip
    known = Panel(
        np.array([NOW]), tuple(values), {"return_24h": np.array([list(values.values())])}, {}
    )
    made = Draft(
        "post", "", "en", (text,), tuple(numbers), (SentenceTrace(0, 0, len(text), ("x:M",)),)
    )
    fired = Finding("x", "M", "price", "level", "new", NOW, 1, 0.1, ("return_24h",))
    return check(made, story=STORY, findings=(fired,), panel=known, lexicon=lexicon, now=NOW)


def test_a_ticker_of_one_letter_has_its_own_number() -> None:
    right = "In 24 h on OKX: M +45.2%, W -3.1%, S +12.0%."
    assert not [p for p in movers(right) if p.gate == "numbers"]
    bare = right.replace("M +45.2%", "M at +45.2%").replace("S +12.0%", "S: +12.0%")
    assert not [p for p in movers(bare) if p.gate == "numbers"]
    apart = "In 24 h on OKX: M (+45.2%), W, -3.1%, S (+12.0%)."
    assert not [p for p in movers(apart) if p.gate == "numbers"]
    mixed = apart.replace("M (+45.2%), W, -3.1%", "W (+45.2%), M, -3.1%")
    assert len([p for p in movers(mixed) if p.gate == "numbers"]) == 2
    swapped = right.replace("M +45.2%", "W +45.2%").replace("W -3.1%", "M -3.1%")
    messages = [p.message for p in movers(swapped) if p.gate == "numbers"]
    assert messages == [
        "'+45.2%' belongs to M, the text says W",
        "'-3.1%' belongs to W, the text says M",
    ]


def test_a_sum_or_an_age_beside_a_falling_word_is_not_a_fall(lexicon: Lexicon) -> None:
    text = (
        "The largest falls in 24 h on OKX among coins with $5m of turnover and 30 days of trading."
    )
    numbers = tuple(
        NumberTrace(
            0, text.index(shown), text.index(shown) + len(shown), shown, metric, "MARKET", value, unit, scale, 0, "x"
        )
        for shown, metric, value, unit, scale in (
            ("$5m", "mover_floor", 5e6, "USD", 1e6),
            ("30", "mover_age", 30.0, "days", 1.0),
        )
    )  # fmt: skip
    made = Draft("post", "", "en", (text,), numbers, (SentenceTrace(0, 0, len(text), ()),))
    found = check(made, story=STORY, findings=(), panel=panel(), lexicon=lexicon, now=NOW)
    assert not [p for p in found if p.gate == "direction"]
    assert not [p for p in found if "sign" in p.message]


def test_a_change_that_prints_as_zero_is_not_held_against_another_clause(lexicon: Lexicon) -> None:
    known = panel()
    known.columns["return_24h"][0, 1] = 0.004
    made = draft(
        "{day_move:BTC day_move:ETH}As of [[as_of - 06:00 UTC]] BTC fell [[return_24h BTC 2.7%]] in "
        "24 h, with ETH at 0.0% on OKX.\n{-}Not advice.\n",
        form="post",
    )
    at = made.segments[0].index("0.0%")
    zero = NumberTrace(
        0, at, at + 4, "0.0%", "return_24h", "ETH", 0.004, "%", 1, 1, "", made.numbers[1].sources
    )
    made = dataclasses.replace(made, numbers=(*made.numbers, zero))
    found = check(made, story=STORY, findings=FINDINGS, panel=known, lexicon=lexicon, now=NOW)
    assert not [p for p in found if p.gate == "direction" and "0.0%" in p.message]


def test_a_ticker_that_is_also_a_word_claims_nothing(lexicon: Lexicon) -> None:
    text = "In 24 h on OKX: FLOW +45.2%."
    at = text.index("+45.2%")
    refs = (SourceRef("okx", "FLOW", "last", 1.0, NOW),)
    number = NumberTrace(0, at, at + 6, "+45.2%", "return_24h", "FLOW", 45.2, "%", 1, 1, "x", refs)
    fired = Finding("x", "FLOW", "price", "level", "new", NOW, 1, 0.1, ("return_24h",))
    known = Panel(np.array([NOW]), ("FLOW",), {"return_24h": np.array([[45.2]])}, {})

    def licences(said: str) -> list[str]:
        made = Draft(
            "post", "", "en", (said,), (number,), (SentenceTrace(0, 0, len(said), ("x:FLOW",)),)
        )
        quiet = dataclasses.replace(STORY, conflicts=())
        found = check(made, story=quiet, findings=(fired,), panel=known, lexicon=lexicon, now=NOW)
        return [p.message for p in found if p.gate == "licence"]

    assert licences(text) == []
    assert licences(text + " A flow.") != []
