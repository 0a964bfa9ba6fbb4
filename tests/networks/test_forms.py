"""The forms: post, brief and thread; what gives way, and what a reader of one part knows."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.collect.scenario import load_scenario
from generator.errors import UsageError
from generator.flow import Note, desk_of, note
from generator.model import Draft
from generator.networks import named
from generator.networks.base import Network
from generator.write import marks
from generator.write.article import article
from generator.write.fit import Piece
from generator.write.sheet import Desk
from generator.write.texts import text_for
from generator.write.thread import sentences
from tests.flow.desk import SLOT, shop, state

NOTICE = "not advice"
AS_OF = re.compile(r"\b\d\d:\d\d UTC (?:on )?\d{1,2} [A-Z]|\bAs of \d\d:\d\d UTC")


@cache
def at_desk(market: str | int) -> tuple[Desk, Draft]:
    """The desk of a market state and its note, once for all tests."""
    kit = shop()
    snapshot, history = load_scenario(market) if isinstance(market, str) else state(market)
    desk, _, _ = desk_of(snapshot, history, kit.config, kit.book, kit.templates, seed=SLOT)
    return desk, article(desk)[0]


def text_on(market: str | int, network: Network) -> Draft:
    desk, long = at_desk(market)
    return text_for(desk, network, long)


def made(market: str, *networks: Network) -> Note:
    kit = shop()
    return note(
        *load_scenario(market), kit.config, kit.book, kit.templates, seed=SLOT, networks=networks
    )


def words(draft: Draft) -> int:
    spans = [s for s in draft.sentences if not s.furniture]
    return sum(len(draft.segments[s.segment][s.start : s.end].split()) for s in spans)


# ---------------------------------------------------------------- the post


def test_a_quiet_post_says_that_the_day_was_ordinary() -> None:
    draft = text_on("quiet_sunday", named("x"))
    assert re.search(r"ordinary|unusual", draft.segments[0])
    assert draft.length[0] <= 280


@pytest.mark.parametrize("market", ["one_hour_crash", "quiet_sunday", "short_squeeze"])
@pytest.mark.parametrize("limit", [200, 230, 260, 280, 500])
def test_an_as_of_is_never_left_dangling(market: str, limit: int) -> None:
    """What follows the moment is a price, or the moment is said to be that of the data."""
    draft = text_on(market, named("mastodon", {"limit": limit}))
    (text,) = draft.segments
    assert AS_OF.search(text), text
    assert not re.search(r"(?<!Data )\b[Aa]s of [^.:]*\d\d:\d\d UTC[^.:,]*\.", text), text


def test_a_round_trip_of_the_leads_asset_is_the_second_sentence() -> None:
    desk, long = at_desk("one_hour_crash")
    lead = desk.story.lead
    assert lead is not None
    rule = shop().book.rules["round_trip"]
    trip = replace(lead, rule=rule.name, evidence=rule.evidence, watch=())
    story = replace(desk.story, evidence=(*desk.story.evidence, trip))
    for name in ("x", "bluesky", "mastodon"):
        draft = text_for(replace(desk, story=story), named(name), long)
        keys = [s.findings for s in draft.sentences if s.findings]
        assert keys[:2] == [(lead.key,), (trip.key,)], draft.segments


def test_what_there_is_no_room_for_is_named_with_the_reason() -> None:
    draft = text_on("one_hour_crash", named("x"))
    told = {key for s in draft.sentences for key in s.findings}
    assert draft.left_out
    for key, reason in draft.left_out:
        assert key not in told
        assert reason


def test_a_report_is_not_spoken_of_where_its_headline_is_not_told() -> None:
    for name in ("x", "mastodon", "discord"):
        draft = text_on("one_hour_crash", named(name))
        assert "event" not in draft.segments[0]
        why = {reason for key, reason in draft.left_out if key.startswith("headline_before_shock")}
        assert why == {"a report is told with its headline, in the note"}


def test_more_room_tells_more_and_never_less() -> None:
    counts = [
        len(text_on("one_hour_crash", named("mastodon", {"limit": limit})).segments[0])
        for limit in (280, 500, 1000)
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


@pytest.mark.parametrize("market", ["source_article", "one_hour_crash", "micro_cap_rotation"])
def test_what_gives_way_is_a_whole_finding(market: str) -> None:
    roomy = told(text_on(market, named("mastodon", {"limit": 2000})))
    for limit in (300, 350, 420, 500, 700):
        draft = text_on(market, named("mastodon", {"limit": limit}))
        for findings, text in told(draft).items():
            assert text.endswith("."), text
            # A finding is told in the very sentences it has where there is room for all.
            if findings in roomy:
                assert text == roomy[findings], (limit, findings)
        gone = {key for key, _ in draft.left_out}
        assert not gone & {key for keys in told(draft) for key in keys}, "told and left out"


def told(draft: Draft) -> dict[tuple[str, ...], str]:
    """What a text says of each group of findings; a closing question gives way by itself."""
    out: dict[tuple[str, ...], str] = {}
    for s in draft.sentences:
        text = draft.segments[s.segment][s.start : s.end]
        if not s.furniture and not text.endswith("?"):
            out[s.findings] = f"{out.get(s.findings, '')} {text}".strip()
    return out


def test_a_limit_that_not_even_the_prices_fit_is_an_error_and_nothing_is_cut() -> None:
    run = made("one_hour_crash", named("mastodon", {"limit": 60}))
    (text,) = run.drafts[1].segments
    assert NOTICE in text
    assert run.failed
    assert any("Mastodon" in p.message for p in run.problems[1])


# ---------------------------------------------------------------- the brief


@pytest.mark.parametrize("market", ["one_hour_crash", "quiet_sunday", "short_squeeze", 10_000])
def test_a_brief_holds_about_a_hundred_words_and_its_declarations(market: str | int) -> None:
    draft = text_on(market, named("discord"))
    assert 30 <= words(draft) <= 120
    for declared in (NOTICE, "Positions:", "Prepared automatically"):
        assert declared in draft.segments[0]


def test_a_note_too_long_for_its_network_becomes_a_brief() -> None:
    full = made("one_hour_crash", named("linkedin"), named("binance_square", {"limit": 900}))
    assert [d.form for d in full.drafts] == ["article", "article", "brief"]
    assert full.drafts[1].segments == full.drafts[0].segments


# ---------------------------------------------------------------- the thread


@pytest.mark.parametrize("market", ["one_hour_crash", "short_squeeze", 10_000, 10_001, 10_002])
@pytest.mark.parametrize("name", ["x", "bluesky", "mastodon"])
def test_a_thread_dates_its_first_part_and_ends_with_the_disclaimer(
    market: str | int, name: str
) -> None:
    draft = text_on(market, named(name, {"form": "thread"}))
    assert AS_OF.search(draft.segments[0])
    assert NOTICE in draft.segments[-1]
    assert sum(NOTICE in s for s in draft.segments) == 1
    assert all(re.search(r"[.?!]$|#\w+$", s) for s in draft.segments), draft.segments
    assert 1 <= len(draft.segments) <= 4


def test_a_disclaimer_may_stand_in_the_first_part() -> None:
    draft = text_on("one_hour_crash", named("mastodon", {"form": "thread", "disclaimer": "first"}))
    assert NOTICE in draft.segments[0]
    assert draft.segments[0].endswith("#Ethereum")
    assert len(draft.segments) > 1


def test_numbering_is_counted_and_claims_nothing() -> None:
    run = made("one_hour_crash", named("x", {"form": "thread", "numbered": True}))
    draft = run.drafts[1]
    parts = len(draft.segments)
    assert [s.rpartition(" ")[2] for s in draft.segments] == [
        f"{i}/{parts}" for i in range(1, parts + 1)
    ]
    assert max(draft.length) <= 280
    assert not run.failed


def test_a_longer_thread_tells_what_a_shorter_one_tells_and_more() -> None:
    def told(posts: int) -> set[str]:
        draft = text_on("one_hour_crash", named("x", {"form": "thread", "posts": posts}))
        return {key for s in draft.sentences for key in s.findings}

    assert told(2) < told(4) <= told(9)


def test_no_part_holds_two_cashtags_and_only_the_first_part_one() -> None:
    draft = text_on("one_hour_crash", named("x", {"form": "thread"}))
    assert len(re.findall(r"\$[A-Z]+", draft.segments[0])) == 1
    assert all("$BTC" not in s and "$ETH" not in s for s in draft.segments[1:])


def test_a_disclaimer_that_has_no_short_form_needs_a_thread_or_a_roomy_network() -> None:
    desk, long = at_desk("quiet_sunday")
    pack = replace(desk.house, disclaimers=("in_asci",), declared=(("firm", "Example Desk"),))
    desk = replace(desk, house=pack)
    for network in (named("x", {"form": "thread"}), named("mastodon", {"limit": 1000})):
        draft = text_for(desk, network, long)
        assert "risky" in " ".join(draft.segments)
        assert all(network.holds(text) for text in draft.segments)
    with pytest.raises(UsageError, match="no short form"):
        text_for(desk, named("x"), long)


# ---------------------------------------------------------------- cutting


@given(
    st.lists(
        st.sampled_from(
            ["BTC fell 2.7%. ", "It “rose. Then” sank. ", "E.g. 4. ", "中。", "2.7%中。"]
        ),
        max_size=9,
    )
)
def test_cut_at_sentences_nothing_is_lost_and_no_quotation_is_split(parts: list[str]) -> None:
    text = "".join(
        marks.region(i, p.replace("2.7%", marks.number(0, "2.7%"))) for i, p in enumerate(parts)
    )
    piece = Piece(marks.region(9, text))
    found = list(sentences(piece))
    clean = re.sub(r"\s", "", marks.plain(piece.text))
    assert re.sub(r"\s", "", "".join(marks.plain(p.text) for p in found)) == clean
    for part in found:
        told, spans = marks.read(part.text)
        assert told.count("“") == told.count("”")
        assert all(s.start < s.end <= len(told) for s in spans)


def test_a_region_that_is_cut_goes_on_behind_the_cut() -> None:
    text = marks.region(3, f"One {marks.number(0, '1.5')}. Two.")
    assert [marks.read(t) for t in marks.cut(text, [(8, 9)])] == [
        ("One 1.5.", [marks.Span("number", 0, 4, 7), marks.Span("region", 3, 0, 8)]),
        ("Two.", [marks.Span("region", 3, 0, 4)]),
    ]


def test_a_number_that_opens_a_sentence_is_marked_behind_the_cut_alone() -> None:
    text = marks.region(3, f"一。{marks.number(0, '2')}日。")
    assert [marks.read(t) for t in marks.cut(text, [(2, 2)])] == [
        ("一。", [marks.Span("region", 3, 0, 2)]),
        ("2日。", [marks.Span("number", 0, 0, 1), marks.Span("region", 3, 0, 3)]),
    ]
